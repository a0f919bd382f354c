"""Meanings: frequent words as vectors, so that words can be found by what they mean.

The vocabulary is encoded once and may be kept in a file. Knows no policy.
"""

import hashlib
import os
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from memory.encoder import Embedder, Vectors
from memory.lexicon import frequent_words

VOCABULARY = 24_000
KEPT_TEXTS = 4_096


class Meanings:
    """Words and texts as unit vectors of one space."""

    def __init__(self, embedder: Embedder, cache: Path | None = None, words: Sequence[str] | None = None) -> None:
        """Knows words by their vectors.

        Args:
            embedder: turns texts into vectors.
            cache: a folder in which the vocabulary's vectors are kept between runs; None to encode them each time.
            words: the vocabulary; the most frequent English words by default.
        """
        self._embedder = embedder
        self._cache = cache
        self._words = tuple(words) if words is not None else None
        self._texts: dict[str, Vectors] = {}

    @property
    def embedder(self) -> Embedder:
        """What turns texts into vectors."""
        return self._embedder

    @property
    def cache(self) -> Path | None:
        """The folder in which vectors are kept between runs; None for none."""
        return self._cache

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The vocabulary, most frequent first."""
        return self._words if self._words is not None else frequent_words(VOCABULARY)

    @cached_property
    def index(self) -> dict[str, int]:
        """Position of each word in the vocabulary."""
        return {word: number for number, word in enumerate(self.words)}

    @cached_property
    def vectors(self) -> Vectors:
        """One unit vector per word of the vocabulary."""
        path = self._path()
        if path is not None and path.exists():
            kept = np.load(path)
            if kept.shape[0] == len(self.words):
                return kept.astype(np.float32)
        made = self._embedder.embed(self.words)
        if path is not None:
            _write(path, made.astype(np.float16))
        return made

    def of(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per text; vocabulary words and texts met before cost nothing."""
        if len(self._texts) > KEPT_TEXTS:
            self._texts.clear()
        missing = [text for text in dict.fromkeys(texts) if text not in self.index and text not in self._texts]
        if missing:
            self._texts.update(zip(missing, self._embedder.embed(missing), strict=True))
        rows = self.vectors[[self.index.get(text, 0) for text in texts]]
        for place, text in enumerate(texts):
            if text not in self.index:
                rows[place] = self._texts[text]
        return rows

    def closeness(self, text: str, words: Sequence[str]) -> npt.NDArray[np.float64]:
        """How close each word's meaning is to a text's, -1 to 1."""
        return (self.of(words) @ self.of([text])[0]).astype(np.float64)

    def nearest(self, vector: Vectors, count: int = 20) -> list[tuple[str, float]]:
        """The vocabulary words closest to a vector, closest first."""
        scores = self.vectors @ vector
        top = np.argpartition(-scores, min(count, len(scores) - 1))[:count]
        order: list[int] = top[np.argsort(-scores[top], kind="stable")].tolist()
        return [(self.words[number], float(scores[number])) for number in order]

    def _path(self) -> Path | None:
        """The cache file, named after the vocabulary and a sample of the embedder's own output."""
        if self._cache is None:
            return None
        sample = self._embedder.embed(["meaning"])
        digest = hashlib.blake2b("\n".join(self.words).encode(), digest_size=8)
        digest.update(np.round(sample, 2).tobytes())
        return self._cache / f"meanings-{digest.hexdigest()}.npy"


def _write(path: Path, values: npt.NDArray[np.float16]) -> None:
    """Writes whole or not at all, so that a kill in between leaves no broken file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.save(file, values)
    partial.replace(path)


def same_family(word: str, other: str) -> bool:
    """Whether one word contains the other or shares its stem, so that naming one gives away the other."""
    a, b = word.casefold(), other.casefold()
    if a[:1] != b[:1] and a not in b and b not in a:
        return False  # most pairs: told apart without a look-up
    return _same_family(a, b)


@lru_cache(maxsize=65_536)
def _same_family(a: str, b: str) -> bool:
    if a in b or b in a:
        return min(len(a), len(b)) >= 3 or a == b
    shared = next((place for place, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return (shared >= 5 and shared >= min(len(a), len(b)) - 2) or same_stem(a, b)


@lru_cache(maxsize=65_536)
def same_stem(word: str, other: str) -> bool:
    """Whether two words are forms of one word ("bake", "baking", "bakers")."""
    return bool(_stems(word.casefold()) & _stems(other.casefold()))


@lru_cache(maxsize=65_536)
def _stems(word: str) -> frozenset[str]:
    """What may be left of a word without its endings."""
    found = {word}
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            rest = word[: -len(ending)]
            found.add(rest)
            if len(rest) > 3 and rest[-1] == rest[-2]:
                found.add(rest[:-1])
            if ending.startswith("i") and not ending.startswith("in"):
                found.add(rest + "y")
    return frozenset(found)


_ENDINGS = tuple(
    [
        "s",
        "es",
        "ed",
        "d",
        "ing",
        "ings",
        "er",
        "ers",
        "r",
        "e",
        "y",
        "ies",
        "ied",
        "ier",
        "iest",
        "est",
        "ly",
        "ily",
        "ery",
        "ry",
        "ness",
        "ment",
        "ments",
        "ion",
        "ions",
        "or",
        "ors",
        "al",
        "en",
        "n",
        "able",
        "ful",
        "less",
        "ish",
        "ist",
        "ists",
    ]
)
