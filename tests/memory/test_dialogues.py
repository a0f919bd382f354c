import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.dialogues import without_dialogues

RULES = "Describe the word. One clue per turn."
SHOWN = 'Game: (the word is "igloo")\nYou: CLUE: a round home\nGame: The guess was "tent", which is wrong.'


@pytest.mark.parametrize(
    "lead", ["A game might go like this:", "For example:", "**Example:**", "To illustrate, here is a sample:"]
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_example_dialogues_are_left_out(lead: str, gap: str) -> None:
    left = without_dialogues(f"{RULES}\n\n{lead}{gap}{SHOWN}\n\nBegin, please.")
    assert "tent" not in left and "igloo" not in left
    assert RULES in left and "Begin, please." in left


def test_what_is_no_dialogue_stays() -> None:
    for text in (f"{RULES}\n\nThe words, for example:\nigloo\ntent", f"{RULES}\n\n{SHOWN}", "", "Example:"):
        assert without_dialogues(text) == text


@given(st.text(alphabet="ab:\n .", max_size=80))
def test_text_without_a_lead_stays_as_it_is(text: str) -> None:
    assert without_dialogues(text) == text
