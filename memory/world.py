"""The believed world of a text adventure: rooms, ways, things, where they are, what is open.

A draft that is built by replaying what was read and done. Knows no goal, no
command and no wording.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from memory.world_reading import Says, Statement

HANDS = "(hands)"
"""Where a thing is that is being carried."""


@dataclass(slots=True, kw_only=True)
class World:
    """What is believed of the world.

    Attributes:
        here: the room we are in; "" when unknown.
        ways: room to the rooms that can be reached from it, for rooms that were seen.
        where: thing to the room, the place (furniture) or HANDS it is in.
        swung: place to whether it is open; only for places that open and close.
        contents: places that are known to take things, to the preposition that they were described with ("" unknown).
        searched: closed places that were opened at some time.
        limit: how many things can be carried, where known.
        states: thing to what it has become ("dented").
        blocked: pairs of rooms between which there turned out to be no way.
    """

    here: str = ""
    ways: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    where: dict[str, str] = field(default_factory=dict[str, str])
    swung: dict[str, bool] = field(default_factory=dict[str, bool])
    contents: dict[str, str] = field(default_factory=dict[str, str])
    searched: set[str] = field(default_factory=set[str])
    limit: int | None = None
    states: dict[str, str] = field(default_factory=dict[str, str])
    blocked: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def copy(self) -> "World":
        """An independent copy."""
        return World(
            here=self.here,
            ways=dict(self.ways),
            where=dict(self.where),
            swung=dict(self.swung),
            contents=dict(self.contents),
            searched=set(self.searched),
            limit=self.limit,
            states=dict(self.states),
            blocked=set(self.blocked),
        )

    @property
    def held(self) -> tuple[str, ...]:
        """What we carry."""
        return tuple(thing for thing, place in self.where.items() if place == HANDS)

    @property
    def full(self) -> bool:
        """Whether nothing more can be carried."""
        return self.limit is not None and len(self.held) >= self.limit

    def is_room(self, name: str) -> bool:
        """Whether it is a room that was seen or heard of."""
        return name in self.ways or any(name in ways for ways in self.ways.values())

    def room_of(self, thing: str) -> str | None:
        """The room a thing is in, also when inside something; None when unknown."""
        for _ in range(4):
            place = self.where.get(thing)
            if place is None:
                return None
            if place == HANDS:
                return self.here
            if self.is_room(place) or place == self.here:
                return place
            thing = place
        return None

    def is_shut(self, place: str) -> bool:
        """Whether a place is believed closed."""
        return self.swung.get(place) is False

    def things_in(self, room: str) -> tuple[str, ...]:
        """Everything believed to be in a room, what is inside something too."""
        return tuple(thing for thing in self.where if self.room_of(thing) == room and self.where[thing] != HANDS)

    def exits(self, room: str) -> tuple[str, ...]:
        """The rooms next to a room, as far as known."""
        listed = self.ways.get(room)
        if listed is None:
            listed = tuple(other for other, ways in self.ways.items() if room in ways)
        return tuple(way for way in listed if (room, way) not in self.blocked)

    def distances(self, start: str) -> dict[str, tuple[int, str]]:
        """For every room that can be reached: the steps to it and the first of them."""
        found: dict[str, tuple[int, str]] = {start: (0, "")}
        queue = deque([start])
        while queue:
            room = queue.popleft()
            steps, first = found[room]
            for way in self.exits(room):
                if way not in found:
                    found[way] = (steps + 1, first or way)
                    queue.append(way)
        return found

    def unseen_rooms(self) -> tuple[str, ...]:
        """Rooms heard of that were never entered."""
        return tuple(dict.fromkeys(way for room in self.ways for way in self.exits(room) if way not in self.ways))


def notice(world: World, statements: Sequence[Statement], *, before: str = "") -> None:
    """Takes in what a message states; a description of the whole room supersedes what was believed of it.

    Args:
        world: changed in place.
        statements: what was read.
        before: the room in which we were, from which the ways on lead when the message names no room.
    """
    rooms = [statement.subject for statement in statements if statement.says is Says.HERE]
    ways = tuple(way for statement in statements if statement.says is Says.WAYS for way in statement.things)
    if rooms:
        world.here = rooms[-1]
    here = world.here or before
    if rooms and (ways or len(statements) > 2):
        _forget_missing(world, here, statements)
    if here and (ways or (rooms and here not in world.ways)):
        world.ways[here] = ways
    for statement in statements:
        _take_in(world, here, statement)


def _take_in(world: World, here: str, statement: Statement) -> None:
    subject, things = statement.subject, statement.things
    if statement.says is Says.SEEN:
        for thing in things:
            if world.room_of(thing) != here or world.where[thing] == HANDS:
                world.where[thing] = here
    elif statement.says is Says.INSIDE:
        _fill(world, here, statement)
    elif statement.says in (Says.HELD, Says.ONLY_HELD):
        _hold(world, here, things, only=statement.says is Says.ONLY_HELD)
    elif statement.says in (Says.OPEN, Says.CLOSED):
        _swing(world, here, subject, is_open=statement.says is Says.OPEN)
    elif statement.says is Says.STATE and subject in world.where:
        world.states[subject] = things[0]


def _hold(world: World, here: str, things: Sequence[str], *, only: bool) -> None:
    for thing in world.held if only else ():
        if thing not in things:
            world.where[thing] = here
    world.where.update(dict.fromkeys(things, HANDS))


def _swing(world: World, here: str, place: str, *, is_open: bool) -> None:
    world.where.setdefault(place, here)
    world.swung[place] = is_open
    world.contents.setdefault(place, "in")
    if is_open:
        world.searched.add(place)


def _fill(world: World, here: str, statement: Statement) -> None:
    place = statement.subject
    if world.room_of(place) != here:
        world.where[place] = here
    world.contents[place] = statement.preposition or world.contents.get(place, "")
    for thing in statement.things:
        if thing != place:
            world.where[thing] = place


def _forget_missing(world: World, room: str, statements: Sequence[Statement]) -> None:
    """A thing that should be in sight and is not mentioned is elsewhere."""
    named = {name for statement in statements for name in (*statement.things, statement.subject)}
    for thing in world.things_in(room):
        if thing not in named and not world.is_shut(world.where[thing]):
            del world.where[thing]
