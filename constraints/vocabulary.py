"""Real words: which a slot for a guess or a hint may hold, and the pattern that a decoder follows through them.

The words come from outside; this module knows none. A bare pattern of so many
letters makes small models write letters that are no word.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from constraints.forms import Slot, SlotKind
from constraints.morphology import finder

Words = Callable[[int | None], tuple[str, ...]]
"""Where real words of a length, or of any, come from, the commonest first; () where none are known."""

FEWEST_WORDS = 40
"""With fewer words than these any letters will do: the language may be another."""

FEWEST_LETTERS = 3
"""Fewest letters that two words must have in common for one to count as a part of the other."""

_CODES = re.compile(r"code|combination|sequence|pattern|letters|string|key|name|abbreviation|symbol|token")


def vocabulary(slot: Slot, words: Words | None) -> tuple[str, ...]:
    """The real words that a slot is limited to; () where it may hold anything."""
    if words is None or slot.kind is not SlotKind.WORD or slot.options or not slot.letters:
        return ()
    if _CODES.search(slot.name):
        return ()
    known = words(slot.letters)
    return known if len(known) >= FEWEST_WORDS and all(len(word) == slot.letters for word in known) else ()


@lru_cache(maxsize=16)
def apart(words: tuple[str, ...], listed: tuple[str, ...], forbidden: tuple[str, ...]) -> tuple[str, ...]:
    """The words that are not, hold no, and are no part of a listed word, nor any variant of a forbidden one.

    Args:
        words: real words in small letters.
        listed: words laid out, in small letters.
        forbidden: words that may not occur in any variant.
    """
    barred = set(pieces(listed))
    column = "\n".join(words)
    if forbidden:
        starts = list(accumulate((len(word) + 1 for word in words), initial=0))
        barred |= {words[bisect_right(starts, match.start()) - 1] for match in finder(forbidden).finditer(column)}
    if listed:
        holds = re.compile("|".join(re.escape(word) for word in listed))
        barred |= {word for word in words if holds.search(word)}
    left = tuple(word for word in words if word not in barred)
    return left if len(left) >= FEWEST_WORDS else ()


@lru_cache(maxsize=64)
def pieces(words: tuple[str, ...]) -> tuple[str, ...]:
    """Every stretch of `FEWEST_LETTERS` or more within the words, the words themselves included."""
    found = {
        word[start:end]
        for word in words
        for start in range(len(word) - FEWEST_LETTERS + 1)
        for end in range(start + FEWEST_LETTERS, len(word) + 1)
    }
    return tuple(sorted(found))


@dataclass(slots=True)
class _Node:
    """A beginning of words: whether it is a word itself, and the characters that may follow."""

    ends: bool = False
    below: "dict[str, _Node]" = field(default_factory=dict[str, "_Node"])


@lru_cache(maxsize=16)
def trie_pattern(words: tuple[str, ...]) -> str:
    """A pattern of exactly these words that shares beginnings and ends, so that it compiles fast."""
    root = _Node()
    for word in words:
        node = root
        for char in word:
            node = node.below.setdefault(char, _Node())
        node.ends = True
    return _written(root)


def _written(node: _Node) -> str:
    groups: dict[str, list[str]] = {}
    for char, below in node.below.items():
        groups.setdefault(_written(below), []).append(char)
    branches = [_one_of(chars) + rest for rest, chars in groups.items()]
    if not branches:
        return ""
    if len(branches) == 1 and not node.ends:
        return branches[0]
    return "(" + "|".join(branches) + ")" + ("?" if node.ends else "")


def _one_of(chars: Sequence[str]) -> str:
    return re.escape(chars[0]) if len(chars) == 1 else "[" + "".join(re.escape(char) for char in chars) + "]"
