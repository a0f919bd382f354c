"""The leaderboard's row: the challenge's columns, filled with what was measured and nothing else."""

import csv
import io
from pathlib import Path

import pytest

from ludens.evaluation.measured_record import (
    Estimate,
    GameFigures,
    MeasuredModel,
    MeasuredRecord,
    Seat,
    SuiteFigures,
    write_record,
)
from ludens.evaluation.reported import reported
from submissions.config import SubmissionConfig
from submissions.documents import Known, model_card, system_report
from submissions.manifest import InBundle, Model
from submissions.measurement import COLUMNS, as_csv, as_pull_request, row

BOARD = Path(__file__).resolve().parents[3] / "shared" / "data" / "leaderboard_2026.csv"


def config() -> SubmissionConfig:
    model = {"name": "Llama-3.1-8B-Instruct", "base": "llama-3.1-8b", "weights": "x.gguf", "licence": "Llama 3.1"}
    return SubmissionConfig.model_validate(
        {"name": "first", "version": "v2", "team": "Us", "summary": "A|B.", "date": "2026-11-20", "model": model}
    )


def record(clem: float) -> MeasuredRecord:
    played, quality = Estimate(value=90.0, low=80.0, high=100.0), Estimate(value=50.125, low=40.0, high=60.0)
    game = GameFigures(n=4, played_pct=played, quality=quality, score=quality)
    suite = SuiteFigures(games={"taboo": game}, played_pct=played, quality=quality, score=quality, clem_score=clem)
    seat = Seat(suites={"games": suite, "static": suite})
    return MeasuredRecord(
        created="2026-11-20T00:00:00+00:00", versions={"ludens": "0.1.0"}, configuration={}, seed=1,
        model=MeasuredModel(spec="/home/somebody/x.gguf"), seats={"ludens": seat, "bare": seat},
    )  # fmt: skip


def test_columns_are_those_of_the_challenge():
    if not BOARD.is_file():
        pytest.skip(f"no recorded leaderboard at {BOARD}")
    with BOARD.open(newline="") as file:
        assert tuple(next(csv.reader(file))) == COLUMNS


def test_what_was_not_measured_stays_empty():
    cells = row(config(), ())
    assert cells["model"] == "Us__llama-3.1-8b__v2"
    assert not any(cells[name] for name in COLUMNS[3:])


def test_a_measurement_fills_its_columns(tmp_path: Path):
    write_record(record(45.0), tmp_path)
    playpen = reported(tmp_path, title="validation", figures="playpen")
    inside = reported(tmp_path, title="test", figures="in_domain")
    cells = row(config(), (playpen, inside))
    assert (cells["playpen_clemscore"], cells["playpen_statscore"]) == ("45.00", "45.00")
    assert (cells["id_played_pct"], cells["id_quality"]) == ("90.00", "50.12")
    assert cells["ood_clemscore"] == ""
    (line,) = csv.DictReader(io.StringIO(as_csv(cells)))
    assert line == cells
    assert as_pull_request(config(), cells).count("|") == 8  # a bar in the summary does not break the table


def test_reports_give_intervals_and_no_places_on_this_machine(tmp_path: Path):
    write_record(record(45.0), tmp_path)
    measured = (reported(tmp_path, title="validation", figures="playpen"),)
    model = Model(kind="gguf", name="x", engine="llama.cpp", source=InBundle(path="weights/x.gguf"))
    known = Known(
        config=config(), model=model, facts=None, vouched=None, measurements=measured, ablation="", ludens="0.1.0"
    )
    told = system_report(known) + model_card(known)
    assert "90.0 [80.0, 100.0]" in told
    assert "somebody" not in told
    assert "| taboo | bare | 4 |" in told
