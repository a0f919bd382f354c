"""Working memory: facts come one at a time, and each message asks after one some messages back (n-back)."""

import random
from collections.abc import Sequence

from games.probes.rules import Question

DEPTHS = (1, 2, 3)
FACTS = 7

_TELLS = ("{name} has the {thing}.", "The {thing} belongs to {name}.", "{name} is holding the {thing}.")
_ASKS = (
    "What did {name} have, as told {back}?",
    "{Back} you heard of {name}. What was the thing?",
    "Which thing was {name}'s, according to the message {back}?",
)
_BACK = {1: "one message ago", 2: "two messages ago", 3: "three messages ago"}


def draw(rng: random.Random, names: Sequence[str], things: Sequence[str]) -> list[Question]:
    """Facts whose owners change, so that only the message asked for tells what is right."""
    depth = rng.choice(DEPTHS)
    tell, ask = rng.choice(_TELLS), rng.choice(_ASKS)
    people = rng.sample(names, 3)
    told = [(rng.choice(people), thing) for thing in rng.sample(things, FACTS)]
    questions: list[Question] = []
    for place, (name, thing) in enumerate(told):
        fact = tell.format(name=name, thing=thing)
        if place < depth:
            questions.append(Question(text=f"{fact} What was the thing?", answers=(thing,), about="now", counted=False))
            continue
        owner, wanted = told[place - depth]
        back = _BACK[depth]
        asked = ask.format(name=owner, back=back, Back=back[0].upper() + back[1:])
        questions.append(Question(text=f"{fact} {asked}", answers=(wanted,), about=f"{depth} back"))
    return questions
