"""Figures to report, as plain values, and the leaderboard's row that is made of them.

Knows nothing of how anything was measured. Everything is on a scale of 0 to 100; what was not measured is None, and
stays empty in the row.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from submissions.config import Figures, SubmissionConfig

COLUMNS: tuple[str, ...] = (
    "model", "team", "version", "playpen_clemscore", "playpen_statscore", "id_clemscore", "id_played_pct",
    "id_quality", "ood_clemscore", "ood_played_pct", "ood_quality",
)  # fmt: skip
"""The challenge's table of 2026."""

LUDENS, BARE = "ludens", "bare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A mean and, where it is known, its 95% interval.

    Attributes:
        value: the mean.
        low: lower end.
        high: upper end.
    """

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.1f}"
        return f"{self.value:.1f} [{self.low:.1f}, {self.high:.1f}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One player in one game, or over all games of a suite.

    Attributes:
        n: scored episodes.
        errors: episodes that broke; they count in no figure.
        played: share that was played to the end.
        quality: mean main score of those.
    """

    n: int
    errors: int
    played: Figure | None
    quality: Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """One suite of a measurement.

    Attributes:
        name: games, static or cognitive.
        games: game to player to figures.
        totals: player to figures over all games.
        scores: player to the rounded score, as `clem eval` states it.
        compared: Ludens against the bare model on the same instances, in words; empty where there is no such pair.
    """

    name: str
    games: Mapping[str, Mapping[str, Line]]
    totals: Mapping[str, Line]
    scores: Mapping[str, float | None]
    compared: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One measurement.

    Attributes:
        title: its heading.
        figures: what it was made on.
        suites: what was played.
        weights: SHA-256 of the weights that played, where it is known.
        about: how it was made, in words.
    """

    title: str
    figures: Figures
    suites: tuple[Suite, ...]
    weights: str = ""
    about: str = ""

    def suite(self, name: str) -> Suite | None:
        """One of its suites."""
        return next((suite for suite in self.suites if suite.name == name), None)


def row(config: SubmissionConfig, measurements: tuple[Measurement, ...]) -> dict[str, str]:
    """The submission's row of the challenge's table; what was not measured is empty."""
    found = {measurement.figures: measurement for measurement in measurements}
    base = "".join(char if char.isalnum() or char in ".-" else "-" for char in config.model.base)
    cells = dict.fromkeys(COLUMNS, "")
    cells["model"] = f"{config.team}__{base}__{config.version}"
    cells["team"], cells["version"] = config.team, config.version
    playpen = found.get("playpen")
    cells["playpen_clemscore"] = _score(playpen, "games")
    cells["playpen_statscore"] = _score(playpen, "static")
    for prefix, figures in (("id", "in_domain"), ("ood", "out_of_domain")):
        measured = found.get(figures)
        total = _total(measured)
        cells[f"{prefix}_clemscore"] = _score(measured, "games")
        cells[f"{prefix}_played_pct"] = _plain(total.played if total else None)
        cells[f"{prefix}_quality"] = _plain(total.quality if total else None)
    return cells


def as_csv(cells: Mapping[str, str]) -> str:
    """The row under its heading, as the challenge's file has it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerow([cells[name] for name in COLUMNS])
    return out.getvalue()


def as_pull_request(config: SubmissionConfig, cells: Mapping[str, str]) -> str:
    """The row as the challenge's development leaderboard has it, a Markdown table without a rank."""
    name = f"[{config.name}]({config.link})" if config.link else config.name
    shown = ["", name, config.date, config.team, cells["playpen_clemscore"], cells["playpen_statscore"], config.summary]
    return "| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in shown) + " |"


def _score(measured: Measurement | None, suite: str) -> str:
    found = measured.suite(suite) if measured is not None else None
    score = None if found is None else found.scores.get(LUDENS)
    return "" if score is None else f"{score:.2f}"


def _total(measured: Measurement | None) -> Line | None:
    found = measured.suite("games") if measured is not None else None
    return None if found is None else found.totals.get(LUDENS)


def _plain(figure: Figure | None) -> str:
    return "" if figure is None else f"{figure.value:.2f}"
