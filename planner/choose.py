"""Choosing the way of playing that fits the problem best."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from constraints.forms import SlotKind
from constraints.rulebook import Rulebook
from planner.session import Option, Proposal, Session

THRESHOLD = 0.3


class Policy(Protocol):
    """A way of playing, chosen by the kind of problem."""

    @property
    def name(self) -> str:
        """What traces call it."""
        ...

    def fits(self, session: Session) -> float:
        """How well the problem at hand suits it, 0 to 1."""
        ...

    def propose(self, session: Session) -> Proposal:
        """Its options for this turn, best first; may be empty."""
        ...


def choose(policies: Sequence[Policy], session: Session) -> Proposal:
    """The proposal of the best-fitting policy that has anything to say; empty when none fits."""
    fits = [(policy.fits(session), number) for number, policy in enumerate(policies)]
    for fit, number in sorted(fits, key=lambda pair: (-pair[0], pair[1])):
        if fit < THRESHOLD:
            break
        proposal = policies[number].propose(session)
        sayable = tuple(option for option in proposal.options if is_sayable(option, session.rulebook))
        if sayable:
            return replace(proposal, options=sayable)
    return Proposal()


def is_sayable(option: Option, rulebook: Rulebook) -> bool:
    """Whether an option fills each slot that the rules themselves limit to a few values with one of these."""
    return all(
        option.fills[slot.name].casefold() in {value.casefold() for value in slot.options}
        for slot in rulebook.forms[option.form].slots
        if slot.kind is SlotKind.CHOICE and slot.fixed and slot.name in option.fills
    )
