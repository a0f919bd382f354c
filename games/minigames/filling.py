"""Exercises whose answer has a line for each thing that was named, in an order and a layout that the question gives."""

import random
import re
from collections.abc import Mapping, Sequence

from games.minigames.exercise import Exercise, Facts, Kind, exact_text, some

Rng = random.Random
Pool = Mapping[str, Sequence[str]]

_NAMES = ("Amir", "Berta", "Chen", "Dora", "Elif", "Frank", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Lars")
_EVENTS: tuple[tuple[str, str], ...] = (
    ("has just been told that {other} is well again", "relief"),
    ("finds the old bicycle gone from the yard", "anger"),
    ("opens a parcel that {other} has sent without a word", "surprise"),
    ("sits alone in the kitchen after {other} has moved away", "sadness"),
    ("hears steps in the attic although nobody else is at home", "fear"),
    ("has won the town's chess cup for the first time", "pride"),
    ("has forgotten the text of the speech in front of everyone", "shame"),
    ("lies in the sun and has nothing to do all day", "calm"),
)
_FAR: Mapping[str, tuple[str, ...]] = {
    "relief": ("anger", "envy", "disgust", "boredom"),
    "anger": ("joy", "calm", "gratitude", "relief"),
    "surprise": ("boredom", "grief", "disgust", "shame"),
    "sadness": ("joy", "amusement", "pride", "relief"),
    "fear": ("joy", "pride", "gratitude", "boredom"),
    "pride": ("shame", "fear", "disgust", "grief"),
    "shame": ("pride", "calm", "amusement", "gratitude"),
    "calm": ("anger", "fear", "disgust", "envy"),
}
_LINE = re.compile(r"(.+?)\s*[:=-]\s*(-?\d+(?:\.\d+)?)\Z")


def _belonging(rng: Rng, pool: Pool) -> Exercise:
    """Numbers for how far things belong to a kind."""
    kind, others = rng.sample(sorted(name for name in pool if len(pool[name]) > 5), 2)
    inside = rng.sample(sorted(set(pool[kind]) - set(pool[others])), rng.randint(1, 2))
    outside = rng.sample(sorted(set(pool[others]) - set(pool[kind])), rng.randint(2, 3))
    words = rng.sample(inside + outside, len(inside) + len(outside))
    most = rng.choice((5, 10, 10, 100))
    asked = rng.choice(
        (
            f'How well does each of these words go with "{kind}"? Give a number from 0 (not at all) to {most} (fully).',
            f"Score every word from 0 to {most} for how surely it names a kind of {kind}.",
            f"Rate, between 0 and {most}, in how far each of the following is a case of {kind}.",
        )
    )
    return _scored(rng, asked=f"{asked}\n{_listed(rng, words)}", words=words, inside=inside, most=most)


def _feelings(rng: Rng, pool: Pool) -> Exercise:
    """Numbers for what somebody feels after a small scene."""
    who, other = rng.sample(_NAMES, 2)
    event, felt = rng.choice(_EVENTS)
    words = [felt, *rng.sample(_FAR[felt], 3)]
    rng.shuffle(words)
    most = rng.choice((5, 10, 10))
    talk = "\n".join(
        f"{name}: {line}"
        for name, line in zip(
            (other, who, other),
            (
                rng.choice(("So, tell me how it is.", "I saw your light on.", "You did not call.")),
                rng.choice(("There is a lot to say.", "Later, maybe.", "You would not believe it.")),
                rng.choice(("I have time.", "Say it anyway.", "Whenever you like.")),
            ),
            strict=True,
        )
    )
    scene = f"{who} {event.format(other=other)}."
    told = rng.choice((scene, f"{scene}\n\n{talk}", f"{talk}\n\nWhat {other} does not know: {scene}"))
    asked = rng.choice(
        (
            f"How strongly does {who} feel each of these now? Use numbers from 0 to {most}.",
            f"Say for each feeling how much of it {who} has at this moment, 0 for none and {most} for the most.",
        )
    )
    return _scored(rng, asked=f"{told}\n\n{asked}\n{_listed(rng, words)}", words=words, inside=[felt], most=most)


def _scored(rng: Rng, *, asked: str, words: Sequence[str], inside: Sequence[str], most: int) -> Exercise:
    mark = rng.choice((": ", ": ", ": ", " = ", " - "))
    slot = rng.choice(("<number>", "[score]", "NUMBER", "…"))
    layout = "\n".join(f"{word}{mark}{slot}" for word in words)
    form = rng.choice(
        (
            f"Answer in this form, one line each, and write nothing else:\n{layout}",
            f"Your reply must look like this (with your own numbers) and hold no comment:\n\n{layout}",
            f"Fill in the following lines and return only them.\n{layout}",
        )
    )
    high, low = most * 9 // 10, most // 10
    answer = "\n".join(f"{word}{mark}{high if word in inside else low}" for word in words)
    closing = rng.choice(("", "", "\n\nZero is allowed.", "\n\nNot every line may be zero.", "\n\nYour lines:"))
    return Exercise(
        question=f"{asked}\n\n{form}{closing}",
        answer=answer,
        facts={"words": list(words), "inside": list(inside), "most": most},
    )


def _listed(rng: Rng, words: Sequence[str]) -> str:
    first, mark = rng.choice((("", "\n"), ("- ", "\n- "), ("", ", ")))
    return first + mark.join(words)


def _judge_scores(reply: str, answer: str, facts: Facts) -> str:
    words, inside, most = facts["words"], facts["inside"], facts["most"]
    assert isinstance(words, list) and isinstance(inside, list) and isinstance(most, int)
    lines = [line.strip() for line in reply.strip().splitlines() if line.strip()]
    found = [_LINE.match(line) for line in lines]
    if len(lines) != len(words) or not all(found):
        return "there has to be one line with one number for each word"
    for word, match in zip(words, found, strict=True):
        assert match is not None
        if match[1].strip().casefold() != word.casefold():
            return "the words have to come in the order in which they were asked for"
        number = float(match[2])
        if not 0 <= number <= most:
            return f"numbers go from 0 to {most}"
        if (number > most / 2) != (word in inside):
            return "a number does not fit its word"
    return ""


def _card(rng: Rng, pool: Pool) -> Exercise:
    """A form with labelled lines, filled in from a note."""
    person, (thing, place) = rng.choice(_NAMES), some(rng, pool, 2)
    number = rng.randint(2, 60)
    fields = [("Name", person), ("Item", thing), ("Amount", str(number)), ("Near", place)]
    rng.shuffle(fields)
    fields = fields[: rng.randint(3, 4)]
    note = f"{person} ordered {number} pieces of {thing}; they are kept near the {place}."
    layout = "\n".join(f"{label}: ..." for label, _ in fields)
    asked = rng.choice(("Fill in this card from the note.", "Copy what the note says into these lines, nothing else."))
    return Exercise(
        question=f"{asked}\n\n{layout}\n\nNote: {note}",
        answer="\n".join(f"{label}: {value}" for label, value in fields),
    )


FILLING: dict[str, Kind] = {
    "belonging": Kind(draw=_belonging, judge=_judge_scores),
    "feelings": Kind(draw=_feelings, judge=_judge_scores),
    "card": Kind(draw=_card, judge=exact_text),
}
"""Kinds with a line for each thing that is named."""
