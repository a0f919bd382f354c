"""What may be said now: forms, rules, options and this turn's choices brought together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from constraints.checks import Violation
from constraints.faults import shortest, violations
from constraints.fields import MOST_CHOICES, Field
from constraints.forms import Literal, ReplyForm, Slot, SlotKind, find_literal, json_end, match_literal
from constraints.free import judge
from constraints.free_lark import free_lark
from constraints.free_mending import Extension, extension, mend_free, nearest
from constraints.grammar import Grammar
from constraints.lark import Resolved, is_object, superset, write
from constraints.mending import mend
from constraints.moment import ANY_MOMENT, Moment
from constraints.resolving import PROSE_TOKENS, resolve
from constraints.rulebook import Rule, Rulebook


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
            found = [violation for one, value in values for violation in violations(one, value)]
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
        replies = ["".join(part if isinstance(part, str) else shortest(part) for part in form) for form in self.forms]
        return min(replies, key=lambda reply: (len(reply), reply)) if replies else "OK"

    def repair(self, text: str) -> str | None:
        """The cheap mend of a draft: blanks, text around the form, a missing tag, spelling; None when there is none."""
        return mend(self.forms, self.check, text) if self.forms else mend_free(text, self.rules)

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
        elif part.slot.kind is SlotKind.PROSE and after is not None and not after.strip():
            end = text.rfind(after, at)  # prose may hold line breaks; the last one parts it from the answer
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
    moment: Moment = ANY_MOMENT,
    form: int | None = None,
    fills: Mapping[str, str] | None = None,
    tolerant: bool = False,
) -> TurnConstraint:
    """What may be said now.

    Args:
        rulebook: what was read.
        moment: what else binds this reply.
        form: index of the one form to use; None for the union of all.
        fills: slots of that form that are filled already.
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
    resolved = tuple(resolve(one, rulebook, moment, fills or {}) for one in chosen)
    return TurnConstraint(
        forms=tuple(dict.fromkeys(resolved)), rules=rulebook.rules, tokens=moment.reply_tokens or PROSE_TOKENS
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


__all__ = ["Constraint", "TurnConstraint", "constrain", "read_exactly", "show"]
