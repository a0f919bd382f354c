"""Drawing charts from a walk: one reading by grid positions, one by names.

Each reading is total and counts the observations that it cannot explain; the
newest sighting of a room wins over older ones. Knows nothing but visits.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from memory.chart import Chart, Key, Room, name_key
from memory.compass import is_direction, opposite, vectors
from memory.places import Sighting
from memory.roommap import RoomMap, Visit

Pairs = tuple[tuple[str, str], ...]
"""Moves that undo each other."""

_TOKEN = re.compile(r"\w+(?:['’-]\w+)*")


@lru_cache(maxsize=256)
def chart(rooms: RoomMap) -> Chart:
    """Draws the chart: by grid where that explains every sighting, otherwise by names."""
    names = place_names([visit.sighting for visit in rooms.visits])
    by_name = draw_by_name(rooms.visits, names, rooms.pairs)
    by_grid = draw_by_grid(rooms.visits, names, rooms.pairs)
    if by_grid is None:
        return by_name
    if by_grid.conflicts == 0 and (by_name.conflicts > 0 or not _has_doubles(by_grid)):
        return by_grid
    return by_name if by_name.conflicts <= by_grid.conflicts else by_grid


def _has_doubles(drawn: Chart) -> bool:
    names = [name_key(room.name) for room in drawn.rooms.values() if room.name]
    return len(names) != len(set(names))


@dataclass(slots=True)
class _Draft:
    """A chart in the making."""

    rooms: dict[Key, Room] = field(default_factory=dict[Key, Room])
    links: dict[tuple[Key, str], Key] = field(default_factory=dict[tuple[Key, str], Key])
    walked: dict[tuple[Key, str], Key] = field(default_factory=dict[tuple[Key, str], Key])
    refused: dict[tuple[Key, str], None] = field(default_factory=dict[tuple[Key, str], None])
    here: Key | None = None
    start: Key | None = None
    conflicts: int = 0

    def enter(self, key: Key, name: str, exits: tuple[str, ...]) -> None:
        """Notes a sighting of the room, and what contradicts earlier ones."""
        known = self.rooms.get(key)
        if known is None:
            self.rooms[key] = Room(key=key, name=name, exits=exits)
        else:
            self.conflicts += name_key(known.name) != name_key(name) and bool(known.name and name)
            self.conflicts += bool(known.exits and exits) and folded(known.exits) != folded(exits)
            self.rooms[key] = Room(key=key, name=known.name or name, exits=exits or known.exits)
        self.start = self.start or key
        self.here = key

    def walk(self, start: Key, way: str, end: Key) -> None:
        """Notes a step, and whether the same step led elsewhere before."""
        self.conflicts += self.walked.get((start, way), end) != end
        self.walked[start, way] = end
        self.refused.pop((start, way), None)

    def finish(self, *, by_grid: bool) -> Chart:
        """The finished chart; refused ways lead nowhere."""
        links = {step: end for step, end in self.links.items() if step not in self.refused}
        return Chart(
            rooms=self.rooms,
            here=self.here,
            start=self.start,
            links=links,
            walked=tuple((start, way, end) for (start, way), end in self.walked.items()),
            refused=frozenset(self.refused),
            conflicts=self.conflicts,
            by_grid=by_grid,
        )


def folded(words: Sequence[str]) -> frozenset[str]:
    """The words without case and order."""
    return frozenset(word.casefold() for word in words)


def place_names(sightings: Sequence[Sighting]) -> list[str]:
    """The name of each sighting: as read, else the part of its message that varies between messages."""
    if all(sighting.room for sighting in sightings):
        return [sighting.room for sighting in sightings]
    texts = [(sighting, _words(sighting)) for sighting in sightings if not sighting.room]
    shared = Counter(word for _, words in texts for word in set(words))
    names = {
        sighting.turn: " ".join(dict.fromkeys(word for word in words if shared[word] < len(texts)))
        for sighting, words in texts
    }
    return [sighting.room or names[sighting.turn] for sighting in sightings]


def _words(sighting: Sighting) -> list[str]:
    ways = {word for way in sighting.exits for word in way.casefold().split()}
    tokens = (match.group().casefold() for match in _TOKEN.finditer(sighting.text))
    noise = {"same", "another", "different", "new", "room", "still", "not", "valid", "you", "the", "a"}
    return [t for t in tokens if t not in ways and t not in noise and not t.isdigit() and not is_direction(t)]


def _stayed(visit: Visit, before: Room, name: str) -> bool:
    """Whether the move before this sighting was refused."""
    sighting = visit.sighting
    same = name_key(before.name) == name_key(name) and folded(before.exits) == folded(sighting.exits)
    if visit.move is None:
        return same
    offered = visit.move.casefold() in folded(before.exits)
    return same and (sighting.refused or not offered)


def draw_by_grid(visits: Sequence[Visit], names: Sequence[str], declared: Pairs = ()) -> Chart | None:
    """The chart if every move is a step on a grid; None when some move or way has no known direction."""
    ways = {way for visit in visits for way in visit.sighting.exits} | {visit.move for visit in visits if visit.move}
    steps = vectors(ways, learnt_pairs(visits, names, declared))
    if steps is None or not steps:
        return None
    draft = _Draft()
    position = (0,) * len(next(iter(steps.values())))
    for visit, name in zip(visits, names, strict=True):
        before = draft.rooms[draft.here] if draft.here is not None else None
        if before is not None and _stayed(visit, before, name):
            if visit.move is not None:
                draft.refused[before.key, visit.move] = None
        elif before is not None and visit.move is not None:
            position = tuple(a + b for a, b in zip(position, steps[visit.move.casefold()], strict=True))
            draft.walk(before.key, _as_written(visit.move, before.exits), ("at", *position))
        elif before is not None:
            draft.conflicts += 1  # moved without a move
        draft.enter(("at", *position), name, visit.sighting.exits)
    _link_grid(draft, steps)
    return draft.finish(by_grid=True)


def _link_grid(draft: _Draft, steps: dict[str, tuple[int, ...]]) -> None:
    for key, room in draft.rooms.items():
        at = tuple(int(part) for part in key[1:])
        for way in room.exits:
            end: Key = ("at", *(a + b for a, b in zip(at, steps[way.casefold()], strict=True)))
            draft.links[key, way] = end
            other = draft.rooms.get(end)
            back = tuple(-part for part in steps[way.casefold()])
            if other is not None and other.exits and all(steps[exit_.casefold()] != back for exit_ in other.exits):
                draft.conflicts += (key, way) not in draft.walked
                if (key, way) not in draft.walked:
                    draft.links[key, way] = ("way", *key, way)


def draw_by_name(visits: Sequence[Visit], names: Sequence[str], declared: Pairs = ()) -> Chart:
    """The chart if rooms of one name are one room; rooms without any name are told apart by their ways."""
    draft = _Draft()
    for visit, name in zip(visits, names, strict=True):
        before = draft.rooms[draft.here] if draft.here is not None else None
        key: Key = ("room", name_key(name) or "|".join(sorted(folded(visit.sighting.exits))))
        if before is not None and visit.move is not None:
            way = _as_written(visit.move, before.exits)
            if before.key == key and _stayed(visit, before, name):
                draft.refused[key, way] = None
            else:
                draft.conflicts += before.key == key
                draft.walk(before.key, way, key)
        draft.enter(key, name, visit.sighting.exits)
    _link_names(draft, learnt_pairs(visits, names, declared))
    return draft.finish(by_grid=False)


def _link_names(draft: _Draft, learnt: Sequence[tuple[str, str]]) -> None:
    for (start, way), end in draft.walked.items():
        back = opposite(way, draft.rooms[end].exits, learnt)
        if back is not None:
            draft.conflicts += draft.walked.get((end, back), start) != start
            draft.conflicts += draft.links.get((end, back), start) != start
            draft.links.setdefault((end, back), start)
    draft.links.update(draft.walked)
    by_name = _ways_are_names(draft)
    known = {name_key(room.name): key for key, room in draft.rooms.items()}
    for key, room in draft.rooms.items():
        for way in room.exits:
            unseen: Key = ("way", name_key(way)) if by_name else ("way", *key, way)
            end = known.get(name_key(way), unseen) if by_name else unseen
            draft.links.setdefault((key, way), end)


def _ways_are_names(draft: _Draft) -> bool:
    """Whether ways on are written as the names of the rooms they lead to."""
    walked = [(way, draft.rooms[end].name) for (_, way), end in draft.walked.items()]
    if not walked:
        names = {name_key(room.name) for room in draft.rooms.values()}
        ways = {way.casefold() for room in draft.rooms.values() for way in room.exits}
        return bool(ways) and not any(is_direction(way) for way in ways) and bool(names)
    return all(name_key(way) == name_key(name) for way, name in walked)


def learnt_pairs(visits: Sequence[Visit], names: Sequence[str], declared: Pairs = ()) -> Pairs:
    """Moves outside the common directions that are declared or were seen to undo each other, each in one pair."""
    pairs = [pair for pair in declared if not any(is_direction(word) for word in pair)]
    taken = {word.casefold() for pair in pairs for word in pair}
    for number in range(2, len(visits)):
        there, back = visits[number - 1].move, visits[number].move
        if there is None or back is None or is_direction(there) or is_direction(back):
            continue
        home, away = names[number - 2], names[number - 1]
        returned = home and name_key(home) == name_key(names[number]) and name_key(away) != name_key(home)
        fresh = not {there.casefold(), back.casefold()} & taken and there.casefold() != back.casefold()
        if returned and fresh:
            pairs.append((there, back))
            taken |= {there.casefold(), back.casefold()}
    return tuple(pairs)


def _as_written(move: str, exits: Sequence[str]) -> str:
    return next((way for way in exits if way.casefold() == move.casefold()), move)
