"""Building a measured record: an empty one, one suite's figures, and what they were made of.

Pure but for the clock and the versions of what is installed.
"""

import contextlib
import importlib.metadata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from games.arena import Outcome, Status
from ludens.evaluation.harness_tasks import NAME as HARNESS
from ludens.evaluation.measured_record import (
    MeasuredModel,
    MeasuredRecord,
    PairedSuite,
    Seat,
    SuiteFigures,
    SuiteName,
    TaskFigures,
)
from ludens.evaluation.suites import Lesson

_COMPUTING = ("ludens", "clemcore", "llama-cpp-python", "llguidance", "transformers", "torch", "lm_eval")
_TOTALS: Mapping[SuiteName, str] = {"games": "clemscore", "static": "statscore", "cognitive": "cogscore"}


def replaced(
    record: MeasuredRecord, suite: SuiteName, figures: Mapping[str, SuiteFigures], comparison: PairedSuite | None
) -> MeasuredRecord:
    """A record with one suite's figures, of all players, in place of those it had."""
    seats: dict[str, Seat] = {}
    for label in dict.fromkeys((*record.seats, *figures)):
        seat = record.seats.get(label, Seat())
        suites = {name: each for name, each in seat.suites.items() if name != suite}
        mine = figures.get(label)
        if mine is not None:
            suites[suite] = mine
        total = None if mine is None else mine.clem_score
        seats[label] = seat.model_copy(update={"suites": suites, _TOTALS[suite]: total})
    comparisons = [each for each in record.comparisons if each.suite != suite]
    if comparison is not None:
        comparisons.append(comparison)
    return record.model_copy(update={"seats": seats, "comparisons": comparisons})


def new_record(model: MeasuredModel, configuration: Mapping[str, Any], seed: int) -> MeasuredRecord:
    """A record without any figures."""
    installed: dict[str, str] = {}
    for name in _COMPUTING:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            installed[name] = importlib.metadata.version(name)
    return MeasuredRecord(
        created=now(), versions=installed, configuration=dict(configuration), seed=seed, model=model, seats={}
    )


def with_tasks(
    record: MeasuredRecord, figures: Mapping[str, Mapping[str, TaskFigures]], comparison: PairedSuite | None
) -> MeasuredRecord:
    """A record with players' figures in tasks of lm-evaluation-harness; what it knew of other tasks stays."""
    seats = dict(record.seats)
    for label, mine in figures.items():
        seat = seats.get(label, Seat())
        seats[label] = seat.model_copy(update={"tasks": {**seat.tasks, **mine}})
    others = [each for each in record.comparisons if each.suite != HARNESS]
    comparisons = others if comparison is None else [*others, comparison]
    return record.model_copy(update={"seats": seats, "comparisons": comparisons})


def of_plan(outcomes: Sequence[Outcome], plan: Sequence[Lesson]) -> list[Outcome]:
    """The outcomes of the planned instances, under the names of the lessons."""
    names = {(lesson.game.name, *row.identity): lesson.name for lesson in plan for row in lesson.rows}
    found: list[Outcome] = []
    for each in outcomes:
        name = names.get((each.key.game, each.key.experiment, each.key.game_id))
        if name is not None:
            found.append(replace(each, key=replace(each.key, game=name)))
    return found


def placed(
    suite: SuiteName, figures: SuiteFigures, label: str, outcomes: Sequence[Outcome], plan: Sequence[Lesson]
) -> SuiteFigures:
    """The figures with what they were made of: folder of episodes, fingerprint of instances."""
    seen = {
        (each.key.game, each.key.experiment, each.key.game_id)
        for each in outcomes
        if each.key.label == label and each.status is not Status.ERROR
    }
    prints = {
        lesson.name: sha256(
            "\n".join(sorted(row.digest() for row in lesson.rows if (lesson.name, *row.identity) in seen)).encode()
        ).hexdigest()
        for lesson in plan
    }
    games = {
        name: game.model_copy(update={"instances_sha256": prints[name]}) if game.n else game
        for name, game in figures.games.items()
    }
    return figures.model_copy(update={"games": games, "episodes": suite})


def now() -> str:
    """The moment, ISO 8601, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")
