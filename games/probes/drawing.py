"""Drawing probes: one row of questions of a level, and how it is to be answered."""

import random

from games.lexicon import kinds
from games.probes import flexibility, memory, mind, planning
from games.probes.rules import ProbeInstance, Question
from games.protocol.forms import MoveForm, Slot
from games.protocol.record import Protocol, Strictness
from games.splits import Split

_DRAWERS = {
    "memory": memory.draw,
    "flexibility": flexibility.draw,
    "planning": planning.draw,
    "mind": mind.draw,
}
_NAMES = ("Ada", "Bo", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana", "Ivo", "Jill", "Kofi", "Lea", "Mo", "Nina")
_HOLDABLE = ("tool", "kitchenware", "stationery", "clothing", "fruit", "vegetable", "toy", "instrument", "jewellery")
"""Kinds of things that one can hold and put away."""

_TASKS = {
    "memory": "You are told facts, one in a message, and asked what a message told you. Answer with the thing alone.",
    "flexibility": "Put cards on piles. You sort by colour or by shape and answer with the card's colour or its shape. "
    "The rule may change without notice; you hear after each card whether it was right.",
    "planning": "Answer each question with a list, its items joined by commas.",
    "mind": "Read the story and answer the questions about it, each with one place.",
}
_FORMS = (
    ("ANSWER: {answer}", 'Write "ANSWER: " and then your answer, nothing else.'),
    ("[{answer}]", "Put your answer in square brackets, like [answer], and write nothing else."),
    ("<answer>{answer}</answer>", "Reply as <answer>your answer</answer> and with no other text."),
    ("My answer is {answer}", 'Begin with "My answer is" and add the answer; nothing more.'),
)
_VERDICTS = (("Right.", "Wrong."), ("Correct.", "Not correct."), ("Yes.", "No."))


def draw_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws one row of questions."""
    pool = kinds()[split]
    things = sorted({word for kind, words in pool.items() if kind in _HOLDABLE for word in words if " " not in word})
    questions = _DRAWERS[level](rng, _NAMES, things)
    template, rule = rng.choice(_FORMS)
    right, wrong = rng.choice(_VERDICTS)
    head = f"{_TASKS[level]}\n{rule}\n\n"
    questions = [Question(**{**questions[0].model_dump(), "text": head + questions[0].text}), *questions[1:]]
    protocol = Protocol(
        prompts={"player": head.strip()},
        forms={"answer": MoveForm(kind="pattern", template=template, slots={"answer": Slot(meaning="your answer")})},
        says={"again.bare": "That was not a reply in the right form.", "again.explained": "{problem}. {shape}"},
        words={"right": right, "wrong": wrong},
        strictness=Strictness(mode="exact", retries=0),
        drawn={"form": template},
    )
    return ProbeInstance(game_id=index, protocol=protocol, questions=tuple(questions)).model_dump(mode="json")
