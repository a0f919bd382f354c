"""What may be said now: forms, rules, options and this turn's choices brought together."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from constraints.checks import Violation
from constraints.fields import MOST_CHOICES, Field
from constraints.forms import Literal, ReplyForm, Slot, SlotKind, find_literal, json_end, match_literal
from constraints.free import judge
from constraints.free_lark import free_lark
from constraints.free_mending import Extension, extension, mend_free, nearest
from constraints.grammar import Grammar
from constraints.lark import Resolved, is_object, superset, write
from constraints.rulebook import Rule, Rulebook, RuleKind

TEXT_TOKENS = 60
BRIEF_TOKENS = 40
PROSE_TOKENS = 400
_MARKED = re.compile(r"<[^<>\n]+>|\[[^\[\]\n]+\]|\$\w+")
_PLACEHOLDER = re.compile(r"[_$<>{}…]|\.\.\.|\b[A-Z]{3,}\b")
_EXPLAINS = re.compile(r"explanation|reason|thought|rationale|comment|why|justification|analysis")
_GUESSES = re.compile(r"guess|word|attempt|answer")


class Constraint(Protocol):
    """One rule, or many, with two faces: whatever the grammar admits, the check accepts."""

    def grammar(self) -> Grammar | None:
        """What may be decoded; None when anything may."""
        ...

    def check(self, text: str) -> list[Violation]:
        """What is wrong with a finished text; empty when nothing is."""
        ...


@dataclass(frozen=True, kw_only=True)
class TurnConstraint:
    """Everything that binds one reply.

    Attributes:
        forms: the legal forms with their slots resolved; () when no form was read.
        rules: rules that bind the reply as a whole.
        tokens: most tokens of a free reply.
    """

    forms: tuple[Resolved, ...]
    rules: tuple[Rule, ...] = ()
    tokens: int = PROSE_TOKENS

    def grammar(self) -> Grammar | None:
        """The language of legal replies; None when nothing was read that a grammar can hold."""
        return self._grammar

    @cached_property
    def _grammar(self) -> Grammar | None:
        if not self.forms:
            lark = free_lark(self.rules, self.tokens)
            return None if lark is None else Grammar(lark=lark)
        choices = self._choices()
        return Grammar(lark=write(self.forms), choices=choices, regex=superset(self.forms))

    def _choices(self) -> tuple[str, ...] | None:
        out: dict[str, None] = {}
        for form in self.forms:
            replies = [""]
            for part in form:
                values = (part,) if isinstance(part, str) else part.options()
                if values is None or len(replies) * len(values) + len(out) > MOST_CHOICES:
                    return None
                replies = [reply + value for reply in replies for value in values]
            out.update(dict.fromkeys(replies))
        return tuple(out)

    def check(self, text: str) -> list[Violation]:
        """What is wrong with a finished text; empty when nothing is."""
        if not self.forms:
            return judge(text, self.rules)
        best: list[Violation] | None = None
        depth = -1
        for form in self.forms:
            reached, values = read_exactly(form, text)
            if values is None:
                if reached > depth:
                    best, depth = [self._malformed(text)], reached
                continue
            found = [violation for one, value in values for violation in one.violations(value)]
            if not found:
                return []
            if best is None or depth < 1_000:
                best, depth = found, 1_000
        return best or [self._malformed(text)]

    def _malformed(self, text: str) -> Violation:
        shown = " or ".join(dict.fromkeys(f'"{show(form)}"' for form in self.forms[:4]))
        return Violation(
            kind="form", text=text[:200], hint=f"Reply in exactly this form and with nothing else: {shown}."
        )

    def cheapest(self) -> str:
        """The shortest legal reply; made without a model, always the same."""
        if not self.forms:
            return mend_free("OK.", self.rules) or "OK"
        replies = ["".join(part if isinstance(part, str) else part.shortest() for part in form) for form in self.forms]
        return min(replies, key=lambda reply: (len(reply), reply)) if replies else "OK"

    def repair(self, text: str) -> str | None:
        """The cheap mend of a draft: blanks, text around the form, a missing tag, spelling; None when there is none."""
        from constraints.mending import mend

        return mend(self, text) if self.forms else mend_free(text, self.rules)

    def nearest(self, text: str) -> str:
        """A free draft with as many of the rules met as can be without a model; a draft under a form as it is."""
        return text if self.forms else nearest(text, self.rules)

    def extension(self, text: str) -> Extension | None:
        """What to ask for when a free draft falls short; None when it does not, or there is a form."""
        return None if self.forms else extension(text, self.rules)


def show(form: Resolved) -> str:
    """A form as a hint shows it."""
    return "".join(part if isinstance(part, str) else f"<{part.slot.name}>" for part in form).replace("\n", " ⏎ ")


def read_exactly(form: Resolved, text: str) -> tuple[int, list[tuple[Field, str]] | None]:
    """Splits a text by a form, to the letter: how many characters fitted, and the values or None."""
    values: list[tuple[Field, str]] = []
    loose = is_object(form)
    at = 0
    for index, part in enumerate(form):
        if isinstance(part, str):
            end = match_literal(part, text, at) if loose else (at + len(part) if text.startswith(part, at) else None)
            if end is None:
                return at, None
            at = end
            continue
        after = next((entry for entry in form[index + 1 :] if isinstance(entry, str) and entry), None)
        if part.slot.kind is SlotKind.JSON:
            end = json_end(text, at)
        else:
            end = len(text) if after is None else (find_literal(after, text, at) if loose else text.find(after, at))
        if end < 0:
            return at, None
        value = text[at:end]
        values.append((part, value.strip() if loose else value))
        at = end
    return (at, values) if at == len(text) else (at, None)


def constrain(
    rulebook: Rulebook,
    *,
    said: Sequence[Mapping[str, str]] = (),
    form: int | None = None,
    fills: Mapping[str, str] | None = None,
    text_tokens: int | None = None,
    reply_tokens: int | None = None,
    tolerant: bool = False,
) -> TurnConstraint:
    """What may be said now.

    Args:
        rulebook: what was read.
        said: the fills of our earlier replies, oldest first.
        form: index of the one form to use; None for the union of all.
        fills: slots of that form that are filled already.
        text_tokens: most tokens of free text in a reply with a form, shared by its text slots.
        reply_tokens: most tokens of a reply without a form.
        tolerant: whether, in games that call for one tagged line at a time, a line with another tag that was
            called for before may follow; such games read the first line, but nothing is gained by saying more.
    """
    chosen = rulebook.forms if form is None else (rulebook.forms[form],)
    if tolerant and rulebook.fluid:
        chosen = (
            *chosen,
            *(
                _followed(one, other)
                for one in chosen
                for other in rulebook.called
                if other.parts != one.parts and _open_ended(one)
            ),
        )
    resolved = tuple(_resolve(one, rulebook, said, fills or {}, text_tokens) for one in chosen)
    return TurnConstraint(
        forms=tuple(dict.fromkeys(resolved)), rules=rulebook.rules, tokens=reply_tokens or PROSE_TOKENS
    )


def _open_ended(form: ReplyForm) -> bool:
    return bool(form.parts) and isinstance(form.parts[-1], Slot) and form.parts[-1].kind is SlotKind.TEXT


def _followed(form: ReplyForm, other: ReplyForm) -> ReplyForm:
    """Two forms on two lines."""
    names = {slot.name for slot in form.slots}
    rest = tuple(
        replace(part, name=f"{part.name} too") if isinstance(part, Slot) and part.name in names else part
        for part in other.parts
    )
    return replace(form, parts=(*form.parts, Literal(text="\n"), *rest))


def _resolve(
    form: ReplyForm,
    rulebook: Rulebook,
    said: Sequence[Mapping[str, str]],
    fills: Mapping[str, str],
    text_tokens: int | None,
) -> Resolved:
    free = [slot for slot in form.slots if slot.kind in (SlotKind.TEXT, SlotKind.PROSE) and slot.name not in fills]
    share = max(4, text_tokens // max(1, len(free))) if text_tokens is not None else None
    parts: list[str | Field] = []
    flat = [part.text if isinstance(part, Literal) else part for part in form.parts]
    for index, part in enumerate(flat):
        value: str | Field
        if isinstance(part, str):
            value = part
        elif part.name in fills:
            value = json.dumps(fills[part.name], ensure_ascii=False)[1:-1] if part.escaped else fills[part.name]
        else:
            value = replace(
                _to_field(part, rulebook, said, share, _closers(flat, index)), shown=_placeholders(form, part)
            )
        if isinstance(value, str) and parts and isinstance(parts[-1], str):
            parts[-1] += value
        else:
            parts.append(value)
    return tuple(parts)


def _closers(flat: Sequence[str | Slot], index: int) -> str:
    """The characters by which the fixed text after a slot is told from free text."""
    after = flat[index + 1] if index + 1 < len(flat) else ""
    if not isinstance(after, str) or not after or "\n" in after[:1]:
        return ""
    head = after.lstrip()[:1]
    return head + "\\" if head == '"' else head


def _to_field(
    slot: Slot, rulebook: Rulebook, said: Sequence[Mapping[str, str]], share: int | None, closers: str
) -> Field:
    explains = bool(_EXPLAINS.search(slot.name))
    forbidden = tuple(
        dict.fromkeys(
            word
            for rule in rulebook.of(RuleKind.FORBIDDEN_WORDS)
            if (rule.slot == slot.name if rule.slot else slot.kind in (SlotKind.TEXT, SlotKind.PROSE, SlotKind.WORD))
            for word in rule.words
        )
    )
    taken: tuple[str, ...] = ()
    if _repeats_barred(slot, rulebook, explains):
        taken = tuple(dict.fromkeys(fill[slot.name] for fill in said if fill.get(slot.name)))
    brief = bool(rulebook.of(RuleKind.BRIEF))
    tokens = (
        share
        if share is not None
        else PROSE_TOKENS
        if slot.kind is SlotKind.PROSE
        else 80
        if explains
        else BRIEF_TOKENS
        if brief
        else TEXT_TOKENS
    )
    return Field(
        slot=slot,
        forbidden=forbidden,
        taken=taken,
        lower=bool(rulebook.of(RuleKind.LOWERCASE)) and slot.kind in (SlotKind.TEXT, SlotKind.WORD, SlotKind.CHOICE),
        closers=closers,
        question=bool(rulebook.of(RuleKind.ONE_QUESTION)) and "question" in slot.name,
        tokens=tokens,
    )


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


__all__ = ["Constraint", "TurnConstraint", "constrain", "read_exactly", "show"]
