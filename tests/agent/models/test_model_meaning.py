"""Vectors of texts out of input embeddings: whitening, weighting, and reading the table from a file."""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import UserError
from agent.models.gguf_table import GgufTable
from agent.models.meaning import MAX_WORDS, TokenMeanings, Vectors, words_of

WORDS = ("the", "cat", "dog", "of", "house", "tree", "run", "walk")
FREQUENCIES = {word: 0.05 / (rank + 1) for rank, word in enumerate(WORDS)}


def encode(text: str) -> list[int]:
    """One token per known word; a letter each for strange ones."""
    word = text.strip()
    return [WORDS.index(word)] if word in WORDS else [len(WORDS) + ord(letter) % 8 for letter in word]


def table() -> Vectors:
    """Vectors that all lean one way, as a model's do."""
    rng = np.random.default_rng(5)
    return (rng.normal(size=(16, 6)) * np.array([9.0, 1, 1, 0.3, 0.1, 0.1]) + 7.0).astype(np.float32)


def meanings() -> TokenMeanings:
    rows = table()

    def some(tokens: Sequence[int]) -> Vectors:
        return rows[list(tokens)]

    return TokenMeanings(encode=encode, rows=some, frequencies=lambda: FREQUENCIES)


def test_the_space_has_no_preferred_direction() -> None:
    space = meanings()._space
    weights = np.array(list(FREQUENCIES.values()))
    weights /= weights.sum()
    turned = (table()[: len(WORDS)] - space.centre) @ space.turn
    covariance = (turned * weights[:, None]).T @ turned
    assert weights @ turned == pytest.approx(np.zeros(6), abs=1e-3)
    assert covariance == pytest.approx(np.eye(6), abs=5e-2)


def test_frequent_words_say_little() -> None:
    vectors = meanings().embed(["cat", "the cat", "the the cat", "dog"])
    assert vectors[1] @ vectors[0] > 0.9
    assert vectors[3] @ vectors[0] < vectors[1] @ vectors[0]


def test_case_and_marks_do_not_matter() -> None:
    one, other = meanings().embed(["The cat.", "the CAT!"])
    assert one @ other == pytest.approx(1.0, abs=1e-5)


@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_text_has_a_unit_vector_that_its_company_does_not_change(texts: list[str]) -> None:
    together = meanings().embed(texts)
    assert together.shape == (len(texts), 6)
    for text, vector in zip(texts, together, strict=True):
        assert np.linalg.norm(vector) == pytest.approx(1.0 if words_of(text) else 0.0, abs=1e-4)
        assert meanings().embed([text])[0] == pytest.approx(vector, abs=1e-5)


def test_a_long_text_is_cut() -> None:
    assert len(words_of("word " * 50_000)) == MAX_WORDS


def test_a_file_without_a_table_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "none.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 0))
    with pytest.raises(UserError, match="no table of token embeddings"):
        GgufTable(path).rows([0])
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 5, 0))
    with pytest.raises(UserError, match="no table of token embeddings"):
        GgufTable(path).rows([0])


def test_a_plain_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    values = np.arange(12, dtype=np.float32).reshape(4, 3)
    name = b"token_embd.weight"
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, 2)
    texts = struct.pack("<Q", 5) + b"words" + struct.pack("<IIQ", 9, 8, 2)
    texts += b"".join(struct.pack("<Q", len(each)) + each for each in (b"a", b"bc"))
    number = struct.pack("<Q", 3) + b"age" + struct.pack("<II", 4, 7)
    index = struct.pack("<Q", len(name)) + name + struct.pack("<IQQIQ", 2, 3, 4, 0, 0)
    start = head + texts + number + index
    path = tmp_path / "plain.gguf"
    path.write_bytes(start + bytes(-len(start) % 32) + values.tobytes())
    assert GgufTable(path).rows([2, 0]) == pytest.approx(values[[2, 0]])


@pytest.mark.model
def test_the_embedded_models_words_go_together() -> None:
    from agent.models.locate import load

    try:
        model = load("embedded")
    except UserError as error:
        pytest.skip(str(error))
    words = ["ocean", "guitar", "doctor", "bread", "soldier"]
    partners = ["sea", "piano", "nurse", "cake", "army"]
    close = model.embed(words) @ model.embed(partners).T
    assert close.argmax(axis=1).tolist() == list(range(5))
