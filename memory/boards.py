"""Boards: grids of single symbols, read from text and written back.

Knows no game and no wording.
"""

import re
from collections import Counter
from dataclasses import dataclass

_ROW = re.compile(r"^[ \t>|\[(]*((?:[^\s|,\w]|\w)(?:[ \t|,]+(?:[^\s|,\w]|\w)){1,19})[ \t|\])]*$")
_JOINED = re.compile(r"^[ \t>|\[(]*([^\s|]{3,20})[ \t|\])]*$")
_EMPTY = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?:empty|blanks?|free|vacant|squares)\b[^\n\"“]{0,60}[\"“](\S)[\"”]",
        r"[\"“](\S)[\"”][^.\n]{0,25}\b(?:empty|blank|wherever)",
        r"\bempty\s*(?:\(|:|=)\s*(\S)",
    )
)
READ_CHARACTERS = 12_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A rectangle of symbols.

    Attributes:
        cells: rows of symbols, all of one length.
        start: where it starts in the text it was read from.
        separator: what stands between cells in that text.
    """

    cells: tuple[tuple[str, ...], ...]
    start: int = 0
    separator: str = " "

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.cells)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return len(self.cells[0]) if self.cells else 0

    def render(self, separator: str = " ") -> str:
        """The board as lines of symbols."""
        return "\n".join(separator.join(row) for row in self.cells)

    def put(self, symbol: str, places: frozenset[tuple[int, int]]) -> "Board":
        """The board with a symbol at some places (row, column), counted from 0."""
        return Board(
            cells=tuple(
                tuple(symbol if (r, c) in places else cell for c, cell in enumerate(row))
                for r, row in enumerate(self.cells)
            )
        )


def blank(rows: int, columns: int, symbol: str) -> Board:
    """A board of one symbol."""
    return Board(cells=((symbol,) * columns,) * rows)


def read_boards(text: str) -> list[Board]:
    """Every board in a text, in order: blocks of lines with equally many single symbols, spaced or joined."""
    text = text[:READ_CHARACTERS]
    return sorted([*_blocks(text, " "), *_blocks(text, "")], key=lambda board: board.start)


def _blocks(text: str, separator: str) -> list[Board]:
    boards: list[Board] = []
    block: list[tuple[str, ...]] = []
    position = start = 0
    for line in [*text.split("\n"), ""]:
        row = _row(line, separator)
        if block and len(row) != len(block[0]):
            if _is_board(block, separator):
                boards.append(Board(cells=tuple(block), start=start, separator=separator))
            block = []
        if row:
            start = start if block else position
            block.append(row)
        position += len(line) + 1
    return boards


def _row(line: str, separator: str) -> tuple[str, ...]:
    match = (_ROW if separator else _JOINED).match(line)
    if match is None or (not separator and len({char for char in line if char.islower()}) > 2):
        return ()  # words are no rows
    return tuple(re.split(r"[ \t|,]+", match.group(1))) if separator else tuple(match.group(1))


def _is_board(block: list[tuple[str, ...]], separator: str) -> bool:
    """Whether lines are a board and not words that happen to be equally long."""
    if separator:
        return len(block) > 1
    symbols = {cell for row in block for cell in row}
    return len(block) > 2 and len(symbols) <= 6 and not any(cell in ":;,()<>{}" for cell in symbols)


def empty_symbol(text: str, boards: list[Board]) -> str:
    """The symbol of an empty cell: as the text says, else that of a board of one symbol, else the most frequent one."""
    known = {cell for board in boards for row in board.cells for cell in row}
    for pattern in _EMPTY:
        for match in pattern.finditer(text[:READ_CHARACTERS]):
            if match.group(1) in known:
                return match.group(1)
    for board in boards:
        symbols = {cell for row in board.cells for cell in row}
        if len(symbols) == 1:
            return next(iter(symbols))
    counts = Counter(cell for board in boards for row in board.cells for cell in row)
    return counts.most_common(1)[0][0] if counts else "▢"
