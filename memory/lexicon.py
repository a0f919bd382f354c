"""The lexicon: English words of a length with how likely each is to be a secret word.

Built from word frequencies alone. A name is as frequent in other languages as
in English, has a possessive and few inflected forms; an English word is the
opposite. Loaded on first use and kept; knows no game.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from statistics import median

import numpy as np
import numpy.typing as npt

FLATNESS = 0.5
"""Exponent on a word's frequency: secret words are drawn from the common ones more evenly than speech is."""

INFLECTED = 0.15
"""How much less likely a plural or a past tense is to be a secret word than its base form."""

WELL_KNOWN = 1e-5
"""Frequency above which names count as words."""

_OTHER_LANGUAGES = ("es", "fr", "de", "pl", "fi")
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "ly", "y")
_UNHEARD = 1e-8
# Logistic weights of the three signs below, fitted on 270 words and names written down by hand.
_WEIGHTS = (1.67, 1.80, -2.02, -1.90)
_SURELY_A_WORD = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WordList:
    """Words of one length, most likely first.

    Attributes:
        words: the words, in lower case.
        letters: their letters as bytes, shape (words, length).
        weights: how likely each is to be a secret word; sums to 1.
        sureness: how surely each is a word at all and not a name, 0 to 1.
    """

    words: tuple[str, ...]
    letters: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.float64]
    sureness: npt.NDArray[np.float64]

    def pick(self, chosen: Sequence[int], weights: npt.NDArray[np.float64]) -> "WordList":
        """Some of the words, in the order given, with weights of their own."""
        return WordList(
            words=tuple(self.words[index] for index in chosen),
            letters=self.letters[chosen],
            weights=weights,
            sureness=self.sureness[chosen],
        )


def word_list(words: Mapping[str, float], sureness: Mapping[str, float] | None = None) -> WordList:
    """A list of words of one length from words and their weights; all are surely words unless told."""
    ordered = sorted(words, key=lambda word: (-words[word], word))
    weights = np.array([words[word] for word in ordered], dtype=np.float64)
    length = len(ordered[0]) if ordered else 0
    letters = np.frombuffer("".join(ordered).encode("ascii"), dtype=np.uint8).reshape(len(ordered), length)
    total = float(weights.sum())
    sure = np.array([1.0 if sureness is None else sureness[word] for word in ordered], dtype=np.float64)
    weights = weights / total if total > 0 else weights
    return WordList(words=tuple(ordered), letters=letters, weights=weights, sureness=sure)


@lru_cache(maxsize=32)
def english(length: int, size: int = 12_000) -> WordList:
    """The most frequent English words of a length; empty where there are none.

    Args:
        length: letters in a word.
        size: most words to keep.
    """
    spoken = [word for word in _frequencies("en") if len(word) == length and word.isascii() and word.isalpha()][:size]
    sure = {word: wordness(word) for word in spoken}
    weights = {word: _frequencies("en")[word] ** FLATNESS * sure[word] * baseness(word) for word in spoken}
    return word_list({word: weight for word, weight in weights.items() if weight > 0}, sure)


@lru_cache(maxsize=4)
def frequent_words(count: int, sureness: float = 0.35) -> tuple[str, ...]:
    """The most frequent English words of three letters or more, names left out but the best known ones."""
    found: list[str] = []
    for word in _frequencies("en"):
        plain = len(word) > 2 and word.isascii() and word.isalpha()
        if plain and (_frequencies("en")[word] >= WELL_KNOWN or wordness(word) >= sureness):
            found.append(word)
            if len(found) == count:
                break
    return tuple(found)


def spoken_words(count: int = 40_000) -> dict[str, float]:
    """The most frequent words of English with how frequent they are in speech and writing, 0 to 1."""
    return dict(islice(_frequencies("en").items(), count))


def baseness(word: str) -> float:
    """1 for a base form, `INFLECTED` for a plural or a past tense of another word, 0 for a misspelt contraction."""
    heard = _frequencies("en")
    own = heard.get(word, _UNHEARD)
    if any(heard.get(word[:-cut] + "'" + word[-cut:], 0.0) > own for cut in (1, 2)):
        return 0.0  # "arent" for "aren't"
    plural = word.endswith("s") and not word.endswith("ss") and heard.get(word[:-1], 0.0) > 0.3 * own
    past = word.endswith("ed") and max(heard.get(word[:-1], 0.0), heard.get(word[:-2], 0.0)) > 0.1 * own
    return INFLECTED if plural or past else 1.0


def wordness(word: str) -> float:
    """How likely the token is an English word and not a name, 0 to 1."""
    heard = _frequencies("en")
    own = heard.get(word, _UNHEARD)
    abroad = median(_frequencies(language).get(word, _UNHEARD) for language in _OTHER_LANGUAGES)
    stem = word[:-1] if word.endswith(("e", "y")) else word
    forms = [word + ending for ending in _ENDINGS] + ([stem + "ing"] if word.endswith("e") else [])
    forms += [stem + "ies", stem + "ily"] if word.endswith("y") else []
    inflected = sum(heard.get(form, 0.0) for form in forms)
    owning = heard.get(word + "'s", 0.0)
    signs = np.clip(np.log10([own / abroad, (inflected + 1e-9) / own, (owning + 1e-9) / own]), -4.0, 3.0)
    likely = float(1.0 / (1.0 + np.exp(-(signs @ np.array(_WEIGHTS[:3]) + _WEIGHTS[3]))))
    return max(likely, 0.7) if own >= _SURELY_A_WORD else likely


@lru_cache(maxsize=8)
def _frequencies(language: str) -> dict[str, float]:
    """Words by falling frequency."""
    import wordfreq  # takes 0.1 s to import and 0.2 s a language: only when words are needed

    return wordfreq.get_frequency_dict(language, "best")
