"""The ablation: its grid, its comparisons, what it writes, and that it goes on where it stopped."""

import csv
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.config import MODULES, AgentConfig
from agent.errors import UserError
from games.arena.episode import EpisodeKey, Outcome, Status
from ludens.evaluation.ablation import AblationPlan, ablate
from ludens.evaluation.configurations import BARE, FULL, NONE, grid
from ludens.evaluation.findings import find
from ludens.evaluation.pairs import compare, scores
from ludens.evaluation.write_up import write_up
from trainer.executor import InlineExecutor


def outcome(label: str, game: str, number: int, quality: float | None, status: Status = Status.PLAYED) -> Outcome:
    key = EpisodeKey(game=game, experiment="e", game_id=number, label=label)
    return Outcome(key=key, status=status, success=None, quality=quality)


def run_of(label: str, game: str, values: Sequence[float | None]) -> list[Outcome]:
    return [
        outcome(label, game, number, value, Status.ABORTED if value is None else Status.PLAYED)
        for number, value in enumerate(values)
    ]


def test_the_grid_holds_each_stage_off_each_alone_all_off_and_the_bare_model() -> None:
    configurations = {each.name: each for each in grid(AgentConfig())}
    assert len(configurations) == 2 * len(MODULES) + 3
    assert configurations[FULL].agent.modules == frozenset(MODULES)
    assert configurations[NONE].agent.modules == frozenset()
    assert configurations[BARE].bare
    for module in MODULES:
        assert configurations[f"without {module}"].agent.modules == frozenset(MODULES) - {module}
        assert configurations[f"only {module}"].agent.modules == {module}


def test_an_unknown_configuration_is_named_with_the_choices() -> None:
    with pytest.raises(UserError, match=r"without brain.*without planner"):
        grid(AgentConfig(), ["without brain"])


def test_an_aborted_episode_scores_nothing_and_a_broken_one_is_no_score() -> None:
    found = scores([*run_of("full", "g", [80.0, None]), outcome("full", "g", 9, None, Status.ERROR)])
    assert found == {"full": {("g", "e", 0): 80.0, ("g", "e", 1): 0.0}}


values = st.lists(st.floats(0, 100), min_size=1, max_size=12)


@settings(deadline=None, max_examples=40)
@given(values, st.integers(0, 2**32 - 1))
def test_a_player_never_differs_from_itself(points: list[float], seed: int) -> None:
    mine = {("g", "e", number): value for number, value in enumerate(points)}
    same = compare(mine, mine, np.random.default_rng(seed), draws=50)
    assert (same.difference, same.low, same.high, same.p_value) == (0, 0, 0, 1)
    assert not same.significant


@settings(deadline=None, max_examples=40)
@given(values, values, st.integers(0, 2**32 - 1))
def test_comparisons_are_antisymmetric_and_bounded(first: list[float], second: list[float], seed: int) -> None:
    a = {("g", "e", number): value for number, value in enumerate(first)}
    b = {("g", "e", number): value for number, value in enumerate(second)}
    there, back = (compare(*pair, np.random.default_rng(seed), draws=100) for pair in ((a, b), (b, a)))
    assert there.pairs == back.pairs == min(len(first), len(second))
    assert there.difference == pytest.approx(-back.difference)
    assert there.low - 1e-9 <= there.high
    assert 0 < there.p_value <= 1


def test_games_weigh_the_same_however_many_instances_they_have() -> None:
    first = {("small", "e", 0): 0.0, **{("large", "e", number): 0.0 for number in range(9)}}
    second = {("small", "e", 0): 100.0, **{("large", "e", number): 0.0 for number in range(9)}}
    assert compare(first, second, np.random.default_rng(0)).difference == 50


def test_players_without_a_common_instance_are_not_compared() -> None:
    nothing = compare({("g", "e", 0): 1.0}, {("g", "e", 1): 2.0}, np.random.default_rng(0))
    assert (nothing.pairs, nothing.p_value) == (0, 1)


@pytest.fixture
def outcomes() -> list[Outcome]:
    """The planner carries one game, the check nothing, and the bare model fails everywhere."""
    rng = np.random.default_rng(5)
    good = [float(value) for value in rng.uniform(80, 100, 20)]
    return [
        *run_of(FULL, "ludens_one", good),
        *run_of(FULL, "ludens_two", good),
        *run_of("without planner", "ludens_one", [None] * 20),
        *run_of("without planner", "ludens_two", good),
        *run_of("without check", "ludens_one", good),
        *run_of("without check", "ludens_two", good),
        *run_of("only planner", "ludens_one", [50.0] * 20),
        *run_of("only planner", "ludens_two", [None] * 20),
        *run_of(BARE, "ludens_one", [None] * 20),
        *run_of(BARE, "ludens_two", [None] * 20),
    ]


def test_findings_say_which_module_carries_which_game(outcomes: list[Outcome]) -> None:
    findings = find(outcomes, np.random.default_rng(0))
    assert findings.against_full["without planner"].significant
    assert not findings.against_full["without check"].significant
    assert findings.by_game["without planner"]["ludens_one"].difference < -75
    assert "ahead of the bare model" in findings.text
    assert "Without planner it costs" in findings.text
    assert "most of all in one (" in findings.text
    assert "not significant" in findings.text
    assert "planner brings most: 25.0 points" in findings.text


def test_table_plots_and_page_are_written(outcomes: list[Outcome], tmp_path: Path) -> None:
    order = [each.name for each in grid(AgentConfig())]
    written = write_up(outcomes, order, tmp_path, about="Two games.")
    assert all(path.stat().st_size > 0 for path in written.files)
    with (tmp_path / "ablation.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10
    (planner_off,) = [row for row in rows if (row["configuration"], row["game"]) == ("without planner", "ludens_one")]
    assert float(planner_off["played_pct"]) == 0
    assert planner_off["quality"] == ""
    assert (tmp_path / "ablation-bars.png").read_bytes().startswith(b"\x89PNG")
    assert "| one |" in written.text


def test_the_same_seed_gives_the_same_page(outcomes: list[Outcome], tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    pages = [write_up(outcomes, [FULL, BARE], tmp_path / name, about="").text for name in ("a", "b")]
    assert pages[0] == pages[1]


@pytest.mark.model
def test_an_interrupted_ablation_goes_on_without_playing_anything_twice(tmp_path: Path) -> None:
    plan = AblationPlan(games=("map",), instances=2, only=(FULL, BARE), agent=AgentConfig(max_reply_tokens=12))
    told: list[tuple[int, int]] = []
    first = plan.model_copy(update={"only": (BARE,)})
    assert len(ablate(first, tmp_path / "run", InlineExecutor())) == 2
    stamp = "SELECT game_id, label, finished FROM episodes WHERE label = 'bare' ORDER BY 1"
    with sqlite3.connect(tmp_path / "run" / "episodes.sqlite") as database:
        before = database.execute(stamp).fetchall()
    outcomes = ablate(plan, tmp_path / "run", InlineExecutor(), tell=lambda done, total: told.append((done, total)))
    assert told[0] == (2, 4)
    assert told[-1] == (4, 4)
    assert {each.key.label for each in outcomes} == {FULL, BARE}
    with sqlite3.connect(tmp_path / "run" / "episodes.sqlite") as database:
        assert database.execute(stamp).fetchall() == before
