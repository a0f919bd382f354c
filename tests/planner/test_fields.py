import pytest

from memory.events import Event, Source
from memory.store import Memory, remember
from planner.fields import Field, match_question, own_fields, told_fields

WANTED = {"destination": "Oslo", "class": "economy", "transport": "ferry"}


def memory(text: str) -> Memory:
    return remember(Memory(), Event(index=0, source=Source.GAME, text=text))


@pytest.mark.parametrize(
    "facts",
    [
        "destination: Oslo\nclass: economy\ntransport: ferry",
        "- DESTINATION: Oslo\n- CLASS: economy\n- TRANSPORT: ferry",
        '{"destination": "Oslo", "class": "economy", "transport": "ferry"}',
        "the destination is Oslo; the class is economy; the transport is ferry",
    ],
)
def test_fields_are_read_in_any_layout(facts: str) -> None:
    text = f"You travel. Your facts:\n{facts}\nReply in the form\nANSWER: <one sentence>\n\nAGENT: Where to?"
    assert {field.label: field.value for field in own_fields(memory(text), ("answer",))} == WANTED


def test_no_fields_in_other_games() -> None:
    assert own_fields(memory("Guess the word. Reply with\nGUESS: <a word>"), ("guess",)) == ()


FIELDS = tuple(Field(label=label, value=value) for label, value in WANTED.items())


@pytest.mark.parametrize(
    ("question", "label"),
    [
        ("What is your destination?", "destination"),
        ("Which class do you book?", "class"),
        ("How do you want to get there?", "transport"),
        ("Where would you like to go?", "destination"),
    ],
)
def test_questions_find_their_field_by_words_alone(question: str, label: str) -> None:
    assert match_question(question, FIELDS, None)[0][0].label == label


def test_letters_and_dates() -> None:
    letters = tuple(Field(label=letter, value=str(n)) for n, letter in enumerate("abcdef"))
    assert match_question("What number is c?", letters, None)[0][0].label == "c"
    dated = (Field(label="experience", value="Ten years"), Field(label="availability", value="From May 3"))
    assert match_question("When can you start?", dated, None)[0][0].label == "availability"
    assert match_question("How long have you worked?", dated, None)[0][0].label == "experience"


def test_only_what_was_said_was_told() -> None:
    events = (
        Event(index=0, source=Source.GAME, text="class: economy"),
        Event(index=1, source=Source.SELF, text="ANSWER: I go to Oslo."),
    )
    assert told_fields(events, FIELDS) == {"destination"}


def test_a_word_that_is_another_fields_name_points_to_no_other() -> None:
    places = tuple(Field(label=label, value=value) for label, value in (("there", "a lamp"), ("here", "a rope")))
    assert match_question("Does your partner know what is here?", places, None)[0][0].label == "here"
    assert match_question("What is there?", places, None)[0][0].label == "there"
