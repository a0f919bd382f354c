"""The plots of a training report, without the global state of pyplot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A figure over the tokens consumed.

    Attributes:
        title: its name in the legend.
        points: (tokens, value), by tokens.
    """

    title: str
    points: tuple[tuple[float, float], ...]


def curves(drawn: Sequence[Curve], label: str, path: Path) -> None:
    """Curves over tokens as PNG."""
    canvas = _canvas(7.0, 4.0)
    axes = canvas.subplots()
    for curve in drawn:
        places, values = zip(*curve.points, strict=True)
        few = len(values) < 40
        axes.plot(places, values, marker="o" if few else None, markersize=3, linewidth=1.3, label=curve.title)
    axes.set_xlabel("tokens consumed")
    axes.set_ylabel(label)
    axes.grid(alpha=0.3)
    axes.legend()
    canvas.savefig(path, dpi=140)


def before_after(before: Mapping[str, float], after: Mapping[str, float], path: Path) -> None:
    """Paired bars of what both measured, as PNG."""
    names = [name for name in before if name in after]
    canvas = _canvas(7.0, 0.42 * len(names) + 1.2)
    axes = canvas.subplots()
    places = range(len(names))
    axes.barh([place - 0.2 for place in places], [before[name] for name in names], height=0.38, label="before")
    axes.barh([place + 0.2 for place in places], [after[name] for name in names], height=0.38, label="after")
    axes.set_yticks(list(places), names)
    axes.invert_yaxis()
    axes.set_xlabel("score")
    axes.legend()
    canvas.savefig(path, dpi=140)


def _canvas(width: float, height: float) -> Figure:
    """A figure of its own, in inches."""
    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure
