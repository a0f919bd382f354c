from hypothesis import given
from hypothesis import strategies as st

from memory.boards import Board
from memory.figures import EMPTY, FILLED, end_of, filled_cells, is_plain, read_figures


def shown(cells: list[list[bool]], filled: str, empty: str, gap: str) -> str:
    return "\n".join(gap.join(filled if cell else empty for cell in row) for row in cells)


def test_symbols_are_read_from_the_words() -> None:
    text = '"*" is a filled cell, "-" an empty one. There is one target and two others.\n\n* * -\n* * *\n* * *'
    (board,) = read_figures(text)
    assert filled_cells(board) == {(r, c) for r in range(3) for c in range(3)} - {(0, 2)}


def test_hollow_symbols_are_empty_where_the_words_name_another_symbol() -> None:
    (board,) = read_figures('Empty cells are marked with "▢".\n\nX X X\nX □ X\nX X X')
    assert board.cells[1] == (FILLED, EMPTY, FILLED)


def test_letters_are_kept_where_they_differ() -> None:
    (board,) = read_figures("Here:\n\nA . B\n. . .\nB . A\n")
    assert not is_plain(board)
    assert board.cells[0] == ("A", ".", "B")


def test_no_board_no_figure() -> None:
    assert read_figures("Nothing to see here.") == []


@given(
    st.integers(3, 6).flatmap(
        lambda size: st.lists(st.lists(st.booleans(), min_size=size, max_size=size), min_size=size, max_size=size)
    ),
    st.sampled_from([("X", "▢"), ("#", "."), ("1", "_"), ("■", "o"), ("@", "0")]),
)
def test_figures_do_not_depend_on_the_symbols(cells: list[list[bool]], symbols: tuple[str, str]) -> None:
    filled, empty = symbols
    text = f'Filled cells are "{filled}", empty cells are "{empty}".\n\n{shown(cells, filled, empty, " ")}\nAnd now?'
    (board,) = read_figures(text)
    wanted = {(r, c) for r, row in enumerate(cells) for c, cell in enumerate(row) if cell}
    assert filled_cells(board) == wanted
    assert text[end_of(text, board) :] == "And now?"


def test_the_end_of_a_board_at_the_end_of_a_text() -> None:
    text = "X .\n. X"
    assert end_of(text, Board(cells=(("X", "."), (".", "X")))) == len(text)
