"""What makes an instance of a game this one, read from its JSON whatever its fields are called. Pure."""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

Board = tuple[tuple[int, ...], ...]
"""A grid with its cells numbered by first appearance, so that another way of drawing it makes no difference."""

_FEWEST_ROWS = 3
_FEWEST_WORDS = 3
_LONGEST_ITEM = 60  # characters of one entry of a list
_SHORTEST_PASSAGE = 80  # characters; shorter texts are formulas, not content
_PART = re.compile(r"[^\W_]+")
_WORD = re.compile(r"[^\W\d_][^\W\d_ ,'-]{2,}(?:[ ,'-]+[^\W\d_]+)*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What makes an instance this one.

    Attributes:
        boards: its grids, those of one symbol only aside.
        lists: its lists of words or names, as sets.
        words: words and short phrases outside any list: what has to be guessed or found, and clues to it.
        passages: long texts, blanks aside.
    """

    boards: frozenset[Board] = frozenset()
    lists: frozenset[frozenset[str]] = frozenset()
    words: frozenset[str] = frozenset()
    passages: frozenset[str] = frozenset()

    @property
    def main_lists(self) -> frozenset[frozenset[str]]:
        """The longest lists: the board, the candidates, the rooms; not what merely hangs on them."""
        longest = max(map(len, self.lists), default=0)
        return frozenset(items for items in self.lists if len(items) == longest)

    def without(self, common: "Content") -> "Content":
        """What is not in the other one too."""
        return Content(
            boards=self.boards - common.boards,
            lists=self.lists - common.lists,
            words=self.words - common.words,
            passages=self.passages - common.passages,
        )


def content_of(instance: Any) -> Content:
    """The content of one instance, as JSON values."""
    boards: set[Board] = set()
    lists: set[frozenset[str]] = set()
    words: set[str] = set()
    passages: set[str] = set()
    for value in _values(instance):
        if isinstance(value, list):
            grid = _grid(value)
            items = frozenset(item.casefold().strip() for item in value)
            if grid is not None:
                boards.add(grid)
            elif len(items) >= _FEWEST_WORDS and all(0 < len(item) <= _LONGEST_ITEM for item in items):
                lists.add(items)
        elif "\n" in value and (found := list(boards_in(value))):
            boards.update(found)
        elif len(value) >= _SHORTEST_PASSAGE:
            passages.add(plain(value))
        elif _WORD.match(value.strip()):
            words.add(value.casefold().strip())
    inside = frozenset(word for one in lists for word in one)
    return Content(
        boards=frozenset(board for board in boards if len({cell for row in board for cell in row}) > 1),
        lists=frozenset(lists),
        words=frozenset(words) - inside,
        passages=frozenset(passages),
    )


def boards_in(text: str) -> Iterator[Board]:
    """The grids that are drawn in a text."""
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if block and (not line.strip() or len(_cells(line)) != len(_cells(block[0]))):
            grid = _grid(block)
            if grid is not None:
                yield grid
            block = []
        if line.strip():
            block.append(line)


def _values(value: Any) -> Iterator[str | list[str]]:
    """Texts, lists of texts, and what the objects of a list have under one key, anywhere in JSON values."""
    if isinstance(value, str):
        written = _literal(value)
        yield from _values(written) if written is not None else (value,)
    elif isinstance(value, dict):
        texts = [item for item in value.values() if isinstance(item, str)]
        if len(texts) == len(value):
            yield texts  # slots and their fillers
        for key, item in value.items():
            if key != "protocol":  # how a practice instance speaks, not what it is about
                yield from _values(item)
    elif isinstance(value, list):
        texts = [item for item in value if isinstance(item, str)]
        if len(texts) == len(value):
            yield texts
        else:
            yield from _columns([item for item in value if isinstance(item, dict)])
            yield from (inner for item in value if isinstance(item, list) for inner in _values(item))


def _literal(text: str) -> list[Any] | dict[str, Any] | None:
    """The list or object that a text spells out, as some files hold them; None for any other text."""
    if text[:1] not in ("[", "{"):
        return None
    try:
        value = ast.literal_eval(text)
        return json.loads(json.dumps(value)) if isinstance(value, list | dict) else None
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _columns(objects: Sequence[dict[str, Any]]) -> Iterator[str | list[str]]:
    for key in sorted({key for one in objects for key in one}):
        column = [one[key] for one in objects if key in one]
        texts = [item for item in column if isinstance(item, str)]
        yield texts
        yield from (inner for item in column if not isinstance(item, str) for inner in _values(item))


def _cells(line: str) -> list[str]:
    parts = line.split()
    if parts and all(len(part) == 1 for part in parts):
        return parts
    return list(parts[0]) if len(parts) == 1 else []


def _grid(lines: Sequence[str]) -> Board | None:
    """The grid that these lines draw; None when they draw none."""
    rows = [_cells(line) for line in lines]
    width = len(rows[0]) if rows else 0
    if len(rows) < _FEWEST_ROWS or width < _FEWEST_ROWS or any(len(row) != width for row in rows):
        return None
    numbers: dict[str, int] = {}
    board = tuple(tuple(numbers.setdefault(cell, len(numbers)) for cell in row) for row in rows)
    # Words of one length below each other are a list, not a drawing.
    return None if len(numbers) > max(4, len(rows) * width // 3) else board


def plain(text: str) -> str:
    """A text in lower case, blanks joined and around it."""
    return f" {' '.join(text.casefold().split())} "


def words_of(text: str) -> str:
    """The words of a text in lower case, with single blanks around each."""
    return f" {' '.join(_PART.findall(text.casefold()))} "
