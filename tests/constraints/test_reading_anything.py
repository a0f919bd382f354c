"""Reading is total, pure, and bounded in the work it does."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.reader import read
from constraints.reader.scan import WINDOW, read_page
from constraints.rulebook import Rulebook
from constraints.turn import constrain

SNIPPETS = st.sampled_from(
    [
        "Reply in the form",
        "CLUE: <some text>",
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        "“",
        "<",
        ">",
        "$X",
        "\n",
        "\n\n",
        "\t",
        "\r\n",
        ": ",
        "...",
        "- ",
        "* ",
        "1. ",
        "or",
        "one of",
        "north, south",
        "yes or no",
        "```",
        "Replace X with",
        "stands for",
        '{"a": "<b>"}',
        "▢ ▢ ▢",
        "\x00",
        "😀",
        "مرحبا",
        "日本語",
        "a" * 300,
        "(((((",
        "at least 3",
        "words",
        "For example:",
        "Let us start.",
        "are: ",
        "taboo words:",
        "the letter",
        "between 1 and 5",
        "JSON",
        "end with",
        "P.S.",
        "İ",
        "ſ",
        "\u2028",
        "\u0085",
        "is",
        "means",
    ]
)
ANYTHING = st.one_of(
    st.text(max_size=400), st.lists(SNIPPETS, max_size=40).map(" ".join), st.lists(SNIPPETS, max_size=40).map("".join)
)


@settings(max_examples=300, deadline=None)
@given(first=ANYTHING, reply=ANYTHING, second=ANYTHING)
def test_any_text_is_read(first: str, reply: str, second: str) -> None:
    rulebook = read(Rulebook(), first, own=False, message=0)
    rulebook = read(rulebook, reply, own=True, message=1)
    rulebook = read(rulebook, second, own=False, message=2)
    assert rulebook.messages == 3
    turn = constrain(rulebook)
    turn.check(reply)
    turn.repair(reply)
    assert isinstance(turn.cheapest(), str)
    for form in rulebook.forms:
        fills = form.parse(reply)
        assert fills is None or set(fills) <= {slot.name for slot in form.slots}


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(ANYTHING, min_size=1, max_size=4))
def test_reading_is_pure(texts: list[str]) -> None:
    def fold() -> Rulebook:
        rulebook = Rulebook()
        for index, text in enumerate(texts):
            rulebook = read(rulebook, text, own=bool(index % 2), message=index)
        return rulebook

    assert fold() == fold()


def test_our_own_words_teach_nothing() -> None:
    rulebook = read(Rulebook(), "Reply in the form: A: <text>", own=False, message=0)
    after = read(rulebook, 'Reply in the form: B: <text>. Do not use the word "cat".', own=True, message=1)
    assert after.forms == rulebook.forms
    assert after.rules == rulebook.rules
    assert after.messages == 2


@settings(max_examples=200, deadline=None)
@given(text=ANYTHING)
def test_spans_point_at_what_was_read(text: str) -> None:
    page = read_page(text, 0)
    for sentence in page.sentences:
        assert page.text[sentence.start : sentence.end] == sentence.text
    for line in page.lines:
        assert page.text[line.start : line.end] == line.text


@pytest.mark.parametrize(
    "unit",
    [
        "? ",
        "> a\n",
        "a:\n",
        "- a\n",
        "A: <b>\n",
        "are ",
        "is: a, b\n",
        '"a" ',
        '{"a": [',
        "<a> ",
        "format:\n",
        "for example:\n",
        "[",
        "3 ",
    ],
)
def test_work_grows_no_faster_than_the_text(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * (size // len(unit) + 1))[:size]
        best = float("inf")
        for _ in range(2):
            begun = time.process_time()
            read(Rulebook(), text, own=False, message=0)
            best = min(best, time.process_time() - begun)
        return best

    seconds(200)  # compiles patterns
    short, long = seconds(WINDOW // 8), seconds(WINDOW)
    assert long < 24 * short + 0.05  # linear growth would give 8; quadratic 64


def test_a_megabyte_is_read_as_its_two_ends() -> None:
    rules = "Reply in the form: A: <text>\n"
    text = rules + "lorem ipsum dolor. " * 60_000 + "\nOptions left: red, green"
    assert len(text) > 1_000_000
    rulebook = read(Rulebook(), text, own=False, message=0)
    assert len(rulebook.forms) == 1
    assert rulebook.options[0].values == ("red", "green")
