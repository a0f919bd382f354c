"""Rewards: what an episode is worth to each of its players, at its end and turn by turn.

The reward at the end follows the published training code of the Playpen paper
(Horst et al. 2025; GRPO/training/playpen_interface.py in
lm-playpen/playpen-paper-2025): the game's own score, mapped onto a scale; a
fixed value for an episode that the player itself brought down; and none at
all where somebody else did, so that the episode is played again, or another of
its group stands in for it.

The rewards on the way are the games' own: notes of progress (rooms seen, words
ruled out, cells gained, slots filled, goals reached) that a master gives when a
turn has been judged.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Which numbers the best, the worst and a broken episode are worth; the paper's by default.

    Attributes:
        best: reward of a score of 100.
        worst: reward of a score of 0.
        failed: reward of an episode that the player's own fault aborted.
    """

    best: float = 1.0
    worst: float = 0.0
    failed: float = 0.0


PAPER = Scale()
"""The scale of the paper's training runs."""


def final_reward(ended: Mapping[str, Any], score: float, role: str, scale: Scale = PAPER) -> float | None:
    """What the whole episode is worth to one role.

    Args:
        ended: how it ended, as a master says it: "outcome", and "role" for whoever broke a rule.
        score: the game's main score on the way or at the end, 0 to 100.
        role: whose reward it is.
        scale: the numbers to give.

    Returns:
        the reward; None when another role ended the episode by breaking a rule, which teaches this one nothing.
    """
    culprit = ended.get("role")
    if culprit is not None and culprit != role:
        return None
    if ended.get("outcome") == "aborted":
        return scale.failed
    return scale.worst + (scale.best - scale.worst) * score / 100


class Rewarded(Protocol):
    """A turn with the notes of what it earned."""

    @property
    def role(self) -> str:
        """Who spoke."""
        ...

    @property
    def rewards(self) -> Sequence[Mapping[str, Any]]:
        """Notes with "role" and "value", for any role."""
        ...


def earned(turn: Rewarded, role: str) -> float:
    """The sum of what a turn brought one role."""
    return sum(note["value"] for note in turn.rewards if note["role"] == role)


def returns(turns: Iterable[Rewarded], role: str, *, final: float = 0.0, discount: float = 1.0) -> list[float]:
    """For each turn of a role, what it and all that followed brought.

    Args:
        turns: the episode, all roles.
        role: whose returns.
        final: reward of the whole episode, part of its last turn.
        discount: weight of what the next turn brings, 0 to 1; every turn of any role counts as a step.

    Returns:
        one number for each turn that the role took, in order.
    """
    found: list[float] = []
    ahead, due = 0.0, final
    for turn in reversed(list(turns)):
        ahead = earned(turn, role) + due + discount * ahead
        due = 0.0
        if turn.role == role:
            found.append(ahead)
    return found[::-1]
