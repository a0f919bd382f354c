"""Vectors of texts out of a language model's own input embeddings: no second model, nothing computed by layers.

A text is the sum of its tokens' vectors, rare tokens counting more (smooth inverse
frequency: Arora, Liang and Ma 2017, section 3). Before that the table is whitened
under the words' frequencies in speech (Zipfian whitening: Yokoi, Bao, Kurita and
Shimodaira 2024, section 3): raw, all vectors point almost one way and closeness says
little. Measured on words written down by hand, see docs/adr/0006.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Rows = Callable[[Sequence[int]], Vectors]

SMOOTHING = 1e-4
"""Tokens more frequent than this lose weight."""

UNHEARD = 1e-9
"""Frequency of a token that no frequent word holds."""

MAX_WORDS = 512
"""Words of a longer text that count."""

KEPT_WORDS = 4_096
_CHUNK = 2_048  # texts embedded in one go
_RIDGE = 1e-6  # of the mean variance, so that the covariance can be inverted
_MAX_CHARACTERS = 16 * MAX_WORDS
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Space:
    """The whitened space.

    Attributes:
        frequency: how frequent each token is in speech, 0 to 1; missing where unheard.
        centre: the mean vector under these frequencies, shape (d,).
        turn: what makes the covariance the identity, shape (d, d).
    """

    frequency: Mapping[int, float]
    centre: Vectors
    turn: Vectors


class TokenMeanings:
    """Unit vectors of texts, one model's."""

    def __init__(
        self, *, encode: Callable[[str], list[int]], rows: Rows, frequencies: Callable[[], Mapping[str, float]]
    ) -> None:
        """Takes what the model offers; nothing is read before the first text.

        Args:
            encode: token ids of plain text.
            rows: the input embeddings of some tokens, shape (n, d).
            frequencies: words with how frequent they are in speech, 0 to 1.
        """
        self._encode = encode
        self._rows = rows
        self._frequencies = frequencies
        self._words: dict[str, Vectors] = {}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per text, of shape (len(texts), d); zeros for a text without tokens. Case says nothing."""
        sums = np.zeros((len(texts), len(self._space.centre)), dtype=np.float32)
        for start in range(0, len(texts), _CHUNK):
            split = [words_of(text) for text in texts[start : start + _CHUNK]]
            self._learn([word for words in split for word in words])
            for row, words in enumerate(split, start):
                for word in words:
                    sums[row] += self._words[word]
        return sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)

    def _learn(self, words: Sequence[str]) -> None:
        """Makes sure that the vectors of some words are at hand."""
        if len(self._words) > KEPT_WORDS:
            self._words.clear()
        fresh = [word for word in dict.fromkeys(words) if word not in self._words]
        if not fresh:
            return
        space = self._space
        tokens = [self._encode(f" {word}") for word in fresh]
        flat = [token for group in tokens for token in group]
        vectors = (self._rows(flat) - space.centre) @ space.turn
        heard = np.array([space.frequency.get(token, UNHEARD) for token in flat], dtype=np.float32)
        vectors *= (SMOOTHING / (SMOOTHING + heard))[:, None]
        at = 0
        for word, group in zip(fresh, tokens, strict=True):
            self._words[word] = vectors[at : at + len(group)].sum(axis=0)
            at += len(group)

    @cached_property
    def _space(self) -> _Space:
        frequency: dict[int, float] = {}
        for word, heard in self._frequencies().items():
            for token in self._encode(f" {word}"):
                frequency[token] = frequency.get(token, 0.0) + heard
        spread = self._rows(list(frequency))
        weights = np.array(list(frequency.values()), dtype=np.float32)
        weights /= weights.sum()
        centre = weights @ spread
        spread -= centre
        spread *= np.sqrt(weights)[:, None]
        covariance = (spread.T @ spread).astype(np.float64)
        covariance[np.diag_indices_from(covariance)] += _RIDGE * covariance.trace() / len(centre)
        turn = np.linalg.inv(np.linalg.cholesky(covariance)).T  # cosines are the same for every such factor
        return _Space(frequency=frequency, centre=centre, turn=turn.astype(np.float32))


def words_of(text: str) -> list[str]:
    """The words of a text in lower case; the text itself where it has none."""
    shown = text[:_MAX_CHARACTERS]
    words = [match.group().casefold() for match in _WORD.finditer(shown)][:MAX_WORDS]
    return words or ([shown.strip()] if shown.strip() else [])
