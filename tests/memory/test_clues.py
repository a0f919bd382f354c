"""Words weighed by clues, in a language of a few words."""

from pathlib import Path

import numpy as np
import pytest

from memory import clues as clues_module
from memory.clues import Clues, standard
from memory.dictionary import Dictionary
from memory.lexicon import WordList, word_list
from memory.meanings import Meanings
from memory.sensetable import build, load, save

WORDS = word_list({"goat": 4.0, "horn": 3.0, "slay": 2.0, "lamp": 1.0, "slew": 0.5, "pans": 0.2})
DATA = {
    "noun": [
        "00000010 03 n 01 animal 0 001 ~ 00000020 n 0000 | a being that moves",
        "00000020 05 n 02 goat 0 billy 0 001 @ 00000010 n 0000 | one with a beard",
        "00000030 06 n 01 horn 0 000 | a hard point on the head of a goat",
    ],
    "verb": ["00000040 30 v 02 slay 0 murder 0 000 01 + 08 00 | kill"],
    "adj": [],
    "adv": [],
}
INDEX = {
    "noun": ["animal n 1 1 ~ 1 1 00000010", "billy n 1 1 @ 1 0 00000020", "goat n 1 1 @ 1 1 00000020",
             "horn n 1 0 1 1 00000030"],
    "verb": ["murder v 1 0 1 1 00000040", "slay v 1 0 1 1 00000040"],
    "adj": [],
    "adv": [],
}  # fmt: skip


class Blank:
    """An embedder to which all texts mean the same."""

    def __init__(self) -> None:
        self.asked = 0

    def embed(self, texts: list[str]) -> np.ndarray:
        self.asked += len(texts)
        return np.full((len(texts), 16), 0.25, dtype=np.float32)


@pytest.fixture
def dictionary(tmp_path: Path) -> Dictionary:
    for name in DATA:
        for kind, lines in (("data", DATA[name]), ("index", INDEX[name])):
            (tmp_path / f"{kind}.{name}").write_text("".join(f"{line}  \n" for line in ("  1 A licence.", *lines)))
        (tmp_path / f"{name}.exc").write_text("slew slay\n" if name == "verb" else "")
    return Dictionary(tmp_path)


@pytest.fixture
def english(monkeypatch: pytest.MonkeyPatch) -> WordList:
    monkeypatch.setattr(clues_module, "english", lambda length: WORDS)
    return WORDS


def likeliest(judge: Clues, clue: str) -> str:
    weights = judge.reweigh(clue, WORDS.words, np.full(len(WORDS.words), 1 / len(WORDS.words)))
    return WORDS.words[int(weights.argmax())]


@pytest.mark.parametrize(
    ("clue", "answer"), [("billy", "goat"), ("murder", "slay"), ("an animal", "goat"), ("hard point", "horn")]
)
def test_the_dictionary_speaks_where_vectors_say_nothing(
    clue: str, answer: str, dictionary: Dictionary, english: WordList
) -> None:
    assert likeliest(Clues(meanings=Meanings(Blank(), words=("goat",)), dictionary=dictionary), clue) == answer


def test_a_clue_contains_no_form_of_its_word(dictionary: Dictionary, english: WordList) -> None:
    judge = Clues(meanings=Meanings(Blank(), words=("goat",)), dictionary=dictionary)
    assert likeliest(judge, "a goat or a horn, a beard") not in ("goat", "horn")


def test_a_singular_clue_wants_no_plural(english: WordList) -> None:
    judge = Clues(meanings=Meanings(Blank(), words=("goat",)))
    before = np.full(len(WORDS.words), 1 / len(WORDS.words))
    one, many = (judge.reweigh(clue, WORDS.words, before) for clue in ("kitchen thing", "kitchen things"))
    place = WORDS.words.index("pans")
    assert one[place] / one.sum() < many[place] / many.sum()


def test_a_clue_is_weighed_once(dictionary: Dictionary, english: WordList) -> None:
    blank = Blank()
    judge = Clues(meanings=Meanings(blank, words=("goat",)), dictionary=dictionary)
    first = judge.reweigh("murder", WORDS.words, WORDS.weights)
    asked = blank.asked
    assert np.array_equal(judge.reweigh("murder", WORDS.words, WORDS.weights), first)
    assert blank.asked == asked


def test_words_that_it_does_not_know_stay_possible(dictionary: Dictionary, english: WordList) -> None:
    judge = Clues(meanings=Meanings(Blank(), words=("goat",)), dictionary=dictionary)
    weights = judge.reweigh("murder", ("goat", "zzzz"), np.array([0.5, 0.5]))
    assert (weights > 0).all() and np.isfinite(weights).all()
    assert judge.reweigh("murder", (), np.zeros(0)).size == 0


def test_a_kept_table_says_the_same(dictionary: Dictionary, english: WordList, tmp_path: Path) -> None:
    meanings = Meanings(Blank(), tmp_path / "kept", words=("goat",))
    fresh = Clues(meanings=meanings, dictionary=dictionary)
    told = fresh.scores("murder", 4)
    assert len(list((tmp_path / "kept").glob("senses-*.npz"))) == 1
    again = Clues(meanings=meanings, dictionary=dictionary).scores("murder", 4)
    assert told.keys() == again.keys()
    assert np.allclose(list(told.values()), list(again.values()), atol=0.02)


def test_a_table_survives_its_file(dictionary: Dictionary, tmp_path: Path) -> None:
    blank = Blank()
    table = build(WORDS.words, blank.embed(list(WORDS.words)), dictionary, blank)
    save(table, tmp_path / "table.npz")
    kept = load(tmp_path / "table.npz")
    assert kept.words == table.words and kept.rarity.keys() == table.rarity.keys()
    assert kept.by_stem == table.by_stem
    for name, mentioned in table.mentioned.items():
        assert kept.mentioned[name].stems == mentioned.stems
        assert all((kept.mentioned[name].by(said) == mentioned.by(said)).all() for said in mentioned.stems)
    assert table.mentioned["words"].by("nothing of the kind").size == 0
    slew = table.words.index("slew")
    assert slew in table.owner  # by its base form "slay"


def test_equal_values_are_no_evidence() -> None:
    assert not standard(np.full(3, 2.0)).any()
    assert standard(np.zeros(0)).size == 0
