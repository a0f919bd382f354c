"""Drawing exercises, every kind in turn."""

import random

from games.lexicon import kinds
from games.minigames.closed import CLOSED
from games.minigames.filling import FILLING
from games.minigames.open import OPEN
from games.minigames.rules import KINDS, MinigameInstance
from games.protocol.forms import MoveForm, Slot
from games.protocol.record import Protocol
from games.protocol.template import load_voices
from games.splits import Split, deal

_OF_LEVEL = {"closed": CLOSED, "open": OPEN, "filling": FILLING}
"""Kinds of exercise by level."""

_UNCOUNTED = ("country", "metal", "sport", "weather", "drink", "clothing", "vegetable")
"""Kinds whose words do not go with "a"."""


def draw_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws one exercise."""
    kind = deal(sorted(_OF_LEVEL[level]), seed=seed, index=index)
    pool = {name: things for name, things in kinds()[split].items() if level != "open" or name not in _UNCOUNTED}
    exercise = KINDS[kind].draw(rng, pool)
    protocol = Protocol(
        prompts={"player": exercise.question},
        forms={"reply": MoveForm(kind="pattern", template="{reply}", slots={"reply": Slot(meaning="your reply")})},
        says=load_voices("games.protocol").draw_says(rng, prefix="again."),
        drawn={"kind": kind},
    )
    instance = MinigameInstance(
        game_id=index,
        protocol=protocol,
        kind=kind,
        question=exercise.question,
        answer=exercise.answer,
        facts=exercise.facts,
    )
    return instance.model_dump(mode="json")
