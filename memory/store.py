"""The explicit working memory: a pure function of the events."""

from dataclasses import dataclass, field

from memory.events import Event, Source
from memory.facts import Fact, latest, read_facts
from memory.places import read_sighting
from memory.roommap import RoomMap, heed, look, move_in, step


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Everything remembered; the empty memory knows nothing.

    Attributes:
        events: what happened, oldest first.
        facts: what was stated, oldest first; newer values supersede older ones (`recall`).
        rooms: the places seen and the moves between them.
    """

    events: tuple[Event, ...] = ()
    facts: tuple[Fact, ...] = ()
    rooms: RoomMap = field(default_factory=RoomMap)

    def recall(self, *relations: str, subject: str | None = "") -> Fact | None:
        """The newest fact under any of these labels ("clue", "target word")."""
        return latest(self.facts, relations, subject)

    @property
    def opening(self) -> str:
        """The game's first message, which holds its rules; "" before it came."""
        return next((event.text for event in self.events if event.source is Source.GAME), "")

    def around(self, fact: Fact, before: int = 0) -> str:
        """A statement as it was written, with some characters before it; "" when its message is forgotten."""
        event = next((event for event in self.events if event.index == fact.turn), None)
        return event.text[max(0, fact.start - before) : fact.end] if event is not None else ""

    def newest(self, source: Source) -> Event | None:
        """The last message of one speaker."""
        return next((event for event in reversed(self.events) if event.source is source), None)


def remember(memory: Memory, event: Event) -> Memory:
    """Folds one event into the memory. Pure: equal arguments give equal results."""
    rooms = memory.rooms
    if event.source is Source.SELF:
        move = move_in(event, rooms)
        rooms = step(rooms, move) if move is not None else rooms
    else:
        rooms = heed(rooms, event.text)
        sighting = read_sighting(event.text, event.options, turn=event.index)
        rooms = look(rooms, sighting) if sighting is not None else rooms
    return Memory(events=(*memory.events, event), facts=(*memory.facts, *read_facts(event)), rooms=rooms)
