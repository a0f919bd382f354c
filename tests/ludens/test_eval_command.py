"""`ludens eval`: what it writes, that it goes on after a kill, and what it refuses."""

import io
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from agent.config import AgentConfig
from agent.errors import UserError
from agent.models.scripted import ScriptedModel
from games.arena import ArenaEvent, EpisodeEnded, EpisodeSkipped
from games.errors import UserError as GameUserError
from ludens.cli import app
from ludens.evaluation import measure as measuring
from ludens.evaluation.measure import Measurement, measure
from ludens.evaluation.measured_record import FILE_NAME, MeasuredModel, read_record
from ludens.evaluation.measured_table import tables
from ludens.evaluation.suites import Source

RECORDED = Path(__file__).parent / "recorded"


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> ScriptedModel:
    """A model without weights in place of any that is asked for."""
    model = ScriptedModel(["ANSWER: the red one", "[box]"])
    monkeypatch.setattr("ludens.play.load", lambda spec, **options: model)
    monkeypatch.setattr(measuring, "measured_model", lambda spec: MeasuredModel(spec=spec, sha256="0" * 64))
    return model


class Watched:
    """Counts what it is told."""

    def __init__(self) -> None:
        self.ended = self.skipped = 0
        self.expected: dict[str, int] = {}

    def __call__(self, event: ArenaEvent) -> None:
        self.ended += isinstance(event, EpisodeEnded)
        self.skipped += isinstance(event, EpisodeSkipped)

    def expect(self, episodes: Any) -> None:
        self.expected.update(episodes)

    def answered(self, label: str, done: int, total: int) -> None:
        raise AssertionError("no task of the harness was asked for")


def wanted(out: Path, **changes: Any) -> Measurement:
    source = Source(games=("taboo", "mind"), instances=2)
    plain = {"suites": ("games", "cognitive"), "source": source, "agent": AgentConfig(embedder="none"), "out": out}
    return Measurement(**{**plain, **changes})


def test_both_seats_play_the_same_instances_and_are_paired(scripted: ScriptedModel, tmp_path: Path) -> None:
    watched = Watched()
    record = measure(wanted(tmp_path), watched)
    assert (watched.ended, watched.skipped, watched.expected) == (8, 0, {"ludens_taboo": 2, "ludens_probes": 2})
    assert record == read_record(tmp_path)
    assert record.model.sha256 == "0" * 64 and record.versions["clemcore"]
    bare, mine = record.seats["bare"], record.seats["ludens"]
    assert bare.suites["games"].games["taboo"].n == mine.suites["games"].games["taboo"].n == 2
    assert bare.suites["cognitive"].games["mind"].n == 2
    assert bare.suites["games"].games["taboo"].instances_sha256 == mine.suites["games"].games["taboo"].instances_sha256
    assert [(each.suite, each.total.pairs) for each in record.comparisons] == [("games", 2), ("cognitive", 2)]
    assert bare.clemscore == bare.suites["games"].clem_score and bare.statscore is None
    assert (tmp_path / "games" / "episodes.sqlite").exists() or any((tmp_path / "games").iterdir())
    shown = Console(width=120, record=True, file=io.StringIO())
    shown.print(tables(record))
    text = shown.export_text()
    assert "clemscore" in text and "ludens less bare" in text


def test_what_is_stored_is_not_played_again_and_suites_add_up(scripted: ScriptedModel, tmp_path: Path) -> None:
    first = measure(wanted(tmp_path, suites=("games",), source=Source(games=("taboo",), instances=2)))
    calls = len(scripted.calls)
    watched = Watched()
    again = measure(wanted(tmp_path, suites=("games",), source=Source(games=("taboo",), instances=2)), watched)
    assert (watched.ended, watched.skipped, len(scripted.calls)) == (0, 4, calls)
    assert again.seats == first.seats and again.comparisons == first.comparisons
    more = measure(
        wanted(tmp_path, suites=("cognitive",), source=Source(games=("mind",), instances=1), seats=("bare",))
    )
    assert more.seats["bare"].suites.keys() == {"games", "cognitive"}
    assert more.seats["ludens"] == again.seats["ludens"]
    assert set(more.configuration["suites"]) == {"games", "cognitive"}


def test_a_folder_of_another_measurement_is_refused(scripted: ScriptedModel, tmp_path: Path) -> None:
    one = wanted(tmp_path, suites=("cognitive",), source=Source(games=("mind",), instances=1), seats=("bare",))
    measure(one)
    for changed in (
        wanted(tmp_path, suites=("cognitive",), source=Source(games=("mind",), instances=1, seed=1)),
        wanted(tmp_path, suites=("cognitive",), source=one.source, model="another"),
        wanted(tmp_path, suites=("cognitive",), source=one.source, agent=AgentConfig(embedder="none", repairs=1)),
    ):
        with pytest.raises(GameUserError, match="measures another model, weights, agent or seed"):
            measure(changed)


def test_a_broken_game_is_refused_before_anything_is_played(scripted: ScriptedModel, tmp_path: Path) -> None:
    game = tmp_path / "clembench" / "talk"
    (game / "in").mkdir(parents=True)
    (game / "clemgame.json").write_text(json.dumps({"game_name": "talk", "players": 1, "benchmark": ["2.0"]}))
    (game / "master.py").write_text("import a_package_that_nobody_has")
    instances = {"experiments": [{"name": "e", "game_instances": [{"game_id": 1}]}]}
    (game / "in" / "instances.json").write_text(json.dumps(instances))
    source = Source(clembench=tmp_path / "clembench")
    with pytest.raises(GameUserError, match="a_package_that_nobody_has"):
        measure(wanted(tmp_path / "out", suites=("games",), source=source))
    assert not (tmp_path / "out").exists() and not scripted.calls


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--suite", "gmaes"], "There is no suite 'gmaes'; choose from games, static, cognitive or all."),
        (["--suite", ","], "No suite is named"),
        (["--seats", "nude"], "There is no seat 'nude'; choose from bare, ludens."),
        (["--seats", ","], "No seat is named"),
        (["--suite", "static"], "name a checkout with --clembench"),
        (["--games", "tabo"], "did you mean taboo"),
        (["--without", "brain"], "There is no module 'brain'"),
        (["--profile", "odd"], "There is no profile 'odd'"),
        (["--results", "nowhere"], "nowhere is not a folder"),
        (["--results", ".", "--suite", "all"], "say which with --suite"),
        (["--suite", "cognitive", "--split", "tset"], "tset"),
        (["--suite", "cognitive", "--games", "mind", "-n", "1", "--model", "none.gguf"], "none.gguf"),
    ],
)
def test_refusals_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["eval", *arguments])
    assert isinstance(result.exception, UserError | GameUserError), result.exception
    assert complaint in str(result.exception)
    assert "\n" not in str(result.exception)


def test_a_results_folder_is_measured_again(tmp_path: Path) -> None:
    for place, metrics in json.loads((RECORDED / "scores.json").read_text())["clem"].items():
        (tmp_path / "results" / place).mkdir(parents=True)
        (tmp_path / "results" / place / "scores.json").write_text(json.dumps({"episode scores": metrics}))
    command = ["eval", "--results", str(tmp_path / "results"), "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0 and "learner clemscore 90.36" in result.output
    assert read_record(tmp_path / "out").seats["learner-bare"].clemscore == 34.05
    result = CliRunner().invoke(app, [*command, "--json"])
    assert json.loads(result.output)["seats"]["learner"]["clemscore"] == 90.36


@pytest.mark.model
@pytest.mark.slow
def test_a_measurement_that_was_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ludens", "eval", "--suite", "cognitive", "-n", "2", "--max-tokens", "8"]
    command += ["--batch", "1", "--out", str(tmp_path / "out"), "--json"]
    database = tmp_path / "out" / "cognitive"
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        while running.poll() is None and not _stored(database):
            time.sleep(0.05)
        running.send_signal(signal.SIGKILL)
    before = _stored(database)
    assert not (tmp_path / "out" / FILE_NAME).exists() or before == 16
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    record = json.loads(done.stdout)
    assert {
        game["n"] for seat in record["seats"].values() for game in seat["suites"]["cognitive"]["games"].values()
    } == {2}
    assert before >= 1 and _stored(database) == 16


def _stored(folder: Path) -> int:
    """Episodes in a run folder; 0 while there is none."""
    from games.arena import EpisodeStore

    try:
        with EpisodeStore.join(folder) as store:
            return len(store.outcomes())
    except GameUserError:
        return 0
