"""The fold: replaying from scratch and continuing from a cached prefix agree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import UserError
from agent.fold import Fold, forget, normalise, observe, prefix_keys, read_nothing
from agent.transcript import Message

GAME_LINES = st.one_of(
    st.sampled_from(
        [
            "Reply in the form: CLUE: <some text>. Do not add any other text.",
            "You are in the Attic. Currently available directions: north, east. What is your next instruction?",
            'Use "GO: DIRECTION" and replace DIRECTION with one of [north, south]. To stop, answer with "DONE".',
            "guess_feedback: c<red> r<green> a<red> n<red> e<yellow>",
            "Your guess is not a valid word.",
        ]
    ),
    st.text(max_size=60),
)
REPLIES = st.one_of(st.sampled_from(["CLUE: a big animal", "GO: north", "DONE", "crane"]), st.text(max_size=30))


def chat(turns: list[tuple[str, str]], last: str) -> list[Message]:
    messages: list[Message] = []
    for question, answer in turns:
        messages += [Message(role="user", content=question), Message(role="assistant", content=answer)]
    return [*messages, Message(role="user", content=last)]


@settings(max_examples=60, deadline=None)
@given(turns=st.lists(st.tuples(GAME_LINES, REPLIES), max_size=4), last=GAME_LINES)
def test_continuing_from_a_prefix_equals_replaying(turns: list[tuple[str, str]], last: str) -> None:
    transcript = normalise(chat(turns, last))
    warm = Fold()
    for length in range(1, len(transcript) + 1):
        if transcript[length - 1].role == "user":
            warm.session(transcript[:length])
    assert warm.session(transcript) == Fold().session(transcript)


@given(turns=st.lists(st.tuples(GAME_LINES, REPLIES), max_size=4), last=GAME_LINES)
@settings(max_examples=30, deadline=None)
def test_losing_the_cache_changes_nothing(turns: list[tuple[str, str]], last: str) -> None:
    transcript = normalise(chat(turns, last))
    assert Fold(capacity=0).session(transcript) == Fold(capacity=2).session(transcript)


def test_branches_of_one_prefix_do_not_mix() -> None:
    start = [("Reply in the form: GUESS: <a word>", "GUESS: apple")]
    fold = Fold()
    left = fold.session(normalise(chat(start, "CLUE: sour")))
    right = fold.session(normalise(chat(start, "CLUE: sweet")))
    assert left.memory.events[-1].text == "CLUE: sour"
    assert right.memory.events[-1].text == "CLUE: sweet"
    assert fold.session(normalise(chat(start, "CLUE: sour"))) == left


def test_own_reply_is_understood_by_the_form_in_force() -> None:
    fold = Fold()
    session = fold.session(normalise(chat([("Reply in the form: GUESS: <a word>", "GUESS: apple")], "Wrong.")))
    assert session.memory.events[1].fills == (("guess", "apple"),)


def test_consecutive_messages_of_one_role_are_joined_by_two_newlines() -> None:
    joined = normalise([Message(role="user", content="a"), Message(role="user", content="b")])
    assert joined == (Message(role="user", content="a\n\nb"),)


@pytest.mark.parametrize("messages", [[], [Message(role="user", content="x"), Message(role="assistant", content="y")]])
def test_unusable_transcripts_are_refused_in_one_sentence(messages: list[Message]) -> None:
    with pytest.raises(UserError) as refusal:
        normalise(messages)
    assert "\n" not in str(refusal.value)


def test_without_memory_only_the_newest_message_is_known() -> None:
    session = Fold(keep=forget).session(normalise(chat([("one", "two")], "three")))
    assert [event.text for event in session.memory.events] == ["three"]


def test_without_constraints_no_rule_is_read() -> None:
    session = Fold(read_rules=read_nothing).session(normalise(chat([], "Reply in the form: CLUE: <text>")))
    assert session.rulebook.forms == ()
    assert session.rulebook.messages == 1


@given(st.lists(st.tuples(GAME_LINES, REPLIES), max_size=3), st.text(max_size=10))
def test_keys_identify_prefixes(turns: list[tuple[str, str]], last: str) -> None:
    transcript = normalise(chat(turns, last))
    keys = prefix_keys(transcript)
    assert len(set(keys)) == len(transcript)
    assert prefix_keys(transcript[:1]) == keys[:1]


def test_observing_is_pure() -> None:
    message = Message(role="user", content="Reply in the form: CLUE: <text>")
    empty = Fold().session(normalise([Message(role="user", content="hello")]))
    assert observe(empty, message) == observe(empty, message)
