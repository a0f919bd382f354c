"""The edge between the loop of a language model and what computes its logits.

Token ids in, rows of logits out; no texts, chats or grammars.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from agent.models.candidate_trie import Trie
from agent.models.chat import ChatEncoder, Vocabulary
from agent.models.prefix_cache import Slot
from agent.models.reply import TokenFacts
from agent.models.steering import Grammars
from agent.models.thinking import Thinking

Rows = npt.NDArray[np.float32]

SCORED = 63
"""Tokens judged in one batch: from 64 on, llama.cpp's attention sums in another way, and scores would not compare."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A prompt in the cache.

    Attributes:
        slot: the sequence that holds it; to be released.
        cached: tokens of it that needed no computing.
        logits: the row after its last token; None when the deadline came first.
    """

    slot: Slot
    cached: int
    logits: Rows | None


class Engine(Protocol):
    """What computes logits."""

    @property
    def cells(self) -> int:
        """Tokens that all sequences hold together."""
        ...

    @property
    def sequences(self) -> int:
        """Requests that can be worked on side by side."""
        ...

    @property
    def branches(self) -> int:
        """Branches that a trie may have."""
        ...

    def read(self, tokens: Sequence[int], *, prompt: int, deadline: float | None = None) -> Reading:
        """Reads tokens into a slot, beginning where an earlier request left off.

        Args:
            tokens: the prompt and what is settled of the reply.
            prompt: how many of them are the prompt.
            deadline: time on the monotonic clock at which to give up.
        """
        ...

    def extend(self, growths: Sequence[tuple[Slot, list[int]]]) -> Sequence[Rows]:
        """Appends tokens to several slots at once; the row after each one's last token."""
        ...

    def follow(self, slot: Slot, trie: Trie) -> Rows:
        """The row after each node of a trie that hangs below a slot; the slot stays as it is."""
        ...

    def release(self, slot: Slot) -> None:
        """Gives a slot back."""
        ...

    def close(self) -> None:
        """Frees what it holds."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a backend brings.

    Attributes:
        engine: what computes.
        embeddings: the input embeddings of some tokens, shape (n, d).
        chat: encodes chats.
        vocabulary: encodes texts.
        facts: what replies must know of the tokens.
        grammars: compiles grammars.
        window_tokens: longest chat, reply included.
        thinking: how the model thinks before it replies; None for models that do not.
    """

    engine: Engine
    embeddings: Callable[[Sequence[int]], Rows]
    chat: ChatEncoder
    vocabulary: Vocabulary
    facts: TokenFacts
    grammars: Grammars
    window_tokens: int
    thinking: Thinking | None = None
