"""Flexibility: cards are sorted by one feature until the rule changes, announced or only felt (Berg 1948)."""

import random
from collections.abc import Sequence

from games.probes.rules import Question

COLOURS = ("red", "green", "blue", "yellow")
SHAPES = ("circle", "square", "star", "triangle")
RUN = 4
"""Cards between two switches."""


def draw(rng: random.Random, names: Sequence[str], things: Sequence[str]) -> list[Question]:
    """Three runs of cards; the first card after an unannounced switch cannot be known and does not count."""
    announced = rng.random() < 0.5
    rules = ["colour", "shape", "colour"] if rng.random() < 0.5 else ["shape", "colour", "shape"]
    questions: list[Question] = []
    for run, rule in enumerate(rules):
        for place in range(RUN):
            colour, shape = rng.choice(COLOURS), rng.choice(SHAPES)
            notice = f"Now sort by {rule}. " if place == 0 and (announced or run == 0) else ""
            questions.append(
                Question(
                    text=f"{notice}Card: {colour} {shape}. Which pile?",
                    answers=(colour if rule == "colour" else shape,),
                    about="after a switch" if run and place else "before a switch" if not run else "at a switch",
                    counted=announced or not run or place > 0,
                    judged=True,
                )
            )
    return questions
