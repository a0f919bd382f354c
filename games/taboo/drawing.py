"""Drawing taboo instances."""

import random

from games.lexicon import Association, associations_of, thirds
from games.protocol.drafting import Draft
from games.protocol.forms import Move, Slot
from games.protocol.moves import MoveKind, SlotSpec
from games.protocol.template import fill
from games.splits import Split, deal
from games.taboo.rules import TabooInstance

MAX_TURNS = 3

CLUE = MoveKind(
    name="clue",
    verbs=("clue", "hint"),
    purpose="to give a clue",
    slots=(
        SlotSpec(
            name="clue", labels=("clue", "hint", "description", "my clue"), slot=Slot(meaning="your clue, on one line")
        ),
    ),
)
GUESS = MoveKind(
    name="guess",
    verbs=("guess",),
    purpose="to guess",
    slots=(SlotSpec(name="guess", labels=("guess", "answer", "word", "my guess"), slot=Slot(meaning="a single word")),),
)


def _bullets(rng: random.Random, related: list[str]) -> str:
    style = rng.choice(("lines", "commas", "or", "numbered"))
    if style == "lines":
        return "\n".join(f"- {word}" for word in related)
    if style == "numbered":
        return "\n".join(f"{number}. {word}" for number, word in enumerate(related, start=1))
    return ", ".join(related) if style == "commas" else ", ".join(related[:-1]) + " or " + related[-1]


def _prompts(draft: Draft, values: dict[str, object]) -> None:
    first = "a round home in the far north"
    draft.prompt(
        "describer",
        **values,
        rules=draft.rules(("target", "related", "tries"), **values),
        example=draft.example(
            [
                ("game", "(the word is 'igloo')"),
                ("you", Move(name="clue", fields={"clue": first})),
                ("game", fill(draft.says["wrong"], guess="tent", left=MAX_TURNS - 1, tries="tries")),
                ("you", Move(name="clue", fields={"clue": "its blocks are frozen and it has a tunnel as entrance"})),
            ],
            share=0.35,
        ),
    )
    draft.prompt(
        "guesser",
        **values,
        example=draft.example(
            [
                ("game", fill(draft.says["clue"], clue=first, left=MAX_TURNS, tries="tries")),
                ("you", Move(name="guess", fields={"guess": "igloo"})),
            ],
            share=0.35,
        ),
    )


def draw_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws one instance."""
    by_target = {entry.target: entry for entry in associations_of(split)}
    target = deal(thirds(by_target)[level], seed=seed, index=index)
    entry: Association = by_target[target]
    related = list(entry.related)
    rng.shuffle(related)
    related = related[:3]
    draft = Draft(rng, "games.taboo", {"describer": [CLUE], "guesser": [GUESS]}, split=split)
    shown = target.upper() if rng.random() < 0.2 else target
    values: dict[str, object] = {"turns": MAX_TURNS, "target": shown, "related": _bullets(rng, related)}
    _prompts(draft, values)
    instance = TabooInstance(
        game_id=index,
        protocol=draft.finish(),
        target=target,
        related=tuple(related),
        clue=entry.clue,
        max_turns=MAX_TURNS,
    )
    return instance.model_dump(mode="json")
