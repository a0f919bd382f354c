"""Slurs and vulgar words are told from words that only look like them."""

import codecs

import pytest

from memory.barred import barred


def veiled(word: str) -> str:
    return codecs.decode(word, "rot13")


@pytest.mark.parametrize("word", ["juber", "OVGPURF", "nffubyr", "fuvggvat", "genaal", "ergneqrq"])
def test_barred_words_and_their_endings_are_found(word: str) -> None:
    assert barred(f"is it {veiled(word)}?") == (veiled(word).lower(),)


@pytest.mark.parametrize(
    "word", ["class", "grass", "peacock", "cumin", "spicy", "title", "scrape", "therapist", "cockpit", "essex", "hoe"]
)
def test_innocent_words_are_not(word: str) -> None:
    assert barred(word) == ()
