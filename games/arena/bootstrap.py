"""Bootstrap intervals: how far a score might have come out otherwise, had other episodes been drawn.

Pure; the randomness is an argument. Episodes are resampled within their game, games
are kept, as the games are the benchmark and the episodes the sample.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resamples:
    """One game's figures over many resamples.

    Attributes:
        played_pct: of shape (resamples,).
        quality: of shape (resamples,); NaN where no drawn episode has a quality.
    """

    played_pct: Floats
    quality: Floats


def resample(
    played: Sequence[bool], quality: Sequence[float | None], count: int, rng: np.random.Generator
) -> Resamples:
    """Draws as many episodes as there are, with replacement, `count` times.

    Args:
        played: per episode, whether it was played to its end.
        quality: per episode, its main score; None for none.
        count: how many resamples.
        rng: the randomness.
    """
    values = np.array([(done, value is not None, value or 0.0) for done, value in zip(played, quality, strict=True)])
    # Episodes with equal figures are interchangeable: drawing how often each kind comes is the same and cheap.
    kinds, sizes = np.unique(values.astype(np.float64), axis=0, return_counts=True)  # (kinds, 3)
    draws = rng.multinomial(len(values), sizes / len(values), size=count).astype(np.float64)  # (count, kinds)
    done, scored, score = kinds.T
    with np.errstate(invalid="ignore"):
        mean_quality = (draws @ (scored * score)) / (draws @ scored)
    return Resamples(played_pct=100.0 * (draws @ done) / len(values), quality=mean_quality)


def mean_over_games(figures: Sequence[Floats]) -> Floats:
    """Per resample, the mean over games, leaving out games without a figure; NaN where none has one."""
    stacked = np.stack(figures)
    there = ~np.isnan(stacked)
    with np.errstate(invalid="ignore"):
        return np.where(there, stacked, 0.0).sum(axis=0) / there.sum(axis=0)


def interval(figures: Floats, point: float, level: float = 0.95) -> tuple[float, float]:
    """The percentile interval, widened where needed to contain the point estimate (tiny or very skewed samples)."""
    there = figures[~np.isnan(figures)]
    if not there.size:
        return point, point
    low, high = np.quantile(there, [(1 - level) / 2, (1 + level) / 2])
    return min(float(low), point), max(float(high), point)
