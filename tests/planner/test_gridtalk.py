import pytest
from hypothesis import given
from hypothesis import strategies as st

from constraints.forms import Slot, SlotKind
from constraints.rulebook import Rulebook
from memory.boards import Board, blank, empty_symbol, read_boards
from planner.choose import choose
from planner.gridtalk import describe, obey
from planner.policies import policies

BOARDS = st.tuples(st.integers(2, 7), st.integers(2, 7)).flatmap(
    lambda size: st.lists(
        st.lists(st.sampled_from("▢▢▢XQ"), min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0]
    )
)


@given(BOARDS)
def test_obeying_the_description_gives_the_board_back(rows: list[list[str]]) -> None:
    board = Board(cells=tuple(tuple(row) for row in rows))
    drawn = blank(board.rows, board.columns, "▢")
    for command in describe(board, "▢"):
        after = obey(command, drawn, "▢")
        assert after is not None
        drawn = after
    assert drawn.cells == board.cells


@given(BOARDS, st.sampled_from([" ", ""]))
def test_rendered_boards_are_read_back(rows: list[list[str]], separator: str) -> None:
    board = Board(cells=tuple(tuple(row) for row in rows))
    if separator or min(board.rows, board.columns) > 2:
        found = read_boards(f"Here it is:\n{board.render(separator)}\nNice.")
        assert [read.cells for read in found] == [board.cells]


@pytest.mark.parametrize(
    ("command", "cells"),
    [
        ("Put an E in second row third column", {(1, 2)}),
        ("Fill the last row with X", {(2, 0), (2, 1), (2, 2)}),
        ("put an X in the top left", {(0, 0)}),
        ("Fill row 1 to 2 with X", {(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)}),
        ("Put X in rows 1 and 3, columns 1 and 3", {(0, 0), (0, 2), (2, 0), (2, 2)}),
        ("Place X in all four corners", {(0, 0), (0, 2), (2, 0), (2, 2)}),
        ("Fill the diagonal with X", {(0, 0), (1, 1), (2, 2)}),
        ("Fill the whole grid with X", {(r, c) for r in range(3) for c in range(3)}),
    ],
)
def test_commands_in_other_words(command: str, cells: set[tuple[int, int]]) -> None:
    after = obey(command, blank(3, 3, "."), ".")
    assert after is not None
    assert {(r, c) for r in range(3) for c in range(3) if after.cells[r][c] != "."} == cells


@pytest.mark.parametrize("command", ["", "Well done!", "Put it somewhere nice", "x" * 10_000])
def test_what_is_no_command_is_not_obeyed(command: str) -> None:
    assert obey(command, blank(3, 3, "."), ".") is None


def test_the_empty_symbol_is_stated_or_shown() -> None:
    full = read_boards("D D\nD _\n")
    assert empty_symbol('Empty cells are shown as "_".', full) == "_"
    assert empty_symbol("", read_boards("o o\no o\n\nX X\nX o")) == "o"


def test_two_players_copy_a_grid(talk, make_form) -> None:
    text = make_form("Command: ", Slot(name="command", kind=SlotKind.TEXT))
    giver = talk(Rulebook(forms=(text, make_form("Command: DONE", purpose="when everything is described"))))
    taker = talk(Rulebook(forms=(make_form(Slot(name="grid", kind=SlotKind.GRID, rows=3, columns=3)),)))
    target = "Q ▢ Q\n▢ Q ▢\nQ ▢ Q"
    session = giver.hear(f'Describe this grid by commands. Empty cells: "▢".\n{target}\nWhat is your next command?')
    heard = 'Start with an empty grid of "▢":\n▢ ▢ ▢\n▢ ▢ ▢\n▢ ▢ ▢\nReturn the grid.\n\n'
    grid = ""
    for _ in range(9):
        said = giver.say(choose(policies(), session).options[0])
        if said == "Command: DONE":
            break
        grid = taker.say(choose(policies(), taker.hear(heard + said)).options[0])
        heard = ""
        session = giver.hear("What is your next command?")
    assert grid == target


@pytest.mark.parametrize(
    ("command", "wanted"),
    [
        ("row 1 has C in column 2; leave the rest", "oCo\nooo\nooo"),
        ("row 3 has Z in columns 1 to 3; leave the rest", "ooo\nooo\nZZZ"),
        ("row 1 has A in column 1 and B in columns 2, 3", "ABB\nooo\nooo"),
        ("row 2 has Q in column 1; row 3 has Q in every column", "ooo\nQoo\nQQQ"),
    ],
)
def test_commands_in_other_peoples_words_and_of_several_clauses(command: str, wanted: str) -> None:
    done = obey(command, blank(3, 3, "o"), "o")
    assert done is not None and done.render("") == wanted


def test_a_command_without_a_place_or_a_symbol_is_not_understood() -> None:
    assert obey("leave the rest", blank(3, 3, "o"), "o") is None
    assert obey("row 1 has nothing; well done", blank(3, 3, "o"), "o") is None
