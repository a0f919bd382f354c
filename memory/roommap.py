"""The map's record: sightings and the moves between them, as they came.

Only what was seen and said; `memory.cartography` draws the chart from it. Knows no policy.
"""

from dataclasses import dataclass, replace

from memory.compass import declared_pairs
from memory.events import Event
from memory.places import READ_CHARACTERS, Sighting


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One sighting and the move that led to it.

    Attributes:
        sighting: what was seen.
        move: what we said to get there; None for the first sighting or when it is unknown.
    """

    sighting: Sighting
    move: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomMap:
    """Everything seen and walked, in order.

    Attributes:
        visits: sightings with the moves before them.
        pending: a move said since the last sighting.
        pairs: moves that the game says undo each other.
    """

    visits: tuple[Visit, ...] = ()
    pending: str | None = None
    pairs: tuple[tuple[str, str], ...] = ()


def look(rooms: RoomMap, sighting: Sighting) -> RoomMap:
    """Adds what a message shows."""
    visit = Visit(sighting=sighting, move=rooms.pending if rooms.visits else None)
    return RoomMap(visits=(*rooms.visits, visit), pairs=rooms.pairs)


def heed(rooms: RoomMap, text: str) -> RoomMap:
    """Adds what a message declares about moves that undo each other."""
    pairs = declared_pairs(text[:READ_CHARACTERS])
    return (
        replace(rooms, pairs=(*rooms.pairs, *(pair for pair in pairs if pair not in rooms.pairs))) if pairs else rooms
    )


def step(rooms: RoomMap, move: str) -> RoomMap:
    """Adds a move we said."""
    return replace(rooms, pending=move)


def move_in(event: Event, rooms: RoomMap) -> str | None:
    """The way on that our message takes, as the last sighting or an earlier one wrote it; None when it takes none."""
    if not rooms.visits:
        return None
    known = _words_for_ways(rooms)
    said = [value for _, value in event.fills] or [event.text]
    for value in said:
        if value.casefold().strip() in known:
            return known[value.casefold().strip()]
    for value in said:
        if value.lstrip().startswith("{") and len(value) > 60:
            continue  # a drawn map names every way
        words = [word.strip(".,:;!?\"'()[]{}<>").casefold() for word in value.split()]
        for length in (3, 2, 1):
            for start in range(len(words) - length, -1, -1):
                phrase = " ".join(words[start : start + length])
                if phrase in known:
                    return known[phrase]
    return None


def _words_for_ways(rooms: RoomMap) -> dict[str, str]:
    """How every way was written, by lower case; the last sighting's own words win."""
    known: dict[str, str] = {}
    for visit in (*rooms.visits[:-1], rooms.visits[-1]):
        known.update({way.casefold(): way for way in visit.sighting.exits})
    return known
