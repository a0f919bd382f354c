"""The world of the adventure: rooms, places, things, and what commands do to them."""

from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

HANDS = "(hands)"
"""Where a thing is that is being carried."""

Verb = Literal["go", "take", "put", "open", "close", "look", "done"]
VERBS: tuple[Verb, ...] = ("go", "take", "put", "open", "close", "look", "done")


class Place(BaseModel):
    """A piece of furniture."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    """What it is called; unique."""
    room: str
    """Where it stands."""
    container: bool
    """True when it can be opened and closed, false for a surface."""
    open: bool = True
    """Whether it is open at the start."""


class Layout(BaseModel):
    """Everything at the start."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rooms: tuple[str, ...] = Field(min_length=1)
    """Names of the rooms."""
    doors: tuple[tuple[str, str], ...]
    """Pairs of rooms that one can walk between."""
    start: str
    """Where the adventurer stands."""
    places: tuple[Place, ...]
    """Furniture."""
    things: dict[str, str]
    """Thing to the place or room it lies in."""
    goals: tuple[tuple[str, str], ...] = Field(min_length=1)
    """Pairs of thing and the place where it belongs."""
    hands: int | None = Field(default=None, ge=1)
    """How many things can be carried; None for any number."""

    @model_validator(mode="after")
    def _possible(self) -> "Layout":
        names = {place.name for place in self.places}
        if self.start not in self.rooms:
            raise ValueError(f"start '{self.start}' is no room")
        for room in [room for door in self.doors for room in door] + [place.room for place in self.places]:
            if room not in self.rooms:
                raise ValueError(f"'{room}' is no room")
        for thing, where in self.things.items():
            if where not in names and where not in self.rooms:
                raise ValueError(f"'{thing}' lies in '{where}', which does not exist")
        for thing, where in self.goals:
            if thing not in self.things or where not in names:
                raise ValueError(f"the goal '{thing}' to '{where}' speaks of something that does not exist")
        if len(routes(self, self.start)) < len(self.rooms):
            raise ValueError("some room cannot be reached")
        return self


def routes(layout: Layout, goal: str) -> dict[str, str]:
    """For every room that leads to the goal, the next room on a shortest way there."""
    found = {goal: goal}
    queue = deque([goal])
    while queue:
        room = queue.popleft()
        for one, other in layout.doors:
            for here, there in ((one, other), (other, one)):
                if here == room and there not in found:
                    found[there] = room
                    queue.append(there)
    return found


@dataclass(slots=True)
class World:
    """The world as it is now.

    Attributes:
        layout: how it began.
        here: where the adventurer stands.
        where: thing to the place, room or HANDS it is in.
        opened: containers that are open.
    """

    layout: Layout
    here: str
    where: dict[str, str] = field(default_factory=dict[str, str])
    opened: set[str] = field(default_factory=set[str])

    @classmethod
    def begin(cls, layout: Layout) -> "World":
        """The world at the start."""
        opened = {place.name for place in layout.places if place.container and place.open}
        return cls(layout=layout, here=layout.start, where=dict(layout.things), opened=opened)

    def place(self, name: str) -> Place | None:
        """The piece of furniture of that name, if it is in this room."""
        return next((own for own in self.layout.places if own.name == name and own.room == self.here), None)

    def exits(self) -> list[str]:
        """Rooms that one can walk to."""
        return [
            there
            for one, other in self.layout.doors
            for here, there in ((one, other), (other, one))
            if here == self.here
        ]

    def is_closed(self, place: Place) -> bool:
        """True for a container that is not open."""
        return place.container and place.name not in self.opened

    def on(self, name: str) -> list[str]:
        """Things in or on a place, in a room, or in the hands."""
        return [thing for thing, where in self.where.items() if where == name]

    def achieved(self) -> int:
        """How many goals hold."""
        return sum(self.where[thing] == where for thing, where in self.layout.goals)

    def do(self, verb: Verb, first: str = "", second: str = "") -> str:
        """Carries out a command.

        Returns:
            "" on success, else the key of what went wrong.
        """
        return {"go": self._go, "take": self._take, "put": self._put, "open": self._open, "close": self._close}[verb](
            first, second
        )

    def _go(self, room: str, _: str) -> str:
        if room not in self.exits():
            return "no_way"
        self.here = room
        return ""

    def _take(self, thing: str, _: str) -> str:
        where = self.where.get(thing, "")
        if where == HANDS:
            return "already"
        place = self.place(where)
        if where != self.here and (place is None or self.is_closed(place)):
            return "not_here"
        if self.layout.hands is not None and len(self.on(HANDS)) >= self.layout.hands:
            return "hands_full"
        self.where[thing] = HANDS
        return ""

    def _put(self, thing: str, name: str) -> str:
        if self.where.get(thing) != HANDS:
            return "not_held"
        place = self.place(name)
        if place is None:
            return "not_here"
        if self.is_closed(place):
            return "closed"
        self.where[thing] = name
        return ""

    def _open(self, name: str, _: str) -> str:
        place = self.place(name)
        if place is None:
            return "not_here"
        if not place.container or name in self.opened:
            return "no_effect"
        self.opened.add(name)
        return ""

    def _close(self, name: str, _: str) -> str:
        place = self.place(name)
        if place is None:
            return "not_here"
        if name not in self.opened:
            return "no_effect"
        self.opened.discard(name)
        return ""

    def next_command(self) -> tuple[Verb, str, str]:
        """What one would do who knows everything."""
        open_goals = [(thing, where) for thing, where in self.layout.goals if self.where[thing] != where]
        held = [goal for goal in open_goals if self.where[goal[0]] == HANDS]
        if not open_goals:
            return ("done", "", "")
        thing, goal = (held or open_goals)[0]
        target = goal if held else self.where[thing]
        furniture = next((own for own in self.layout.places if own.name == target), None)
        room = furniture.room if furniture else target
        if self.here != room:
            return ("go", routes(self.layout, room)[self.here], "")
        if furniture and self.is_closed(furniture):
            return ("open", furniture.name, "")
        return ("put", thing, goal) if held else ("take", thing, "")


def steps_needed(layout: Layout) -> int:
    """Commands that an all-knowing adventurer needs."""
    world = World.begin(layout)
    for count in range(500):
        verb, first, second = world.next_command()
        if verb == "done":
            return count
        failed = world.do(verb, first, second)
        assert not failed, (verb, first, second, failed)
    raise AssertionError("the goals cannot be reached")
