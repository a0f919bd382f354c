"""Guesses and hints are real words: the pattern holds just them, and hints share no part with words laid out."""

import re

import llguidance
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.moment import Moment
from constraints.morphology import found
from constraints.reader import read
from constraints.replay import admits
from constraints.rulebook import Rulebook
from constraints.turn import TurnConstraint, constrain
from constraints.vocabulary import apart, pieces, trie_pattern

GUESS = "Find the hidden word of five letters. Make your guess in the form: GUESS: <a five-letter word>"
HINT = (
    "Give a one-word clue in the form:\n\nCLUE: <one word>\nWORDS: <your words, separated by commas>\n\n"
    "Your words: theory, frankness, ship\nOther words: marble, hip"
)
FIVE = tuple(a + b + c + d + e for a in "bcd" for b in "aei" for c in "lmn" for d in "st" for e in "ey")
PLAIN = tuple(f"{head}{tail}" for head in ("win", "gar", "sto", "bel", "con") for tail in
              ("ter", "den", "ne", "lo", "cert", "dow", "net", "ve", "low", "tain"))  # fmt: skip
MORE = ("friendship", "shipment", "theories", "frank", "marbles", "arbl", "the", "chip", "rank")
words_ = st.lists(st.text("abcde", min_size=1, max_size=6), min_size=1, max_size=40, unique=True)


def real(length: int | None) -> tuple[str, ...]:
    return (*PLAIN, *MORE) if length is None else tuple(word for word in FIVE if len(word) == length)


def turn_of(prompt: str, moment: Moment) -> TurnConstraint:
    return constrain(read(Rulebook(), prompt, own=False, message=0), moment=moment)


@settings(max_examples=200, deadline=None)
@given(words=words_, other=st.text("abcdef", max_size=7))
def test_the_pattern_holds_the_words_and_nothing_else(words: list[str], other: str) -> None:
    pattern = re.compile(trie_pattern(tuple(words)))
    assert all(pattern.fullmatch(word) for word in words)
    assert bool(pattern.fullmatch(other)) == (other in words)


@settings(max_examples=30, deadline=None)
@given(words=words_, other=st.text("abcdef", max_size=7))
def test_the_decoder_reads_the_pattern_as_python_does(words: list[str], other: str) -> None:
    tokenizer = llguidance.LLTokenizer("byte")
    lark = f"start: W\nW: /{trie_pattern(tuple(words))}/\n"
    matcher = llguidance.LLMatcher(tokenizer, llguidance.LLMatcher.grammar_from_lark(lark), log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    for word in (*words[:5], other):
        walk = matcher.deep_copy()
        tokens = tokenizer.tokenize_str(word)
        taken = not tokens or walk.try_consume_tokens(tokens) == len(tokens)
        assert (taken and walk.is_accepting()) == (word in words)


def test_a_guess_is_a_real_word_that_was_not_tried_in_vain() -> None:
    turn = turn_of(GUESS, Moment(words=real, spent=frozenset({"balse", "camty"})))
    assert turn.check("GUESS: bilty") == []
    assert admits(turn, "GUESS: bilty")
    for reply in ("GUESS: zzzzz", "GUESS: balse", "GUESS: camty"):
        assert turn.check(reply) != []
        assert not admits(turn, reply)
    assert turn.check(turn.cheapest()) == []


def test_without_words_any_letters_will_do() -> None:
    assert turn_of(GUESS, Moment()).check("GUESS: zzzzz") == []
    assert turn_of(GUESS, Moment(words=lambda _: ("crane",))).check("GUESS: zzzzz") == []


def test_a_code_is_no_word() -> None:
    prompt = "Break the code. Reply in the form: CODE: <a code of four letters>"
    assert turn_of(prompt, Moment(words=lambda _: ("real",) * 50)).check("CODE: abba") == []


@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("clue", ["theory", "theories", "frank", "friendship", "shipment", "chip", "marbles", "arbl"])
def test_a_hint_shares_no_part_with_words_laid_out(clue: str, plain: bool) -> None:
    listed = ("theory", "frankness", "ship", "marble", "hip")
    turn = turn_of(HINT, Moment(listed=listed, plain=plain, words=real))
    assert [slot.name for form in turn.forms for slot in [part.slot for part in form if not isinstance(part, str)]]
    reply = f"CLUE: {clue}\nWORDS: ship"
    assert turn.check(reply) != []
    assert not admits(turn, reply)
    assert turn.check("CLUE: winter\nWORDS: ship, theory") == []
    assert admits(turn, "CLUE: winter\nWORDS: ship, theory")


@settings(max_examples=100, deadline=None)
@given(listed=st.lists(st.sampled_from(PLAIN + MORE), max_size=4, unique=True))
def test_words_kept_apart_share_nothing(listed: list[str]) -> None:
    laid, left = tuple(listed), apart(PLAIN + MORE, tuple(listed), tuple(listed))
    parts = set(pieces(laid))
    for word in left:
        assert word not in parts
        assert not any(other in word for other in laid)
        assert found(word, laid) is None
