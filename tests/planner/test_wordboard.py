import pytest

from planner.wordboard import Board, read_board, words_in_play

BOARD = Board(
    mine=("bicycle", "hat", "zinc"), theirs=("mexico", "wind"), neutral=("gold", "wasp", "salmon"), deadly=("moth",)
)


@pytest.mark.parametrize(
    "text",
    [
        "Your team words are: bicycle, hat, zinc.\nYour opponent's team words are: mexico, wind.\n"
        "Distractor words are: gold, wasp, salmon.\nThe kill words are: moth.",
        "The words are:\n- own: bicycle, hat, zinc\n- enemy: mexico, wind\n- neutral: gold, wasp, salmon\n"
        "- deadly: moth\n",
        "Yours (team): bicycle, hat, zinc. Beware of lethal: moth. Also on the table: mexico, wind (rival); "
        "gold, wasp, salmon (innocent).",
        "Your partner found: tray, heel.\nRemaining friendly words: bicycle, hat, zinc\nRemaining rival words: mexico, "
        "wind\n"
        "Remaining harmless words: gold, wasp, salmon\nRemaining killer words: moth",
    ],
)
def test_boards_are_read_by_side(text: str) -> None:
    assert read_board(text) == BOARD


def test_no_board_without_others() -> None:
    assert read_board("Your words: a cat, a dog, mice.") is None
    assert read_board("") is None


def test_the_last_long_list_is_in_play() -> None:
    text = "Example. Words: igloo, tent, iceberg, hut\n\nOn the table: gold, wasp, salmon, moth, hat"
    assert words_in_play(text) == ("gold", "wasp", "salmon", "moth", "hat")
