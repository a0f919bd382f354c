"""Grid talk: plain commands that fill a grid, and what such commands mean.

`describe` and `obey` are inverses: obeying the description of a board on an empty
one gives the board back. Knows no game.
"""

import re
from collections.abc import Sequence

from memory.boards import Board

_ORDINALS = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
_NUMBER = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(_ORDINALS)}|last|top|bottom|leftmost|rightmost|middle)"
_LIST = rf"{_NUMBER}(?:\s*(?:,|and|to|through|-|&|,\s*and)\s*{_NUMBER})*"
_ROWS = re.compile(rf"\brows?\s+(?P<after>{_LIST})|(?P<before>{_LIST})\s+rows?\b", re.IGNORECASE)
_COLUMNS = re.compile(rf"\bcolumns?\s+(?P<after>{_LIST})|(?P<before>{_LIST})\s+columns?\b", re.IGNORECASE)
_CORNER = re.compile(
    r"\b(?P<v>top|upper|bottom|lower)[\s-]+(?P<h>left|right)\b"
    r"|\b(?P<all>(?:four|all|each|every)\s+(?:four\s+)?corners?)\b",
    re.IGNORECASE,
)
_SYMBOL = re.compile(
    r"\b(?i:with)\s+(?:an?\s+|the\s+letter\s+)?[\"']?(?P<with>[A-Za-z])[\"']?\b"
    r"|\b(?i:put|place|write|set|add|draw)\s+(?:an?\s+|the\s+letter\s+)?[\"']?(?P<put>[A-Za-z])[\"']?\b"
    r"|\b(?i:has|have|holds?|gets?|contains?|shows?)\s+(?:an?\s+|the\s+letter\s+)?[\"']?(?P<has>[A-Za-z])[\"']?\b"
)
_CLAUSE = re.compile(r"\s*;\s*|(?<=\w)[.!]\s+|\n+")
_KEPT = re.compile(
    r"\b(?:leave|keep|let)\b.*\b(?:rest|others?|as\s+(?:it|they)|remaining)\b|\bunchanged\b", re.IGNORECASE
)
_HAS = re.compile(r"^(?P<where>.*?\b(?:has|have|holds?|gets?|contains?|shows?)\s+)(?P<what>.+)$", re.IGNORECASE)
_NEXT_SYMBOL = re.compile(r"(?:\s*,\s*(?:and\s+)?|\s+and\s+)(?=(?:an?\s+)?[\"']?[A-Za-z][\"']?\s+(?i:in|at|on)\b)")
_DIAGONAL = re.compile(r"\bdiagonal", re.IGNORECASE)
_ALL = re.compile(r"\b(?:whole|entire|all\s+cells|every\s+cell|complete)\b", re.IGNORECASE)

Places = frozenset[tuple[int, int]]


def describe(board: Board, empty: str) -> list[str]:
    """Commands that fill the board, few and plain."""
    commands: list[str] = []
    symbols = list(dict.fromkeys(cell for row in board.cells for cell in row if cell != empty))
    for symbol in symbols:
        rows = [[c for c, cell in enumerate(row) if cell == symbol] for row in board.cells]
        columns = [[r for r in range(board.rows) if board.cells[r][c] == symbol] for c in range(board.columns)]
        by_rows = _by_pattern(rows, "row", "column", board.columns, symbol)
        by_columns = _by_pattern(columns, "column", "row", board.rows, symbol)
        if all(len(row) == board.columns for row in rows):
            commands.append(f"Fill the whole grid with {symbol}")
        else:
            commands += by_rows if len(by_rows) <= len(by_columns) else by_columns
    return commands


def _by_pattern(lines: Sequence[Sequence[int]], line: str, across: str, size: int, symbol: str) -> list[str]:
    """One command for all lines that hold the symbol in the same places."""
    patterns: dict[tuple[int, ...], list[int]] = {}
    for number, places in enumerate(lines):
        if places:
            patterns.setdefault(tuple(places), []).append(number)
    commands: list[str] = []
    for places, numbers in patterns.items():
        where = f"{line}{'s' if len(numbers) > 1 else ''} {_listed(numbers)}"
        if len(places) == size:
            commands.append(f"Fill {where} with {symbol}")
        else:
            cells = f"{across}{'s' if len(places) > 1 else ''} {_listed(places)}"
            commands.append(f"Put {symbol} in {where}, {cells}")
    return commands


def _listed(numbers: Sequence[int]) -> str:
    shown = [str(number + 1) for number in numbers]
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1]


def obey(command: str, board: Board, empty: str) -> Board | None:
    """The board after a command of one clause or several; None when none of them is understood."""
    done: Board | None = None
    for clause in _clauses(command):
        after = _obey(clause, done or board, empty)
        done = after if after is not None else done
    return done


def _clauses(command: str) -> list[str]:
    """The parts of a command that each put one symbol somewhere."""
    found: list[str] = []
    for clause in _CLAUSE.split(command):
        held = _HAS.match(clause)
        if _KEPT.search(clause):
            continue
        if held is None:
            found.append(clause)
        else:
            found += [held["where"] + part for part in _NEXT_SYMBOL.split(held["what"])]
    return found


def _obey(command: str, board: Board, empty: str) -> Board | None:
    found = _SYMBOL.search(command)
    symbol = (found["with"] or found["put"] or found["has"]) if found is not None else None
    if symbol is None:
        if not re.search(r"\b(?:clear|empty|remove|erase)\b", command, re.IGNORECASE):
            return None
        symbol = empty
    places = _places(command, board)
    return (
        board.put(symbol if symbol == empty else symbol.upper() if symbol.islower() else symbol, places)
        if places
        else None
    )


def _places(command: str, board: Board) -> Places:
    rows = _numbers(_ROWS, command, board.rows)
    columns = _numbers(_COLUMNS, command, board.columns)
    if rows or columns:
        return frozenset((r, c) for r in rows or range(board.rows) for c in columns or range(board.columns))
    if _DIAGONAL.search(command) and board.rows == board.columns:
        size = board.rows
        anti = re.search(r"\banti|top[\s-]right|second(?:ary)?\b", command, re.IGNORECASE) is not None
        return frozenset((r, size - 1 - r if anti else r) for r in range(size))
    corner = _CORNER.search(command)
    if corner is not None:
        if corner["all"]:
            return frozenset((r, c) for r in (0, board.rows - 1) for c in (0, board.columns - 1))
        top, left = corner["v"].lower() in ("top", "upper"), corner["h"].lower() == "left"
        return frozenset({(0 if top else board.rows - 1, 0 if left else board.columns - 1)})
    if _ALL.search(command):
        return frozenset((r, c) for r in range(board.rows) for c in range(board.columns))
    return frozenset()


def _numbers(pattern: re.Pattern[str], command: str, size: int) -> list[int]:
    """The numbers of the lines that a command names, from 0."""
    found: list[int] = []
    for match in pattern.finditer(command):
        text = (match["after"] or match["before"]).casefold()
        words = re.findall(rf"{_NUMBER}|to|through|-", text, re.IGNORECASE)
        span = False
        for word in words:
            if word in ("to", "through", "-"):
                span = True
                continue
            number = _number(word, size)
            if span and found and number > found[-1]:
                found += range(found[-1] + 1, number)
            span = False
            found.append(number)
    return [number for number in dict.fromkeys(found) if 0 <= number < size]


def _number(word: str, size: int) -> int:
    if word[0].isdigit():
        return int(re.sub(r"\D", "", word)) - 1
    if word in _ORDINALS:
        return _ORDINALS.index(word)
    return {"last": size - 1, "bottom": size - 1, "rightmost": size - 1, "middle": size // 2}.get(word, 0)
