"""The fold: one message more, and what it changes in the rulebook."""

import re
from collections.abc import Sequence
from dataclasses import replace

from constraints.forms import Literal, Part, ReplyForm, Slot, SlotKind
from constraints.reader.assemble import refresh, to_key
from constraints.reader.calls import addressed, limited, requested, triggered
from constraints.reader.cues import announced_tags, voices
from constraints.reader.generic import read_generic
from constraints.reader.grids import grid_slot
from constraints.reader.legend import read_legend
from constraints.reader.offers import recounted
from constraints.reader.options import read_options
from constraints.reader.regions import Region, line_tag
from constraints.reader.restating import restated
from constraints.reader.rules import read_hidden_letters, read_rules, read_turn_limit
from constraints.reader.scan import Page, read_page
from constraints.reader.situations import situated
from constraints.reader.stating import stated
from constraints.rulebook import OptionList, Rule, Rulebook, RuleKind

_FROM_NOW_ON = re.compile(
    r"\b(?:from now on|from here on|new format|format (?:has )?change[sd]?|instead of the (?:old|"
    r"previous)|henceforth|no longer)\b"
)


_FOR_NOW = re.compile(r"^(?:ok(?:ay)?[,.]? )?(?:now|first|let us first|to begin)\b")


def read(rulebook: Rulebook, text: str, *, own: bool, message: int) -> Rulebook:
    """Folds one message into the rulebook.

    Pure and total; linear in the length of the text.

    Args:
        rulebook: what was understood so far.
        text: the message.
        own: whether it is this player's own; only the game master's text holds rules.
        message: its index in the transcript.
    """
    if own:
        return replace(rulebook, messages=rulebook.messages + 1)
    page, partners, masters, passed = _page(rulebook, text, message)
    options = read_options(page)
    first = _opens(rulebook)
    letters = (read_hidden_letters(page) if first or rulebook.letters is None else None) or rulebook.letters
    told = stated(page, options, letters, rulebook, (set(partners) - set(masters)) | set(passed), opens=first)
    rulebook = replace(
        rulebook,
        rules=_rules(page, options, rulebook, general=first and not told),
        options=options,
        legend=rulebook.legend or read_legend(page),
        letters=letters,
        turn_limit=rulebook.turn_limit or read_turn_limit(page),
        partners=partners,
        masters=masters,
        passed=passed,
        messages=rulebook.messages + 1,
        heard=rulebook.heard + 1,
    )
    return _with_forms(rulebook, page, told, first)


def _opens(rulebook: Rulebook) -> bool:
    """Whether the next message is the game's first; a system message without a form may stand before it."""
    return rulebook.heard == rulebook.messages and not rulebook.standing


def _page(
    rulebook: Rulebook, text: str, message: int
) -> tuple[Page, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The message cut up, with the tags that are known to introduce other voices."""
    first = _opens(rulebook)
    known = {*rulebook.partners, *rulebook.passed}
    page = read_page(text, message, known, first)
    partners, masters = announced_tags(page)
    partners = tuple(dict.fromkeys((*rulebook.partners, *partners)))
    masters = tuple(dict.fromkeys((*rulebook.masters, *masters)))
    passed = tuple(dict.fromkeys((*rulebook.passed, *voices(page))))
    others = {*partners, *passed}
    if others - known and any(line_tag(line.text) in others for line in page.lines if line.text):
        page = read_page(text, message, others, first)
    return page, partners, masters, passed


def _rules(page: Page, options: Sequence[OptionList], rulebook: Rulebook, *, general: bool) -> tuple[Rule, ...]:
    """The rules in force after this message."""
    kept = list(rulebook.rules)
    for rule in (*read_rules(page, options), *(read_generic(page) if general else ())):
        same = [
            other for other in kept if other.kind is rule.kind and other.words == rule.words and other.slot == rule.slot
        ]
        if not same:
            kept.append(rule)
        elif rulebook.heard and all((other.low, other.high) != (rule.low, rule.high) for other in same):
            kept = [rule if other is same[0] else other for other in kept]  # the limit has changed
    return tuple(kept)


def _with_forms(rulebook: Rulebook, page: Page, stated: tuple[ReplyForm, ...], first: bool) -> Rulebook:
    """Settles which forms hold, and which of them are legal now."""
    standing = rulebook.standing
    changed = any(sentence.region is Region.RULE and _FROM_NOW_ON.search(sentence.lower) for sentence in page.sentences)
    active: tuple[ReplyForm, ...]
    fluid = rulebook.fluid
    again = () if first or changed else restated(page, standing)
    if again or (not first and not changed and _restates(page, standing)):
        stated = ()  # the game shows its form again; what stands around it is no part of it
    if stated and (first or not standing or changed):
        standing = active = stated
        fluid = fluid or (
            first
            and any(
                _FOR_NOW.search(sentence.lower) and _holds(sentence.start, sentence.end, stated)
                for sentence in page.sentences
            )
        )
    elif stated:
        active, fresh = _merged(standing, stated)
        fluid = fluid or fresh
    else:
        active = again or standing
    if not again:
        active = triggered(active, standing, page)
        active = addressed(active, page)
        active = requested(active, page)
        active = situated(active, page)
    active = tuple(refresh(form, rulebook.options) for form in active)
    active = limited(active, page, rulebook)
    if not first:
        active = tuple(_recounted(form, page) for form in active)
    active = tuple(_resized(form, page) for form in active)
    called = rulebook.called
    if fluid:
        known = {to_key(form) for form in called}
        called = (*called, *(form for form in active if to_key(form) not in known))[-12:]
    return replace(rulebook, standing=standing, forms=active, fluid=fluid, called=called)


def _restates(page: Page, standing: Sequence[ReplyForm]) -> bool:
    """Whether the message writes a standing form again, as it was written when it was read."""
    text = " ".join(page.text.split())
    return any(form.slots and " ".join(form.span.text.split()) in text for form in standing)


def _holds(start: int, end: int, forms: Sequence[ReplyForm]) -> bool:
    return any(start <= form.span.start < end for form in forms)


def _merged(standing: tuple[ReplyForm, ...], stated: tuple[ReplyForm, ...]) -> tuple[tuple[ReplyForm, ...], bool]:
    """The forms legal now when a later message states some again; and whether one of them is new."""
    active: list[ReplyForm] = []
    fresh = False
    for form in stated:
        known = next((other for other in standing if _same_form(form, other)), None)
        if known is not None:
            merged = replace(known, parts=_better(known.parts, form.parts))
            if merged not in active:
                active.append(merged)
        else:
            active.append(form)
            fresh = True
    return tuple(active), fresh


def _same_form(new: ReplyForm, old: ReplyForm) -> bool:
    """Whether a form restates another, wholly or by its tags."""
    mine, theirs = to_key(new), to_key(old)
    if mine == theirs:
        return True
    tags = [part.text.strip().lower() for part in new.parts if isinstance(part, Literal) and part.text.strip()]
    others = "".join(part.text.lower() for part in old.parts if isinstance(part, Literal))
    return (
        bool(new.slots)
        and len(tags) > 0
        and bool(old.slots)
        and all(tag in others for tag in tags)
        and others.startswith(tags[0])
    )


def _better(old: tuple[Part, ...], new: tuple[Part, ...]) -> tuple[Part, ...]:
    """The old parts with what the new statement knows better."""
    fresh = {part.name: part for part in new if isinstance(part, Slot)}
    out: list[Part] = []
    for part in old:
        other = fresh.get(part.name) if isinstance(part, Slot) else None
        if isinstance(part, Slot) and other is not None:
            if other.options:
                part = replace(
                    part, options=other.options, kind=other.kind if part.kind is not SlotKind.LIST else part.kind
                )
            if other.low is not None or other.high is not None:
                part = replace(part, low=other.low, high=other.high)
        out.append(part)
    return tuple(out)


def _recounted(form: ReplyForm, page: Page) -> ReplyForm:
    """A form whose lists take the counts that this message states."""
    parts = tuple(
        recounted(part, page) if isinstance(part, Slot) and part.kind is SlotKind.LIST else part for part in form.parts
    )
    return replace(form, parts=parts)


def _resized(form: ReplyForm, page: Page) -> ReplyForm:
    """A grid form that learns a new size from the message."""
    if not any(slot.kind is SlotKind.GRID and slot.rows is None for slot in form.slots):
        return form
    shown = grid_slot(page)
    if shown is None:
        return form
    parts: tuple[Part, ...] = tuple(
        replace(part, rows=shown.rows, columns=shown.columns, alphabet=shown.alphabet, separator=shown.separator)
        if isinstance(part, Slot) and part.kind is SlotKind.GRID
        else part
        for part in form.parts
    )
    return replace(form, parts=parts)


def brief(rulebook: Rulebook) -> bool:
    """Whether short answers are wanted."""
    return bool(rulebook.of(RuleKind.BRIEF))
