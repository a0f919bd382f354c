"""Association: which words go with a hint, by closeness of meaning.

Turns closeness into likelihoods that do not depend on the scale of the vectors.
Knows vectors; knows no game and no wording.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from memory.lexicon import baseness
from memory.meanings import Meanings
from memory.wording import content_words

SHARPNESS = 1.5
"""Nats of likelihood per standard deviation of closeness; fitted on eighty clues written down by hand."""

COMMONNESS = 0.15
"""Nats per doubling of a word's rank in frequency: secret words are fairly common."""


@dataclass(frozen=True, kw_only=True)
class Association:
    """Likelihoods of words under hints.

    Attributes:
        meanings: words as vectors.
    """

    meanings: Meanings

    @cached_property
    def commonness(self) -> npt.NDArray[np.float64]:
        """Log-likelihood of each vocabulary word before any hint: common base forms are likelier."""
        words = self.meanings.words
        ranks = -COMMONNESS * np.log2(1.0 + np.arange(len(words)) / 500.0)
        return ranks + np.array([np.log(max(baseness(word), 0.1)) for word in words])

    @cached_property
    def by_stem(self) -> dict[str, list[int]]:
        """Vocabulary words by their first three letters."""
        found: dict[str, list[int]] = {}
        for number, word in enumerate(self.meanings.words):
            found.setdefault(word[:3], []).append(number)
        return found

    def likelihoods(self, hints: Sequence[str], words: Sequence[str] | None = None) -> npt.NDArray[np.float64]:
        """Log-likelihood of each word given all the hints together; of the whole vocabulary by default."""
        vectors = self.meanings.vectors if words is None else self.meanings.of(words)
        total = np.zeros(len(vectors))
        for hint in hints:
            close = np.zeros(len(vectors))
            for reading in readings(hint):
                close += (vectors @ self.meanings.of([reading])[0]).astype(np.float64)
            total += SHARPNESS * _standard(close)
        return total


def _standard(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros(len(values))


def readings(hint: str) -> tuple[str, ...]:
    """A hint as it stands, and its telling words alone: both say what it is about."""
    telling = " ".join(content_words(hint))
    return (hint, telling) if telling and telling != hint.casefold() else (hint,)
