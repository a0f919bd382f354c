"""A measurement's record as the plain figures that a submission reports."""

from collections.abc import Mapping
from pathlib import Path

from ludens.evaluation.measured_record import (
    Estimate,
    GameFigures,
    MeasuredRecord,
    PairedSuite,
    Seat,
    SuiteFigures,
    SuiteName,
    read_record,
)
from submissions.config import Figures
from submissions.measurement import BARE, LUDENS, Figure, Line, Measurement, Suite

_VERSIONS = ("ludens", "clemcore")


def reported(place: Path, *, title: str, figures: Figures) -> Measurement:
    """What the record in a folder says, for the reports of a submission.

    Args:
        place: the folder that `ludens eval --out` wrote, or its eval.json.
        title: the heading in the report.
        figures: what it was made on.

    Raises:
        UserError: it is missing or unusable.
    """
    return from_record(read_record(place), title=title, figures=figures)


def from_record(record: MeasuredRecord, *, title: str, figures: Figures, own: str = "") -> Measurement:
    """A record as plain figures.

    Args:
        record: the record.
        title: the heading in the report.
        figures: what it was made on.
        own: the player that counts as Ludens, as harnesses name it; a player that is alone and not called bare does
            in any case.
    """
    names = list(record.seats)
    alone = len(names) == 1 and names[0] != BARE
    seats = {LUDENS if alone or name == own else name: seat for name, seat in record.seats.items()}
    suites: list[SuiteName] = list(dict.fromkeys(suite for seat in seats.values() for suite in seat.suites))
    versions = ", ".join(f"{name} {record.versions[name]}" for name in _VERSIONS if name in record.versions)
    return Measurement(
        title=title,
        figures=figures,
        suites=tuple(_suite(name, seats, record) for name in suites),
        weights=record.model.sha256,
        about=f"Model {_named(record.model.spec)}, seed {record.seed}, {record.created[:10]}, {versions}.",
    )


def _suite(name: SuiteName, seats: Mapping[str, Seat], record: MeasuredRecord) -> Suite:
    found = {player: seat.suites[name] for player, seat in seats.items() if name in seat.suites}
    games = list(dict.fromkeys(game for figures in found.values() for game in figures.games))
    compared = next((each for each in record.comparisons if each.suite == name), None)
    return Suite(
        name=name,
        games={
            game: {player: _line(figures.games[game]) for player, figures in found.items() if game in figures.games}
            for game in games
        },
        totals={player: _total(figures) for player, figures in found.items()},
        scores={player: figures.clem_score for player, figures in found.items()},
        compared="" if compared is None else _compared(compared),
    )


def _line(game: GameFigures) -> Line:
    return Line(n=game.n, errors=game.errors, played=_figure(game.played_pct), quality=_figure(game.quality))


def _total(suite: SuiteFigures) -> Line:
    games = suite.games.values()
    return Line(
        n=sum(game.n for game in games),
        errors=sum(game.errors for game in games),
        played=_figure(suite.played_pct),
        quality=_figure(suite.quality),
    )


def _figure(estimate: Estimate | None) -> Figure | None:
    return None if estimate is None else Figure(value=estimate.value, low=estimate.low, high=estimate.high)


def _compared(pair: PairedSuite) -> str:
    total = pair.total
    return (
        f"On the same {total.pairs} instances {pair.second} scores {total.difference:+.1f} "
        f"[{total.low:.1f}, {total.high:.1f}] over {pair.first} (p = {total.p_value:.3g}; better on {total.better}, "
        f"worse on {total.worse})."
    )


def _named(spec: str) -> str:
    """The model as its user named it, without where it lay."""
    return Path(spec).name if spec.startswith(("/", "~", ".")) else spec
