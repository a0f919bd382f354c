"""Reasoning before an answer: the model thinks freely first, then answers in the form.

A stage of the funnel for forms with room for reasoning. The first draft is what
the model would say alone; only what is missing of the answer is asked for.
"""

from collections.abc import Callable, Generator
from dataclasses import replace
from typing import TypeVar

from agent.models.language_model import Completion, Sampling
from constraints.concluding import ANSWER_TOKENS, concluded
from constraints.grammar import Grammar
from constraints.turn import TurnConstraint

THINKING_SHARE = 0.75
"""Share of a reply's time that reasoning may take."""

Call = TypeVar("Call")
Draft = Callable[[Grammar | None, Sampling], Generator[Call, Completion, str]]
"""Asks the model for a draft under a grammar."""


def reasoned(turn: TurnConstraint, draft: "Draft[Call]", sampling: Sampling) -> Generator[Call, Completion, str]:
    """A draft that reasons and concludes with an answer in the form.

    Args:
        turn: a constraint with room for reasoning.
        draft: asks the model.
        sampling: how the whole reply is decoded; some of its tokens are kept for the answer.
    """
    seconds = sampling.seconds
    thinking = replace(
        sampling,
        max_tokens=max(1, sampling.max_tokens - ANSWER_TOKENS),
        seconds=None if seconds is None else THINKING_SHARE * seconds,
    )
    text = yield from draft(None, thinking)
    reply, rest = concluded(turn, text)
    if reply is not None:
        return reply
    answering = replace(sampling, seconds=None if seconds is None else (1 - THINKING_SHARE) * seconds)
    return (yield from draft(rest.grammar(), answering))
