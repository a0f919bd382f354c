"""Drawing buildings and how they are spoken of."""

import random
from collections.abc import Callable
from typing import Literal

from games.errors import UserError
from games.lexicon import rooms
from games.maps.building import DIRECTIONS, Building, Room, distances, draw_cells, missing_doors, shape_key
from games.maps.rules import FindRoomInstance, MapInstance
from games.maps.sketch import LAYOUTS, Sketch, write_sketch
from games.protocol.drafting import Draft
from games.protocol.forms import Move, Slot, SlotKind
from games.protocol.moves import MoveKind, SlotSpec
from games.protocol.record import Protocol
from games.protocol.template import fill
from games.splits import Split, split_of

SIZES = {"small": 4, "medium": 6, "large": 8, "loops": 8, "vast": 10, "twins": 6}
WAYS: dict[str, tuple[str, str, str, str]] = {
    "compass": ("north", "east", "south", "west"),
    "letters": ("n", "e", "s", "w"),
    "screen": ("up", "right", "down", "left"),
    "deck": ("fore", "starboard", "aft", "port"),
    "hill": ("uphill", "sunrise", "downhill", "sunset"),
}
"""Names of north, east, south and west."""

_STOPS = ("stop", "done", "finish", "end", "finished")
_JOINERS = (", ", ", ", " and ", " | ", " / ")
_PREFIXES = ("", "", "go ", "GO: ")


def draw_building(rng: random.Random, split: Split, level: str, size: int) -> Building:
    """Draws a building whose shape belongs to the split, with room names of the split."""
    place = rng.choice(sorted(rooms()[split]))
    for _ in range(2000):
        cells, doors = draw_cells(rng, size)
        if level == "loops":
            extra = missing_doors(cells, doors)
            if not extra:
                continue
            doors += rng.sample(extra, min(len(extra), rng.choice((1, 2))))
        names = rng.sample(rooms()[split][place], size)
        if level == "twins":
            one, other = rng.sample(range(size), 2)
            names[one] = names[other]
        building = Building(
            rooms=tuple(Room(name=name, x=x, y=y) for name, (x, y) in zip(names, cells, strict=True)),
            doors=tuple(doors),
            start=rng.randrange(size),
        )
        if split_of(shape_key(building)) == split:
            return building
    raise UserError(f"No map of level '{level}' was found for the split '{split}'.")


class _Speech:
    """The words of one instance: directions, joiner, stop."""

    def __init__(self, rng: random.Random) -> None:
        self.vocabulary = rng.choice(("compass", "compass", *sorted(WAYS)))
        self.words = dict(zip(DIRECTIONS, WAYS[self.vocabulary], strict=True))
        order = list(DIRECTIONS)
        rng.shuffle(order)
        self.words |= {"joiner": rng.choice(_JOINERS), "order": " ".join(order), "stop": rng.choice(_STOPS)}
        self.ways = tuple(self.words[name] for name in DIRECTIONS)

    def listed(self) -> str:
        """The directions in a sentence."""
        return f"{', '.join(self.ways[:-1])} or {self.ways[-1]}"

    def moves(self) -> list[MoveKind]:
        """Walking and stopping."""
        direction = SlotSpec(
            name="direction",
            labels=("direction", "way", "where"),
            slot=Slot(kind=SlotKind.CHOICE, meaning=f"one of {self.listed()}", choices=self.ways),
        )
        return [
            MoveKind(
                name="go",
                verbs=("go", "walk", "move", "take"),
                purpose="to walk to a neighbouring room",
                slots=(direction,),
            ),
            MoveKind(name="stop", verbs=(self.words["stop"],), purpose="to end the exploration"),
        ]


def _opposites(draft: Draft, speech: _Speech) -> str:
    return fill(draft.says["opposites"], **{name: speech.words[name] for name in DIRECTIONS})


def _limits(draft: Draft, instance_blocked: str, max_turns: int) -> dict[str, object]:
    return {
        "limit": fill(draft.says["limit"], turns=max_turns),
        "blocked_rule": draft.says[f"blocked_rule.{instance_blocked}"],
    }


def _example(draft: Draft, speech: _Speech, write: Callable[[str], str | Move], *, goal: bool) -> str:
    """A walk through a three-room cellar that no instance contains."""
    north, south = speech.words["north"], speech.words["south"]
    east, west = speech.words["east"], speech.words["west"]
    join = speech.words["joiner"].join
    start = draft.says["start_goal" if goal else "start"]
    moved = draft.says["moved"]
    return draft.example(
        [
            ("game", fill(start, room="Smithy", exits=join([north]), left=20, goal="Mill")),
            ("you", write("north")),
            ("game", fill(moved, room="Bakery", exits=join([south, east]), left=19, way=north)),
            ("you", write("east")),
            ("game", fill(moved, room="Mill", exits=join([west]), left=18, way=east)),
            ("you", write("stop")),
        ],
        share=0.5,
    )


def _says(draft: Draft, goal: str = "") -> dict[str, str]:
    """The messages of the walk; where a room is sought, the first one names it."""
    if not goal:
        return {}
    return {"start": draft.says["start_goal"].replace("{goal}", goal)}


def _walking(
    rng: random.Random, prompt: str, *, split: Split, goal: str = "", blocked: str, max_turns: int
) -> Protocol:
    speech = _Speech(rng)
    draft = Draft(rng, "games.maps", {"explorer": speech.moves()}, split=split)
    draft.drawn["ways"] = speech.vocabulary

    def write(step: str) -> Move:
        return Move(name="stop") if step == "stop" else Move(name="go", fields={"direction": speech.words[step]})

    example = _example(draft, speech, write, goal=bool(goal))
    _prompt(
        draft,
        prompt,
        opposites=_opposites(draft, speech),
        goal=goal,
        example=example,
        sketch="",
        **_limits(draft, blocked, max_turns),
    )
    return draft.finish(says=_says(draft, goal), words=speech.words)


def _prompt(draft: Draft, role: str, **values: object) -> None:
    """Draws from the wordings of a kind of exploration, for the one role there is."""
    name, template = draft.voices.draw_prompt(draft.rng, role, unseen=draft.unseen)
    draft.drawn["explorer.voice"] = f"{role}.{name}"
    draft.prompts["explorer"] = fill(template, form=draft.form_text("explorer"), strict=draft.strict_text(), **values)


def _blocked(rng: random.Random) -> Literal["stay", "abort"]:
    return "abort" if rng.random() < 0.33 else "stay"


def draw_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws an exploration."""
    blocked = _blocked(rng)
    building = draw_building(rng, split, level, SIZES[level])
    protocol = _walking(rng, "explore", split=split, blocked=blocked, max_turns=20)
    instance = MapInstance(game_id=index, protocol=protocol, building=building, blocked=blocked)
    return instance.model_dump(mode="json")


def draw_room_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws a search for a room."""
    blocked = _blocked(rng)
    wanted = {"near": (1,), "middle": (2, 3), "far": (4, 5, 6), "loops": (2, 3, 4)}[level]
    size = {"near": 5, "middle": 7, "far": 9, "loops": 8}[level]
    while True:
        building = draw_building(rng, split, level, size)
        steps = distances(building.neighbours(), building.start)
        goals = sorted(room for room, far in steps.items() if far in wanted)
        if goals:
            break
    goal = rng.choice(goals)
    protocol = _walking(rng, "find", split=split, goal=building.rooms[goal].name, blocked=blocked, max_turns=20)
    instance = FindRoomInstance(game_id=index, protocol=protocol, building=building, blocked=blocked, goal=goal)
    return instance.model_dump(mode="json")


def _act(steps: tuple[str, ...]) -> MoveKind:
    """One reply that holds step and drawing; the last of the steps is to stop."""
    stop_word = steps[-1]
    return MoveKind(
        name="act",
        verbs=("act",),
        purpose="to act",
        slots=(
            SlotSpec(
                name="step",
                labels=("action", "step", "move", "next"),
                slot=Slot(
                    kind=SlotKind.CHOICE,
                    choices=steps,
                    meaning=(f'one of {", ".join(steps[:-1])} to walk there, or "{stop_word}" to end the exploration'),
                ),
            ),
            SlotSpec(
                name="graph",
                labels=("graph", "map", "sketch", "drawing"),
                slot=Slot(kind=SlotKind.JSON, meaning="your map as JSON on one line, in the layout described"),
            ),
        ),
    )


def draw_graph_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws an exploration with drawing."""
    blocked = _blocked(rng)
    building = draw_building(rng, split, level, SIZES[level])
    speech = _Speech(rng)
    prefix = rng.choice(_PREFIXES)
    words = speech.words | {
        "prefix": prefix,
        "graph_layout": rng.choice(LAYOUTS),
        "graph_nodes": rng.choice(("nodes", "rooms", "places")),
        "graph_edges": rng.choice(("edges", "links", "doors", "connections")),
    }
    act = _act((*(prefix + way for way in speech.ways), words["stop"]))
    draft = Draft(rng, "games.maps", {"explorer": [act]}, split=split)
    draft.drawn |= {"ways": speech.vocabulary, "graph": words["graph_layout"]}
    sketch = _sketch_text(draft, words)
    drawings = iter(_drawings(words))

    def write(step: str) -> Move:
        said = words["stop"] if step == "stop" else prefix + words[step]
        return Move(name="act", fields={"step": said, "graph": next(drawings)})

    _prompt(
        draft,
        "draw",
        opposites=_opposites(draft, speech),
        sketch=sketch,
        goal="",
        example=_example(draft, speech, write, goal=False),
        **_limits(draft, blocked, 20),
    )
    instance = MapInstance(game_id=index, protocol=draft.finish(words=words), building=building, blocked=blocked)
    return instance.model_dump(mode="json")


def _drawings(words: dict[str, str]) -> list[str]:
    """The three sketches of the example walk."""
    links = (("Smithy", words["north"], "Bakery"), ("Bakery", words["east"], "Mill"))
    names = ("Smithy", "Bakery", "Mill")
    return [write_sketch(Sketch(rooms=names[: count + 1], links=links[:count]), words) for count in range(3)]


def _sketch_text(draft: Draft, words: dict[str, str]) -> str:
    """Tells the layout of the map, with a sample."""
    template = draft.says[f"sketch.{words['graph_layout']}"]
    return fill(
        template,
        sample=_drawings(words)[2],
        nodes=words["graph_nodes"],
        edges=words["graph_edges"],
        north=words["north"],
    )
