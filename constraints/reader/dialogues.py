"""The last resort: a form guessed from the replies of an example dialogue, when no sentence states one.

Replies with the same beginning and end show fixed text and a hole. Nothing is
guessed where the examples have nothing in common.
"""

import re
from collections.abc import Sequence

from constraints.forms import Literal, Part, ReplyForm, Slot, SlotKind
from constraints.reader.glossary import read_letters
from constraints.reader.regions import Line, Region
from constraints.reader.scan import Page

_OURS = re.compile(
    r"(?i)^(?:\[(?:you|player|me)\]|<(?:you|player|me)>|(?:you|player|me|a|your (?:reply|answer|"
    r"move))\s?[:>])\s+(?=\S)"
)
_OTHERS = re.compile(r"^(?:\[[\w ]{1,20}\]|<[\w ]{1,20}>|[A-Z][\w ]{0,20}\s?[:>])\s+\S")
_HEAD = re.compile(
    r"\*{0,2}[^\W\d_][\w' -]{0,24}\*{0,2}\s?(?::|=|->|-)\*{0,2}\s*|[\[(<]\s?[^\W\d_][\w' -]{0,24}:\s*|"
    r"[>$/!#=-]{1,3}\s?(?:\w+\s)?"
)


def read_dialogue(page: Page) -> tuple[ReplyForm, ...]:
    """The forms that the replies of an example dialogue have, as far as they have anything in common."""
    replies = _replies([line for line in page.lines if line.region is Region.EXAMPLE])
    groups: dict[str, list[str]] = {}
    for reply in replies:
        head = _HEAD.match(reply)
        groups.setdefault(head.group().strip() if head else reply.split()[0] if reply.split() else "", []).append(reply)
    span = next((page.span(line.start, line.end) for line in page.lines if line.region is Region.EXAMPLE), None)
    if span is None or "\n" in "".join(replies):
        return ()
    forms: list[ReplyForm] = []
    for head, members in groups.items():
        parts = _template(head, list(dict.fromkeys(members)), read_letters(page.text))
        if parts:
            forms.append(ReplyForm(parts=parts, span=span, confidence=0.4))
    return tuple(forms) if any(form.slots for form in forms) else ()


def _replies(lines: Sequence[Line]) -> list[str]:
    """What "you" say in the example, further lines of a reply included."""
    replies: list[str] = []
    speaking = False
    for line in lines:
        mine = _OURS.match(line.text)
        if mine:
            replies.append(line.text[mine.end() :])
            speaking = True
        elif not line.text or line.text.startswith("...") or _OTHERS.match(line.text):
            speaking = False
        elif speaking and replies:
            replies[-1] += "\n" + line.text
    return replies


def _template(head: str, members: list[str], letters: int | None) -> tuple[Part, ...]:
    """Fixed text and one hole; () when the replies have nothing in common."""
    before, after = _shared(members)
    if len(members) == 1:
        match = _HEAD.match(members[0])
        if match is None or match.end() >= len(members[0]):
            short = members[0].isupper() and len(members[0].split()) <= 3
            return (Literal(text=members[0]),) if short else ()
        before = members[0][: match.end()]
        after = members[0][-1] if members[0][-1] in "])>" and members[0][0] in "[(<" else ""
    if not before.strip() or not re.search(r"[^\w\s]", before):
        return ()
    name = re.sub(r"[^\w' -]", "", head).strip().lower() or "reply"
    values = [member[len(before) : len(member) - len(after)] for member in members]
    word = letters is not None and all(len(value) == letters and value.isalpha() for value in values)
    slot = Slot(name=name, kind=SlotKind.WORD, letters=letters) if word else Slot(name=name, kind=SlotKind.TEXT)
    return tuple(part for part in (Literal(text=before), slot, Literal(text=after)) if part != Literal(text=""))


def _shared(members: list[str]) -> tuple[str, str]:
    """The common beginning and end of several replies, cut back to the end of a word."""
    first, last = min(members), max(members)
    size = next((index for index, char in enumerate(first) if index >= len(last) or last[index] != char), len(first))
    before = first[:size]
    while before and before[-1].isalnum():
        before = before[:-1]
    rests = [member[len(before) :][::-1] for member in members]
    low, high = min(rests), max(rests)
    count = next((index for index, char in enumerate(low) if index >= len(high) or high[index] != char), len(low))
    after = low[:count][::-1]
    while after and after[0].isalnum():
        after = after[1:]
    return before, after.lstrip()
