"""Forbidden words and their kin, found by text search and by grammar alike."""

import random

import llguidance
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.morphology import exclusion, found

KIN = [
    ("run", "running"),
    ("run", "ran"),
    ("run", "runner"),
    ("sickness", "sick"),
    ("happiness", "happy"),
    ("teach", "teacher"),
    ("teach", "taught"),
    ("decide", "deciding"),
    ("city", "cities"),
    ("mouse", "mice"),
    ("greeting", "greet"),
    ("greeting", "greets"),
    ("knife", "knives"),
    ("dance", "dancing"),
    ("dance", "dancer"),
    ("strong", "strength"),
    ("box", "boxes"),
    ("plan", "planning"),
    ("child", "children"),
    ("measure", "measurement"),
    ("ice cream", "ice-cream"),
    ("classroom", "class"),
    ("swim", "swimming"),
    ("write", "written"),
    ("beauty", "beautiful"),
    ("cry", "cried"),
    ("hope", "hopeful"),
    ("bake", "bakery"),
    ("sun", "sunny"),
]
STRANGERS = [
    ("run", "prune"),
    ("cat", "location"),
    ("ball", "basketball"),
    ("car", "carpet"),
    ("art", "start"),
    ("sphere", "spherical"),
    ("ear", "hear"),
    ("hat", "what"),
    ("use", "house"),
    ("box", "oxen"),
    ("classroom", "room"),
]


@pytest.mark.parametrize(("word", "kin"), KIN)
def test_kin_is_found(word: str, kin: str) -> None:
    assert found(f"Well, {kin.capitalize()} it is!", (word,)) is not None


@pytest.mark.parametrize(("word", "stranger"), STRANGERS)
def test_strangers_pass(word: str, stranger: str) -> None:
    assert found(f"Well, {stranger} it is!", (word,)) is None


TOKENIZER = llguidance.LLTokenizer("byte")


def admitted(text: str, words: tuple[str, ...]) -> bool:
    grammar = f"start: T\nT: /(?s:.+)/ & ~/{exclusion(words)}/\n"
    matcher = llguidance.LLMatcher(TOKENIZER, llguidance.LLMatcher.grammar_from_lark(grammar), log_level=0)
    tokens = TOKENIZER.tokenize_str(text)
    return matcher.try_consume_tokens(tokens) == len(tokens) and matcher.is_accepting()


PIECES = st.sampled_from(
    [*(kin for _, kin in KIN), *(word for _, word in STRANGERS), " ", "-", "'", ".", "É", "ж", "A "]
)


@settings(max_examples=150, deadline=None)
@given(
    text=st.lists(PIECES, min_size=1, max_size=8).map("".join),
    words=st.lists(st.sampled_from([word for word, _ in KIN + STRANGERS]), min_size=1, max_size=4, unique=True).map(
        tuple
    ),
)
def test_the_grammar_excludes_whatever_the_search_finds(text: str, words: tuple[str, ...]) -> None:
    if found(text, words) is not None:
        assert not admitted(text, words)


def test_most_words_with_the_same_stem_are_caught() -> None:
    snowball = pytest.importorskip("nltk.stem.snowball", reason="nltk comes with clemcore")
    wordfreq = pytest.importorskip("wordfreq")
    stem = snowball.SnowballStemmer("english").stem
    families: dict[str, list[str]] = {}
    for word in wordfreq.top_n_list("en", 20_000):
        if word.isascii() and word.isalpha() and len(word) >= 4:
            families.setdefault(stem(word), []).append(word)
    pairs = [(one, other) for members in families.values() for one in members for other in members if one != other]
    pairs = random.Random(0).sample(pairs, 300)
    caught = sum(found(other, (one,)) is not None for one, other in pairs)
    assert caught / len(pairs) > 0.93
