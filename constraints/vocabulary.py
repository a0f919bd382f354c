"""Real words: which a slot for a guess may hold, and the pattern that a decoder follows through them.

The words come from outside, by length; this module knows none. A bare pattern
of so many letters makes small models write letters that are no word.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from constraints.forms import Slot, SlotKind

Words = Callable[[int], Sequence[str]]
"""Where real words of a length come from, the commonest first; an empty sequence where none are known."""

FEWEST_WORDS = 40
"""With fewer words than these any letters will do: the language may be another."""

_CODES = re.compile(r"code|combination|sequence|pattern|letters|string|key|name|abbreviation|symbol|token")


def vocabulary(slot: Slot, words: Words | None) -> tuple[str, ...]:
    """The real words that a slot is limited to; () where it may hold anything."""
    if words is None or slot.kind is not SlotKind.WORD or slot.options or not slot.letters:
        return ()
    if _CODES.search(slot.name):
        return ()
    known = tuple(word for word in words(slot.letters) if len(word) == slot.letters)
    return known if len(known) >= FEWEST_WORDS else ()


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
