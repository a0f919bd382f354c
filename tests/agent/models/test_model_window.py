"""A chat beyond the window keeps its rules and its newest message."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.models.chat import checked
from agent.models.window import BLOCK, fit, shortened
from agent.transcript import Message


def count(text: str) -> int:
    return len(text.split())


def encode(messages):
    """One token per word and three of markup per message, spelt out so that a test can read them back."""
    return [token for m in messages for token in ("<", m.role, *m.content.split(), ">")]


def chat(*texts: str) -> tuple[Message, ...]:
    roles = ("user", "assistant")
    return checked([Message(role=roles[(len(texts) - 1 - i) % 2], content=text) for i, text in enumerate(texts)])


def test_a_chat_that_fits_is_left_alone():
    window = fit(chat("rules", "ok", "go"), budget=100, encode=encode, count=count)
    assert window.ids == encode(chat("rules", "ok", "go"))
    assert (window.dropped, window.shortened) == (0, 0)


def test_the_middle_is_dropped():
    turns = [f"turn{i} " + "x " * 20 for i in range(40)]
    window = fit(chat("rules", *turns, "newest"), budget=300, encode=encode, count=count)
    assert "rules" in window.ids and "newest" in window.ids
    assert "turn0" not in window.ids and "turn39" in window.ids
    assert window.dropped % BLOCK == 0 and window.dropped > 0
    assert len(window.ids) <= 300


def test_the_beginning_stays_the_same_for_several_turns():
    turns = [f"turn{i} " + "x " * 20 for i in range(60)]
    starts = []
    for n in range(40, 60, 2):
        window = fit(chat("rules", *turns[: n + 1]), budget=400, encode=encode, count=count)
        starts.append(tuple(window.ids[:40]))
    assert len(set(starts)) <= 4


def test_a_long_first_message_keeps_head_and_tail():
    rules = "first " + "x " * 5000 + "last"
    window = fit(chat(rules, "ok", "newest"), budget=200, encode=encode, count=count)
    assert {"first", "last", "newest"} <= set(window.ids)
    assert window.shortened == 1 and len(window.ids) <= 200


def test_a_megabyte_is_cut_before_it_is_counted():
    seen: list[int] = []

    def counting(text: str) -> int:
        seen.append(len(text))
        return count(text)

    window = fit(chat("first " + "word " * 200_000 + "last"), budget=500, encode=encode, count=counting)
    assert {"first", "last"} <= set(window.ids)
    assert max(seen) < 10_000


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=1, max_size=30), st.integers(40, 500))
def test_whatever_comes_fits(lengths: list[int], budget: int):
    started = time.monotonic()
    window = fit(chat(*(f"m{i} " + "x " * n for i, n in enumerate(lengths))), budget=budget, encode=encode, count=count)
    assert len(window.ids) <= budget
    assert 0 <= window.dropped < max(len(lengths), 1)
    assert time.monotonic() - started < 60  # it ends


@given(st.text(), st.integers(1, 50))
def test_a_shortened_text_is_made_of_its_ends(text: str, tokens: int):
    kept = shortened(text, tokens, count)
    if count(text) <= tokens:
        assert kept == text
    else:
        assert text.startswith(kept[:1]) and text.endswith(kept[-1:])
