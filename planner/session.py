"""The state a policy sees, and what it hands on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from typing import Protocol

from constraints.rulebook import Rulebook
from memory.store import Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Everything the agent has understood and remembered of one transcript.

    Attributes:
        rulebook: what may be said, as read from the game's messages.
        memory: what is known.
    """

    rulebook: Rulebook
    memory: Memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing worth saying.

    Attributes:
        form: index of the reply form in `rulebook.forms` that says it.
        fills: values of that form's slots; slots left out are for the model to fill.
        score: worth, higher is better; comparable within one proposal only.
        reason: one sentence a partner could read; fills an explanation slot when the form has one.
        certain: true when memory proves it best, so that the model must not overrule it.
    """

    form: int
    fills: Mapping[str, str] = field(default_factory=dict[str, str])
    score: float = 0.0
    reason: str = ""
    certain: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A policy's options for this turn, best first; may be empty.

    Attributes:
        policy: the way of playing that made it ("explore", "eliminate"); "" for none.
        options: what is worth saying, best first.
        beliefs: what the policy still holds possible, each with its weight between 0 and 1, heaviest first.
    """

    policy: str = ""
    options: tuple[Option, ...] = ()
    beliefs: tuple[tuple[str, float], ...] = ()


SHOWN_BELIEFS = 12


def believed(names: Sequence[str], weights: Sequence[float]) -> tuple[tuple[str, float], ...]:
    """The heaviest of some possibilities with their shares of all weight, for `Proposal.beliefs`."""
    total = sum(weights)
    heaviest = nlargest(SHOWN_BELIEFS, range(len(names)), key=weights.__getitem__)
    return tuple((names[place], weights[place] / total) for place in heaviest) if total > 0 else ()


class Ranker(Protocol):
    """Judges short texts by how likely they continue a question (the language model, seen from here)."""

    def rank(self, question: str, answers: Sequence[str]) -> list[float]:
        """Log-probability in nats of each answer following the question, in order."""
        ...
