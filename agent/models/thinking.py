"""Thoughts of models that think aloud before they answer: a budget for them, and leaving them out.

A model of this kind writes `<think>`, its thoughts, `</think>`, and then its answer. Thoughts are never part of a
reply. By default the chat template is told to do without them; with a budget the model thinks freely first, and what
follows is decoded like any other reply, under a grammar too. Pure but for the encoder it holds.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent.errors import UserError
from agent.models.chat import ChatEncoder, Vocabulary
from agent.models.language_model import Sampling

OPENING = "<think>"
CLOSING = "</think>"
_TIME = 0.75  # share of a call's time that thoughts may take
_THOUGHTS = re.compile(r"\A\s*(?:<think>.*?(?:</think>|\Z)|(?:(?!<think>).)*?</think>)\s*", re.DOTALL)
_LATEST = 8  # tokens at the end of a prompt among which the template's own opening may stand


def without_thoughts(text: str) -> str:
    """What a model said, without the thoughts it began with; thoughts that were never closed are all there is."""
    if CLOSING not in text and OPENING not in text:
        return text
    found = _THOUGHTS.match(text)
    return text[found.end() :] if found else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinking:
    """What thinking before a reply takes.

    Attributes:
        chat: encodes chats so that the model begins to think.
        opening: token ids that begin thoughts, for templates that leave this to the model.
        open_id: the token that begins them.
        close_id: the token that ends them.
        closing: token ids that end thoughts and stand before the answer.
        max_tokens: most tokens of thoughts.
    """

    chat: ChatEncoder
    opening: tuple[int, ...]
    open_id: int
    close_id: int
    closing: tuple[int, ...]
    max_tokens: int

    @classmethod
    def of(cls, chat: ChatEncoder, vocabulary: Vocabulary, max_tokens: int) -> "Thinking":
        """For a model whose vocabulary marks thoughts.

        Raises:
            UserError: it has no tokens for thoughts, so it cannot be told from its answer when it thinks.
        """
        control = vocabulary.control
        if OPENING not in control or CLOSING not in control:
            raise UserError(f"This model marks no thoughts ({OPENING}), so it cannot think: switch thinking off.")
        begin, end = control[OPENING].id, control[CLOSING].id
        return cls(
            chat=chat,
            opening=(begin, *vocabulary.encode("\n")),
            open_id=begin,
            close_id=end,
            closing=(end, *vocabulary.encode("\n\n")),
            max_tokens=max_tokens,
        )

    def begun(self, prompt: Sequence[int]) -> list[int]:
        """What to add to a prompt so that thoughts begin; nothing where the template began them."""
        return [] if self.open_id in prompt[-_LATEST:] else list(self.opening)

    def sampling(self, sampling: Sampling) -> Sampling:
        """How thoughts are decoded before a reply."""
        seconds = None if sampling.seconds is None else _TIME * sampling.seconds
        return Sampling(
            max_tokens=self.max_tokens, temperature=sampling.temperature, seed=sampling.seed, seconds=seconds
        )
