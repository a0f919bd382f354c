"""The cheap mend of a draft: no model, no guessing of content."""

import re
from collections.abc import Callable, Sequence

from constraints.checks import Violation
from constraints.fields import Field
from constraints.forms import SlotKind, find_literal, json_end, match_literal
from constraints.lark import Resolved

Check = Callable[[str], list[Violation]]
"""Says what is wrong with a finished reply."""

_LONGEST = 20_000
_WRAPPING = re.compile(r"^(?:```\w*\s*\n?|[\"'“`*]+)|(?:\n?```|[\"'”`*]+)$")
_TAG = re.compile(r"^[^\W\d_][\w' -]{0,24}:\s+")


def mend(forms: Sequence[Resolved], check: Check, text: str) -> str | None:
    """A legal reply made from a draft by leaving out, cutting and adding fixed text; None when there is none.

    Args:
        forms: the legal forms.
        check: says what is wrong with a reply.
        text: the draft.
    """
    text = text[:_LONGEST].strip()
    for draft in (text, _unwrapped(text)):
        if draft and not check(draft):
            return draft
        for form in forms:
            mended = _from_within(check, form, draft)
            if mended is not None:
                return mended
    for form in forms:
        mended = _from_bare(check, form, _unwrapped(text))
        if mended is not None:
            return mended
    return None


def _unwrapped(text: str) -> str:
    previous = None
    while previous != text:
        previous = text
        text = _WRAPPING.sub("", text.strip()).strip()
    return text


def _from_within(check: Check, form: Resolved, text: str) -> str | None:
    """The last place of the draft where the form occurs, with other text around it left out."""
    head = next((part for part in form if isinstance(part, str) and part.strip()), None)
    if head is None or not isinstance(form[0], str):
        return None
    first = head.split()[0].lower()
    lower = text.lower() if len(text.lower()) == len(text) else text
    starts: list[int] = []
    at = lower.find(first)
    while at >= 0 and len(starts) < 40:
        starts.append(at)
        at = lower.find(first, at + 1)
    for start in reversed(starts):
        reply = _rendered(form, text, start)
        if reply is not None and not check(reply):
            return reply
    return None


def _rendered(form: Resolved, text: str, start: int) -> str | None:
    """The form filled with what the draft says from `start` on."""
    out: list[str] = []
    at = start
    for index, part in enumerate(form):
        if isinstance(part, str):
            end = match_literal(part, text, at)
            if end is None:
                return None
            out.append(part)
            at = end
            continue
        after = next((entry for entry in form[index + 1 :] if isinstance(entry, str) and entry.strip()), None)
        if part.slot.kind is SlotKind.JSON:
            end = json_end(text, at)
            if end < 0:
                return None
        elif after is not None:
            end = find_literal(after, text, at)
            if end < 0:
                return None
        elif part.slot.kind in (SlotKind.PROSE, SlotKind.GRID, SlotKind.JSON):
            end = len(text)
        else:
            while at < len(text) and text[at].isspace():
                at += 1
            cut = text.find("\n", at)
            end = cut if cut >= 0 else len(text)
        out.append(fitted(part, text[at:end]))
        at = end
    return "".join(out)


def _from_bare(check: Check, form: Resolved, text: str) -> str | None:
    """The form put around a draft that lacks its fixed text."""
    fields = [part for part in form if isinstance(part, Field)]
    if len(fields) != 1 or not text:
        return None
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    candidates = [text, lines[0], lines[-1], _TAG.sub("", lines[0]), _TAG.sub("", lines[-1])]
    for candidate in candidates:
        reply = "".join(part if isinstance(part, str) else fitted(part, candidate) for part in form)
        if not check(reply):
            return reply
    return None


def fitted(one: Field, value: str) -> str:
    """A value as the field would have it written: blanks, marks, letter case, the one option that is mentioned."""
    slot = one.slot
    value = value.strip()
    if slot.kind is SlotKind.LIST and slot.options:
        known = {item.lower(): item for item in one.items()}
        items = [
            known[name] for piece in re.split(r"[,;\n]", value) if (name := piece.strip(" .\"'`*").lower()) in known
        ]
        return slot.separator.join(list(dict.fromkeys(items))[: one.counts()[1]])
    options = one.options()
    if options is not None:
        bare = value.strip(" .!\"'`*").lower()
        exact = next((option for option in options if option.lower() == bare), None)
        if exact is not None:
            return value if value in one.spellings(exact) else exact
        mentioned = [option for option in options if re.search(rf"(?<!\w){re.escape(option.lower())}(?!\w)", bare)]
        return mentioned[0] if len(mentioned) == 1 else value
    if slot.kind is SlotKind.WORD:
        bare = value.strip(" .!?,;:\"'`*").split()
        word = bare[0] if len(bare) == 1 else value
        return word.lower() if slot.letters is not None or one.lower else word
    if slot.kind is SlotKind.NUMBER:
        digits = re.findall(r"-?\d{1,9}", value)
        return digits[0] if len(digits) == 1 else value
    if slot.kind in (SlotKind.PROSE, SlotKind.GRID):
        return "\n".join(line.rstrip() for line in value.split("\n")).strip()
    if slot.kind is SlotKind.JSON:
        return value
    if one.question and "?" in value:
        value = value[: value.index("?") + 1]
    value = " ".join(value.split())
    return value.lower() if one.lower else value
