"""Association: which words go with a hint, by closeness of meaning.

Turns closeness into likelihoods that do not depend on the scale of the vectors.
Knows vectors; knows no game and no wording.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from memory.lexicon import baseness
from memory.meanings import Meanings, same_family

SHARPNESS = 1.5
"""Nats of likelihood per standard deviation of closeness; fitted on eighty clues written down by hand."""

HINT_SHARPNESS = 1.2
"""The same for short hints, which are riddles more often than descriptions."""

GIVEAWAY = 0.05
"""How likely a hint is to contain a form of the very word it hints at."""

COMMONNESS = 0.15
"""Nats per doubling of a word's rank in frequency: secret words are fairly common."""

_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_EMPTY_WORDS = frozenset(
    """
    a about also an and any are as at be belongs but by called can clue describes description do does each for
    from goes guess has have he her hint his how i if in into is it it's its just kind like many me meaning
    means more most my near no not of often on one or other our related she so some someone something sort such
    than that the their them then there these they thing things think this those to type us use used using
    usually very was we were what when where which who whose will with word would you your
    """.split()  # noqa: SIM905
)


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

    def affinity(self, hint: str, words: Sequence[str]) -> npt.NDArray[np.float64]:
        """One factor per word, higher for words that fit the hint; 1 for words that nothing is known of."""
        known = [number for number, word in enumerate(words) if word in self.meanings.index]
        factors = np.ones(len(words))
        if len(known) < 3:
            return factors
        close = self.meanings.closeness(hint, [words[number] for number in known])
        factors[known] = np.exp(HINT_SHARPNESS * _standard(close))
        told = content_words(hint)
        for number in known:
            if any(same_family(words[number], word) for word in told):
                factors[number] *= GIVEAWAY
        return factors

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


def content_words(text: str) -> tuple[str, ...]:
    """The words of a text that carry meaning, in lower case, each once."""
    found = (match.group().casefold().strip("'’-") for match in _WORD.finditer(text))
    return tuple(dict.fromkeys(word for word in found if len(word) > 1 and word not in _EMPTY_WORDS))
