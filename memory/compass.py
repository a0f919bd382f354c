"""Directions: which move undoes which, and where a move leads on a grid.

Knows the common direction words; other words are learnt as pairs by whoever
watched a walk. Knows no rooms.
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

Vector = tuple[int, ...]

_AXES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("east", "e", "eastward", "eastwards"), ("west", "w", "westward", "westwards")),
    (("north", "n", "northward", "northwards"), ("south", "s", "southward", "southwards")),
    (("up", "u", "upstairs", "upward", "upwards"), ("down", "d", "downstairs", "downward", "downwards")),
    (("right", "rightward", "rightwards"), ("left", "leftward", "leftwards")),
    (("forward", "forwards", "ahead", "onward"), ("back", "backward", "backwards", "behind")),
    (("in", "inside", "inward"), ("out", "outside", "outward")),
    (("starboard",), ("port",)),
    (("clockwise",), ("counterclockwise", "anticlockwise")),
    (("upstream",), ("downstream",)),
    (("uphill",), ("downhill",)),
)

_DIAGONALS: tuple[tuple[tuple[str, ...], tuple[int, int]], ...] = (
    (("northeast", "north-east", "ne"), (1, 1)),
    (("northwest", "north-west", "nw"), (-1, 1)),
    (("southeast", "south-east", "se"), (1, -1)),
    (("southwest", "south-west", "sw"), (-1, -1)),
)


def _known() -> dict[str, dict[int, int]]:
    known: dict[str, dict[int, int]] = {}
    for axis, (plus, minus) in enumerate(_AXES):
        known.update({word: {axis: 1} for word in plus})
        known.update({word: {axis: -1} for word in minus})
    for words, (x, y) in _DIAGONALS:
        known.update({word: {0: x, 1: y} for word in words})
    return known


_KNOWN: Mapping[str, dict[int, int]] = MappingProxyType(_known())
_LONG_WORDS = frozenset(word for word in _KNOWN if len(word) > 2) - {"port", "back", "behind", "inside", "outside"}


_W = r"([A-Za-z][\w-]{0,14})"
_DECLARED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b{_W}\s+and\s+{_W}\s+are\s+(?:each\s+other[’']s\s+)?opposites?",
        rf"\b(?:so\s+are|likewise|as\s+are|just\s+like)\s+{_W}\s+and\s+{_W}",
        rf"\b{_W}\s+against\s+{_W}",
        rf"\b{_W}\s+is\s+(?:the\s+)?opposite\s+(?:of|to)\s+{_W}",
        rf"\b{_W}\s+(?:and\s+)?then\s+{_W}\s+(?:brings?|takes?|leads?|gets?)\b[^.\n]{{0,20}}\bback",
        rf"\b{_W}\s*(?:↔|<->|<=>)\s*{_W}",
    )
)


def declared_pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Moves that a message says undo each other, each word in one pair."""
    pairs: list[tuple[str, str]] = []
    taken: set[str] = set()
    for pattern in _DECLARED:
        for there, back in pattern.findall(text):
            words = {there.casefold(), back.casefold()}
            if len(words) == 2 and not words & taken:
                pairs.append((there, back))
                taken |= words
    return tuple(pairs)


def is_direction(word: str) -> bool:
    """Whether the word is a common direction ("north", "up")."""
    return word.casefold() in _KNOWN


def is_plain_direction(word: str) -> bool:
    """Whether the word is a direction that hardly means anything else in running prose."""
    return word.casefold() in _LONG_WORDS


def vectors(moves: Iterable[str], learnt: Iterable[tuple[str, str]] = ()) -> dict[str, Vector] | None:
    """The grid step of each move, all of the same dimension; None when a move has none.

    Args:
        moves: direction words, in any case.
        learnt: pairs of moves that undo each other; each word stands in one pair.
    """
    sparse: dict[str, dict[int, int]] = {}
    pairs: dict[str, dict[int, int]] = {}
    for number, (there, back) in enumerate(learnt):
        pairs.setdefault(there.casefold(), {len(_AXES) + number: 1})
        pairs.setdefault(back.casefold(), {len(_AXES) + number: -1})
    for move in moves:
        word = move.casefold()
        step = _KNOWN.get(word) or pairs.get(word)
        if step is None:
            return None
        sparse[word] = step
    axes = sorted({axis for step in sparse.values() for axis in step})
    return {word: tuple(step.get(axis, 0) for axis in axes) for word, step in sparse.items()}


def opposite(move: str, among: Iterable[str], learnt: Iterable[tuple[str, str]] = ()) -> str | None:
    """The one of `among` that undoes `move`; None when there is none or none is known."""
    for there, back in learnt:
        pair = {there.casefold(): back, back.casefold(): there}
        if move.casefold() in pair:
            wanted = pair[move.casefold()].casefold()
            return next((word for word in among if word.casefold() == wanted), None)
    step = _KNOWN.get(move.casefold())
    if step is None:
        return None
    undone = {axis: -amount for axis, amount in step.items()}
    return next((word for word in among if _KNOWN.get(word.casefold()) == undone), None)
