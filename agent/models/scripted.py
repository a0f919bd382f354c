"""A language model without weights, for tests and for trying the agent's plumbing.

It says what it is told to say, whatever the grammar: that is how a draft can be
made to break a rule on purpose.
"""

from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from agent.models.language_model import Completion, Sampling
from agent.transcript import Message
from constraints.grammar import Grammar

Speak = Callable[[Sequence[Message], Grammar | None, Sampling], str]


class ScriptedModel:
    """Replies from a list, in order and then from the start again, or from a function.

    Attributes:
        calls: what was asked so far, in order.
    """

    def __init__(self, script: Sequence[str] | Speak) -> None:
        """Speaks by `script`."""
        self._script = script
        self.calls: list[tuple[tuple[Message, ...], Grammar | None, Sampling]] = []

    def complete(self, messages: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> Completion:
        """The next scripted reply."""
        position = len(self.calls)
        self.calls.append((tuple(messages), grammar, sampling))
        if callable(self._script):
            text = self._script(messages, grammar, sampling)
        else:
            text = self._script[position % len(self._script)]
        words = len(text.split())
        prompt = sum(len(message.content.split()) for message in messages)
        return Completion(
            text=text, finished=True, prompt_tokens=prompt, cached_tokens=0, generated_tokens=words, seconds=0.0
        )

    def score(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[float]:
        """Shorter is likelier: minus the length in characters."""
        return [-float(len(continuation)) for continuation in continuations]

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """A fixed direction per text, drawn by its hash; shape (len(texts), 16)."""
        rows = [np.frombuffer(blake2b(text.encode()).digest()[:16], dtype=np.uint8) for text in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(rows), 16) - 127.5
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
