from hypothesis import given
from hypothesis import strategies as st

from memory.cartography import chart
from memory.events import Event, Source
from memory.facts import Fact
from memory.store import Memory, remember

SENTENCES = st.sampled_from(
    [
        "You are in the Attic. Exits: north, up.",
        "You have entered Cellar. Currently available directions: south.",
        "clue: a kind of bird",
        "guess_feedback: c<red> r<green> a<red> n<red> e<yellow>",
        "Location: hall | exits: left, right",
        "The target room is Pantry.",
        "That is not a valid word.",
        "",
    ]
)
TEXTS = st.one_of(SENTENCES, st.text(max_size=60), st.lists(SENTENCES, max_size=4).map("\n".join))
FILLS = st.lists(
    st.tuples(st.sampled_from(["direction", "guess"]), st.sampled_from(["north", "crane", "left"])), max_size=2
)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    texts = draw(st.lists(TEXTS, max_size=10))
    return [
        Event(
            index=index,
            source=Source.SELF if index % 2 else Source.GAME,
            text=text,
            options=() if index % 2 else tuple(draw(st.lists(st.sampled_from(["north", "up", "stay"]), max_size=2))),
            fills=tuple(draw(FILLS)) if index % 2 else (),
        )
        for index, text in enumerate(texts)
    ]


def fold(memory: Memory, events: list[Event]) -> Memory:
    for event in events:
        memory = remember(memory, event)
    return memory


@given(histories(), st.integers(min_value=0, max_value=10))
def test_replaying_equals_continuing_from_any_prefix(events: list[Event], cut: int) -> None:
    whole = fold(Memory(), events)
    prefix = fold(Memory(), events[:cut])
    assert fold(prefix, events[cut:]) == whole
    assert fold(Memory(), events) == whole
    assert hash(whole.rooms) == hash(fold(Memory(), events).rooms)


@given(histories())
def test_every_history_can_be_drawn(events: list[Event]) -> None:
    drawn = chart(fold(Memory(), events).rooms)
    assert drawn.here is None or drawn.here in drawn.rooms
    assert all(start in drawn.rooms for start, _ in drawn.links)
    assert set(drawn.graph().nodes) >= set(drawn.rooms)


def test_newer_values_supersede_older_ones() -> None:
    memory = fold(
        Memory(),
        [
            Event(index=0, source=Source.GAME, text="For example:\nclue: snowy white\n\nLet's begin.\n\nclue: utility"),
            Event(index=1, source=Source.SELF, text="guess: tools", fills=(("guess", "tools"),)),
            Event(index=2, source=Source.GAME, text="Wrong.\nclue: benefit"),
        ],
    )
    found = memory.recall("clue", "hint")
    assert found is not None
    assert (found.value, found.turn) == ("benefit", 2)
    assert memory.recall("guess") is None
    assert memory.recall("guess", subject="self") == Fact(
        relation="guess", value="tools", turn=1, start=0, end=12, subject="self"
    )
    assert memory.newest(Source.SELF) == memory.events[1]
