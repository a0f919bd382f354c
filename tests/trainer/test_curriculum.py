from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import UserError
from trainer.curriculum import Curriculum, CurriculumSpec, InTheBalance, Standing, Uniform, cells_of, forgotten

CELLS = (("a", "easy"), ("a", "hard"), ("b", "easy"), ("b", "hard"))
counts = st.floats(0, 50)


@given(counts, counts)
def test_the_signal_is_greatest_in_the_middle(won: float, lost: float) -> None:
    standing = Standing(won=won, lost=lost)
    assert 0 < standing.spread <= 0.25 and 0 < standing.rate < 1
    even = (won + lost) / 2
    assert standing.spread <= Standing(won=even, lost=even).spread + 1e-12


@given(st.dictionaries(st.sampled_from(CELLS), st.builds(Standing, won=counts, lost=counts)), st.integers(0, 99))
def test_some_level_of_every_game_is_always_open(standings: dict[tuple[str, str], Standing], now: int) -> None:
    weights = InTheBalance().weights(CELLS, standings, now)
    assert weights[0] > 0 and weights[2] > 0 and min(weights) >= 0


def test_harder_levels_open_in_order() -> None:
    weights = InTheBalance().weights(CELLS, {CELLS[0]: Standing(won=9, lost=1)}, 0)
    assert weights[1] > 0 and weights[3] == 0
    weights = InTheBalance().weights(CELLS, {CELLS[0]: Standing(won=0, lost=9)}, 0)
    assert weights[1] == 0


def test_mastered_levels_are_checked_now_and_then() -> None:
    mastered = {CELLS[0]: Standing(won=40, lost=0, seen=100)}
    sampler = InTheBalance(check_every=50)
    soon, due = sampler.weights(CELLS, mastered, 110)[0], sampler.weights(CELLS, mastered, 150)[0]
    assert soon < 0.02 < due


def test_a_player_who_forgets_is_found_out() -> None:
    standing = Standing(won=8, lost=0)
    for draw in range(6):
        standing = standing.after(False, draw, 0.8)
    assert forgotten({CELLS[0]: standing}, {CELLS[0]: 0.9, CELLS[1]: 0.5}) == [CELLS[0]]


def test_choices_repeat_and_go_on_after_a_resume() -> None:
    one = Curriculum(cells=CELLS, seed=3)
    first, later = one.choose(5)
    assert one.choose(5) == (first, later)
    second, _ = later.choose(5)
    later = later.noting(CELLS[0], True)
    resumed = Curriculum(cells=CELLS, seed=3).restored(later.saved())
    assert resumed == later
    assert resumed.choose(5)[0] == second


def test_no_instance_is_chosen_twice() -> None:
    first, later = Curriculum(cells=CELLS, seed=3).choose(40)
    second, _ = later.choose(40)
    assert len(set(first + second)) == 80
    for cell in CELLS:
        numbers = [number for game, level, number in first + second if (game, level) == cell]
        assert numbers == list(range(len(numbers)))


def test_what_was_damaged_is_refused() -> None:
    with pytest.raises(UserError, match="damaged"):
        Curriculum(cells=CELLS).restored("{}")


def test_what_is_in_the_balance_is_played_more_than_what_is_settled() -> None:
    sampler = CurriculumSpec(kind="signal", unlock_rate=0.0).sampler()
    one = Curriculum(cells=CELLS, sampler=sampler)
    for cell, results in zip(CELLS, ([True] * 20, [True, False] * 10, [False] * 20, []), strict=True):
        for success in results:
            one = one.noting(cell, success)
    drawn: Counter[tuple[str, str]] = Counter()
    for _ in range(400):
        chosen, one = one.choose(1)
        drawn.update((game, level) for game, level, _ in chosen)
    assert drawn[CELLS[1]] > drawn[CELLS[2]]
    assert isinstance(CurriculumSpec().sampler(), Uniform)


def test_an_empty_curriculum_is_refused() -> None:
    with pytest.raises(UserError, match="no game"):
        Curriculum(cells=()).choose(1)


def test_cells_are_the_levels_of_real_games_in_order() -> None:
    cells = cells_of(["taboo", "wordle"])
    assert {game for game, _ in cells} == {"taboo", "wordle"} and len(cells) == len(set(cells)) > 2
