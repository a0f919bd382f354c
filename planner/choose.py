"""Choosing the way of playing that fits the problem best."""

from collections.abc import Sequence
from typing import Protocol

from planner.session import Proposal, Session

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
        if proposal.options:
            return proposal
    return Proposal()
