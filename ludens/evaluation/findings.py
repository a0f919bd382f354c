"""Findings: what each module is worth, over all games and game by game, and that in plain words.

Many differences are tested at once; their p-values are adjusted (Holm) within three families: modules
switched off, modules switched off game by game, and modules alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agent.config import MODULES
from games.arena.episode import Outcome
from ludens.evaluation.configurations import BARE, FULL
from ludens.evaluation.pairs import LEVEL, Comparison, Instance, Which, compare, holm, scores

DRAWS = 20_000
"""Resamples of a comparison: so many that a p-value stays small after its adjustment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One tested difference.

    Attributes:
        comparison: the difference, its interval and its p-value.
        p_adjusted: its p-value among all tests of its family.
    """

    comparison: Comparison
    p_adjusted: float

    @property
    def significant(self) -> bool:
        """Whether the difference stands among all that were looked at."""
        return self.p_adjusted < LEVEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What came out.

    Attributes:
        means: configuration to its mean score, each game weighing the same.
        full: the full agent against the bare model; None when one of them did not play.
        off: module to what the agent scores without it, against the full agent.
        off_by_game: module, then game, to the same on that game alone.
        alone: module to what it scores alone, against the bare model.
    """

    means: Mapping[str, float]
    full: Comparison | None
    off: Mapping[str, Finding]
    off_by_game: Mapping[str, Mapping[str, Finding]]
    alone: Mapping[str, Finding]


def find(outcomes: Sequence[Outcome], rng: np.random.Generator) -> Findings:
    """Compares the configurations of an ablation on the instances that both of two have played.

    Args:
        outcomes: the episodes.
        rng: randomness of intervals and tests.
    """
    played = scores(outcomes)
    full, bare = played.get(FULL, {}), played.get(BARE, {})
    without = {module: played[f"without {module}"] for module in MODULES if f"without {module}" in played and full}
    only = {module: played[f"only {module}"] for module in MODULES if f"only {module}" in played and bare}
    games = sorted({instance[0] for instance in full})
    cells = {
        (module, game): compare(_of(full, game), _of(theirs, game), rng, draws=DRAWS)
        for module, theirs in without.items()
        for game in games
    }
    tested = _tested({cell: comparison for cell, comparison in cells.items() if comparison.pairs})
    return Findings(
        means={name: _mean(points) for name, points in played.items()},
        full=compare(bare, full, rng, draws=DRAWS) if full and bare else None,
        off=_tested({module: compare(full, theirs, rng, draws=DRAWS) for module, theirs in without.items()}),
        off_by_game={
            module: {game: tested[module, game] for game in games if (module, game) in tested} for module in without
        },
        alone=_tested({module: compare(bare, theirs, rng, draws=DRAWS) for module, theirs in only.items()}),
    )


def _tested(family: Mapping[Which, Comparison]) -> dict[Which, Finding]:
    adjusted = holm({which: comparison.p_value for which, comparison in family.items()})
    return {which: Finding(comparison=family[which], p_adjusted=adjusted[which]) for which in family}


def _of(values: Mapping[Instance, float], game: str) -> dict[Instance, float]:
    return {instance: score for instance, score in values.items() if instance[0] == game}


def _mean(values: Mapping[Instance, float]) -> float:
    games = {instance[0] for instance in values}
    return float(np.mean([np.mean(list(_of(values, game).values())) for game in games]))
