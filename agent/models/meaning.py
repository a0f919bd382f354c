"""Sentence vectors out of a language model that was not trained to make them.

The model is asked what a text means in one word; its state where that word
would begin says what the text is about. Such states all point almost the same
way, so the mean state of a few unrelated texts is taken off first: the cosine of
paraphrases then stays high and that of strangers falls near zero.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

ANCHORS = (
    "water",
    "a small red bird",
    "running",
    "She closed the door.",
    "seven",
    "government",
    "the old bridge over the river",
    "to forget",
)
"""Unrelated texts whose mean state stands for "any text"."""

MAX_TOKENS = 96
"""Head and tail of a longer text are embedded."""

_MAX_CHARACTERS = 4096
_FRAME = ('The meaning of "', '" in one word is "')

States = Callable[[Sequence[Sequence[int]]], npt.NDArray[np.float32]]


class Meanings:
    """Unit vectors of texts, one model's."""

    def __init__(self, *, encode: Callable[[str], list[int]], states: States) -> None:
        """Takes what the model offers.

        Args:
            encode: token ids of plain text.
            states: the last layer's state after each of some token sequences, shape (n, d).
        """
        self._encode = encode
        self._states = states
        self._centre: npt.NDArray[np.float32] | None = None

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One unit vector per text, of shape (len(texts), d)."""
        centre = self._centre
        if centre is None:
            centre = self._centre = self._states([self._framed(text) for text in ANCHORS]).mean(axis=0)
        if not texts:
            return np.zeros((0, len(centre)), dtype=np.float32)
        states = self._states([self._framed(text) for text in texts]) - centre
        return states / np.maximum(np.linalg.norm(states, axis=1, keepdims=True), 1e-12)

    def _framed(self, text: str) -> list[int]:
        before, after = _FRAME
        tokens = self._encode(before + text[:_MAX_CHARACTERS])
        if len(tokens) > MAX_TOKENS:
            tokens = tokens[: MAX_TOKENS // 2] + tokens[-MAX_TOKENS // 2 :]
        return tokens + self._encode(after)
