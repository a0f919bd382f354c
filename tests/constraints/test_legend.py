"""Which mark means which, in many ways of saying it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.reader import read
from constraints.rulebook import Legend, Rulebook


def legend(text: str) -> tuple[str, str, str] | None:
    found: Legend | None = read(Rulebook(), text, own=False, message=0).legend
    return None if found is None else (found.exact, found.present, found.absent)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        (
            "You learn which letters are correct (green), which letters are correct but in the wrong position "
            "(yellow), and which letters are incorrect (red).",
            ("green", "yellow", "red"),
        ),
        (
            "Letters in their proper place get G; letters that the word has elsewhere get Y; all the rest get B.",
            ("G", "Y", "B"),
        ),
        (
            "If a letter belongs exactly there you see =. If it belongs to the word but somewhere else you see ?. "
            "Otherwise you see x, also when the letter was used up.",
            ("=", "?", "x"),
        ),
        (
            "2 marks a letter that is right and in the right place, 1 a letter that occurs in the word but in another "
            "place, 0 a letter that does not occur.",
            ("2", "1", "0"),
        ),
        (
            "* = right letter, right place; o = right letter, wrong place; . = not in the word.",
            ("*", "o", "."),
        ),
        (
            "Marks:\n- 🟩: the letter stands in the correct position\n- 🟨: the letter is part of the word, but at a "
            "different position\n- ⬜: the word does not contain the letter",
            ("🟩", "🟨", "⬜"),
        ),
        (
            "here marks a letter in the right place, elsewhere a letter that occurs in the word but in another place, "
            "nowhere a letter that does not occur.",
            ("here", "elsewhere", "nowhere"),
        ),
        (
            "Letters in their proper place get correct; letters that the word has elsewhere get misplaced; all the "
            "rest get wrong.",
            ("correct", "misplaced", "wrong"),
        ),
    ],
)
def test_marks_are_read(text: str, marks: tuple[str, str, str]) -> None:
    assert legend(text) == marks


@pytest.mark.parametrize(
    "text",
    [
        "You are in the right place at the wrong time. Otherwise nothing is missing.",
        "Put the X in the correct position. Do not put it elsewhere.",
        "Describe the word. You may not use the word itself or parts of it.",
        "",
    ],
)
def test_nothing_is_read_where_nothing_is_explained(text: str) -> None:
    assert legend(text) is None


SIGNS = st.lists(st.sampled_from(list("+=*#@%~!?xozGYBgyb012🟩🟨⬜●○")), min_size=3, max_size=3, unique_by=str.casefold)
SENTENCES = st.sampled_from(
    [
        "{0} means right place, {1} means wrong place, {2} means that the letter does not occur.",
        "A letter in the right place is shown as '{0}', one in a wrong place as '{1}', one that is absent as '{2}'.",
        "({0}) stands for the correct position; ({1}) stands for another position; ({2}) stands for: not in the word.",
    ]
)


@settings(max_examples=120, deadline=None)
@given(signs=SIGNS, sentence=SENTENCES)
def test_any_three_signs_are_told_apart(signs: list[str], sentence: str) -> None:
    assert legend("Guess the word. " + sentence.format(*signs)) == tuple(signs)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_reading_is_total(text: str) -> None:
    found = legend(text + " right place wrong place not in the word " + text)
    assert found is None or len(set(found)) == 3
