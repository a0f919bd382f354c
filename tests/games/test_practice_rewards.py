from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.branching import Episode
from games.catalogue import CATALOGUE, find_game
from games.guesswhat.meaning import asked_about
from games.guesswhat.rules import share_eliminated
from games.rewards import Scale, earned, final_reward, returns
from games.school import rows
from games.scripted import blunder_model, expert_model

NAMES = [game.alias for game in CATALOGUE]
STRICT = Scale(best=2.0, worst=-1.0, failed=-3.0)


@dataclass
class Said:
    role: str
    rewards: list[dict[str, Any]] = field(default_factory=list)


def note(role, value):
    return {"role": role, "value": value}


def test_a_score_is_mapped_onto_the_scale():
    assert final_reward({"outcome": "won"}, 50, "guesser") == 0.5
    assert final_reward({"outcome": "lost", "rule": "turns.used_up"}, 0, "guesser") == 0
    assert final_reward({"outcome": "won"}, 50, "guesser", STRICT) == 0.5
    assert final_reward({"outcome": "won"}, 100, "guesser", STRICT) == 2


def test_only_the_culprit_pays_for_a_broken_episode():
    ended = {"outcome": "aborted", "rule": "form.missing", "role": "guesser"}
    assert final_reward(ended, 60, "guesser") == 0
    assert final_reward(ended, 60, "guesser", STRICT) == -3
    assert final_reward(ended, 60, "describer", STRICT) is None
    lost = {"outcome": "lost", "rule": "clue.target_word", "role": "describer"}
    assert final_reward(lost, 0, "describer", STRICT) == -1
    assert final_reward(lost, 0, "guesser", STRICT) is None


def test_returns_are_what_is_still_to_come():
    turns = [Said("a", [note("a", 0.5)]), Said("b", [note("a", 0.25), note("b", 1)]), Said("a", [note("a", 1)])]
    assert earned(turns[1], "a") == 0.25
    assert returns(turns, "a") == [1.75, 1]
    assert returns(turns, "a", final=2) == [3.75, 3]
    assert returns(turns, "a", final=2, discount=0.5) == [0.5 + 0.5 * (0.25 + 0.5 * 3), 3]
    assert returns(turns, "b", discount=0) == [1]
    assert returns([], "a") == []


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(-1, 1)), max_size=12), st.floats(-3, 3))
def test_without_discount_the_first_return_is_all_there_is(said, final):
    turns = [Said(role, [note("a", value)]) for role, value in said]
    mine = returns([Said("a"), *turns], "a", final=final)
    assert mine[0] == pytest.approx(sum(value for _, value in said) + final)
    assert len(mine) == 1 + sum(role == "a" for role, _ in said)


@pytest.mark.parametrize("alias", NAMES)
def test_an_expert_earns_everything_and_a_fault_is_its_own(alias):
    row = rows(alias, count=1, seed=4)[0]
    roles = find_game(alias).master_type().roles
    expert = Episode(row=row).play_on()
    assert [expert.reward(role) for role in roles] == [pytest.approx(1)] * len(roles)
    done, info = Episode.resume(expert.point(-1)).master.step(expert.turns[-1].reply)
    assert done
    assert info["rewards"] == {role: pytest.approx(1) for role in roles}
    for role in roles:
        broken = Episode(row=row, models=[blunder_model("form.empty", role)] * len(roles)).play_on()
        assert broken.reward(role, STRICT) == -3
        assert all(broken.reward(other) is None for other in roles if other != role)


@pytest.mark.parametrize("alias", NAMES)
def test_a_teacher_takes_over_where_a_player_failed(alias):
    for row in rows(alias, count=4, seed=6):
        roles = find_game(alias).master_type().roles
        for role in roles:
            broken = Episode(row=row, models=[blunder_model("form.empty", role)] * len(roles)).play_on()
            saved = Episode.resume(broken.before_fault(), [expert_model()] * len(roles))
            assert saved.role == role
            assert not any(turn.violation for turn in saved.turns)
            assert saved.play_on().reward(role) == pytest.approx(1)


@pytest.mark.parametrize(
    ("alias", "reason"),
    [
        ("wordle", "words eliminated"),
        ("wordle_clue", "guessed"),
        ("wordle_critic", "sound verdict"),
        ("map", "new room"),
        ("map_graph", "new room"),
        ("map_room", "found"),
        ("imagegame", "likeness gained"),
        ("referencegame", "right"),
        ("matchit", "right"),
        ("guesswhat", "words eliminated"),
        ("codenames", "words found"),
        ("privateshared", "slot filled"),
        ("adventure", "goals"),
        ("taboo", "guessed"),
    ],
)
def test_progress_is_rewarded_where_there_is_any(alias, reason):
    for row in rows(alias, count=3, seed=8):
        notes = [own for turn in Episode(row=row).play_on().turns for own in turn.rewards]
        assert any(own["reason"] == reason and own["value"] > 0 for own in notes)
        assert all(-1 <= own["value"] <= 1 for own in notes)


def test_eliminating_half_again_and_again_adds_up():
    assert share_eliminated(8, 1, of=8) == 1
    assert share_eliminated(8, 8, of=8) == 0
    assert share_eliminated(8, 4, of=8) + share_eliminated(4, 2, of=8) == pytest.approx(2 / 3)
    assert share_eliminated(1, 1, of=1) == share_eliminated(2, 0, of=8) == 0


def test_questions_about_meaning_are_understood_as_far_as_the_table_goes():
    words = ("goldfish", "hornet", "cider", "trumpet", "saw", "poppy")
    assert asked_about("Is it the hornet or the saw?", words) == ["hornet", "saw"]
    assert asked_about("Is it an animal?", words) == ["goldfish", "hornet"]
    assert asked_about("Is it an animal with wings?", words) == ["hornet"]
    assert asked_about("Can you drink it?", words) == ["cider"]
    assert asked_about("Is it alive?", words) == ["goldfish", "hornet", "poppy"]
    assert asked_about("Is it a plant or a drink?", words) == ["cider", "poppy"]
    assert asked_about("Is it not an animal?", words) is None
    assert asked_about("Would my aunt like it?", words) is None
