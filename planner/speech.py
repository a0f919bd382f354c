"""Saying moves: which reply forms take a way on, and which end the walk.

Knows reply forms and words for moving and stopping; knows no map.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from constraints.forms import Literal, ReplyForm, Slot, SlotKind

_MOVING = re.compile(
    r"\b(?:direction|dir|move|way|exit|go|step|door|path|walk|room|where|action|command)s?\b", re.IGNORECASE
)
_STOPPING = re.compile(
    r"\b(?:stop|stopping|done|finish|finished|end|ending|quit|halt|complete|completed|explored|over|found|nothing|no\s+more"
    r"|no\s+new|arrived|leave\s+the\s+game|give\s+up|exploration|all\s+rooms|everything)\b",
    re.IGNORECASE,
)
_MAX_TEXT = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """A reply form with the slots that decide what it does.

    Attributes:
        form: index of the form in the rulebook.
        slot: the slot that is filled; "" for a form that is all literal.
        value: what fills it.
        weight: how surely it means what it is taken to mean.
    """

    form: int
    slot: str = ""
    value: str = ""
    weight: float = 1.0

    @property
    def fills(self) -> dict[str, str]:
        """The fill as a mapping."""
        return {self.slot: self.value} if self.slot else {}


def ways_to_say(forms: Sequence[ReplyForm], ways: Sequence[str]) -> dict[str, Saying]:
    """How each way on can be said; a way that no form can say is missing."""
    said: dict[str, Saying] = {}
    for way in ways:
        found = [saying for index, form in enumerate(forms) for saying in _sayings(index, form, way)]
        if found:
            said[way] = max(found, key=lambda saying: saying.weight)
    return said


def _sayings(index: int, form: ReplyForm, way: str) -> Iterator[Saying]:
    for slot in form.slots:
        if slot.kind is SlotKind.CHOICE:
            for option in slot.options:
                if option.casefold() == way.casefold():
                    yield Saying(form=index, slot=slot.name, value=option)
                elif _mentions(option, way):
                    yield Saying(form=index, slot=slot.name, value=option, weight=0.9)
        elif slot.kind in (SlotKind.WORD, SlotKind.TEXT) and slot.letters is None:
            words = f"{slot.name} {form.purpose} {_literal(form)}"
            if _MOVING.search(words.replace("_", " ")):
                kind = 0.7 if slot.kind is SlotKind.WORD else 0.4
                yield Saying(form=index, slot=slot.name, value=way, weight=kind)
    if not form.slots and _mentions(_literal(form), way):
        yield Saying(form=index, weight=0.8)


def speaks_of_moving(forms: Sequence[ReplyForm]) -> bool:
    """Whether some form says in its words that it moves us."""
    return any(
        _MOVING.search(" ".join([form.purpose, _literal(form), *(slot.name for slot in form.slots)]).replace("_", " "))
        for form in forms
    )


def way_to_stop(forms: Sequence[ReplyForm], ways: Sequence[str]) -> Saying | None:
    """How the walk is ended; None when no form does it.

    Args:
        forms: the legal reply forms.
        ways: every way on that was ever offered, so that none is mistaken for stopping.
    """
    found: list[Saying] = []
    for index, form in enumerate(forms):
        literal = f"{_literal(form)} {form.purpose}"
        choices = [slot for slot in form.slots if slot.options]
        for slot in choices:
            others = [option for option in slot.options if not any(_mentions(option, way) for way in ways)]
            found += [
                Saying(form=index, slot=slot.name, value=option, weight=1.0)
                for option in others
                if _STOPPING.search(option)
            ]
        says_way = any(_mentions(_literal(form), way) for way in ways)
        moving = any(slot.kind in (SlotKind.WORD, SlotKind.TEXT) for slot in form.slots)
        if not choices and not says_way:
            weight = 0.9 if _STOPPING.search(literal) else 0.3
            found.append(Saying(form=index, weight=weight - (0.5 if moving else 0.0)))
    found = [saying for saying in found if saying.weight > 0.2]
    return max(found, key=lambda saying: saying.weight, default=None)


def slot_of(form: ReplyForm, kinds: Sequence[SlotKind]) -> Slot | None:
    """The first slot of one of these kinds."""
    return next((slot for slot in form.slots if slot.kind in kinds), None)


def _literal(form: ReplyForm) -> str:
    return "".join(part.text for part in form.parts if isinstance(part, Literal))


def _mentions(text: str, way: str) -> bool:
    """Whether a short text names the way as a word of its own."""
    if len(text) > _MAX_TEXT:
        return False
    return re.search(rf"(?<![\w-]){re.escape(way.casefold())}(?![\w-])", text.casefold()) is not None
