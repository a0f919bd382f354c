"""Judging drafts: by form and rules, then by memory; and what leaves when every draft was rejected.

Pure but for the spare reply that it keeps over one turn. Knows no model and no trace.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from agent.selfcheck import GRAVE, self_check
from constraints.checks import Violation
from constraints.grammar import Grammar
from constraints.turn import TurnConstraint
from planner.session import Session

LAST_RESORT = "OK."


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is thought of a draft.

    Attributes:
        reply: what may leave, stripped; None when nothing may.
        mended: whether it had to be mended.
        violations: what was wrong with the draft as it came.
    """

    reply: str | None
    mended: bool = False
    violations: tuple[Violation, ...] = ()


@dataclass(slots=True, kw_only=True)
class Judge:
    """The judge of one turn.

    Attributes:
        session: what is understood and remembered.
        on: whether anything is checked.
        certain: constraints of plans that memory proves best, so that only grave mistakes count against them.
        spares: replies of legal form that were rejected for other reasons only, the least harmful kind first.
    """

    session: Session
    on: bool
    certain: frozenset[TurnConstraint] = frozenset()
    spares: dict[bool, str] = field(default_factory=dict[bool, str])

    def judge(self, constraint: TurnConstraint, draft: str) -> Verdict:
        """Whether a draft, or a cheap mend of it, may leave."""
        reply = draft.strip()
        if not self.on:
            return Verdict(reply=reply)
        found = constraint.check(reply)
        mended = constraint.repair(reply) if found else None
        if found and (mended is None or constraint.check(mended)):
            return Verdict(reply=None, violations=tuple(found))
        reply = mended if mended is not None else reply
        mistakes = self.mistakes(reply, certain=constraint in self.certain)
        if mistakes:
            self.spares.setdefault(_grave(mistakes), reply)
            return Verdict(reply=None, violations=(*found, *mistakes))
        return Verdict(reply=reply, mended=bool(found), violations=tuple(found))

    def mistakes(self, reply: str, *, certain: bool = False) -> list[Violation]:
        """What speaks against a reply of legal form; nothing where no rule was read: there the model rules."""
        if not (self.on and (self.session.rulebook.forms or self.session.rulebook.rules)):
            return []
        found = self_check(self.session, reply)
        return [violation for violation in found if violation.kind in GRAVE] if certain else found

    def narrowed(self, grammar: Grammar | None) -> Grammar | None:
        """The grammar without the replies that would be mistakes, where they are finitely many and some are none."""
        if grammar is None or grammar.choices is None or not self.spares:
            return grammar
        left = tuple(choice for choice in grammar.choices if not self.mistakes(choice))
        if not left or len(left) == len(grammar.choices):
            return grammar
        return Grammar(lark="start: " + " | ".join(json.dumps(one, ensure_ascii=False) for one in left), choices=left)

    def last_resort(self, constraints: Sequence[TurnConstraint]) -> tuple[str, bool]:
        """What leaves when no draft may, and whether every check accepts it.

        Another legal choice; else a draft that is merely useless; else the shortest legal reply; else, where every
        legal reply is a mistake, one of those: the form comes first.
        """
        if self.spares:
            for constraint in constraints:
                grammar = constraint.grammar()
                for choice in (grammar.choices if grammar is not None else None) or ():
                    if not constraint.check(choice) and not self.mistakes(choice):
                        return choice, True
            if False in self.spares:
                return self.spares[False], False
        shortest = [constraint.cheapest().strip() or LAST_RESORT for constraint in constraints]
        legal = [reply for reply, one in zip(shortest, constraints, strict=True) if not one.check(reply)]
        sound = next((reply for reply in legal if not self.mistakes(reply)), None)
        if sound is not None:
            return sound, True
        if True in self.spares:
            return self.spares[True], False
        return (legal[0], not self.on) if legal else (shortest[-1], False)


def _grave(mistakes: Sequence[Violation]) -> bool:
    return any(violation.kind in GRAVE for violation in mistakes)
