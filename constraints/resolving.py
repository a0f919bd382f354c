"""Resolving a form: its slots with everything that binds them at this moment."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from constraints.fields import Field
from constraints.forms import Literal, ReplyForm, Slot, SlotKind
from constraints.lark import Resolved
from constraints.moment import Moment
from constraints.rulebook import Rulebook, RuleKind
from constraints.vocabulary import FEWEST_LETTERS, apart, vocabulary

TEXT_TOKENS = 60
BRIEF_TOKENS = 40
EXPLANATION_TOKENS = 80
PROSE_TOKENS = 400
MOST_TAKEN = 60
"""Most values said before that are kept from being said again, the newest."""

_FREE = (SlotKind.TEXT, SlotKind.PROSE)
_MARKED = re.compile(r"<[^<>\n]+>|\[[^\[\]\n]+\]|\$\w+")
_PLACEHOLDER = re.compile(r"[_$<>{}…]|\.\.\.|\b[A-Z]{3,}\b")
_LOOKS = {
    "$": re.compile(r"\$[a-zA-Z]"),
    "<": re.compile(r"<[a-zA-Z]"),
    "[": re.compile(r"\[[a-zA-Z]"),
    "{": re.compile(r"\{[a-zA-Z]"),
    "_": re.compile(r"[A-Z]{2,20}_[A-Z]"),
}
"""Characters that tell a placeholder from words, and how they stand in one."""

HINTS_AT = re.compile(r"clue|hint|\bcue\b|code ?word|associat")
"""Names of slots that hint at words."""

_EXPLAINS = re.compile(r"explanation|reason|thought|rationale|comment|why|justification|analysis")


def resolve(form: ReplyForm, rulebook: Rulebook, moment: Moment, fills: Mapping[str, str]) -> Resolved:
    """A form with its literals as text and its slots as fields; slots that are filled already are text too."""
    share = _share(form, moment, fills)
    marks = placeholder_marks(rulebook)
    parts: list[str | Field] = []
    flat = [part.text if isinstance(part, Literal) else part for part in form.parts]
    for index, part in enumerate(flat):
        value: str | Field
        if isinstance(part, str):
            value = part
        elif part.name in fills:
            value = json.dumps(fills[part.name], ensure_ascii=False)[1:-1] if part.escaped else fills[part.name]
        else:
            field = _to_field(part, rulebook, moment, share)
            if moment.listed and part.kind is SlotKind.WORD and not part.options and hints(form, part):
                field = _kept_apart(field, moment)
            closers, stop = _closing(flat, index)
            shown = _placeholders(form, part)
            slot = replace(part, sentence=part.sentence and closers != ".")
            value = replace(field, slot=slot, closers=closers, stop=stop, shown=shown, marks=marks)
        if isinstance(value, str) and parts and isinstance(parts[-1], str):
            parts[-1] += value
        else:
            parts.append(value)
    return tuple(parts)


def _share(form: ReplyForm, moment: Moment, fills: Mapping[str, str]) -> int | None:
    """Most tokens of one free slot; a form that is one free slot and nothing else has the whole reply's."""
    free = [slot for slot in form.slots if slot.kind in _FREE and slot.name not in fills]
    if free and (len(form.parts) == 1 or (form.parts[0] is free[0] and free[0].kind is SlotKind.PROSE)):
        return moment.reply_tokens or moment.text_tokens
    return max(4, moment.text_tokens // max(1, len(free))) if moment.text_tokens is not None else None


def _closing(flat: Sequence[str | Slot], index: int) -> tuple[str, str]:
    """How the fixed text after a slot is told from free text: by characters that bar it, or as a whole."""
    slot, after = flat[index], flat[index + 1] if index + 1 < len(flat) else ""
    if not isinstance(after, str) or not isinstance(slot, Slot) or not after:
        return "", ""
    if after[0] == "\n":
        return "", after if slot.kind is SlotKind.PROSE else ""
    head = after.lstrip()[:1]
    if head.isalnum() and slot.kind in (*_FREE, SlotKind.LIST) and not slot.options:
        return "", after
    return head + "\\" if head == '"' else head, ""


def _to_field(slot: Slot, rulebook: Rulebook, moment: Moment, share: int | None) -> Field:
    explains = bool(_EXPLAINS.search(slot.name))
    taken: tuple[str, ...] = ()
    if _repeats_barred(slot, rulebook, explains):
        taken = tuple(dict.fromkeys(fill[slot.name] for fill in moment.said if fill.get(slot.name)))[-MOST_TAKEN:]
    words = vocabulary(slot, moment.words)
    if words:
        taken = tuple(dict.fromkeys((*taken, *sorted(moment.spent.intersection(words)))))
    return Field(
        slot=slot,
        forbidden=_forbidden(slot, rulebook),
        taken=taken,
        vocabulary=words,
        plain=moment.plain,
        lower=bool(rulebook.of(RuleKind.LOWERCASE)) and slot.kind in (SlotKind.TEXT, SlotKind.WORD, SlotKind.CHOICE),
        question=bool(rulebook.of(RuleKind.ONE_QUESTION)) and "question" in slot.name,
        tokens=share if share is not None else _most_tokens(slot, rulebook, explains),
    )


def hints(form: ReplyForm, slot: Slot) -> bool:
    """Whether a slot hints at words that are laid out: by its name, or because the same form picks from them."""
    return bool(HINTS_AT.search(slot.name)) or any(
        other.kind is SlotKind.LIST and other.options for other in form.slots
    )


def _kept_apart(field: Field, moment: Moment) -> Field:
    """The field of a hint, which shares no part with a word laid out."""
    listed = _letters_only(moment.listed)
    forbidden = tuple(dict.fromkeys((*field.forbidden, *listed)))
    words = moment.words(None) if moment.words is not None and moment.plain and not field.vocabulary else ()
    return replace(field, listed=listed, forbidden=forbidden, vocabulary=apart(words, listed, forbidden))


def _letters_only(words: Sequence[str]) -> tuple[str, ...]:
    """The single words, in small letters, that are long enough to be told apart from parts of others."""
    found = {piece.lower() for word in words for piece in re.findall(r"[^\W\d_]+", word)}
    return tuple(sorted(word for word in found if len(word) >= FEWEST_LETTERS))


def _forbidden(slot: Slot, rulebook: Rulebook) -> tuple[str, ...]:
    """The words that no value of this slot may hold."""
    bound = (
        rule
        for rule in rulebook.of(RuleKind.FORBIDDEN_WORDS)
        if (rule.slot == slot.name if rule.slot else slot.kind in (*_FREE, SlotKind.WORD))
    )
    return tuple(dict.fromkeys(word for rule in bound for word in rule.words))


def _most_tokens(slot: Slot, rulebook: Rulebook, explains: bool) -> int:
    if slot.kind is SlotKind.PROSE:
        return PROSE_TOKENS
    if explains:
        return EXPLANATION_TOKENS
    return BRIEF_TOKENS if rulebook.of(RuleKind.BRIEF) else TEXT_TOKENS


def placeholder_marks(rulebook: Rulebook) -> str:
    """The characters by which the placeholders of the prompt's forms are told from words: no value holds them."""
    found: set[str] = set()
    for form in rulebook.forms:
        literals = "".join(part.text for part in form.parts if isinstance(part, Literal))
        written = (form.parse(form.span.text) or {}).values()
        for mark, look in _LOOKS.items():
            if any(look.match(value.strip("\"' ")) for value in written) or (
                mark in "$_" and look.search(form.span.text) and mark not in literals
            ):
                found.add(mark)
    return "".join(sorted(found))


def _placeholders(form: ReplyForm, slot: Slot) -> tuple[str, ...]:
    """What the prompt writes in the place of an open slot, and the ways in which a model may echo it."""
    if slot.options or slot.kind not in (SlotKind.WORD, SlotKind.TEXT):
        return ()
    written = (form.parse(form.span.text) or {}).get(slot.name, "")
    mark = _PLACEHOLDER.search(written)
    if mark is None:
        return ()
    if len(written) > 40 and mark.group()[0] in "<[{$":
        written = mark.group()  # other words follow on the line
    words = re.findall(r"[^\W_]+", written)
    echoes = {written, *(joint.join(words) for joint in ("", " ", "-", "_"))}
    if slot.kind is SlotKind.WORD:
        echoes |= {slot.name, *words}
    return tuple(sorted(echo for echo in echoes if echo))


def _repeats_barred(slot: Slot, rulebook: Rulebook, explains: bool) -> bool:
    """Whether a value of this slot may not be said twice."""
    rules = rulebook.of(RuleKind.NO_REPEAT)
    if not rules or explains or slot.kind in (SlotKind.JSON, SlotKind.GRID, SlotKind.NUMBER, SlotKind.PROSE):
        return False
    named = any(slot.name in rule.span.text.lower() for rule in rules)
    return named or slot.kind is SlotKind.WORD or (slot.kind is SlotKind.TEXT and len(rulebook.forms) == 1)
