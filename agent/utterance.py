"""An utterance: a reply as this player means it, beside the exchanges so far. What self-checks look at.

Knows reply forms and memory's events; knows no rule.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from constraints.forms import SlotKind
from constraints.rulebook import Rulebook
from memory.events import Event, Source
from planner.session import Session

READ_CHARACTERS = 8_000
"""Beginning of a message that self-checks look at."""

_WRITTEN = (SlotKind.TEXT, SlotKind.PROSE, SlotKind.WORD, SlotKind.JSON)
_EXPLAINS = re.compile(r"expla|reason|thought|thinking|rational|comment|note|why|because|justif|analysis|argument")
_FUNCTION = frozenset(
    ("a", "an", "the", "is", "it", "its", "are", "was", "were", "do", "does", "did", "be", "of", "to", "in")
)

FAILURE = re.compile(
    r"\b(?:can(?:no|')t|can not|could(?: not|n't)|not possible|impossible|nothing happen\w*|no effect|no way|blocked|"
    r"don't (?:see|understand|know|have)|do not (?:see|understand|know|have)|won't|will not|(?:is|are)(?: not|n't) "
    r"(?:possible|allowed|valid|available|here|open|a (?:valid|legal|known|possible))|not (?:a |an )?(?:valid|legal|"
    r"allowed|recogni[sz]ed|understood|available)|not (?:be )?found|invalid|illegal|unknown|fail(?:s|ed|ure)?|no such|"
    r"there(?: is|'s) no|unable|refuse[sd]?|reject(?:ed|s)?|denied|"
    r"does(?: not|n't) (?:work|fit|open|exist|help|know|understand))\b",
    re.IGNORECASE,
)
_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One stretch of a reply that this player wrote.

    Attributes:
        name: of the slot, in lower case; "" when no form fits and the text is the whole reply.
        kind: of the slot; PROSE for a whole reply.
        text: what was written.
    """

    name: str
    kind: SlotKind
    text: str

    @property
    def explains(self) -> bool:
        """Whether it only explains the rest of the reply."""
        return bool(_EXPLAINS.search(self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """A reply, taken apart.

    Attributes:
        text: the reply.
        values: the slots' values, in order; options chosen, numbers and grids included.
    """

    text: str
    values: tuple[Value, ...]

    @property
    def written(self) -> tuple[Value, ...]:
        """The values that are in this player's own words."""
        return tuple(value for value in self.values if value.kind in _WRITTEN)

    @property
    def key(self) -> tuple[str, ...]:
        """What two replies that do the same have in common."""
        kept = tuple(plain(value.text) for value in self.values if not value.explains)
        return kept or (plain(self.text),)


def utterance(rulebook: Rulebook, reply: str) -> Utterance:
    """Takes a reply apart by the first form that it fits."""
    for form in (*rulebook.forms, *rulebook.standing):
        fills = form.parse(reply)
        if fills is not None:
            slots = {slot.name: slot for slot in form.slots}
            values = tuple(Value(name=name, kind=slots[name].kind, text=text) for name, text in fills.items())
            return Utterance(text=reply, values=values)
    return Utterance(text=reply, values=(Value(name="", kind=SlotKind.PROSE, text=reply),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One reply of ours, with what the game said before and after it.

    Attributes:
        asked: the game's message before it.
        said: the reply.
        answer: the game's message after it.
    """

    asked: str
    said: Utterance
    answer: str

    @property
    def failed(self) -> bool:
        """Whether the game said at once that it did not work."""
        return bool(FAILURE.search(opening(self.answer)))


def exchanges(session: Session) -> list[Exchange]:
    """What was said so far, oldest first."""
    found: list[Exchange] = []
    asked = ""
    mine: Event | None = None
    for event in session.memory.events:
        if event.source is Source.SELF:
            mine = event
            continue
        if mine is not None:
            said = utterance(session.rulebook, mine.text)
            found.append(Exchange(asked=asked, said=said, answer=event.text))
        asked, mine = event.text, None
    return found


def opening(text: str) -> str:
    """The beginning of a message, where a game says whether something worked; without a speaker's tag."""
    start = re.sub(r"^\W*[A-Za-z][\w ]{0,20}[:>\]][ \t]*", "", text[:600].strip(), count=1)
    return " ".join(sentence for sentence in _SENTENCES.split(start)[:2] if len(sentence) <= 160).replace("’", "'")


def rules_text(session: Session) -> str:
    """The game's first message, where the rules stand."""
    first = next((event.text for event in session.memory.events if event.source is Source.GAME), "")
    return first[:READ_CHARACTERS]


def newest(session: Session) -> str:
    """The game's newest message."""
    event = session.memory.newest(Source.GAME)
    return event.text[:READ_CHARACTERS] if event is not None else ""


def sentences(text: str) -> Iterable[str]:
    """The sentences of a text."""
    return (sentence for sentence in _SENTENCES.split(text) if sentence.strip())


def plain(text: str) -> str:
    """A text's words in lower case, without marks and the commonest words; the words themselves if none else remain."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return " ".join(word for word in words if word not in _FUNCTION) or " ".join(words) or text.strip()
