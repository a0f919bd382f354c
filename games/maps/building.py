"""Buildings: rooms on a grid joined by doors, and which steps explore them best."""

import random
from collections import deque
from collections.abc import Iterable, Mapping, Set
from functools import cache

from pydantic import BaseModel, ConfigDict, Field, model_validator

DIRECTIONS: dict[str, tuple[int, int]] = {"north": (0, 1), "east": (1, 0), "south": (0, -1), "west": (-1, 0)}
"""Direction, as the rules call it, to step on the grid."""


class Room(BaseModel):
    """One room."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1)
    """What it is called; two rooms may share a name."""
    x: int
    """Column on the grid."""
    y: int
    """Row on the grid, counted upwards."""


class Building(BaseModel):
    """Rooms and doors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rooms: tuple[Room, ...] = Field(min_length=2)
    """All rooms; their index identifies them."""
    doors: tuple[tuple[int, int], ...]
    """Pairs of neighbouring rooms that one can walk between, in both directions."""
    start: int = Field(ge=0)
    """Where the walk begins."""

    @model_validator(mode="after")
    def _possible(self) -> "Building":
        count = len(self.rooms)
        if self.start >= count:
            raise ValueError(f"start is room {self.start}, but there are only {count} rooms")
        if len({(room.x, room.y) for room in self.rooms}) < count:
            raise ValueError("two rooms lie on the same cell")
        for one, other in self.doors:
            if not (0 <= one < count and 0 <= other < count):
                raise ValueError(f"door {one}-{other} leads to a room that does not exist")
            a, b = self.rooms[one], self.rooms[other]
            if abs(a.x - b.x) + abs(a.y - b.y) != 1:
                raise ValueError(f"door {one}-{other} joins rooms that are not neighbours")
        if len(distances(self.neighbours(), self.start)) < count:
            raise ValueError("some room cannot be reached")
        return self

    def neighbours(self) -> dict[int, list[int]]:
        """Room to the rooms behind its doors."""
        table: dict[int, list[int]] = {index: [] for index in range(len(self.rooms))}
        for one, other in self.doors:
            table[one].append(other)
            table[other].append(one)
        return table

    def exits(self, room: int) -> dict[str, int]:
        """Direction to the room behind the door there."""
        here = self.rooms[room]
        step_to = {
            (self.rooms[other].x - here.x, self.rooms[other].y - here.y): other for other in self.neighbours()[room]
        }
        return {name: step_to[step] for name, step in DIRECTIONS.items() if step in step_to}


def distances(neighbours: Mapping[int, Iterable[int]], start: int) -> dict[int, int]:
    """Steps from a room to every room that can be reached."""
    found = {start: 0}
    queue = deque([start])
    while queue:
        room = queue.popleft()
        for other in neighbours[room]:
            if other not in found:
                found[other] = found[room] + 1
                queue.append(other)
    return found


def best_steps(building: Building, current: int, visited: Set[int]) -> set[int]:
    """Neighbouring rooms that begin a shortest walk through every room seen but not visited.

    Only what the explorer can know counts: doors of visited rooms.
    """
    table = building.neighbours()
    known = {room: [other for other in others if room in visited or other in visited] for room, others in table.items()}
    frontier = frozenset(other for room in visited for other in table[room]) - visited
    if not frontier:
        return set()
    steps = {room: distances(known, room) for room in {*frontier, *table[current]}}

    @cache
    def cover(room: int, left: frozenset[int]) -> int:
        if not left:
            return 0
        return min(steps[room][goal] + cover(goal, left - {goal}) for goal in left)

    costs = {other: cover(other, frontier - {other}) for other in table[current]}
    return {other for other, cost in costs.items() if cost == min(costs.values())}


def first_step_towards(building: Building, current: int, goal: int) -> int:
    """The next room on a shortest way to the goal."""
    steps = distances(building.neighbours(), goal)
    return min(building.neighbours()[current], key=lambda room: (steps[room], room))


def draw_cells(rng: random.Random, count: int) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Grows a random tree on the grid, as cells and doors between their indices."""
    cells = [(0, 0)]
    doors: list[tuple[int, int]] = []
    while len(cells) < count:
        base = rng.randrange(len(cells))
        dx, dy = rng.choice(list(DIRECTIONS.values()))
        cell = (cells[base][0] + dx, cells[base][1] + dy)
        if cell not in cells:
            cells.append(cell)
            doors.append((base, len(cells) - 1))
    return cells, doors


def missing_doors(cells: list[tuple[int, int]], doors: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs of neighbouring cells without a door between them."""
    return [
        (one, other)
        for one in range(len(cells))
        for other in range(one + 1, len(cells))
        if abs(cells[one][0] - cells[other][0]) + abs(cells[one][1] - cells[other][1]) == 1
        and (one, other) not in doors
        and (other, one) not in doors
    ]


def shape_key(building: Building) -> str:
    """The building without its names, wherever it lies on the grid: equal keys are equal maps."""
    left = min(room.x for room in building.rooms)
    low = min(room.y for room in building.rooms)
    cells = [(room.x - left, room.y - low) for room in building.rooms]
    doors = sorted(sorted((cells[one], cells[other])) for one, other in building.doors)
    return f"{doors}|{cells[building.start]}"
