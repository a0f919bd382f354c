"""Words: what the games are made of, with splits and frequencies. Sources: `data/SOURCES.md`."""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import wordfreq
from nltk.stem.snowball import SnowballStemmer

from games.splits import SPLITS, Split, split_of

_LETTERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """A target with what comes to mind.

    Attributes:
        target: the word.
        theme: what kind of thing it is.
        related: words that come to mind first, at least three, none shared with another split.
        clue: a hint that uses neither the target nor a related word.
    """

    target: str
    theme: str
    related: tuple[str, ...]
    clue: str


def _lines(name: str, package: str = "games.data") -> list[str]:
    text = (resources.files(package) / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def frequency(word: str) -> float:
    """How frequent a word is (Zipf scale, 0 to 8)."""
    return wordfreq.zipf_frequency(word, "en")


@lru_cache(maxsize=1)
def _stemmer() -> SnowballStemmer:
    return SnowballStemmer("english")


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The stem of a word; inflected and simple derived forms share it."""
    return str(_stemmer().stem(word.casefold()))


@lru_cache(maxsize=1)
def associations() -> tuple[Association, ...]:
    """All targets; a related word that another split claims is left out."""
    rows: list[tuple[str, str, list[str], str]] = []
    theme = ""
    for line in _lines("associations.txt"):
        if line.startswith("["):
            theme = line.strip("[]")
            continue
        head, clue = line.split(" | ")
        target, related = head.split(": ")
        rows.append((target, theme, related.split(", "), clue))
    owner = {stem(target): split_of(target) for target, _, _, _ in rows}
    for split in reversed(SPLITS):  # the small splits claim first
        for target, _, related, _ in rows:
            if split_of(target) == split:
                for word in related:
                    owner.setdefault(stem(word), split)
    kept: list[Association] = []
    for target, theme, related, clue in rows:
        own = tuple(word for word in related if owner[stem(word)] == split_of(target))
        if len(own) >= 3:
            kept.append(Association(target=target, theme=theme, related=own, clue=clue))
    return tuple(kept)


def associations_of(split: Split) -> list[Association]:
    """The targets of one split."""
    return [entry for entry in associations() if split_of(entry.target) == split]


@lru_cache(maxsize=1)
def kinds() -> dict[Split, dict[str, tuple[str, ...]]]:
    """Things by split and kind."""
    return sections("kinds.txt")


@lru_cache(maxsize=1)
def properties() -> dict[str, frozenset[str]]:
    """Kind of thing to words that are true of everything of that kind."""
    pairs = (line.split(": ") for line in _lines("properties.txt"))
    return {kind: frozenset(words.split(", ")) for kind, words in pairs}


@lru_cache(maxsize=1)
def _not_targets() -> frozenset[str]:
    return frozenset(word for line in _lines("not_targets.txt") for word in line.split())


@lru_cache(maxsize=1)
def guessable() -> frozenset[str]:
    """Every five-letter string that word guessing accepts."""
    frequent = wordfreq.top_n_list("en", 80_000)
    return frozenset(word for word in frequent if len(word) == _LETTERS and word.isascii() and word.isalpha()) | set(
        clues()
    )


@lru_cache(maxsize=1)
def hidden_words() -> tuple[str, ...]:
    """Five-letter words that may be the hidden word, most frequent first."""
    frequent = [word for word in wordfreq.top_n_list("en", 12_000) if word in guessable()]
    plain = [word for word in frequent if word not in _not_targets()]
    return tuple(word for word in plain if not (word.endswith("s") and not word.endswith("ss")))


@lru_cache(maxsize=1)
def clues() -> dict[str, str]:
    """Five-letter words with a clue."""
    pairs = (line.split(": ", 1) for line in _lines("clues.txt"))
    return {word: clue for word, clue in pairs if len(word) == _LETTERS}


@lru_cache(maxsize=1)
def rooms() -> dict[Split, dict[str, tuple[str, ...]]]:
    """Room names by split and kind of place."""
    return sections("rooms.txt")


def sections(name: str, package: str = "games.data") -> dict[Split, dict[str, tuple[str, ...]]]:
    """A list whose sections are splits and whose lines are "heading: item, item"."""
    table: dict[Split, dict[str, tuple[str, ...]]] = {split: {} for split in SPLITS}
    split: Split = "train"
    for line in _lines(name, package):
        if line.startswith("["):
            split = next(known for known in SPLITS if known == line.strip("[]"))
            continue
        heading, items = line.split(": ")
        table[split][heading] = tuple(items.split(", "))
    return table


def thirds(words: Iterable[str]) -> dict[str, list[str]]:
    """Words by frequency: "common", "familiar" and "rare", a third each."""
    ordered = sorted(words, key=lambda word: (-frequency(word), word))
    size = -(-len(ordered) // 3)
    return {
        level: ordered[index * size : (index + 1) * size] for index, level in enumerate(("common", "familiar", "rare"))
    }


def shuffled(items: Iterable[str], rng: random.Random) -> list[str]:
    """A shuffled copy."""
    copy = list(items)
    rng.shuffle(copy)
    return copy
