"""Grid words: a whole figure in one plain sentence, and what such sentences claim of a figure.

`heard` undoes `telling`; of sentences in other people's words it takes what it
understands. Knows grid talk; knows no game.
"""

import re
from dataclasses import dataclass

from memory.boards import Board, blank
from memory.figures import EMPTY, FILLED, filled_cells, is_plain
from planner.gridtalk import describe, obey

Places = frozenset[tuple[int, int]]

_CLAUSES = re.compile(r"[;\n]|[.!](?=\s|$)|,?\s+(?:while|whereas|then|but\s+not)\s+", re.IGNORECASE)
_NEXT_LINE = re.compile(
    r",\s*(?:and\s+)?(?=(?:the\s+)?(?:rows?|columns?)\s+\w+(?:\s*(?:,|and|-|to)\s*\w+)*\s+"
    r"(?:has|have|is|are|contains?|fully|completely)\b)",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(?<=\w)\s+(?=(?:rows?|columns?)\s+\d)", re.IGNORECASE)
_PLACE_ALONE = re.compile(r"(?:the\s+)?(?:row|column)\s+\d+$", re.IGNORECASE)
_REST = re.compile(r"\b(?:rest|else|other|others|remaining|remainder|elsewhere)\b", re.IGNORECASE)
_VOID = re.compile(r"\b(?:empty|blank|unfilled|vacant|nothing|none|no)\b", re.IGNORECASE)
_BARE = re.compile(r"\b(?:every|all|whole|entire|each|complete(?:ly)?)\b[^.;]{0,24}\b(?:empty|blank)\b", re.IGNORECASE)
_SAVE = re.compile(r",?\s*\b(?:except(?:\s+for)?|apart\s+from|but\s+for|other\s+than|save\s+for)\b", re.IGNORECASE)
_FRAME = re.compile(r"\b(?:border|frame|outline|perimeter|outer\s+edges?|all\s+(?:four\s+)?edges|edge\s+cells)\b", re.I)
_WITH = re.compile(r"\b(?:with|put|place|write|set)\s+(?:an?\s+)?[\"']?([A-Za-z])[\"']?(?![\w'])", re.IGNORECASE)
_BOTH = re.compile(r"\bboth\s+(?:main\s+)?diagonals|\bdiagonals\b", re.IGNORECASE)
_CENTRE = re.compile(r"\b(?:cent(?:re|er|ral)|middle)\s+(?:cell|square|position)\b|\bin\s+the\s+cent(?:re|er)\b", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What a description says.

    Attributes:
        claims: places and the symbol that they are said to hold, in order; later ones override earlier ones.
        whole: whether every clause was understood.
    """

    claims: tuple[tuple[Places, str], ...] = ()
    whole: bool = False

    def board(self, rows: int, columns: int) -> Board:
        """An empty board after all claims."""
        board = blank(rows, columns, EMPTY)
        for places, symbol in self.claims:
            board = board.put(symbol, places)
        return board


def telling(board: Board) -> str:
    """A figure in one line of plain words, complete."""
    commands = describe(board, EMPTY)
    if not commands:
        return "every cell is empty"
    if is_plain(board):
        parts = [re.sub(rf"^Put {FILLED} in | with {FILLED}$|^Fill ", "", command) for command in commands]
        text = "Filled are " + "; ".join(re.sub(rf" with {FILLED}$|^Fill ", "", part) for part in parts)
    else:
        text = "; ".join(commands)
    return text if len(filled_cells(board)) == board.rows * board.columns else f"{text}; all else is empty"


def lines_apart(target: Board, others: list[Board]) -> str:
    """The shortest single line that only the target has; "" when no line is its own."""
    found: list[str] = []
    for lines, word, across in ((_rows, "row", "columns"), (_columns, "column", "rows")):
        for number, line in enumerate(lines(target)):
            if all(lines(other)[number] != line for other in others):
                places = [str(place + 1) for place, cell in enumerate(line) if cell != EMPTY]
                says = "empty" if not places else "full" if len(places) == len(line) else ""
                says = f"is {says}" if says else f"has {across if len(places) > 1 else across[:-1]} {', '.join(places)}"
                found.append(f"{word} {number + 1} {says}")
    return min(found, key=len, default="")


def _rows(board: Board) -> list[tuple[str, ...]]:
    return list(board.cells)


def _columns(board: Board) -> list[tuple[str, ...]]:
    return list(zip(*board.cells, strict=True))


def heard(text: str, rows: int, columns: int) -> Heard:
    """What a description claims of a figure of that size."""
    claims: list[tuple[Places, str]] = []
    whole = True
    for clause in _clauses(text):
        made = _claims(clause, rows, columns)
        whole = whole and made is not None
        claims += made or []
    return Heard(claims=tuple(claims), whole=whole and bool(claims or _BARE.search(text)))


def _clauses(text: str) -> list[str]:
    """The statements of a text; before a comma, a mere place belongs to what follows it."""
    found: list[str] = []
    for sentence in _CLAUSES.split(_NUMBERED.sub(", ", text)):
        bare = ""
        for part in _NEXT_LINE.split(sentence):
            clause = f"{bare}, {part}" if bare else part
            bare = clause if _PLACE_ALONE.match(clause.strip()) else ""
            found += [] if bare else [clause]
        found += [bare] if bare else []
    stripped = (clause.strip(" ,:\"'“”") for clause in found)
    return [clause for clause in stripped if len(clause) > 1]


def _claims(clause: str, rows: int, columns: int) -> list[tuple[Places, str]] | None:
    """What one clause claims; [] when it only speaks of the rest; None when it is not understood."""
    stated, *saved = _SAVE.split(clause, maxsplit=1)
    void = _VOID.search(stated) is not None
    if void and (_REST.search(stated) or not named_places(stated, rows, columns)):
        return []
    places = named_places(stated, rows, columns)
    if not places:
        return None
    given = _WITH.search(stated)
    symbol = EMPTY if void else given.group(1).upper() if given is not None else FILLED
    claims = [(places, symbol)]
    if saved:
        spared = named_places(saved[0], rows, columns) & places
        claims.append((spared, FILLED if void else EMPTY))
    return claims


def named_places(text: str, rows: int, columns: int) -> Places:
    """The cells that a phrase names; none when it names no place."""
    text = _NUMBERED.sub(", ", text)
    every = frozenset((r, c) for r in range(rows) for c in range(columns))
    if _FRAME.search(text):
        return frozenset((r, c) for r, c in every if r in (0, rows - 1) or c in (0, columns - 1))
    if _CENTRE.search(text) and rows % 2 and columns % 2:
        return frozenset({(rows // 2, columns // 2)})
    if _BOTH.search(text) and rows == columns:
        return frozenset((r, c) for r, c in every if r == c or r + c == rows - 1)
    cleared = _WITH.sub("put", text)
    board = obey(f"Fill {cleared} with {FILLED}", blank(rows, columns, EMPTY), EMPTY)
    return filled_cells(board) if board is not None else frozenset()


def agreement(said: Heard, board: Board) -> float:
    """How well a board bears a description out, 0 to 1; 1 only when every claim holds and nothing else is filled."""
    if not said.claims:
        return 0.0 if filled_cells(board) or not said.whole else 1.0
    drawn, cells = filled_cells(said.board(board.rows, board.columns)), filled_cells(board)
    both = len(drawn) + len(cells)
    overlap = 2 * len(drawn & cells) / both if both else 1.0
    checked = [board.cells[r][c] == symbol for places, symbol in said.claims for r, c in places]
    held = sum(checked) / len(checked)
    exact = said.board(board.rows, board.columns).cells == board.cells
    return 1.0 if exact else 0.6 * held + 0.35 * overlap
