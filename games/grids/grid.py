"""Grids of symbols: as data, as text, and how they are described, compared and drawn at random."""

import random
from collections.abc import Mapping

EMPTY = "."
"""How the rules write an empty cell; an instance may show another symbol."""

Grid = tuple[str, ...]
"""Rows of one-character cells."""


def is_grid(rows: Grid) -> bool:
    """True for rows of equal length without blanks."""
    return (
        bool(rows)
        and bool(rows[0])
        and len({len(row) for row in rows}) == 1
        and not any(cell.isspace() for row in rows for cell in row)
    )


def show(rows: Grid, words: Mapping[str, str]) -> str:
    """The grid as an instance shows it.

    Args:
        rows: the grid.
        words: the vocabulary, with "empty", "fill" (for "X" in black-and-white grids, else "X") and "gap".
    """
    shown = {EMPTY: words["empty"], "X": words["fill"]}
    return "\n".join(words["gap"].join(shown.get(cell, cell) for cell in row) for row in rows)


def read(text: str, words: Mapping[str, str]) -> Grid:
    """The grid that a text shows; blanks between cells do not matter."""
    hidden = {words["empty"].casefold(): EMPTY, words["fill"].casefold(): "X"}
    lines = ["".join(line.split()) for line in text.splitlines() if line.strip()]
    return tuple("".join(hidden.get(cell.casefold(), cell.upper()) for cell in line) for line in lines)


def cells_of(rows: Grid) -> dict[tuple[int, int], str]:
    """The filled cells, as (row, column) counted from 1, to symbol."""
    return {
        (line, place): cell
        for line, row in enumerate(rows, start=1)
        for place, cell in enumerate(row, start=1)
        if cell != EMPTY
    }


def f1(target: Grid, drawn: Grid) -> float:
    """Agreement of the filled cells, 0 to 100; another size counts as nothing."""
    if len(target) != len(drawn) or any(len(a) != len(b) for a, b in zip(target, drawn, strict=True)):
        return 0.0
    wanted, given = cells_of(target), cells_of(drawn)
    right = sum(given.get(place) == symbol for place, symbol in wanted.items())
    total = len(wanted) + len(given)
    return 100.0 * 2 * right / total if total else 100.0


def differing_cells(one: Grid, other: Grid) -> int:
    """In how many cells two grids of one size differ."""
    return sum(a != b for row, line in zip(one, other, strict=True) for a, b in zip(row, line, strict=True))


def describe(rows: Grid, fill: str) -> str:
    """The grid in plain words, row by row, on one line."""
    parts: list[str] = []
    for number, row in enumerate(rows, start=1):
        for symbol in sorted(set(row) - {EMPTY}):
            places = [str(place) for place, cell in enumerate(row, start=1) if cell == symbol]
            name = fill if symbol == "X" else symbol
            where = "every column" if len(places) == len(row) else f"column {', '.join(places)}"
            parts.append(f"row {number} has {name} in {where}")
    return "; ".join(parts) + "; all else is empty" if parts else "the grid is empty"


def empty(rows: int, columns: int) -> list[list[str]]:
    """A grid to draw on."""
    return [[EMPTY] * columns for _ in range(rows)]


def freeze(rows: list[list[str]]) -> Grid:
    """The drawn grid."""
    return tuple("".join(row) for row in rows)


def draw_lines(rng: random.Random, size: int, symbols: str, count: int) -> Grid:
    """Draws whole rows, columns, diagonals and borders."""
    rows = empty(size, size)
    for _ in range(count):
        symbol, line = rng.choice(symbols), rng.randrange(size)
        kind = rng.choice(("row", "row", "column", "column", "diagonal", "antidiagonal", "border"))
        for place in range(size):
            if kind == "row":
                rows[line][place] = symbol
            elif kind == "column":
                rows[place][line] = symbol
            elif kind == "diagonal":
                rows[place][place] = symbol
            elif kind == "antidiagonal":
                rows[place][size - 1 - place] = symbol
            else:
                rows[0][place] = rows[-1][place] = rows[place][0] = rows[place][-1] = symbol
    return freeze(rows)


def draw_blocks(rng: random.Random, size: int, symbols: str, count: int) -> Grid:
    """Draws filled rectangles."""
    rows = empty(size, size)
    for _ in range(count):
        top, left = rng.randrange(size - 1), rng.randrange(size - 1)
        bottom, right = rng.randint(top + 1, size - 1), rng.randint(left + 1, size - 1)
        symbol = rng.choice(symbols)
        for line in range(top, bottom + 1):
            for place in range(left, right + 1):
                rows[line][place] = symbol
    return freeze(rows)


def draw_scattered(rng: random.Random, size: int, symbols: str, count: int) -> Grid:
    """Draws single cells."""
    rows = empty(size, size)
    places = [(line, place) for line in range(size) for place in range(size)]
    for line, place in rng.sample(places, min(count, len(places))):
        rows[line][place] = rng.choice(symbols)
    return freeze(rows)


def change_cells(rng: random.Random, rows: Grid, count: int) -> Grid:
    """Fills or empties a few cells of a black-and-white grid."""
    cells = [list(row) for row in rows]
    places = [(line, place) for line in range(len(cells)) for place in range(len(cells[0]))]
    for line, place in rng.sample(places, count):
        cells[line][place] = "X" if cells[line][place] == EMPTY else EMPTY
    return freeze(cells)
