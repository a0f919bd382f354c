"""Correlations between measures over players, with intervals that are honest about how few players there are.

Pure. Pearson's coefficient asks for a line, Spearman's for an order. Intervals are Fisher's z with the
standard error of Bonett and Wright (2000); below four players there is none.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

FEWEST = 4
"""Players below which a correlation says nothing: its interval would be everything."""

_Z = 1.959964  # of the normal distribution, 97.5%


@dataclass(frozen=True, slots=True, kw_only=True)
class Coefficient:
    """A correlation and its 95% interval.

    Attributes:
        value: -1 to 1.
        low: lower end.
        high: upper end.
    """

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """Two measures of the same players.

    Attributes:
        first: name of one measure.
        second: name of the other.
        players: how many have both.
        pearson: of the values; None when there are too few players or one measure never varies.
        spearman: of the ranks, likewise.
    """

    first: str
    second: str
    players: int
    pearson: Coefficient | None
    spearman: Coefficient | None


Measures = Mapping[str, Mapping[str, float]]
"""Measure to player to value."""


def correlate(measures: Measures) -> list[Correlation]:
    """Every pair of measures, on the players that have both."""
    found: list[Correlation] = []
    for first, second in combinations(measures, 2):
        shared = sorted(measures[first].keys() & measures[second].keys())
        pairs = [[measures[name][player] for player in shared] for name in (first, second)]
        found.append(
            Correlation(
                first=first,
                second=second,
                players=len(shared),
                pearson=pearson(*pairs),
                spearman=spearman(*pairs),
            )
        )
    return found


def pearson(first: Sequence[float], second: Sequence[float]) -> Coefficient | None:
    """How well a line tells one from the other; None for fewer than four points or a constant."""
    value = _product_moment(np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64))
    return None if value is None else _with_interval(value, len(first), spread=1.0)


def spearman(first: Sequence[float], second: Sequence[float]) -> Coefficient | None:
    """How well the order of one tells the order of the other; ties share their mean rank. None as for `pearson`."""
    value = _product_moment(_ranks(first), _ranks(second))
    return None if value is None else _with_interval(value, len(first), spread=1.0 + value * value / 2.0)


def _product_moment(first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> float | None:
    if len(first) < FEWEST or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    one, two = ((values - values.mean()) / np.ptp(values) for values in (first, second))
    return float(np.clip(one @ two / math.sqrt(float(one @ one) * float(two @ two)), -1.0, 1.0))


def _ranks(values: Sequence[float]) -> npt.NDArray[np.float64]:
    """Ranks from 1; equal values share the mean of theirs."""
    data = np.asarray(values, dtype=np.float64)
    _, which, counts = np.unique(data, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2.0)[which]


def _with_interval(value: float, players: int, *, spread: float) -> Coefficient:
    """Fisher's transformation; a perfect correlation of few players keeps the interval that one just below it has."""
    centre = math.atanh(float(np.clip(value, -0.999, 0.999)))
    reach = _Z * math.sqrt(spread / (players - 3))
    return Coefficient(
        value=value, low=min(value, math.tanh(centre - reach)), high=max(value, math.tanh(centre + reach))
    )
