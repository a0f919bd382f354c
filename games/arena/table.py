"""The table: % played, quality and clemscore per game and player, with 95% intervals.

Counts as `clem eval` does: quality is the mean of the main scores that games gave,
totals are means over games, clemscore = mean % played x mean quality / 100. `clem eval`
rounds to two digits at every step; here nothing is rounded until it is shown, so the
two may differ in the second digit.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich import box
from rich.markup import escape
from rich.table import Table

from games.arena.bootstrap import Resamples, interval, mean_over_games, resample
from games.arena.episode import Outcome, Status, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A mean and its 95% interval.

    Attributes:
        value: the mean.
        low: lower end of the interval.
        high: upper end.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GameLine:
    """One player's figures in one game.

    Attributes:
        episodes: scored episodes, played or aborted.
        errors: broken episodes; they count nowhere else but in `usage`.
        played_pct: share of the scored episodes played to their end; None when there is none.
        quality: mean main score; None when no episode has one.
        usage: cost of all episodes.
    """

    episodes: int
    errors: int
    played_pct: Figure | None
    quality: Figure | None
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalLine:
    """One player's figures over all games.

    Attributes:
        played_pct: mean over games.
        quality: mean over the games that have one.
        clemscore: their product over 100; None without a quality.
        errors: broken episodes.
        usage: cost of all episodes.
    """

    played_pct: Figure | None
    quality: Figure | None
    clemscore: Figure | None
    errors: int
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole table.

    Attributes:
        games: game, then label, to figures; games in the order of the episodes.
        total: label to figures.
    """

    games: dict[str, dict[str, GameLine]]
    total: dict[str, TotalLine]


def summarise(outcomes: Iterable[Outcome], rng: np.random.Generator, *, resamples: int = 2000) -> Report:
    """Counts episodes.

    Args:
        outcomes: the episodes, in any order.
        rng: randomness of the intervals; the same generator and episodes give the same table.
        resamples: bootstrap resamples.
    """
    groups: defaultdict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.key.label, outcome.key.game].append(outcome)
    games: dict[str, dict[str, GameLine]] = {game: {} for _, game in groups}
    drawn: defaultdict[str, list[tuple[GameLine, Resamples | None]]] = defaultdict(list)
    for label, game in sorted(groups):
        line, draws = _game_line(groups[label, game], rng, resamples)
        games[game][label] = line
        drawn[label].append((line, draws))
    return Report(games=games, total={label: _total_line(lines) for label, lines in drawn.items()})


def _game_line(
    outcomes: Sequence[Outcome], rng: np.random.Generator, resamples: int
) -> tuple[GameLine, Resamples | None]:
    scored = sorted((each for each in outcomes if each.status is not Status.ERROR), key=lambda each: each.key)
    played = [each.status is Status.PLAYED for each in scored]
    quality = [each.quality for each in scored]
    there = [value for value in quality if value is not None]
    draws = resample(played, quality, resamples, rng) if scored else None
    line = GameLine(
        episodes=len(scored),
        errors=len(outcomes) - len(scored),
        played_pct=_figure(100.0 * sum(played) / len(played), draws.played_pct) if draws else None,
        quality=_figure(math.fsum(there) / len(there), draws.quality) if draws and there else None,
        usage=sum((each.usage for each in outcomes), Usage()),
    )
    return line, draws


def _total_line(lines: Sequence[tuple[GameLine, Resamples | None]]) -> TotalLine:
    scored = [(line, draws) for line, draws in lines if draws is not None]
    played = quality = clemscore = None
    if scored:
        played_draws = mean_over_games([draws.played_pct for _, draws in scored])
        quality_draws = mean_over_games([draws.quality for _, draws in scored])
        played = _figure(_mean([line.played_pct for line, _ in scored]), played_draws)
        if any(line.quality for line, _ in scored):
            quality = _figure(_mean([line.quality for line, _ in scored]), quality_draws)
            clemscore = _figure(played.value * quality.value / 100.0, played_draws * quality_draws / 100.0)
    return TotalLine(
        played_pct=played,
        quality=quality,
        clemscore=clemscore,
        errors=sum(line.errors for line, _ in lines),
        usage=sum((line.usage for line, _ in lines), Usage()),
    )


def _figure(value: float, draws: "np.ndarray[Any, np.dtype[np.float64]]") -> Figure:
    low, high = interval(draws, value)
    return Figure(value=value, low=low, high=high)


def _mean(figures: Iterable[Figure | None]) -> float:
    values = [figure.value for figure in figures if figure is not None]
    return math.fsum(values) / len(values)


def as_json(report: Report) -> dict[str, Any]:
    """The table as JSON values; figures that do not exist are null, never NaN.

    Intervals stand beside their figures as `…_ci: [low, high]`. `errors` appears only where there are any.
    """
    games = {
        game: {label: _game_json(line) for label, line in sorted(lines.items())} for game, lines in report.games.items()
    }
    return {"games": games, "total": {label: _total_json(line) for label, line in report.total.items()}}


def _game_json(line: GameLine) -> dict[str, Any]:
    return {
        "episodes": line.episodes,
        **_figure_json("played_pct", line.played_pct),
        **_figure_json("quality", line.quality),
        "calls": line.usage.calls,
        "tokens": line.usage.tokens,
        "seconds": line.usage.seconds,
        **({"errors": line.errors} if line.errors else {}),
    }


def _total_json(line: TotalLine) -> dict[str, Any]:
    return {
        **_figure_json("played_pct", line.played_pct),
        **_figure_json("quality", line.quality),
        **_figure_json("clemscore", line.clemscore),
        "seconds": line.usage.seconds,
        **({"errors": line.errors} if line.errors else {}),
    }


def _figure_json(name: str, figure: Figure | None) -> dict[str, Any]:
    if figure is None:
        return {name: None, f"{name}_ci": None}
    return {name: figure.value, f"{name}_ci": [figure.low, figure.high]}


def render(report: Report) -> Table:
    """The table for a terminal: per game one line a player, the totals below."""
    errors = any(line.errors for line in report.total.values())
    table = Table(
        box=box.SIMPLE_HEAD, pad_edge=False, title="Eps: scored episodes. In parentheses: 95% bootstrap intervals."
    )
    table.add_column("Game", overflow="fold", min_width=11)
    table.add_column("Player", overflow="fold", min_width=6)
    headings = ["Eps", *(["Errors"] if errors else []), "% played", "Quality", "Calls", "Tokens", "Seconds"]
    for heading in headings:
        table.add_column(heading, justify="right", min_width=9 if heading in ("% played", "Quality") else len(heading))
    for game, lines in report.games.items():
        for place, (label, line) in enumerate(sorted(lines.items())):
            counts = [str(line.episodes), *([_warn(line.errors)] if errors else [])]
            figures = [_show(line.played_pct), _show(line.quality)]
            table.add_row("" if place else escape(game), escape(label), *counts, *figures, *_cost(line.usage))
    table.add_section()
    for place, (label, line) in enumerate(sorted(report.total.items())):
        episodes = sum(lines[label].episodes for lines in report.games.values() if label in lines)
        counts = [str(episodes), *([_warn(line.errors)] if errors else [])]
        figures = [_show(line.played_pct), _show(line.quality)]
        table.add_row("" if place else "all games", escape(label), *counts, *figures, *_cost(line.usage))
    scores = (f"{escape(label)} {_show(line.clemscore, digits=2)}" for label, line in sorted(report.total.items()))
    table.caption = "clemscore: " + ", ".join(scores)
    return table


def _show(figure: Figure | None, digits: int = 1) -> str:
    return "–" if figure is None else f"{figure.value:.{digits}f} ({figure.low:.0f}–{figure.high:.0f})"


def _warn(errors: int) -> str:
    return f"[bold red]{errors}[/]" if errors else "0"


def _cost(usage: Usage) -> list[str]:
    return [str(usage.calls), str(usage.tokens), f"{usage.seconds:.1f}"]
