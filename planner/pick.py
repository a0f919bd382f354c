"""Pick: choosing from a list the words that go best with a clue.

Ranks by closeness of meaning, exactly as the clue's author would expect. Knows
meanings and option lists; knows no wording.
"""

from dataclasses import dataclass

import numpy as np

from constraints.forms import Slot, SlotKind
from memory.events import Source
from planner.association import Association
from planner.hints import HINT_LABELS, quoted_words
from planner.session import Option, Proposal, Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """The policy for picking words by a clue.

    Attributes:
        association: which words go with hints; None to leave the choice to the model.
    """

    association: Association | None = None
    name: str = "pick"

    def fits(self, session: Session) -> float:
        """High when a list of offered words is asked for and the newest message gives a clue."""
        if self.association is None or _list_slot(session) is None:
            return 0.0
        return 0.85 if newest_clue(session) is not None else 0.0

    def propose(self, session: Session) -> Proposal:
        """The closest words, as many as are allowed."""
        found, clue = _list_slot(session), newest_clue(session)
        if self.association is None or found is None or clue is None:
            return Proposal(policy=self.name)
        index, slot = found
        close = self.association.meanings.closeness(clue.casefold(), [word.casefold() for word in slot.options])
        order: list[int] = np.argsort(-close, kind="stable").tolist()
        count = max(slot.low or 1, slot.high or announced(session) or 1)
        chosen = [slot.options[number] for number in order[:count]]
        return Proposal(
            policy=self.name,
            options=(
                Option(
                    form=index,
                    fills={slot.name: ", ".join(chosen)},
                    score=float(close[order[0]]),
                    reason=f'{", ".join(chosen)}: closest in meaning to "{clue}".',
                ),
            ),
        )


def _list_slot(session: Session) -> tuple[int, Slot] | None:
    """The only slot of a form, when it takes words from a list."""
    for index, form in enumerate(session.rulebook.forms):
        if len(form.slots) == 1 and form.slots[0].kind is SlotKind.LIST and len(form.slots[0].options) >= 2:
            return index, form.slots[0]
    return None


def newest_clue(session: Session) -> str | None:
    """The clue word in the newest message: labelled, or in quotation marks; None when there is none."""
    newest = session.memory.newest(Source.GAME)
    if newest is None:
        return None
    offered = {value.casefold() for form in session.rulebook.forms for slot in form.slots for value in slot.options}
    facts = [fact for fact in session.memory.facts if fact.turn == newest.index and fact.labelled and not fact.subject]
    labelled = [
        fact.value for fact in facts if fact.relation.split()[-1] in HINT_LABELS and len(fact.value.split()) <= 4
    ]
    for value in [*reversed(labelled), *reversed(quoted_words(newest.text))]:
        if value.casefold() not in offered and not value.isupper() and len(value.split()) <= 3:
            return value
    return next((value for value in reversed([*labelled, *quoted_words(newest.text)]) if value.isalpha()), None)


def announced(session: Session) -> int | None:
    """How many words the newest message says the clue is for."""
    newest = session.memory.newest(Source.GAME)
    if newest is None:
        return None
    for fact in reversed(session.memory.facts):
        if fact.turn == newest.index and fact.value.isdigit() and 0 < int(fact.value) < 20:
            return int(fact.value)
    return None
