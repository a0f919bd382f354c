"""The report: runs of every kind on one page, refusals in one sentence, hostile names made harmless."""

import csv
import json
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from games.arena import EpisodeStore
from games.arena.episode import Episode, EpisodeKey, Outcome, Status
from games.errors import UserError
from ludens.evaluation.figures import suite_figures
from ludens.evaluation.leaderboard import leaderboard
from ludens.evaluation.measured_record import MeasuredModel, MeasuredRecord, Seat, write_record
from ludens.evaluation.report import report
from ludens.evaluation.sources import between, read_run

HOSTILE = "</td><script>alert(1)</script> | **b** $x^{2}$ \x1b[31m \u202e `c` [l](http://x) \\"


def outcome(label: str, game: str, number: int, quality: float | None, experiment: str = "e") -> Outcome:
    status = Status.ABORTED if quality is None else Status.PLAYED
    key = EpisodeKey(game=game, experiment=experiment, game_id=number, label=label)
    return Outcome(key=key, status=status, success=bool(quality), quality=quality)


def outcomes_of(label: str, game: str, values: Sequence[float | None]) -> list[Outcome]:
    return [outcome(label, game, number, value) for number, value in enumerate(values)]


def store(folder: Path, outcomes: Sequence[Outcome], *, config: dict[str, Any] | None = None, salt: str = "") -> Path:
    """A run folder; `salt` makes its instances other ones."""
    with EpisodeStore.open(folder, config=config or {"model": "tiny"}, seed=3, versions={"ludens": "1"}) as run:
        for each in outcomes:
            nothing: dict[str, Any] = {}
            run.save(
                Episode(
                    outcome=each,
                    experiment=nothing,
                    game_instance=nothing,
                    digest=f"{salt}{each.key.game_id}",
                    interactions=nothing,
                    requests=nothing,
                    scores=nothing,
                )
            )
    return folder


def clem(folder: Path, model: str, game: str, values: Sequence[float | None]) -> Path:
    """What `clem run` and `clem score` leave of some episodes."""
    for number, value in enumerate(values):
        place = folder / model / game / "exp" / f"instance_{number:05d}"
        place.mkdir(parents=True)
        (place / "instance.json").write_text(json.dumps({"game_id": number}))
        figures = {"Aborted": int(value is None), "Success": int(bool(value)), "Main Score": value}
        (place / "scores.json").write_text(json.dumps({"episode scores": figures}))
    return folder


@pytest.fixture
def played(tmp_path: Path) -> Path:
    good = [100.0, 80.0, 90.0, 100.0, 95.0, 70.0, 100.0, 85.0]
    found = [*outcomes_of("ludens", "ludens_map", good), *outcomes_of("bare", "ludens_map", [None] * 8)]
    return store(tmp_path / "played", found)


def test_a_run_of_play_with_scores_and_a_paired_comparison(played: Path, tmp_path: Path) -> None:
    made = report([played], tmp_path / "out")
    assert "| played | play | tiny | 16 | 0 |" in made.text
    assert "| ludens | 1 | 8 | 100.0 [100, 100] | 90.0 [" in made.text
    assert "| ludens less bare | games | 8 | +90.0 [" in made.text
    assert "No run here covers the board's" in made.text
    assert "![Scores: games](report-games.png)" in made.text
    assert all(file.stat().st_size > 0 for file in made.files)
    with (tmp_path / "out" / "report.csv").open(encoding="utf-8") as file:
        rows = {row["player"]: row for row in csv.DictReader(file)}
    assert float(rows["bare"]["score"]) == 0
    assert rows["bare"]["quality"] == ""


def test_the_same_runs_give_the_same_page(played: Path, tmp_path: Path) -> None:
    assert report([played], tmp_path / "a").text == report([played], tmp_path / "b").text


def test_clem_results_that_cover_the_board_stand_on_it(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    for game in leaderboard().games:
        clem(folder, "mine", game, [100.0, 50.0])
    text = report([folder], tmp_path / "out").text
    lines = text.splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.startswith("| **mine**")]
    assert "| **75.00** |" in lines[place]
    assert lines[place + 1].startswith("| qwen3.5-27b |"), "the board is in order"
    assert (tmp_path / "out" / "report-leaderboard.png").exists()


def test_part_of_the_boards_games_is_not_put_on_it(tmp_path: Path) -> None:
    folder = clem(tmp_path / "results", "mine", leaderboard().games[0], [100.0])
    assert "**mine**" not in report([folder], tmp_path / "out").text


def test_an_eval_folder_with_all_suites(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    games = [*outcomes_of("ludens", "map", [90.0] * 5), *outcomes_of("bare", "map", [None] * 5)]
    probes = [*outcomes_of("ludens", "memory", [100.0] * 5), *outcomes_of("bare", "memory", [20.0] * 5)]
    figures = {"games": suite_figures(games, rng), "cognitive": suite_figures(probes, rng)}
    seats = {
        label: Seat(suites={suite: each[label] for suite, each in figures.items()})  # pyright: ignore[reportArgumentType]
        for label in ("bare", "ludens")
    }
    record = MeasuredRecord(
        created="2026-11-20T00:00:00+00:00",
        versions={"ludens": "1"},
        configuration={},
        seed=1,
        model=MeasuredModel(spec="tiny"),
        seats=seats,
    )
    write_record(record, tmp_path / "eval")
    text = report([tmp_path / "eval"], tmp_path / "out").text
    assert "## Games" in text
    assert "## Cognitive" in text
    assert "| games and cognitive | 2 | – | – |" in text, "two players are too few for a correlation"


def test_an_ablation_tells_its_findings_and_its_games_correlate(tmp_path: Path) -> None:
    worth = {"full": 95.0, "without planner": 40.0, "without map": 60.0, "only map": 20.0, "none": 1.0, "bare": 0.0}
    found = [
        each
        for label, value in worth.items()
        for game, factor in (("ludens_map", 1.0), ("ludens_taboo", 0.5), ("ludens_probes", 0.8))
        for each in outcomes_of(label, game, [value * factor] * 6)
    ]
    folder = store(tmp_path / "grid", found, config={"ablation": True, "model": "tiny"})
    text = report([folder], tmp_path / "out").text
    assert "## Ablation: grid" in text
    assert "The full agent scores" in text
    assert "| games and cognitive | 6 | +1.00 [" in text
    assert "6 players (1 model)" in text
    assert (tmp_path / "out" / "report-correlations.png").exists()


def test_runs_are_compared_on_what_both_have_played_and_nothing_else(tmp_path: Path) -> None:
    values = [100.0, 50.0, 70.0]
    one = store(tmp_path / "one", outcomes_of("ludens", "ludens_map", values))
    same = store(tmp_path / "same", outcomes_of("ludens", "ludens_map", [0.0, *values[1:]]))
    other = store(tmp_path / "other", outcomes_of("ludens", "ludens_map", values), salt="other ")
    (found,) = between([read_run(place) for place in (one, same, other)])
    assert (found.first, found.second) == ("one: ludens", "same: ludens")
    assert (found.total.pairs, found.total.worse) == (3, 1)


def test_clem_runs_of_the_same_instances_are_compared(tmp_path: Path) -> None:
    places = [clem(tmp_path / name, "mine", "g", values) for name, values in (("a", [10.0, 20.0]), ("b", [30.0, 20.0]))]
    (found,) = between([read_run(place) for place in places])
    assert found.total.difference == 10


def test_hostile_names_are_shown_and_act_on_nothing(tmp_path: Path) -> None:
    label = HOSTILE.replace("/", "")
    found = [*outcomes_of(label, "ga|me <b>", [50.0] * 3), *outcomes_of("bare", "ga|me <b>", [None] * 3)]
    text = report([store(tmp_path / "run", found, config={"model": HOSTILE})], tmp_path / "out").text
    assert "<script" not in text
    assert "<b>" not in text
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "&lt;script&gt;" in text
    assert "␛\\[31m" in text
    widths = {line.replace("\\|", "").count("|") for line in text.splitlines() if "less bare" in line}
    assert widths == {7}, "a name broke its row"


@pytest.mark.parametrize("what", ["nothing", "missing", "version", "damaged", "unfinished", "eval", "unscored"])
def test_what_is_no_run_is_refused_in_one_sentence(what: str, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    if what != "missing":
        folder.mkdir()
    if what == "version":
        store(folder, outcomes_of("bare", "g", [1.0]))
        with sqlite3.connect(folder / "episodes.sqlite") as database:
            database.execute("PRAGMA user_version = 99")
    elif what == "damaged":
        (folder / "episodes.sqlite").write_bytes(b"SQLite format 3\x00 and then nothing sensible" * 40)
    elif what == "unfinished":
        store(folder, [])
    elif what == "eval":
        (folder / "eval.json").write_text('{"format": 1, "seats"')
    elif what == "unscored":
        place = folder / "m" / "g" / "e" / "instance_1"
        place.mkdir(parents=True)
        (place / "interactions.json").write_text("{}")
    with pytest.raises(UserError) as refusal:
        report([folder], tmp_path / "out")
    assert "\n" not in str(refusal.value)
    assert not (tmp_path / "out" / "report.md").exists()


def test_two_runs_of_one_name_are_refused(tmp_path: Path) -> None:
    places = [store(tmp_path / side / "run", outcomes_of("bare", "g", [1.0])) for side in "ab"]
    with pytest.raises(UserError, match="called 'run'"):
        report(places, tmp_path / "out")


def test_the_command_writes_and_prints_the_page(played: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ludens", "report", str(played), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("# Report")
    command[4] = str(tmp_path / "nowhere")
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "Traceback" not in refused.stderr
