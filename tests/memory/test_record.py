"""Memory goes to JSON and back, and can be played anew."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.events import Event, Source
from memory.record import RecordError, from_json, replayed, to_json
from memory.store import Memory

WORDS = st.sampled_from(
    ["You are in the Hall. Exits: north, south.", "clue: fruit", "go north", "north", "Your word is 'pear'.", "", "…"]
)
TEXTS = st.one_of(WORDS, st.text(st.characters(codec="utf-8"), max_size=40))


@st.composite
def histories(draw: st.DrawFn) -> tuple[Event, ...]:
    texts = draw(st.lists(TEXTS, max_size=8))
    own = draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    return tuple(
        Event(
            index=i,
            source=Source.SELF if mine else Source.GAME,
            text=text,
            options=() if mine else ("north", "south"),
            fills=(("move", text),) if mine else (),
        )
        for i, (text, mine) in enumerate(zip(texts, own, strict=True))
    )


@given(histories())
def test_there_and_back_and_anew(events: tuple[Event, ...]) -> None:
    memory = replayed(events)
    again = from_json(to_json(memory))
    assert again == memory
    assert replayed(again.events) == memory
    assert json.loads(to_json(memory, indent=2))["version"] == 1


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"version": 2}, "version"),
        ({"memory": {"events": [{"index": "x"}]}}, r"memory\.events\.0"),
        ({"strange": 1}, "strange"),
    ],
)
def test_what_is_no_memory_is_refused_with_the_place(change: dict[str, object], place: str) -> None:
    whole = json.loads(to_json(Memory()))
    with pytest.raises(RecordError, match=place):
        from_json(json.dumps(whole | change))
    with pytest.raises(RecordError, match="no record of a memory"):
        from_json("nonsense")
