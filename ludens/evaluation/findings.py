"""Plain findings: what the numbers of an ablation say, in one paragraph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agent.config import MODULES
from games.arena.episode import Outcome
from ludens.evaluation.configurations import BARE, FULL
from ludens.evaluation.pairs import Comparison, Instance, compare, scores

WORTH_NAMING = 5.0
"""Points of a game's mean score from which a module is said to carry it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What came out.

    Attributes:
        against_full: configuration to its comparison with the full agent, over all games.
        by_game: configuration, then game, to the comparison on that game alone.
        text: the same in words.
    """

    against_full: Mapping[str, Comparison]
    by_game: Mapping[str, Mapping[str, Comparison]]
    text: str


def find(outcomes: Sequence[Outcome], rng: np.random.Generator) -> Findings:
    """Compares every configuration with the full agent, over all games and game by game.

    Args:
        outcomes: the episodes of an ablation.
        rng: randomness of intervals and tests.
    """
    by_label = scores(outcomes)
    full = by_label.pop(FULL, {})
    games = sorted({instance[0] for instance in full})
    overall = {name: compare(full, theirs, rng) for name, theirs in by_label.items()}
    by_game = {
        name: {game: compare(_of(full, game), _of(theirs, game), rng) for game in games}
        for name, theirs in by_label.items()
    }
    return Findings(against_full=overall, by_game=by_game, text=_words(overall, by_game))


def _of(values: Mapping[Instance, float], game: str) -> dict[Instance, float]:
    return {instance: score for instance, score in values.items() if instance[0] == game}


def _words(overall: Mapping[str, Comparison], by_game: Mapping[str, Mapping[str, Comparison]]) -> str:
    sentences: list[str] = []
    if BARE in overall:
        sentences.append(f"The full agent is {_gap(overall[BARE], 'the bare model')}.")
    missing = {module: overall[f"without {module}"] for module in MODULES if f"without {module}" in overall}
    for module, comparison in sorted(missing.items(), key=lambda pair: pair[1].difference):
        carried = _carried(by_game[f"without {module}"])
        where = f", most of all in {carried}" if carried else ", and no single game shows it"
        verb = "costs" if comparison.difference <= 0 else "gains"
        sentences.append(f"Without {module} it {verb} {_points(comparison)}{where if comparison.significant else ''}.")
    alone = {module: overall[f"only {module}"] for module in MODULES if f"only {module}" in overall}
    if alone and BARE in overall:
        best, comparison = max(alone.items(), key=lambda pair: pair[1].difference)
        lead = comparison.difference - overall[BARE].difference
        sentences.append(f"Of the modules alone, {best} brings most: {lead:.1f} points above the bare model.")
    return " ".join(sentences)


def _gap(comparison: Comparison, other: str) -> str:
    side = "ahead of" if comparison.difference <= 0 else "behind"
    size = f"{abs(comparison.difference):.1f} points"
    return f"{size} {side} {other} ({_interval(comparison)}, {_sureness(comparison)}, {comparison.pairs} pairs)"


def _points(comparison: Comparison) -> str:
    return f"{abs(comparison.difference):.1f} points ({_interval(comparison)}, {_sureness(comparison)})"


def _interval(comparison: Comparison) -> str:
    low, high = sorted((abs(comparison.low), abs(comparison.high)))
    if comparison.low < 0 < comparison.high:
        return f"95% interval of the difference {comparison.low:.1f} to {comparison.high:.1f}"
    return f"95% interval {low:.1f} to {high:.1f}"


def _sureness(comparison: Comparison) -> str:
    return (
        f"p = {comparison.p_value:.3f}" if comparison.significant else f"not significant, p = {comparison.p_value:.2f}"
    )


def _carried(games: Mapping[str, Comparison]) -> str:
    """The games that lose most, at most four, with their losses."""
    lost = [
        (game, comparison)
        for game, comparison in games.items()
        if comparison.significant and comparison.difference <= -WORTH_NAMING
    ]
    lost.sort(key=lambda pair: pair[1].difference)
    return ", ".join(f"{game.removeprefix('ludens_')} ({comparison.difference:.0f})" for game, comparison in lost[:4])
