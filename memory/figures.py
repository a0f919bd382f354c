"""Figures: boards in plain symbols, whatever a message draws filled and empty cells with.

A figure is a board in which "." is an empty cell; where all filled cells look
alike they are "X". Knows no game.
"""

import re
from collections import Counter
from collections.abc import Sequence

from memory.boards import Board, read_boards

EMPTY = "."
FILLED = "X"

_HOLLOW = "▢□☐⬜◻○◯◦._-·░oO0"
"""Symbols that are drawn for nothing, the likeliest first."""

_CELL = r"[\"“'`]?(?P<cell>[^\s\"“”'`\w]|\w)[\"”'`]?(?!\w)"
_VOID = r"(?:empty|blank|vacant|hollow|unfilled|white)"
_SAID = (
    re.compile(rf"\b{_VOID}(?:\s+(?:cells?|ones?|squares?|fields?))?\s*(?::|=|-|is|are|like|as)?\s*{_CELL}", re.I),
    re.compile(rf"\b{_VOID}\b[^\n\"“]{{0,40}}[\"“](?P<cell>\S)[\"”]", re.IGNORECASE),
    re.compile(
        rf"{_CELL}\s+(?:is|are|means?|stands?\s+for|for|marks?)?\s*(?:the|an?)?\s*(?:{_VOID}|others?\b)(?!\s*[\"“'])",
        re.IGNORECASE,
    ),
)
READ_CHARACTERS = 12_000


def read_figures(text: str) -> list[Board]:
    """Every board in a text as a figure, in order; boards of one message share their symbols."""
    boards = read_boards(text)
    if not boards:
        return []
    return in_plain_symbols(boards, hollow_symbols(text, boards))


def hollow_symbols(text: str, boards: Sequence[Board]) -> frozenset[str]:
    """The symbols of empty cells: as the text says, else the most hollow ones, else the most frequent one."""
    counts = Counter(cell for board in boards for row in board.cells for cell in row)
    for pattern in _SAID:
        for match in pattern.finditer(text[:READ_CHARACTERS]):
            if match["cell"] in counts:
                return frozenset(match["cell"])
    hollow = [symbol for symbol in _HOLLOW if symbol in counts]
    if hollow and len(counts) > 1:
        return frozenset(hollow[:1])
    return frozenset(symbol for symbol, _ in counts.most_common(1)) if len(counts) > 1 else frozenset(hollow)


def in_plain_symbols(boards: Sequence[Board], hollow: frozenset[str]) -> list[Board]:
    """The boards with plain symbols."""
    filled = {cell for board in boards for row in board.cells for cell in row} - hollow
    plain = {symbol: symbol for symbol in filled} if len(filled) > 1 else dict.fromkeys(filled, FILLED)
    plain |= dict.fromkeys(hollow, EMPTY)
    return [
        Board(
            cells=tuple(tuple(plain[cell] for cell in row) for row in board.cells),
            start=board.start,
            separator=board.separator,
        )
        for board in boards
    ]


def end_of(text: str, board: Board) -> int:
    """Where a board ends in the text that it was read from."""
    at = board.start
    for _ in range(board.rows):
        at = text.find("\n", at) + 1
        if at == 0:
            return len(text)
    return at


def filled_cells(board: Board) -> frozenset[tuple[int, int]]:
    """The places (row, column) of a figure that are not empty, from 0."""
    return frozenset((r, c) for r, row in enumerate(board.cells) for c, cell in enumerate(row) if cell != EMPTY)


def is_plain(board: Board) -> bool:
    """Whether all filled cells of a figure look alike."""
    return {cell for row in board.cells for cell in row} <= {EMPTY, FILLED}
