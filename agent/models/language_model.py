"""The language model as the agent sees it: complete, score, embed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from agent.transcript import Message
from constraints.grammar import Grammar


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How to decode.

    Attributes:
        max_tokens: most tokens to generate.
        temperature: 0 decodes greedily.
        seed: of the sampler; the same seed, prompt and grammar give the same text from the same state of the backend's
            cache (a warmer cache rounds otherwise, which may tip a draw).
        seconds: wall-clock limit of this call; None for none. When it is reached, what was generated so far is
            returned.
    """

    max_tokens: int = 100
    temperature: float = 0.0
    seed: int = 0
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What the model said.

    Attributes:
        text: the generated text, without control tokens, not stripped.
        finished: true when the model or the grammar ended it, false when a limit cut it. A constrained reply that a
            limit cut is brought to a legal end where one is near, and is finished then.
        prompt_tokens: length of the prompt; 0 when the grammar settled the reply and nothing was read.
        cached_tokens: how many of them came from the key-value cache; 0 where the backend cannot tell.
        generated_tokens: tokens decoded one by one (tokens forced by the grammar included where they cost a step).
        seconds: wall time of the call.
        truncated_messages: messages dropped from the middle of the transcript to fit the context.
        shortened_messages: messages that lost their middle because they alone did not fit.
    """

    text: str
    finished: bool
    prompt_tokens: int
    cached_tokens: int
    generated_tokens: int
    seconds: float
    truncated_messages: int = 0
    shortened_messages: int = 0


Request = tuple[Sequence[Message], Grammar | None]
"""A chat to answer and the legal replies, as `complete` takes them."""


class LanguageModel(Protocol):
    """One language model."""

    def complete(self, messages: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> Completion:
        """Continues the chat with one assistant message.

        Args:
            messages: the chat so far; the last one is not an assistant message.
            grammar: the legal replies; None decodes freely.
            sampling: how to decode.

        Raises:
            UserError: the chat is empty or ends with the assistant.
            ModelError: the backend failed.
        """
        ...

    def score(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[float]:
        """Log-probability (nats, summed over tokens) of each continuation as the assistant's reply so far.

        The end-of-message token is not counted. All continuations of one call are scored in the same way.
        """
        ...

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One unit vector per text, of shape (len(texts), d)."""
        ...


class BatchLanguageModel(LanguageModel, Protocol):
    """A language model that answers several chats side by side."""

    def complete_batch(self, requests: Sequence[Request], sampling: Sampling) -> list[Completion]:
        """Like `complete` for each request, in order; time limit and times are those of the whole batch."""
        ...
