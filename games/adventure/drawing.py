"""Drawing small worlds."""

import random
from functools import lru_cache

from games.adventure.rules import AdventureInstance
from games.adventure.world import VERBS, Layout, Place, steps_needed
from games.lexicon import rooms, sections
from games.protocol.drafting import Draft
from games.protocol.forms import Move, Slot
from games.protocol.moves import MoveKind, SlotSpec
from games.protocol.template import fill
from games.splits import Split

_SHAPES = {"one": (3, 1), "two": (4, 2), "three": (5, 3), "pockets": (4, 3), "strange": (3, 2), "planned": (4, 2)}
"""Level to number of rooms and goals."""

_SYNONYMS: dict[str, tuple[str, ...]] = {
    "go": ("go to", "go", "walk to", "enter", "move to"),
    "take": ("take", "pick up", "grab", "get"),
    "put": ("put", "place", "lay", "set"),
    "open": ("open", "open up", "unlatch"),
    "close": ("close", "shut"),
    "look": ("look", "look around", "observe"),
    "done": ("done", "finish", "end game", "quit"),
}
_STRANGE = (
    "blick",
    "dax",
    "fep",
    "gorp",
    "kiv",
    "lorp",
    "mub",
    "nerg",
    "pliff",
    "quib",
    "snorp",
    "tulver",
    "vash",
    "wug",
    "zop",
)


@lru_cache(maxsize=1)
def _things() -> dict[Split, dict[str, tuple[str, ...]]]:
    return sections("things.txt", "games.adventure")


def _room_names(split: Split) -> dict[str, list[str]]:
    return {
        place: [name.casefold() for name in names if name.replace(" ", "").isalpha()]
        for place, names in rooms()[split].items()
    }


def _layout(rng: random.Random, split: Split, level: str) -> Layout:
    count, goals = _SHAPES[level]
    names = rng.sample(rng.choice(sorted(_room_names(split).values())), count)
    doors = [(names[rng.randrange(index)], names[index]) for index in range(1, count)]
    table = _things()[split]
    containers = rng.sample(table["containers"], min(len(table["containers"]), rng.randint(2, count)))
    surfaces = rng.sample(table["surfaces"], min(len(table["surfaces"]), rng.randint(2, count)))
    places = [Place(name=name, room=rng.choice(names), container=True, open=rng.random() < 0.4) for name in containers]
    places += [Place(name=name, room=rng.choice(names), container=False) for name in surfaces]
    rng.shuffle(places)
    items = rng.sample(table["items"], goals + rng.randint(1, 3))
    things = {item: rng.choice([*(place.name for place in places), *names]) for item in items}
    wanted: list[tuple[str, str]] = []
    for item in items[:goals]:
        wanted.append((item, rng.choice([place.name for place in places if place.name != things[item]])))
    return Layout(
        rooms=tuple(names),
        doors=tuple(doors),
        start=rng.choice(names),
        places=tuple(places),
        things=things,
        goals=tuple(wanted),
        hands=rng.choice((1, 2)) if level == "pockets" else None,
    )


def _words(rng: random.Random, level: str) -> dict[str, str]:
    if level == "strange":
        own = rng.sample(_STRANGE, len(VERBS))
        words = {f"verb.{verb}": name for verb, name in zip(VERBS, own, strict=True)}
    else:
        words = {f"verb.{verb}": rng.choice(_SYNONYMS[verb]) for verb in VERBS}
    return words | {"joiner": rng.choice((" ", " ", "/")), "nothing": rng.choice(("nothing", "no thing"))}


def _commands(draft: Draft, words: dict[str, str], *, done: bool) -> str:
    """The list of commands with what they do."""
    verbs = [verb for verb in VERBS if verb != "done" or done]
    draft.rng.shuffle(verbs)
    return "\n".join(fill(draft.says[f"command.{verb}"], verb=words[f"verb.{verb}"]) for verb in verbs)


def _act(level: str) -> MoveKind:
    action = SlotSpec(
        name="action", labels=("action", "command", "act", "next action"), slot=Slot(meaning="one command")
    )
    plan = SlotSpec(
        name="plan",
        labels=("plan", "next actions", "then", "later"),
        slot=Slot(meaning="the commands that you plan to give afterwards, separated by commas"),
    )
    return MoveKind(
        name="act", verbs=("act", "do"), purpose="to act", slots=(action, plan) if level == "planned" else (action,)
    )


def _example(draft: Draft, words: dict[str, str]) -> str:
    def move(action: str, plan: str) -> Move:
        fields = {"action": action}
        if "plan" in draft.forms["act"].slots:
            fields["plan"] = plan
        return Move(name="act", fields=fields)

    take, look = f"{words['verb.take']} feather", words["verb.look"]
    return draft.example(
        [
            ("game", fill(draft.says["scene.top"], place="anvil", things="feather")),
            ("you", move(take, look)),
            ("game", fill(draft.says["did.take"], first="feather", second="", contents="")),
        ],
        share=0.5,
    )


def draw_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws one instance."""
    layout = _layout(rng, split, level)
    must_say_done = rng.random() < 0.7
    words = _words(rng, level)
    draft = Draft(rng, "games.adventure", {"adventurer": [_act(level)]}, split=split)
    max_turns = 2 * steps_needed(layout) + 8
    goals = _goals(draft, layout)
    hands = fill(draft.says["hands"], hands=layout.hands) if layout.hands else ""
    finish = draft.says[f"finish.{'say' if must_say_done else 'auto'}"]
    draft.prompt(
        "adventurer",
        goals=goals,
        hands=hands,
        turns=max_turns,
        example=_example(draft, words),
        finish=fill(finish, done=words["verb.done"]),
        commands=_commands(draft, words, done=must_say_done),
    )
    instance = AdventureInstance(
        game_id=index,
        protocol=draft.finish(words=words),
        layout=layout,
        max_turns=max_turns,
        must_say_done=must_say_done,
    )
    return instance.model_dump(mode="json")


def _goals(draft: Draft, layout: Layout) -> str:
    """The goals in a sentence or a list."""
    kinds = {place.name: "in" if place.container else "on" for place in layout.places}
    parts = [f"the {thing} {kinds[where]} the {where}" for thing, where in layout.goals]
    if draft.rng.random() < 0.4:
        return "\n".join(f"- {part}" for part in parts)
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
