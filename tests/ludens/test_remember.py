"""`ludens remember`: memory after a transcript, for people and for programs."""

import json
from pathlib import Path

import pytest

from agent.errors import UserError
from ludens.remember import as_json, remembered, transcript_in, view
from memory.record import from_json, replayed

TALK = [
    {"role": "user", "content": "You apply for a job.\ndegree: biology\nlanguage: Welsh\n\nHOST: Which degree?"},
    {"role": "assistant", "content": "I studied biology."},
    {"role": "user", "content": "score: 1\n\nHOST: Which language?"},
    {"role": "assistant", "content": "Later."},
    {"role": "user", "content": "score: 2\n\nHOST: Is that all?"},
]
WALK = [
    {"role": "user", "content": "You are in the Hall. Exits: north, east."},
    {"role": "assistant", "content": "north"},
    {"role": "user", "content": "You are in the Attic. Exits: south."},
]


def file_of(tmp_path: Path, content: object) -> Path:
    path = tmp_path / "transcript.json"
    path.write_text(json.dumps(content))
    return path


def test_facts_commitments_and_grounding_are_shown(tmp_path: Path) -> None:
    shown = view(remembered(transcript_in(file_of(tmp_path, TALK))))
    assert {fact.relation: fact.value for fact in shown.facts if fact.relation == "score"} == {"score": "2"}
    assert [(old.value, new.value) for old, new in shown.replaced if old.relation == "score"] == [("1", "2")]
    assert [(each.value, each.listener) for each in shown.commitments] == [
        ("I studied biology.", "HOST"),
        ("Later.", "HOST"),
    ]
    assert {each.label: each.turn for each in shown.grounding} == {"degree": 1, "language": None}
    assert "score: 2" in shown.digest


def test_places_are_shown_with_where_ways_lead(tmp_path: Path) -> None:
    shown = view(remembered(transcript_in(file_of(tmp_path, {"messages": WALK}))))
    assert [(place.name, place.exits, place.here) for place in shown.places] == [
        ("Hall", {"north": "Attic", "east": "?"}, False),
        ("Attic", {"south": "Hall"}, True),
    ]


def test_an_earlier_turn_can_be_looked_at(tmp_path: Path) -> None:
    messages = transcript_in(file_of(tmp_path, TALK))
    assert view(remembered(messages, turn=2)).turn == 2
    assert view(remembered(messages, turn=1)).turn == 0  # our own reply makes nobody else speak
    with pytest.raises(UserError, match="messages 0 to 4"):
        remembered(messages, turn=5)


def test_the_record_restores_the_memory(tmp_path: Path) -> None:
    session = remembered(transcript_in(file_of(tmp_path, TALK)))
    whole = json.loads(json.dumps(as_json(session)))
    memory = from_json(json.dumps(whole["record"]))
    assert memory == session.memory == replayed(memory.events)


def test_one_line_of_many_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("\n".join(json.dumps({"messages": each, "game": "x"}) for each in (TALK, WALK)) + "\n")
    assert len(transcript_in(path, 2)) == 3
    with pytest.raises(UserError, match="has no line 3; it has 2"):
        transcript_in(path, 3)


@pytest.mark.parametrize("content", [5, [], {"messages": [{"role": "wizard", "content": "x"}]}, ["x"], {"a": 1}])
def test_what_is_no_transcript_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(UserError, match=r"no transcript|is empty"):
        remembered(transcript_in(file_of(tmp_path, content)))


def test_words_that_are_no_json_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "plain.txt"
    path.write_text("Once upon a time\n")
    with pytest.raises(UserError, match="holds no transcript"):
        transcript_in(path)
