"""Plots of an ablation: bars with intervals, and a heat map of configurations and games."""

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from games.arena.table import Figure, Report
from games.errors import UserError
from ludens.evaluation.configurations import BARE, FULL
from ludens.evaluation.plain_text import in_plot
from ludens.evaluation.plain_words import short

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Canvas


def bars(report: Report, order: Sequence[str], path: Path) -> None:
    """Clemscore of every configuration with its 95% interval, as PNG."""
    totals = {
        name: report.total[name].clemscore or Figure(value=0.0, low=0.0, high=0.0)
        for name in order
        if name in report.total
    }
    drawn = canvas(7.5, 0.34 * len(totals) + 1.1)
    axes = drawn.subplots()
    places = np.arange(len(totals))
    values = np.array([each.value for each in totals.values()])
    reach = np.array([(each.value - each.low, each.high - each.value) for each in totals.values()]).clip(0).T
    colours = ["#4a7fb5" if name == FULL else "#b5804a" if name == BARE else "#8fa9c2" for name in totals]
    axes.barh(places, values, xerr=reach, color=colours, ecolor="#333333", height=0.65, capsize=2)
    axes.set_yticks(places, list(totals))
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xlabel("clemscore, with 95% bootstrap interval")
    save(drawn, path)


def heat_map(means: Mapping[str, Mapping[str, float]], order: Sequence[str], path: Path) -> None:
    """Mean score of every configuration on every game, as PNG."""
    names = [name for name in order if name in means]
    games = sorted({game for name in names for game in means[name]})
    grid = np.array([[means[name].get(game, np.nan) for game in games] for name in names])
    drawn = canvas(0.62 * len(games) + 2.6, 0.36 * len(names) + 1.9)
    axes = drawn.subplots()
    axes.imshow(grid, vmin=0, vmax=100, cmap="viridis", aspect="auto")
    axes.set_xticks(range(len(games)), [in_plot(short(game)) for game in games], rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    for (row, column), value in np.ndenumerate(grid):
        if not np.isnan(value):
            axes.text(column, row, f"{value:.0f}", ha="center", va="center", fontsize=8,
                      color="white" if value < 60 else "black")  # fmt: skip
    save(drawn, path)


def save(drawn: "Canvas", path: Path) -> None:
    """Writes a figure as PNG; a sign that the font lacks becomes a box, without a word."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        drawn.savefig(path, dpi=140)


def canvas(width: float, height: float) -> "Canvas":
    """A figure of its own, in inches, without the global state of pyplot."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure as Canvas
    except ImportError as error:
        raise UserError("plots need matplotlib, which is not installed; pip install 'ludens[report]'.") from error
    drawn = Canvas(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(drawn)
    return drawn
