"""Grids shown in a message: where they stand, their size, symbols and spacing."""

import re
from collections import Counter
from dataclasses import dataclass

from constraints.forms import Slot, SlotKind
from constraints.reader.scan import Page
from constraints.reader.words import NUMBER, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A grid shown in a message.

    Attributes:
        first: index of its first line.
        rows: lines.
        columns: cells in a line.
        symbols: what stands in the cells, the commonest first.
        separator: what stands between the cells.
    """

    first: int
    rows: int
    columns: int
    symbols: str
    separator: str


_SPACED = re.compile(r"\S(?:[ \t|,]\S){1,39}")
_TIGHT = re.compile(r"\S{2,40}")
_LINES = re.compile(
    rf"(?i)\b({NUMBER}) (?:lines|rows) (?:of|with|and) ({NUMBER}) (?:cells|columns|symbols|characters|squares)\b"
)
_SIZE = re.compile(rf"(?i)\b({NUMBER})[ -]?(?:x|×|by)[ -]?({NUMBER})\b")


def read_grids(page: Page) -> list[Grid]:
    """The grids of a message: runs of lines with equally many single symbols, with or without gaps."""
    found: list[Grid] = []
    run: list[str] = []
    kind = ""
    first = 0
    for line in (*((entry.text, entry.index) for entry in page.lines), ("", len(page.lines))):
        text, index = line
        look = "spaced" if _SPACED.fullmatch(text) else "tight" if _TIGHT.fullmatch(text) else ""
        if look and look == kind and len(text) == len(run[0]):
            run.append(text)
            continue
        grid = _grid(run, kind, first)
        if grid is not None:
            found.append(grid)
        run, kind, first = ([text], look, index) if look else ([], "", index)
    return found


def _grid(run: list[str], kind: str, first: int) -> Grid | None:
    if len(run) < 2:
        return None
    gap = run[0][1] if kind == "spaced" else ""
    cells = [line[:: 2 if gap else 1] for line in run]
    counts = Counter("".join(cells))
    if kind == "tight" and (
        len(run) < 3 or len(counts) > 6 or (not any(not symbol.isalpha() for symbol in counts) and len(counts) > 3)
    ):
        return None
    return Grid(
        first=first,
        rows=len(run),
        columns=len(cells[0]),
        symbols="".join(symbol for symbol, _ in counts.most_common()),
        separator=gap,
    )


def grid_lines(page: Page) -> set[int]:
    """The indices of the lines that belong to grids."""
    return {index for grid in read_grids(page) for index in range(grid.first, grid.first + grid.rows)}


def stated_size(text: str) -> tuple[int, int] | None:
    """Rows and columns stated in words ("5 by 5", "3 lines of 4 cells")."""
    for pattern in (_LINES, _SIZE):
        for match in pattern.finditer(text):
            rows, columns = number(match.group(1)), number(match.group(2))
            if rows and columns and rows <= 40 and columns <= 40:
                return rows, columns
    return None


def grid_slot(page: Page, name: str = "grid", words: str = "") -> Slot | None:
    """The slot of a grid of the size that the words or the message state or show."""
    grids = read_grids(page)
    size = stated_size(words) or stated_size(page.text) or ((grids[0].rows, grids[0].columns) if grids else None)
    if size is None:
        return None
    symbols = "".join(dict.fromkeys("".join(grid.symbols for grid in grids)))
    return Slot(
        name=name,
        kind=SlotKind.GRID,
        rows=size[0],
        columns=size[1],
        alphabet=symbols or "▢",
        separator=grids[0].separator if grids else " ",
    )
