import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.belief import ABSENT, EXACT, PRESENT, Clue, best_hit, code, codes, consistent, mark, reconcile, spread
from memory.lexicon import english, word_list, wordness

WORDS = st.text(alphabet="abcde", min_size=4, max_size=4)
LISTS = st.lists(WORDS, min_size=1, max_size=12, unique=True)


@pytest.mark.parametrize(
    ("guess", "target", "marks"),
    [
        ("speed", "abide", (0, 0, 1, 0, 1)),
        ("speed", "erase", (1, 0, 1, 1, 0)),
        ("speed", "steal", (2, 0, 2, 0, 0)),
        ("speed", "crepe", (0, 1, 2, 1, 0)),
        ("allay", "label", (1, 1, 1, 0, 0)),
        ("geese", "these", (0, 0, 2, 2, 2)),
    ],
)
def test_repeated_letters_are_marked_up_to_their_number(guess: str, target: str, marks: tuple[int, ...]) -> None:
    assert mark(guess, target) == marks


@given(LISTS, LISTS)
def test_the_table_is_the_simulation(guesses: list[str], targets: list[str]) -> None:
    rows, columns = word_list(dict.fromkeys(guesses, 1.0)), word_list(dict.fromkeys(targets, 1.0))
    table = codes(rows.letters, columns.letters)
    for i, guess in enumerate(rows.words):
        for j, target in enumerate(columns.words):
            assert table[i, j] == code(mark(guess, target))


@given(LISTS, st.data())
def test_true_feedback_never_rules_out_the_hidden_word(words: list[str], data: st.DataObject) -> None:
    hidden = data.draw(st.sampled_from(words))
    guesses = data.draw(st.lists(WORDS, max_size=4))
    clues = [Clue(guess=guess, marks=mark(guess, hidden)) for guess in guesses]
    known = word_list({word: 1.0 + index for index, word in enumerate(words)})
    possible = consistent(known, clues)
    assert possible[known.words.index(hidden)]
    left, dropped = reconcile(known, clues)
    assert dropped == ()
    assert (left == possible).all()


@given(LISTS, st.lists(st.tuples(WORDS, st.tuples(*[st.integers(0, 2)] * 4)), max_size=4))
def test_contradictory_feedback_is_repaired_by_dropping_some(
    words: list[str], said: list[tuple[str, tuple[int, ...]]]
) -> None:
    known = word_list(dict.fromkeys(words, 1.0))
    clues = [Clue(guess=guess, marks=marks) for guess, marks in said]
    left, dropped = reconcile(known, clues)
    assert left.any()
    kept = [clue for clue in clues if clue not in dropped]
    assert (consistent(known, kept) == left).all()


@given(LISTS)
def test_information_and_hits_stay_in_their_bounds(words: list[str]) -> None:
    known = word_list({word: 1.0 + index for index, word in enumerate(words)})
    table = codes(known.letters, known.letters)
    told, hit = spread(table, known.weights), best_hit(table, known.weights)
    assert (told <= np.log2(len(words)) + 1e-9).all()
    assert (told >= -1e-9).all()
    assert (hit <= 1 + 1e-9).all()
    assert (hit >= known.weights.max() - 1e-9).all()


def test_verdicts_are_ordered() -> None:
    assert ABSENT < PRESENT < EXACT
    assert code((2, 0, 1)) == 19


def test_the_lexicon_prefers_words_to_names() -> None:
    words = english(5)
    rank = {word: index for index, word in enumerate(words.words)}
    for word, name in [("stool", "jamal"), ("truce", "kevin"), ("value", "bauer"), ("agape", "kahlo")]:
        assert rank[word] < rank[name]
        assert wordness(word) > wordness(name)
    assert "arent" not in rank
    assert words.letters.shape == (len(words.words), 5)
    assert abs(words.weights.sum() - 1.0) < 1e-9
