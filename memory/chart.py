"""The chart: rooms, ways and frontiers as understood now, and walks over them.

Knows no message and no policy.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # networkx takes 0.2 s to import: only when a graph is drawn
    import networkx as nx

Key = tuple[str | int, ...]
"""What tells rooms apart: ("at", x, y) on a grid, ("room", name), or ("way", …) for a place not yet seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One place that was visited.

    Attributes:
        key: its identity.
        name: as first written; "" when it has none.
        exits: the ways on, as last written.
    """

    key: Key
    name: str
    exits: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The map as understood now.

    Attributes:
        rooms: visited rooms by key, in the order of their first visit.
        here: where we are; None before the first sighting.
        start: where we began.
        links: where each way of a visited room leads; the key of a place not in `rooms` is a frontier.
        walked: ways that were really walked, as (from, way, to), in order of their first walk.
        refused: ways that the game refused, as (room, way).
        conflicts: observations that this reading of the map cannot explain.
        by_grid: whether rooms are told apart by where they lie.
    """

    rooms: Mapping[Key, Room]
    here: Key | None
    start: Key | None
    links: Mapping[tuple[Key, str], Key]
    walked: tuple[tuple[Key, str, Key], ...]
    refused: frozenset[tuple[Key, str]]
    conflicts: int
    by_grid: bool

    @property
    def frontier(self) -> tuple[Key, ...]:
        """Places that a way leads to and that were not yet visited, in order of discovery."""
        return tuple(dict.fromkeys(to for to in self.links.values() if to not in self.rooms))

    def named(self, name: str) -> tuple[Key, ...]:
        """Visited rooms of that name, in any case, articles aside."""
        wanted = name_key(name)
        return tuple(key for key, room in self.rooms.items() if room.name and name_key(room.name) == wanted)

    def graph(self) -> "nx.MultiDiGraph[Key]":
        """The chart as a graph: nodes are places (`seen`, `name`), edges are ways (`way`, `walked`)."""
        import networkx as nx

        graph: nx.MultiDiGraph[Key] = nx.MultiDiGraph()
        for key, room in self.rooms.items():
            graph.add_node(key, seen=True, name=room.name)
        walked = {(start, way) for start, way, _ in self.walked}
        for (start, way), end in self.links.items():
            if end not in graph:
                graph.add_node(end, seen=False, name="")
            graph.add_edge(start, end, way=way, walked=(start, way) in walked)
        return graph


def name_key(name: str) -> str:
    """A name without case and articles, to compare by."""
    words = name.casefold().split()
    while len(words) > 1 and words[0] in ("the", "a", "an"):
        words = words[1:]
    return " ".join(words)


def paths_from(drawn: Chart, start: Key, *, through: Iterable[Key] = ()) -> dict[Key, tuple[Key, ...]]:
    """Shortest walks over known ways from one place to every place that can be reached, ends included.

    Args:
        drawn: the chart.
        start: where the walks begin.
        through: further places that may be walked through, though they were not visited.
    """
    open_places = {*drawn.rooms, *through}
    ways = neighbours(drawn)
    found: dict[Key, tuple[Key, ...]] = {start: (start,)}
    queue = [start]
    for place in queue:
        if place not in open_places:
            continue
        for after in ways.get(place, ()):
            if after not in found:
                found[after] = (*found[place], after)
                queue.append(after)
    return found


def neighbours(drawn: Chart) -> dict[Key, tuple[Key, ...]]:
    """Places one step apart; unseen places lead back to where they were seen from."""
    ways: dict[Key, dict[Key, None]] = {}
    for (start, _), end in drawn.links.items():
        ways.setdefault(start, {})[end] = None
        if end not in drawn.rooms:
            ways.setdefault(end, {})[start] = None
    return {place: tuple(ends) for place, ends in ways.items()}


def way_to(drawn: Chart, start: Key, end: Key) -> str | None:
    """The way of `start` that leads to its neighbour `end`; walked ways first."""
    for origin, way, to in drawn.walked:
        if origin == start and to == end and (start, way) in drawn.links:
            return way
    return next((way for (origin, way), to in drawn.links.items() if origin == start and to == end), None)


def names_of(drawn: Chart, keys: Sequence[Key]) -> list[str]:
    """The rooms' names, told apart by a number where several share one."""
    shown: list[str] = []
    for key in keys:
        room = drawn.rooms[key]
        same = [other for other in drawn.rooms if drawn.rooms[other].name == room.name]
        shown.append(room.name if len(same) == 1 else f"{room.name or 'room'} {same.index(key) + 1}")
    return shown
