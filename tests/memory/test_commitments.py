"""What was said to whom, and what is common ground."""

from hypothesis import given
from hypothesis import strategies as st

from memory.commitments import commitments, grounding, speaker
from memory.events import Event, Source


def heard(index: int, text: str) -> Event:
    return Event(index=index, source=Source.GAME, text=text)


def said(index: int, text: str, **fills: str) -> Event:
    return Event(index=index, source=Source.SELF, text=text, fills=tuple(fills.items()))


TALK = (
    heard(0, "You apply for a job.\n\nRECRUITER: What is your degree?"),
    said(1, "ANSWER: biology, since you ask", answer="biology, since you ask"),
    heard(2, "Host: Does the recruiter know your salary?"),
    said(3, "no"),
    heard(4, "RECRUITER: And which language?"),
    said(5, "ANSWER: Welsh", answer="Welsh"),
)


def test_commitments_name_slot_turn_and_listener() -> None:
    found = commitments(TALK)
    assert [(each.slot, each.value, each.turn, each.listener) for each in found] == [
        ("answer", "biology, since you ask", 1, "RECRUITER"),
        ("", "no", 3, "Host"),
        ("answer", "Welsh", 5, "RECRUITER"),
    ]


def test_grounding_tells_what_was_passed_on_and_when() -> None:
    known = {"degree": "biology", "salary": "forty thousand", "language": "Welsh"}
    found = {each.label: (each.turn, each.listener) for each in grounding(TALK, known)}
    assert found == {"degree": (1, "RECRUITER"), "salary": (None, ""), "language": (5, "RECRUITER")}


def test_half_a_word_grounds_nothing() -> None:
    events = (heard(0, "Go."), said(1, "microbiology"))
    assert grounding(events, {"degree": "biology"})[0].turn is None


def test_speakers_are_read_from_tags_only() -> None:
    assert speaker("Some rules.\n\nTeacher Ann: Which river?") == "Teacher Ann"
    assert speaker("What is next?") == speaker("") == ""


@given(st.lists(st.tuples(st.booleans(), st.text(max_size=30)), max_size=8), st.text(min_size=1, max_size=8))
def test_once_grounded_always_grounded(turns: list[tuple[bool, str]], value: str) -> None:
    events = [said(i, text) if own else heard(i, text) for i, (own, text) in enumerate(turns)]
    told = [grounding(events[:length], {"it": value})[0].turn for length in range(len(events) + 1)]
    first = next((turn for turn in told if turn is not None), None)
    assert told == [None if turn is None else first for turn in told]
    assert all(turn is not None for turn in told[told.index(first) :]) if first is not None else True
