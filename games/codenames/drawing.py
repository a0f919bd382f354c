"""Drawing boards."""

import random
from functools import lru_cache

from games.codenames.rules import CodenamesInstance
from games.lexicon import associations_of, kinds
from games.protocol.drafting import Draft
from games.protocol.forms import Move, Slot
from games.protocol.moves import MoveKind, SlotSpec
from games.protocol.template import fill
from games.splits import Split

_SPEED = {"no_opponent": 0, "slow_opponent": 1, "fast_opponent": 2, "related": 1, "risky": 1}
_OWNER_WORDS = (
    ("team", "opponent", "bystander", "killer"),
    ("own", "enemy", "neutral", "deadly"),
    ("friendly", "rival", "innocent", "lethal"),
)

CLUE = MoveKind(
    name="clue",
    verbs=("clue",),
    purpose="to give a clue",
    slots=(
        SlotSpec(name="clue", labels=("clue", "hint", "word"), slot=Slot(meaning="your one-word clue")),
        SlotSpec(
            name="targets",
            labels=("targets", "for", "meant", "words meant"),
            slot=Slot(meaning="the words that it is meant for, separated by commas"),
        ),
    ),
)
GUESS = MoveKind(
    name="guess",
    verbs=("guess",),
    purpose="to guess",
    slots=(
        SlotSpec(
            name="guesses",
            labels=("guess", "guesses", "words", "my words"),
            slot=Slot(meaning="your words, separated by commas, the surest first"),
        ),
    ),
)


@lru_cache(maxsize=8)
def _pool(split: Split) -> tuple[str, ...]:
    taken = {thing for table in kinds().values() for things in table.values() for thing in things}
    own = {thing for things in kinds()[split].values() for thing in things}
    return tuple(sorted(own | {entry.target for entry in associations_of(split) if entry.target not in taken}))


def _team(rng: random.Random, split: Split, level: str, count: int) -> list[str]:
    if level != "related":
        return rng.sample(_pool(split), count)
    chosen = rng.sample(sorted(kinds()[split]), 3)
    return [word for kind in chosen for word in rng.sample(kinds()[split][kind], count // 3)]


def _prompts(draft: Draft, values: dict[str, str]) -> None:
    draft.prompt(
        "cluegiver",
        **values,
        example=draft.example(
            [
                ("game", "(suppose igloo and iceberg are among your words)"),
                ("you", Move(name="clue", fields={"clue": "frozen", "targets": "igloo, iceberg"})),
            ],
            share=0.4,
        ),
    )
    draft.prompt(
        "guesser",
        **values,
        example=draft.example(
            [
                ("game", fill(draft.says["clue"], clue="frozen", number=2, board="igloo, tent, iceberg, hut")),
                ("you", Move(name="guess", fields={"guesses": "igloo, iceberg"})),
            ],
            share=0.4,
        ),
    )


def draw_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws one instance."""
    killers = 4 if level == "risky" else 1
    team = _team(rng, split, level, 9)
    rest = rng.sample([word for word in _pool(split) if word not in team], 16)
    opponent, killer, bystander = rest[:8], rest[8 : 8 + killers], rest[8 + killers :]
    order = [*team, *rest]
    rng.shuffle(order)
    names = rng.choice(_OWNER_WORDS)
    draft = Draft(rng, "games.codenames", {"cluegiver": [CLUE], "guesser": [GUESS]}, split=split)
    words: dict[str, str] = dict(zip(("team", "opponent", "bystander", "killer"), names, strict=True))
    words["nothing"] = rng.choice(("nothing", "no word"))
    speed = _SPEED[level]
    race = draft.says[f"race.{'none' if not speed else 'some'}"].format(speed=speed, deadly=names[3])
    values = {"race": race, "own": names[0], "enemy": names[1], "neutral": names[2], "deadly": names[3]}
    _prompts(draft, values)
    instance = CodenamesInstance(
        game_id=index,
        protocol=draft.finish(says=_says(draft, values), words=words),
        team=tuple(team),
        opponent=tuple(opponent),
        bystander=tuple(bystander),
        killer=tuple(killer),
        order=tuple(order),
        opponent_speed=speed,
    )
    return instance.model_dump(mode="json")


def _says(draft: Draft, values: dict[str, str]) -> dict[str, str]:
    """The messages with the names of the owners put in, lists left open."""
    says: dict[str, str] = {}
    for key in ("begin", "again"):
        text = draft.says[key]
        for name in ("own", "enemy", "neutral", "deadly"):
            text = text.replace("{" + name + "}", values[name])
        says[key] = text
    return says
