"""The plots of a report, as PNG: scores with intervals, the leaderboard, games that go together."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ludens.evaluation.leaderboard import Leaderboard
from ludens.evaluation.measured_record import Estimate, SuiteName
from ludens.evaluation.plain_text import in_plot
from ludens.evaluation.plots import canvas, save
from ludens.evaluation.report_tables import Named

MOST_GROUPED = 6
"""Players up to which every game is drawn; of more only the totals."""

_COLOURS = ("#b5804a", "#4a7fb5", "#5d9e6a", "#8a6fb0", "#c2655a", "#6f7782")


def scores(suite: SuiteName, players: Sequence[Named], path: Path) -> None:
    """Mean score of every game and player; of many players only their totals."""
    if len(players) > MOST_GROUPED:
        totals = {each.name: each.player.suites[suite].score or _NOTHING for each in players}
        _single(totals, frozenset(totals), f"{suite}: mean % played × mean quality, 95% interval", path)
        return
    games = sorted({game for each in players for game in each.player.suites[suite].games})
    rows = {
        game: {
            each.name: figures.score
            for each in players
            if (figures := each.player.suites[suite].games.get(game)) is not None and figures.score is not None
        }
        for game in games
    }
    _grouped(
        rows, [each.name for each in players], f"{suite}: mean score (an aborted episode is 0), 95% interval", path
    )


def board(standings: Leaderboard, ours: Mapping[str, Estimate], path: Path) -> None:
    """Clemscores of the board, and ours among them with their intervals."""
    bars = {
        **{f"{each.model} ({each.base})": Estimate(value=each.clemscore, low=each.clemscore, high=each.clemscore)
           for each in standings.models},
        **ours,
    }  # fmt: skip
    ordered = dict(sorted(bars.items(), key=lambda pair: -pair[1].value))
    _single(ordered, frozenset(ours), "clemscore, public validation split", path)


def matrix(names: Sequence[str], values: Mapping[tuple[str, str], float], title: str, path: Path) -> None:
    """Coefficients between -1 and 1 of every pair of names."""
    grid = np.array([[1.0 if a == b else values.get((a, b), values.get((b, a), np.nan)) for b in names] for a in names])
    drawn = canvas(0.55 * len(names) + 2.6, 0.5 * len(names) + 2.2)
    axes = drawn.subplots()
    axes.imshow(grid, vmin=-1, vmax=1, cmap="RdBu", aspect="auto")
    axes.set_xticks(range(len(names)), [in_plot(name) for name in names], rotation=45, ha="right")
    axes.set_yticks(range(len(names)), [in_plot(name) for name in names])
    for (row, column), value in np.ndenumerate(grid):
        if not np.isnan(value):
            axes.text(column, row, f"{value:.1f}", ha="center", va="center", fontsize=8,
                      color="white" if abs(value) > 0.6 else "black")  # fmt: skip
    axes.set_title(title, fontsize=10)
    save(drawn, path)


_NOTHING = Estimate(value=0.0, low=0.0, high=0.0)


def _single(bars: Mapping[str, Estimate], marked: frozenset[str], title: str, path: Path) -> None:
    """One horizontal bar for each name, those that are marked in colour."""
    drawn = canvas(8.0, 0.3 * len(bars) + 1.0)
    axes = drawn.subplots()
    places = np.arange(len(bars))
    reach = np.array([(each.value - each.low, each.high - each.value) for each in bars.values()]).clip(0).T
    colours = [_COLOURS[1] if name in marked else "#b9bec6" for name in bars]
    axes.barh(places, [each.value for each in bars.values()], xerr=reach, color=colours, ecolor="#333333", height=0.7)
    axes.set_yticks(places, [in_plot(name) for name in bars])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel(title)
    save(drawn, path)


def _grouped(rows: Mapping[str, Mapping[str, Estimate]], players: Sequence[str], title: str, path: Path) -> None:
    """Horizontal bars, one group per row."""
    thick = 0.8 / max(1, len(players))
    drawn = canvas(8.0, max(2.0, 0.19 * len(players) * len(rows) + 0.14 * len(rows) + 1.2))
    axes = drawn.subplots()
    for place, player in enumerate(players):
        there = [(row, each[player]) for row, each in enumerate(rows.values()) if player in each]
        if not there:
            continue
        reach = np.array([(one.value - one.low, one.high - one.value) for _, one in there]).clip(0).T
        axes.barh(
            [row + (place - (len(players) - 1) / 2) * thick for row, _ in there],
            [one.value for _, one in there],
            xerr=reach,
            height=thick * 0.9,
            color=_COLOURS[place % len(_COLOURS)],
            ecolor="#333333",
            error_kw={"linewidth": 0.8},
            label=in_plot(player),
        )
    axes.set_yticks(range(len(rows)), [in_plot(name) for name in rows])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel(title)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8, frameon=False)
    save(drawn, path)
