"""The digest: what is remembered, in a few plain lines that a language model or a person can read.

Newer facts replace older ones; what stands in the opening message is not said again,
for that message is never lost. Pure; knows no game.
"""

from collections.abc import Sequence

from memory.cartography import chart
from memory.commitments import commitments
from memory.facts import standing
from memory.retrieval import Passage
from memory.store import Memory

MOST_LINES = 12
"""Lines of each part."""

_LONGEST = 160  # characters of one value


def digest(memory: Memory, *, earlier: Sequence[Passage] = (), characters: int = 2_000) -> str:
    """What is remembered, in at most so many characters; "" when nothing is.

    Args:
        memory: what is remembered.
        earlier: passages to quote, best first.
        characters: longest text; the least important lines go first.
    """
    parts = [
        ("Stated so far:", _stated(memory)),
        ("Places:", _places(memory)),
        ("You said before:", _said(memory)),
        ("Earlier:", [f"{passage.text}" for passage in earlier]),
    ]
    told = [(heading, lines) for heading, lines in parts if lines]
    while told:
        text = "\n".join(line for heading, lines in told for line in (heading, *(f"- {each}" for each in lines)))
        if len(text) <= characters:
            return text
        heading, lines = told[-1]
        told[-1] = (heading, lines[1:])
        if len(lines) <= 1:
            told.pop()
    return ""


def _stated(memory: Memory) -> list[str]:
    """The facts that hold, oldest first; neither those of the opening message nor forms said again ("guess: WORD")."""
    own = {each.slot.casefold() for each in commitments(memory.events)}
    facts = [fact for fact in standing(memory.facts) if fact.turn > 0 and not fact.subject and fact.labelled]
    later = [fact for fact in facts if fact.relation not in own]
    return [f"{fact.relation}: {_short(fact.value)}" for fact in later[-MOST_LINES:]]


def _said(memory: Memory) -> list[str]:
    """What this player said, oldest first, each once."""
    lines = [
        (f"{each.slot}: " if each.slot else "") + _short(each.value)
        for each in commitments(memory.events)
        if each.value.strip()
    ]
    return list(dict.fromkeys(reversed(lines)))[:MOST_LINES][::-1]


def _places(memory: Memory) -> list[str]:
    """The rooms seen, with their ways on, and where we are."""
    if len(memory.rooms.visits) < 2:  # nobody has moved: the one place is the opening message's
        return []
    drawn = chart(memory.rooms)
    rooms = [room for room in drawn.rooms.values() if room.name]
    lines = [f"{room.name}: {', '.join(room.exits) or 'no way on'}" for room in rooms[-MOST_LINES:]]
    room = drawn.rooms.get(drawn.here) if drawn.here is not None else None
    here = room.name if room is not None else ""
    return [*lines, f"you are in {here}"] if here and lines else lines


def _short(value: str) -> str:
    plain = " ".join(value.split())
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"
