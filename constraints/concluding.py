"""Room for reasoning: a free draft that thinks first, and the answer that must conclude it.

A form has room when it begins with prose and fixed text or a line break follows.
The draft is free, so the model thinks as it would alone; the answer is then taken
from the draft, or left to be decoded behind it.
"""

import re

from constraints.fields import Field
from constraints.forms import SlotKind, find_literal
from constraints.lark import Resolved
from constraints.mending import mend
from constraints.turn import TurnConstraint

ANSWER_TOKENS = 24
"""Tokens kept for the answer behind the reasoning."""

_BREAKS = re.compile(r"[ \t]*[\x00-\x08\x0b-\x1f\x7f\x85]+")
MOST_WORDS = 6
"""Words of a last line that may be nothing but the answer."""


def has_room(turn: TurnConstraint) -> bool:
    """Whether a reply under this constraint may reason before it answers."""
    return _roomy(turn) is not None


def concluded(turn: TurnConstraint, draft: str) -> tuple[str | None, TurnConstraint]:
    """The reply that a draft already is, or None; and what may be said when its reasoning is kept.

    Args:
        turn: a constraint with room for reasoning.
        draft: what the model said freely.
    """
    form = _roomy(turn)
    assert form is not None
    tail = (str(form[1]).lstrip("\n"), *form[2:])
    draft = _BREAKS.sub(" ", draft).strip()
    at = _answer_at(tail, draft)
    reasoning = (draft if at is None else draft[:at]).strip()
    ending = TurnConstraint(forms=(tuple(part for part in tail if part != ""),), rules=turn.rules)
    answer = None if at is None else mend(ending.forms, ending.check, draft[at:])
    head = f"{reasoning}\n" if reasoning else ""
    if answer is not None and not turn.check(head + answer):
        return head + answer, ending
    fixed = (head + str(tail[0]), *tail[1:])
    return None, TurnConstraint(forms=(tuple(part for part in fixed if part != ""),), rules=turn.rules)


def _roomy(turn: TurnConstraint) -> Resolved | None:
    """The form that begins with room for reasoning."""
    for form in turn.forms:
        first = form[0] if form else ""
        if len(form) >= 3 and isinstance(first, Field) and first.slot.kind is SlotKind.PROSE:
            after = form[1]
            if isinstance(after, str) and after.startswith("\n"):
                return form
    return None


def _answer_at(tail: Resolved, draft: str) -> int | None:
    """Where the draft's answer begins: at its fixed text; without any, at a short last line."""
    mark = str(tail[0]).strip()
    if mark:
        at = find_literal(mark, draft, 0)
        return at if at >= 0 else None
    begin = draft.rfind("\n") + 1
    last = draft[begin:]
    return begin if last and len(last.split()) <= MOST_WORDS else None
