"""When to stop before the budget is spent: rules over what was measured so far. Pure, and a fold over the log.

The Playpen paper stops when the held-out loss has not fallen by more than 0.015 (Horst et al. 2025, appendix E).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

HELD_OUT = "eval_loss"
"""Under which name a run's log holds the held-out loss."""
SCORE = "practice_score"
"""Under which name it holds the practice games' score."""


def looks_without_gain(values: Sequence[float], *, min_gain: float = 0.0) -> int:
    """How many of the last values did not fall below the best before them by more than `min_gain`.

    A value that is no number is no gain.
    """
    best, waited = math.inf, 0
    for value in values:
        if value < best - min_gain:
            best, waited = value, 0
        else:
            waited += 1
    return waited


def best_of(values: Sequence[float]) -> int | None:
    """Index of the lowest value, the first of several; None when there is none."""
    numbers = [(value, index) for index, value in enumerate(values) if math.isfinite(value)]
    return min(numbers)[1] if numbers else None


def logged(history: Iterable[Mapping[str, Any]], name: str) -> list[tuple[int, float]]:
    """(step, value) of every note of a name in a run's log."""
    return [(int(note["step"]), float(note[name])) for note in history if name in note]


def reason_to_stop(
    history: Sequence[Mapping[str, Any]], *, patience: int, min_gain: float, score_patience: int, every_steps: int = 1
) -> str | None:
    """Why to stop now, in half a sentence; None to go on.

    Args:
        history: the run's log.
        patience: looks at the held-out loss without gain before stopping; 0 for never.
        min_gain: a smaller fall of the held-out loss is none.
        score_patience: milestones without a better score before stopping; 0 for never.
        every_steps: steps between the looks that count; the first milestones lie too close together for a gain.
    """
    losses = [value for step, value in logged(history, HELD_OUT) if step % every_steps == 0]
    if 0 < patience <= looks_without_gain(losses, min_gain=min_gain):
        return f"the held-out loss has not fallen by more than {min_gain:g} in {patience} looks"
    scores = [-value for _, value in logged(history, SCORE)]
    if 0 < score_patience <= looks_without_gain(scores):
        return f"the practice score has not risen in {score_patience} milestones"
    return None
