"""The ablation: its grid, its comparisons, what it writes, and that it goes on where it stopped."""

import csv
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.config import MODULES, AgentConfig
from agent.errors import UserError
from games.arena import EpisodeStore
from games.arena.episode import Episode, EpisodeKey, Outcome, Status
from games.errors import UserError as GameUserError
from ludens.evaluation.ablation import AblationPlan, ablate, lessons
from ludens.evaluation.configurations import BARE, FULL, GRID, NONE, grid
from ludens.evaluation.findings import find
from ludens.evaluation.pairs import compare, holm, scores
from ludens.evaluation.plain_words import paragraph
from ludens.evaluation.write_up import Places, write_up, write_up_run
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
    assert tuple(configurations) == GRID
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
    assert findings.off["planner"].significant
    assert not findings.off["check"].significant
    assert findings.off_by_game["planner"]["ludens_one"].comparison.difference < -75
    assert not findings.off_by_game["planner"]["ludens_two"].significant
    text = paragraph(findings)
    assert "against the bare model (p < 0.001, 40 pairs)" in text
    assert "Planner carries one (-" in text
    assert "nothing can be said of check +0.0 [+0.0, +0.0]" in text
    assert "No single game shows that it needs check." in text
    assert "Alone, with all others off, against the bare model: planner +25.0" in text


def test_findings_name_the_games_that_are_better_off_without_a_module() -> None:
    runs = [*run_of(FULL, "ludens_one", [None] * 12), *run_of("without partner", "ludens_one", [90.0] * 12)]
    assert "does better in one without partner (+90)" in paragraph(find(runs, np.random.default_rng(0)))


def test_a_half_played_ablation_is_compared_on_what_there_is(outcomes: list[Outcome]) -> None:
    some = [each for each in outcomes if each.key.label in (FULL, "without planner") and each.key.game_id < 3]
    findings = find(some, np.random.default_rng(0))
    assert findings.full is None
    assert findings.off["planner"].comparison.pairs == 6
    assert "Alone" not in paragraph(findings)
    assert "nothing can be compared" in paragraph(find([], np.random.default_rng(0)))


@given(st.dictionaries(st.integers(0, 30), st.floats(0, 1), max_size=12))
def test_adjusted_p_values_keep_their_order_and_never_fall(p_values: dict[int, float]) -> None:
    adjusted = holm(p_values)
    assert adjusted.keys() == p_values.keys()
    assert all(p_values[key] <= adjusted[key] <= min(1, len(p_values) * p_values[key]) + 1e-12 for key in p_values)
    for one in p_values:
        for other in p_values:
            assert p_values[one] >= p_values[other] or adjusted[one] <= adjusted[other]


def test_adjusted_p_values_of_an_example_by_hand() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})


def test_table_plots_and_page_are_written(outcomes: list[Outcome], tmp_path: Path) -> None:
    page = tmp_path / "docs" / "study.md"
    written = write_up(outcomes, Places.of_page(page), about="Two games.")
    assert all(path.stat().st_size > 0 for path in written.files)
    with (tmp_path / "docs" / "ablation.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 10
    (planner_off,) = [row for row in rows if (row["configuration"], row["game"]) == ("without planner", "ludens_one")]
    assert float(planner_off["played_pct"]) == 0
    assert planner_off["quality"] == ""
    with (tmp_path / "docs" / "ablation-worth.csv").open(encoding="utf-8") as file:
        tested = {(row["family"], row["module"], row["game"]): row for row in csv.DictReader(file)}
    assert tested["off by game", "planner", "ludens_one"]["significant"] == "1"
    assert float(tested["off", "planner", "all"]["p_adjusted"]) >= float(tested["off", "planner", "all"]["p_value"])
    assert (tmp_path / "docs" / "img" / "ablation-bars.png").read_bytes().startswith(b"\x89PNG")
    assert "](img/ablation-bars.png)" in written.text
    assert page.read_text(encoding="utf-8") == written.text
    assert "| full |" in written.text


def test_the_same_seed_gives_the_same_page(outcomes: list[Outcome], tmp_path: Path) -> None:
    pages = [write_up(outcomes, Places.inside(tmp_path / name), about="").text for name in ("a", "b")]
    assert pages[0] == pages[1]


def store_of(folder: Path, outcomes: Sequence[Outcome], config: dict[str, object]) -> Path:
    """A run folder that holds some outcomes."""
    with EpisodeStore.open(folder, config=config, seed=0, versions={"ludens": "1"}) as store:
        for each in outcomes:
            body: dict[str, object] = {}
            store.save(
                Episode(
                    outcome=each,
                    experiment=body,
                    game_instance=body,
                    digest="",
                    interactions=body,
                    requests=body,
                    scores=body,
                )
            )
    return folder


def test_a_run_folder_is_written_up_without_playing(outcomes: list[Outcome], tmp_path: Path) -> None:
    about = AblationPlan(games=("map",), instances=20).about()
    run = store_of(tmp_path / "run", outcomes[:-1], about)
    text = write_up_run(run, Places.of_page(tmp_path / "page.md")).text
    assert "199 of 200 episodes are played so far" in text
    assert "Language model: embedded" in text


def test_a_run_that_is_no_ablation_is_refused(outcomes: list[Outcome], tmp_path: Path) -> None:
    with pytest.raises(GameUserError, match="holds no ablation"):
        write_up_run(store_of(tmp_path / "run", outcomes, {"model": "x"}), Places.inside(tmp_path))


def test_all_configurations_play_an_instance_before_the_next_instances_begin() -> None:
    plan = AblationPlan(games=("map", "taboo"), instances=5, only=(FULL, BARE))
    found = lessons(plan, {}, 2)
    assert [[chunk.configuration for chunk in lesson] for lesson in found] == [[FULL, BARE]] * 6
    assert [[len(chunk.rows) for chunk in lesson] for lesson in found] == [[2, 2], [2, 2], [1, 1]] * 2
    for lesson in found:
        assert lesson[0].rows == lesson[1].rows


def test_what_is_stored_is_not_planned_again() -> None:
    plan = AblationPlan(games=("map",), instances=3, only=(FULL, BARE))
    ((full, bare),) = lessons(plan, {}, 5)
    stored = {("ludens_map", experiment["name"], instance["game_id"]) for experiment, instance in full.rows[:2]}
    ((left, all_of_them),) = lessons(plan, {FULL: stored}, 5)
    assert left.rows == full.rows[2:]
    assert all_of_them.rows == bare.rows
    everything = stored | {("ludens_map", bare.rows[2][0]["name"], bare.rows[2][1]["game_id"])}
    assert lessons(plan, {FULL: everything, BARE: everything}, 5) == []


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


FINISHED = "SELECT label, game_id, finished FROM episodes WHERE status != 'error' ORDER BY 1, 2"


def finished(folder: Path) -> list[tuple[str, int, str]]:
    path = folder / "episodes.sqlite"
    if not path.exists():
        return []
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        try:
            return database.execute(FINISHED).fetchall()
        except sqlite3.OperationalError:  # the tables are being made
            return []


@pytest.mark.model
def test_a_killed_ablation_keeps_every_finished_episode_and_plays_the_rest(tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = [sys.executable, "-m", "ludens", "ablate", "map", "-n", "8", "--only", f"{FULL},{BARE}", "--workers", "2"]
    command += ["--max-tokens", "40", "--out", str(run)]
    playing = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not finished(run) and playing.poll() is None:
        time.sleep(0.05)
    os.killpg(playing.pid, signal.SIGKILL)
    playing.wait()
    before = finished(run)
    assert before
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    after = finished(run)
    assert len(after) == 16
    assert set(before) <= set(after), "a finished episode was played again"
    assert "# Ablation" in done.stdout
