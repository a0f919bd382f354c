"""Drawing lists of words with a target."""

import random

from games.guesswhat.rules import GuessWhatInstance
from games.lexicon import kinds
from games.protocol.drafting import Draft
from games.protocol.forms import Move, Slot, SlotKind
from games.protocol.moves import MoveKind, SlotSpec
from games.protocol.template import fill
from games.splits import Split

_ANSWERS = (
    ("yes", "no"),
    ("yes", "no"),
    ("Yes", "No"),
    ("true", "false"),
    ("correct", "incorrect"),
    ("right", "wrong"),
)
_SHAPES = {"four_kinds": (4, 2), "two_kinds": (2, 4), "one_kind": (1, 8)}


def _list(rng: random.Random, words: list[str]) -> str:
    style = rng.choice(("commas", "commas", "lines", "numbered", "brackets", "semicolons"))
    if style == "lines":
        return "\n".join(f"- {word}" for word in words)
    if style == "numbered":
        return "\n".join(f"{number}. {word}" for number, word in enumerate(words, start=1))
    if style == "brackets":
        return "[" + ", ".join(f"'{word}'" for word in words) + "]"
    return ("; " if style == "semicolons" else ", ").join(words)


def _moves(answers: tuple[str, str]) -> dict[str, list[MoveKind]]:
    question = MoveKind(
        name="question",
        verbs=("question", "ask", "query"),
        purpose="to ask a question",
        slots=(SlotSpec(name="question", labels=("question", "ask"), slot=Slot(meaning="your question, on one line")),),
    )
    guess = MoveKind(
        name="guess",
        verbs=("guess", "solution", "my guess"),
        purpose="to guess the word",
        slots=(SlotSpec(name="guess", labels=("guess", "word"), slot=Slot(meaning="one word of the list")),),
    )
    answer = MoveKind(
        name="answer",
        verbs=("answer",),
        purpose="to answer",
        slots=(
            SlotSpec(
                name="answer",
                labels=("answer", "reply", "response"),
                slot=Slot(kind=SlotKind.CHOICE, choices=answers, meaning=f'either "{answers[0]}" or "{answers[1]}"'),
            ),
        ),
    )
    return {"guesser": [question, guess], "answerer": [answer]}


def _prompts(draft: Draft, values: dict[str, object]) -> None:
    keys = ("spelling", "several", "single", "once")
    yes = str(values["yes"])
    draft.prompt(
        "guesser",
        **values,
        rules=draft.rules(keys, **values),
        example=draft.example(
            [
                ("game", "(the words are igloo, tent, hut and iceberg)"),
                ("you", Move(name="question", fields={"question": "Is it made of ice?"})),
                ("game", fill(draft.says["answer"], answer=yes, left=7)),
                ("you", Move(name="question", fields={"question": "Can one live in it?"})),
                ("game", fill(draft.says["answer"], answer=yes, left=6)),
                ("you", Move(name="guess", fields={"guess": "igloo"})),
            ],
            share=0.5,
        ),
    )
    draft.prompt(
        "answerer",
        **values,
        example=draft.example(
            [
                ("game", "(suppose the word is igloo) " + fill(draft.says["question"], question="Is it made of ice?")),
                ("you", Move(name="answer", fields={"answer": yes})),
            ],
            share=0.4,
        ),
    )


def draw_instance(rng: random.Random, split: Split, level: str, seed: str, index: int) -> dict[str, object]:
    """Draws one instance."""
    count, each = _SHAPES[level]
    table = {kind: things for kind, things in kinds()[split].items() if len(things) >= each}
    chosen = rng.sample(sorted(table), count)
    words = [word for kind in chosen for word in rng.sample(table[kind], each)]
    rng.shuffle(words)
    target = rng.choice(words)
    answers = rng.choice(_ANSWERS)
    draft = Draft(rng, "games.guesswhat", _moves(answers), split=split)
    values: dict[str, object] = {
        "questions": 7,
        "words": _list(rng, words),
        "target": target,
        "yes": answers[0],
        "no": answers[1],
    }
    _prompts(draft, values)
    protocol = draft.finish(words={"yes": answers[0], "no": answers[1]})
    instance = GuessWhatInstance(game_id=index, protocol=protocol, candidates=tuple(words), target=target)
    return instance.model_dump(mode="json")
