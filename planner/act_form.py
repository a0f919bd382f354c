"""Where a command stands in a reply: the slot that takes it, and the slot that takes the plan behind it.

Knows reply forms and words for acting; knows no world.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from constraints.forms import Literal, ReplyForm, Slot, SlotKind

_ACT = re.compile(r"\b(?:action|command|act|do|doing|input|order|deed|what you do|move)\b", re.IGNORECASE)
_PLAN = re.compile(
    r"\b(?:plan|plans|planned|actions|commands|steps|later|then|afterwards|upcoming|future|following)\b", re.IGNORECASE
)
_OPEN = (SlotKind.TEXT, SlotKind.WORD, SlotKind.PROSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where commands go.

    Attributes:
        form: index of the reply form.
        action: name of the slot for the command.
        plan: slot for the commands planned after it; None where there is none.
        behind: a form of its own that holds the plan, to be written on the line below; None where the plan is part
            of the form or there is none.
    """

    form: int
    action: str
    plan: Slot | None = None
    behind: ReplyForm | None = None


def command_place(forms: Sequence[ReplyForm]) -> Place | None:
    """The form and slot that take a command; None when no form does."""
    best: tuple[float, Place] | None = None
    for index, form in enumerate(forms):
        found = _in_form(index, form)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if best is None or best[1].plan is not None:
        return best[1] if best is not None else None
    behind = next((form for form in forms if _is_plan_line(form)), None)
    return replace(best[1], plan=behind.slots[0], behind=behind) if behind is not None else best[1]


def _is_plan_line(form: ReplyForm) -> bool:
    """Whether a form is nothing but a label and the plan: it belongs under the command."""
    slots = form.slots
    labelled = isinstance(form.parts[0], Literal) and bool(form.parts[0].text.strip())
    return len(slots) == 1 and labelled and slots[0].kind in (*_OPEN, SlotKind.LIST) and _is_plan(form, slots[0])


def _in_form(index: int, form: ReplyForm) -> tuple[float, Place] | None:
    slots = [slot for slot in form.slots if slot.kind in _OPEN and slot.letters is None]
    plans = [slot for slot in form.slots if slot.kind is SlotKind.LIST or (slot.kind in _OPEN and _is_plan(form, slot))]
    actions = [slot for slot in slots if slot not in plans]
    if not actions and (lists := [slot for slot in form.slots if slot.kind is SlotKind.LIST]):
        actions = [slot for slot in lists if _ACT.search(_label(form, slot)) and not _is_plan(form, slot)][:1]
        plans = [slot for slot in plans if slot not in actions]
    if not actions:
        return None
    said = [slot for slot in actions if _ACT.search(_label(form, slot))]
    action = (said or actions)[0]
    weight = 0.6 * bool(said) + 0.3 * bool(plans) + 0.2 * form.confidence + (0.1 if len(form.slots) == 1 else 0.0)
    return weight, Place(form=index, action=action.name, plan=plans[0] if plans else None)


def _is_plan(form: ReplyForm, slot: Slot) -> bool:
    return _PLAN.search(_label(form, slot)) is not None


def _label(form: ReplyForm, slot: Slot) -> str:
    """The slot's name and the fixed text right before it."""
    at = form.parts.index(slot)
    before = form.parts[at - 1] if at else None
    text = before.text.rsplit("\n", 1)[-1][-40:] if isinstance(before, Literal) else ""
    return f"{slot.name} {text}".replace("_", " ")
