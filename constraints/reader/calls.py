"""Which of the standing forms a message calls for: by its speaker, by what it asks, by a limit it sets."""

import re
from collections.abc import Sequence
from dataclasses import replace

from constraints.forms import ReplyForm, Slot, SlotKind
from constraints.reader.limits import answer_limit
from constraints.reader.regions import Region, line_tag
from constraints.reader.scan import Page
from constraints.rulebook import Rulebook


def triggered(active: tuple[ReplyForm, ...], standing: tuple[ReplyForm, ...], page: Page) -> tuple[ReplyForm, ...]:
    """The forms that this message calls for by the tag it begins with."""
    if not any(form.trigger for form in (*active, *standing)):
        return active
    tag = next((line_tag(line.text) for line in page.lines if line.text), None)
    called = tuple(form for form in active if form.trigger and form.trigger == tag)
    return called or active


def addressed(active: tuple[ReplyForm, ...], page: Page) -> tuple[ReplyForm, ...]:
    """The one form whose purpose names who speaks in this message ("to answer the waiter": "The waiter: …")."""
    if len(active) < 2 or any(not form.slots or not form.purpose for form in active):
        return active
    if _stated_last(page, active):
        return active
    opening = next((line.text for line in reversed(page.lines) if line.text), "")
    speaker = _VOICE.match(opening)
    if speaker is None:
        return active
    words = [
        word
        for word in re.findall(r"[a-z]{3,}", speaker.group(1).lower())
        if word not in ("the", "your", "game", "master")
    ]
    called = [
        form for form in active if any(re.search(rf"\b{re.escape(word)}\b", form.purpose.lower()) for word in words)
    ]
    if not called and (not words or words == ["me"] or re.search(r"(?i)game|master|host", speaker.group(1))):
        called = [
            form for form in active if re.search(r"\b(?:me|game master|master|host|aside)\b", form.purpose.lower())
        ]
    return (called[0],) if len(called) == 1 else active


_VOICE = re.compile(r"^[\[(<*\"]{0,2}([^\W\d_][\w' -]{0,30})[\])>*\"]{0,2}\s?(?::|>|says|asks|-)")


_VERB = re.compile(
    r"(?i)\b(?:to|you (?:may|can|must))\s+(?:(?:make|give|take|have|state|say|write|do|be|"
    r"get)\s+)?(?:your |the |an? |another )?([a-z]{3,20})"
)


_REQUEST = re.compile(
    r"\b(?:please|your turn|now|time to|what (?:is|do|would)|give|go ahead|one \w+, please|"
    r"your (?:first|next|final))\b|\?$"
)


def requested(active: tuple[ReplyForm, ...], page: Page) -> tuple[ReplyForm, ...]:
    """The one form that the end of the message asks for ("Please describe your grid"), when forms differ by purpose.

    Forms without slots are commands that may always be given, so nothing is narrowed beside them.
    """
    if len(active) < 2 or any(not form.slots for form in active):
        return active
    verbs = [_purpose_verb(form) for form in active]
    if not all(verbs) or len(set(verbs)) < len(verbs):
        return active
    begin = _last_paragraph(page)
    if _stated_last(page, active):
        return active
    last = [one for one in page.sentences if one.region is Region.RULE and one.start >= begin][-3:]
    for sentence in reversed(last):
        if len(sentence.text) > 160 or not _REQUEST.search(sentence.lower):
            continue
        by_verb = [form for form, verb in zip(active, verbs, strict=True) if _names(verb, sentence.lower)]
        by_noun = [
            form
            for form in active
            if any(re.search(rf"\b{re.escape(noun)}\b", sentence.lower) for noun in _own_nouns(form, active))
        ]
        literal = [
            form
            for form, verb in zip(active, verbs, strict=True)
            if re.search(rf"\b{re.escape(verb)}\b", sentence.lower)
        ]
        for called in (literal, by_verb, by_noun):
            if len(called) == 1:
                return (called[0],)
        if literal or by_verb or by_noun:
            return active
    return active


def _stated_last(page: Page, forms: Sequence[ReplyForm]) -> bool:
    """Whether the last paragraph of the message states the forms, so that it calls for none of them."""
    begin = _last_paragraph(page)
    return any(form.span.message == page.message and form.span.end > begin for form in forms)


def _last_paragraph(page: Page) -> int:
    """Where the last paragraph of the message begins."""
    filled = [line for line in page.lines if line.text]
    begin = filled[-1].start if filled else 0
    for line, before in zip(reversed(filled), reversed(filled[:-1]), strict=False):
        begin = line.start
        if before.index < line.index - 1:
            return begin
    return filled[0].start if filled else begin


_NOUNS = {
    "ask": "question",
    "answer": "answer|reply",
    "describe": "description",
    "decide": "decision",
    "guess": "guess",
    "propose": "proposal",
}


def _names(verb: str, lower: str) -> bool:
    """Whether a sentence names what a verb does."""
    root = re.escape(verb[:6].rstrip("e"))
    noun = _NOUNS.get(verb)
    return bool(re.search(rf"\b{root}" + (rf"|\b(?:{noun})\b" if noun else ""), lower))


def _own_nouns(form: ReplyForm, forms: Sequence[ReplyForm]) -> set[str]:
    """The names and longer words of the purpose that only this form has."""
    mine, others = _nouns(form), [_nouns(other) for other in forms if other is not form]
    return {noun for noun in mine if not any(noun in other for other in others)}


_STEPS = frozenset(["next", "step", "action", "move", "command", "turn", "do", "type"])
"""Names of slots that every request for a turn may hold ("What next?")."""


def _nouns(form: ReplyForm) -> set[str]:
    return {slot.name for slot in form.slots if slot.name not in _STEPS} | {
        word
        for word in re.findall(r"[a-z]{5,}", form.purpose.lower())
        if word not in ("write", "answer", "reply", "about")
    }


def _purpose_verb(form: ReplyForm) -> str:
    match = _VERB.search(form.purpose)
    return match.group(1).lower() if match else ""


def limited(active: tuple[ReplyForm, ...], page: Page, rulebook: Rulebook) -> tuple[ReplyForm, ...]:
    """A limit that this message alone sets ("Answer this question with yes or no")."""
    if rulebook.heard <= 1:
        return active
    open_forms = [
        form for form in active if len(form.slots) == 1 and form.slots[0].kind in (SlotKind.TEXT, SlotKind.WORD)
    ]
    if len(open_forms) != 1 or len(active) > 2:
        return active
    for sentence in page.sentences:
        tag = line_tag(page.lines[sentence.line].text) if sentence.region is Region.DATA else None
        if tag is not None and tag in (*rulebook.partners, *rulebook.passed):
            continue
        meaning = answer_limit(sentence.lower)
        if meaning.kind is SlotKind.CHOICE:
            form = open_forms[0]
            parts = tuple(
                replace(part, kind=SlotKind.CHOICE, options=meaning.options, sentence=True)
                if isinstance(part, Slot)
                else part
                for part in form.parts
            )
            return tuple(replace(other, parts=parts) if other is form else other for other in active)
    return active
