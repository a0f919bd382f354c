import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.boards import Board
from memory.figures import filled_cells
from planner.gridanswers import answer, row_said
from planner.gridwords import agreement, heard, lines_apart, telling


@st.composite
def boards(draw: st.DrawFn, symbols: str = ".X") -> Board:
    rows, columns = draw(st.integers(2, 7)), draw(st.integers(2, 7))
    line = st.lists(st.sampled_from(symbols), min_size=columns, max_size=columns).map(tuple)
    return Board(cells=tuple(draw(st.lists(line, min_size=rows, max_size=rows))))


def board(*rows: str) -> Board:
    return Board(cells=tuple(tuple(row) for row in rows))


@given(boards())
def test_what_is_told_is_heard(figure: Board) -> None:
    said = heard(telling(figure), figure.rows, figure.columns)
    assert said.whole
    assert said.board(figure.rows, figure.columns).cells == figure.cells
    assert agreement(said, figure) == 1.0
    assert "\n" not in telling(figure)


@given(boards(".ABC"))
def test_what_is_told_of_letters_is_heard(figure: Board) -> None:
    said = heard(telling(figure), figure.rows, figure.columns)
    assert said.board(figure.rows, figure.columns).cells == figure.cells


@pytest.mark.parametrize(
    ("words", "drawn"),
    [
        ("row 1 has X in column 2, 3; row 2 has X in every column; all else is empty", (".XX", "XXX", "...")),
        ("Row 1 and row 3 are completely filled, row 2 has X in column 2.", ("XXX", ".X.", "XXX")),
        ("Both diagonals are filled", ("X.X", ".X.", "X.X")),
        ("The whole border is filled except the top left corner", (".XX", "X.X", "XXX")),
        ("Fill the third row with X. The other rows are blank.", ("...", "...", "XXX")),
        ("row 2 column 3 is filled", ("...", "..X", "...")),
    ],
)
def test_other_peoples_words(words: str, drawn: tuple[str, ...]) -> None:
    assert heard(words, 3, 3).board(3, 3).cells == board(*drawn).cells


def test_words_about_something_else_are_not_understood() -> None:
    assert not heard("I am ready to help you with that", 5, 5).whole
    assert not heard("I am ready to help you with that", 5, 5).claims


def test_a_line_of_its_own_tells_apart() -> None:
    target, other = board("XX.", "...", "X.X"), board("XX.", "...", "X..")
    line = lines_apart(target, [other])
    said = heard(line, 3, 3)
    assert agreement(said, target) > agreement(said, other)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Which columns are filled in row 1 of your grid?", "columns 1, 3"),
        ("How many cells are filled in your grid?", "3"),
        ("How many empty cells are in row 2?", "2"),
        ("Is row 2, column 2 filled?", "yes; it is filled"),
        ("Is the third row empty?", "yes; none, all of that is empty"),
        ("Is the cell in row 3, column 1 an X or a blank?", "that cell is empty"),
        ("What does it look like?", telling(board("X.X", ".X.", "..."))),
    ],
)
def test_questions_are_answered_from_the_board(question: str, words: str) -> None:
    assert answer(f"Your partner asks: {question}\nWhat is your answer?", board("X.X", ".X.", "...")) == words


@given(boards())
def test_answers_about_rows_are_understood(figure: Board) -> None:
    for row, cells in enumerate(figure.cells):
        words = answer(f"Which columns are filled in row {row + 1} of your grid?", figure)
        assert row_said(words, row, figure.rows, figure.columns) == cells


def test_the_answer_that_says_nothing() -> None:
    assert row_said("I would rather not say", 0, 3, 3) is None


def test_counts_match_the_cells() -> None:
    figure = board("X.X", ".X.", "XXX")
    assert answer("How many filled cells are there?", figure) == str(len(filled_cells(figure)))
