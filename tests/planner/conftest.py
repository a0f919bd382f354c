"""Small worlds for the policies to play in, with rulebooks written by hand."""

import random
from collections import deque
from dataclasses import dataclass, field

import pytest

from constraints.forms import Literal, ReplyForm, Slot, SlotKind
from constraints.rulebook import Rulebook
from constraints.span import Span
from memory.events import Event, Source
from memory.store import Memory, remember
from planner.session import Option, Session

STEPS = {"north": (0, 1), "south": (0, -1), "east": (1, 0), "west": (-1, 0)}
NAMES = """Attic Bakery Cellar Den Engine-room Foyer Garage Hall Igloo Jetty Kitchen Library Mudroom Nursery Office
Pantry Quarry Refectory Sauna Tower Utility Vault Workshop Yard Zoo Atrium Balcony Chapel Dairy Exchange Forge Gallery
Hangar Infirmary Junction Kennel Loft Mill Nook Orchard"""
NOWHERE = Span(message=0, start=0, end=0, text="")


def form(*parts: str | Slot, purpose: str = "") -> ReplyForm:
    return ReplyForm(
        parts=tuple(Literal(text=part) if isinstance(part, str) else part for part in parts),
        span=NOWHERE,
        confidence=1.0,
        purpose=purpose,
    )


def direction_forms(ways: tuple[str, ...]) -> tuple[ReplyForm, ...]:
    slot = Slot(name="direction", kind=SlotKind.CHOICE, options=ways)
    return form("GO: ", slot, purpose="to move"), form("DONE", purpose="to stop the exploration")


@dataclass
class Talk:
    """One player's side of a dialogue, folded as the agent folds it."""

    rulebook: Rulebook
    memory: Memory = field(default_factory=Memory)

    def hear(self, text: str, options: tuple[str, ...] = ()) -> Session:
        event = Event(index=len(self.memory.events), source=Source.GAME, text=text, options=options)
        self.memory = remember(self.memory, event)
        return Session(rulebook=self.rulebook, memory=self.memory)

    def say(self, option: Option, texts: str = "something") -> str:
        chosen = self.rulebook.forms[option.form]
        fills = {slot.name: option.fills.get(slot.name, option.reason or texts) for slot in chosen.slots}
        text = chosen.render(fills)
        event = Event(index=len(self.memory.events), source=Source.SELF, text=text, fills=tuple(fills.items()))
        self.memory = remember(self.memory, event)
        return text


@dataclass
class World:
    """A map of rooms on a grid."""

    names: dict[tuple[int, int], str]
    links: dict[tuple[int, int], dict[str, tuple[int, int]]]
    start: tuple[int, int]

    def tell(self, at: tuple[int, int], arrived: bool) -> str:
        ways = ", ".join(self.links[at])
        name = self.names[at]
        opening = f"You have made a step and entered {name}." if arrived else f"You are in the {name}."
        return f"{opening} Currently available directions: {ways}. What is your next instruction?"


def grow(rng: random.Random, rooms: int, extra: int, size: int = 4, doubles: bool = False) -> World:
    """A random connected map: a tree and `extra` further corridors."""
    cells = [(rng.randrange(size), rng.randrange(size))]
    edges: set[frozenset[tuple[int, int]]] = set()
    while len(cells) < rooms:
        x, y = rng.choice(cells)
        dx, dy = rng.choice(list(STEPS.values()))
        cell = (x + dx, y + dy)
        if cell not in cells and 0 <= cell[0] < size and 0 <= cell[1] < size:
            cells.append(cell)
            edges.add(frozenset(((x, y), cell)))
    spare = [
        pair
        for a in cells
        for dx, dy in STEPS.values()
        if (a[0] + dx, a[1] + dy) in cells and (pair := frozenset((a, (a[0] + dx, a[1] + dy)))) not in edges
    ]
    edges.update(rng.sample(sorted(set(spare), key=sorted), min(extra, len(set(spare)))))
    names = (
        [rng.choice(NAMES.split()[: max(2, rooms // 2)]) for _ in cells]
        if doubles
        else rng.sample(NAMES.split(), len(cells))
    )
    links: dict[tuple[int, int], dict[str, tuple[int, int]]] = {}
    for x, y in cells:
        near = [
            (way, (x + dx, y + dy)) for way, (dx, dy) in STEPS.items() if frozenset(((x, y), (x + dx, y + dy))) in edges
        ]
        rng.shuffle(near)
        links[x, y] = dict(near)
    return World(names=dict(zip(cells, names, strict=True)), links=links, start=rng.choice(cells))


def useful_first_moves(world: World, at: tuple[int, int], visited: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """Neighbours that begin a shortest walk through all places seen from visited ones (each walk avoids repeats)."""
    goals = {end for cell in visited for end in world.links[cell].values()} - visited
    found: set[tuple[int, int]] = set()
    best, queue = 30, deque([(at,)])
    while queue:
        path = queue.popleft()
        if len(path) > best:
            break
        if goals <= set(path):
            if len(path) > 1:
                found.add(path[1])
                best = len(path)
            continue
        near = list(world.links[path[-1]].values())
        fresh = [cell for cell in near if cell not in path]
        queue.extend((*path, cell) for cell in fresh or near)
    return found


@pytest.fixture
def talk() -> type[Talk]:
    return Talk


@pytest.fixture
def make_form():
    return form


@pytest.fixture
def make_world():
    return grow


@pytest.fixture
def make_direction_forms():
    return direction_forms


@pytest.fixture
def score_moves():
    return useful_first_moves
