"""Commitments: what this player has said, to whom, and which of the things it knows are common ground by now.

A thing is grounded once its value was said to the other (Clark and Brennan 1991,
"contributions": here the reply itself counts as its acceptance, for games answer
every reply). Derived from the events alone; knows no game.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from memory.events import Event, Source

_SPEAKER = re.compile(
    r"^[\s\W]{0,4}(?P<name>[A-Z][\w-]{0,24}(?: [A-Z]?[\w-]{1,24}){0,2})[\"'*\])]{0,2}\s*(?::|>>?|->|→)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """One thing said.

    Attributes:
        slot: the slot of the reply form that it filled; "" for a reply without a form.
        value: what was said.
        turn: index of the message that says so.
        listener: who had spoken before, as tagged in the game's message; "" for the game itself.
    """

    slot: str
    value: str
    turn: int
    listener: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounding:
    """Whether one thing that this player knows was passed on.

    Attributes:
        label: what it is called.
        value: what it is.
        turn: index of the message that first said it; None while it is untold.
        listener: whom it was said to; "" for the game itself or nobody.
    """

    label: str
    value: str
    turn: int | None = None
    listener: str = ""


def commitments(events: Iterable[Event]) -> tuple[Commitment, ...]:
    """Everything this player said, oldest first, slot by slot."""
    found: list[Commitment] = []
    listener = ""
    for event in events:
        if event.source is Source.GAME:
            listener = speaker(event.text)
            continue
        said = event.fills or (("", event.text.strip()),)
        found += [Commitment(slot=name, value=value, turn=event.index, listener=listener) for name, value in said]
    return tuple(found)


def grounding(events: Sequence[Event], known: Mapping[str, str]) -> tuple[Grounding, ...]:
    """The status of each thing known, in the order given; saying its value in any reply grounds it.

    Args:
        events: what happened, oldest first.
        known: values by label.
    """
    patterns = {label: re.compile(rf"(?<!\w){re.escape(value.casefold())}(?!\w)") for label, value in known.items()}
    told: dict[str, tuple[int, str]] = {}
    listener = ""
    for event in events:
        if event.source is Source.GAME:
            listener = speaker(event.text)
            continue
        said = event.text.casefold()
        for label, pattern in patterns.items():
            if label not in told and pattern.search(said) is not None:
                told[label] = (event.index, listener)
    return tuple(
        Grounding(label=label, value=value, turn=told[label][0], listener=told[label][1])
        if label in told
        else Grounding(label=label, value=value)
        for label, value in known.items()
    )


def speaker(text: str) -> str:
    """Who speaks in the last paragraph of a game's message, as it is tagged there; "" for nobody in particular."""
    match = _SPEAKER.match(text.strip().split("\n\n")[-1])
    return match["name"] if match is not None else ""
