"""Grid answers: questions about a figure answered from it, and what an answer about a row says.

Knows grid words; knows no game.
"""

import re

from memory.boards import Board
from memory.figures import EMPTY, FILLED, filled_cells
from planner.gridwords import heard, named_places, telling

_QUESTION = re.compile(
    r"(?:^|[:.\"“]\s*|\b)((?:which|what|how|is|are|does|do|has|have|where|can|could|tell)\b[^?\n]*\?)", re.IGNORECASE
)
_COUNT = re.compile(r"\bhow\s+many\b|\bnumber\s+of\b", re.IGNORECASE)
_POLAR = re.compile(r"^(?:is|are|does|do|has|have|can)\b", re.IGNORECASE)
_VOID = re.compile(r"\b(?:empty|blank|unfilled|clear)\b", re.IGNORECASE)
_SOME = re.compile(r"\b(?:any|some|at\s+least|contain|there)\b", re.IGNORECASE)
_NOTHING = re.compile(r"^\W*(?:none|nothing|no\b|it\s+is\s+empty|empty|they\s+are\s+(?:all\s+)?empty)", re.IGNORECASE)
_ALL = re.compile(r"^\W*(?:all|every|each|the\s+whole)\b", re.IGNORECASE)


def question_in(text: str) -> str:
    """The last question of a text; "" for none."""
    found = _QUESTION.findall(text)
    return found[-1].strip() if found else ""


def answer(text: str, board: Board) -> str:
    """A truthful answer to the last question of a text, with the cells it is about; else the whole board."""
    asked = [question.strip() for question in _QUESTION.findall(text)] or text.split("\n")
    telling_ones = [
        question for question in asked if named_places(question, board.rows, board.columns) or _COUNT.search(question)
    ]
    question = telling_ones[-1] if telling_ones else ""
    places = named_places(question, board.rows, board.columns) if question else frozenset[tuple[int, int]]()
    cells = filled_cells(board)
    about = cells & places if places else cells
    if _COUNT.search(question):
        number = len((places or _all(board)) - cells) if _VOID.search(question) else len(about)
        return f"{number}"
    if not places:
        return telling(board)
    detail = _detail(board, places)
    if not _POLAR.match(question) or re.search(r"\bor\b", question, re.IGNORECASE):
        return detail
    return f"{'yes' if _holds(question, about, places) else 'no'}; {detail}"


def _all(board: Board) -> frozenset[tuple[int, int]]:
    return frozenset((r, c) for r in range(board.rows) for c in range(board.columns))


def _holds(question: str, filled: frozenset[tuple[int, int]], places: frozenset[tuple[int, int]]) -> bool:
    if _VOID.search(question):
        return len(filled) < len(places) if _SOME.search(question) else not filled
    return bool(filled) if _SOME.search(question) else filled == places


def _detail(board: Board, places: frozenset[tuple[int, int]]) -> str:
    """What stands at some places: within one row by columns, within one column by rows, else cell by cell."""
    rows, columns = {r for r, _ in places}, {c for _, c in places}
    symbols = {board.cells[r][c] for r, c in places}
    if len(places) == 1:
        (cell,) = symbols
        return (
            "that cell is empty" if cell == EMPTY else f"that cell holds {cell}" if cell != FILLED else "it is filled"
        )
    filled = sorted(place for place in places if board.cells[place[0]][place[1]] != EMPTY)
    if not filled:
        return "none, all of that is empty"
    if len(rows) == 1:
        return ("columns " if len(filled) > 1 else "column ") + ", ".join(_cell(board, r, c, c) for r, c in filled)
    if len(columns) == 1:
        return ("rows " if len(filled) > 1 else "row ") + ", ".join(_cell(board, r, c, r) for r, c in filled)
    return "filled are " + "; ".join(f"row {r + 1}, column {c + 1}" for r, c in filled)


def _cell(board: Board, row: int, column: int, number: int) -> str:
    symbol = board.cells[row][column]
    return f"{number + 1}" if symbol == FILLED else f"{number + 1} ({symbol})"


def row_said(words: str, row: int, rows: int, columns: int) -> tuple[str, ...] | None:
    """The cells of a row as an answer states them; None when it states none."""
    if _NOTHING.match(words):
        return (EMPTY,) * columns
    if _ALL.match(words):
        return (FILLED,) * columns
    if re.search(r"\brow", words, re.IGNORECASE):
        said = heard(words, rows, columns)
        return said.board(rows, columns).cells[row] if said.claims else None
    numbers = [int(number) for number in re.findall(r"\b\d{1,2}\b", words)]
    if not numbers or any(not 1 <= number <= columns for number in numbers):
        return None
    marks = re.findall(r"\b(\d{1,2})\s*\(([A-Z])\)", words)
    symbols = {int(number): symbol for number, symbol in marks}
    return tuple(symbols.get(c + 1, FILLED) if c + 1 in numbers else EMPTY for c in range(columns))
