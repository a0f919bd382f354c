"""Paired comparison: two players on the same instances.

An episode's score is its quality, and 0 when it was aborted: averaged over episodes this is
what clemscore rewards. Games weigh the same, however many instances each has.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from games.arena.episode import Outcome, Status

Instance = tuple[str, str, int]
"""What two episodes must share to be a pair: game, experiment, game id."""

Floats = npt.NDArray[np.float64]
Which = TypeVar("Which", bound=Hashable)

LEVEL = 0.05
"""A difference is called significant when its p-value is below this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How one player compares with another.

    Attributes:
        pairs: instances that both played.
        difference: mean score of the second minus that of the first, -100 to 100.
        low: lower end of its 95% bootstrap interval.
        high: upper end.
        p_value: two-sided, from sign flips of the paired differences; 1 when there is no pair or no difference.
    """

    pairs: int
    difference: float
    low: float
    high: float
    p_value: float

    @property
    def significant(self) -> bool:
        """Whether the difference would be odd if both were equally good (5% level)."""
        return self.p_value < LEVEL


def scores(outcomes: Iterable[Outcome]) -> dict[str, dict[Instance, float]]:
    """Label to instance to score, 0 to 100; broken episodes and those without a quality are left out."""
    found: defaultdict[str, dict[Instance, float]] = defaultdict(dict)
    for each in outcomes:
        key = each.key
        if each.status is Status.ERROR or (each.status is Status.PLAYED and each.quality is None):
            continue
        score = each.quality if each.status is Status.PLAYED and each.quality is not None else 0.0
        found[key.label][key.game, key.experiment, key.game_id] = score
    return dict(found)


def compare(
    first: Mapping[Instance, float], second: Mapping[Instance, float], rng: np.random.Generator, *, draws: int = 4000
) -> Comparison:
    """Compares two players on the instances that both played.

    Differences are averaged within each game, then over games. The interval is a percentile bootstrap over
    instances within games; the p-value a Monte Carlo permutation test that flips the signs of the differences
    (Fisher 1935; the estimate counts the observed draw, Phipson and Smyth 2010).

    Args:
        first: scores of the first player by instance.
        second: scores of the second.
        rng: randomness of the resamples.
        draws: resamples of each kind.
    """
    games: defaultdict[str, list[float]] = defaultdict(list)
    for instance in sorted(first.keys() & second.keys()):
        games[instance[0]].append(second[instance] - first[instance])
    if not games:
        return Comparison(pairs=0, difference=0.0, low=0.0, high=0.0, p_value=1.0)
    differences = [np.array(values) for values in games.values()]
    mean = float(np.mean([values.mean() for values in differences]))
    drawn = _over_games([values[rng.integers(0, len(values), (draws, len(values)))] for values in differences])
    flipped = _over_games([values * rng.choice((-1.0, 1.0), (draws, len(values))) for values in differences])
    extreme = int(np.count_nonzero(np.abs(flipped) >= abs(mean) - 1e-9))
    low, high = np.percentile(drawn, (2.5, 97.5))
    return Comparison(
        pairs=sum(len(values) for values in differences),
        difference=mean,
        low=float(low),
        high=float(high),
        p_value=(extreme + 1) / (draws + 1) if mean else 1.0,
    )


def holm(p_values: Mapping[Which, float]) -> dict[Which, float]:
    """Adjusted p-values of several tests: below a level together with at most that risk of any false finding.

    Holm's step-down procedure (Holm 1979): the smallest of m p-values counts m times, the next m - 1 times, and so on,
    none less than the one before it. Holds however the tests depend on one another.
    """
    adjusted: dict[Which, float] = {}
    worst = 0.0
    for rank, (which, p_value) in enumerate(sorted(p_values.items(), key=lambda pair: pair[1])):
        worst = max(worst, min(1.0, (len(p_values) - rank) * p_value))
        adjusted[which] = worst
    return {which: adjusted[which] for which in p_values}


def _over_games(resamples: list[Floats]) -> Floats:
    """Mean over games of each game's mean; every array has shape (draws, instances of the game)."""
    return np.mean([values.mean(axis=1) for values in resamples], axis=0)
