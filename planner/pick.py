"""Pick: choosing from a list the words that go best with a clue.

Ranks by closeness of meaning, exactly as the clue's author would expect. Knows
meanings and option lists; knows no wording.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from constraints.forms import Slot, SlotKind
from memory.dialogues import without_dialogues
from memory.events import Source
from planner.association import Association
from planner.secrets import read_secret
from planner.session import Option, Proposal, Session, believed
from planner.wordboard import words_in_play

_STATED = re.compile(
    r"\b(?:clue|hint|cue|tip|go(?:es)?\s+with|related?\s+to|associated\s+with|fits?|matching)(?:\s+(?:is|was))?\s*[:=]?\s*"
    r"[\"“'‘]?(?P<clue>[A-Za-z][A-Za-z'’-]{1,24})[\"”'’]?(?=\s*(?:[.,;!\n(]|$|\w{1,12}\s*[=:]))",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[\"“'‘]([A-Za-z][A-Za-z'’-]{1,24})[\"”'’]")
_COUNT = re.compile(
    r"\b(?:for|means?|up\s+to|exactly|words?|number|n|count|pick|choose|of)\b[^\d\n]{0,24}?(\d{1,2})\b|\b(\d{1,2})\s+(?:of|words?)\b",
    re.IGNORECASE,
)
_NO_CLUES = frozenset(("the", "and", "words", "word", "table", "guess", "clue", "none", "this", "these", "them"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """The policy for picking words by a clue.

    Attributes:
        association: which words go with hints; None to leave the choice to the model.
    """

    association: Association | None = None
    name: str = "pick"

    def fits(self, session: Session) -> float:
        """High when words on offer are asked for and the newest message gives a clue."""
        if self.association is None or read_secret(session) is not None:
            return 0.0
        found = _task(session)
        if found is None:
            return 0.0
        return 0.85 if found.slot.kind is SlotKind.LIST else 0.75

    def propose(self, session: Session) -> Proposal:
        """The closest words, as many as are allowed."""
        task = _task(session)
        if self.association is None or task is None:
            return Proposal(policy=self.name)
        close = self.association.meanings.closeness(task.clue.casefold(), [word.casefold() for word in task.words])
        order: list[int] = np.argsort(-close, kind="stable").tolist()
        chosen = [task.words[number] for number in order[: task.count]]
        return Proposal(
            policy=self.name,
            beliefs=believed(task.words, np.maximum(close, 0.0).tolist()),
            options=(
                Option(
                    form=task.form,
                    fills={task.slot.name: ", ".join(chosen)},
                    score=float(close[order[0]]),
                    reason=f'{", ".join(chosen)}: closest in meaning to "{task.clue}".',
                ),
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What is to be picked.

    Attributes:
        form: index of the reply form.
        slot: where the words go.
        words: the words on offer.
        clue: the clue.
        count: how many to pick.
    """

    form: int
    slot: Slot
    words: tuple[str, ...]
    clue: str
    count: int


def _task(session: Session) -> _Task | None:
    heard = [event for event in session.memory.events if event.source is Source.GAME]
    forms = [(index, form) for index, form in enumerate(session.rulebook.forms) if len(form.slots) == 1]
    if not heard or not forms or len(forms) != len(session.rulebook.forms):
        return None
    index, form = forms[0]
    slot = form.slots[0]
    said = said_values(session, slot.name)
    for event in reversed(heard[-3:]):  # a request to try again carries no words
        block = event.text if event.index > 0 else without_dialogues(event.text)[-1_500:]
        words = _on_offer(block, slot, said)
        clue = _clue_in(block, words)
        if len(words) > 1 and clue is not None:
            most = slot.high or announced(block, words)
            count = 1 if slot.kind is SlotKind.CHOICE else max(slot.low or 1, most or 1)
            return _Task(form=index, slot=slot, words=tuple(words), clue=clue, count=count)
    return None


def said_values(session: Session, slot: str) -> frozenset[str]:
    """Every item that we have said in a slot, in lower case."""
    return frozenset(
        item.strip().casefold()
        for event in session.memory.events
        if event.source is Source.SELF
        for name, value in event.fills
        if name == slot
        for item in value.split(",")
    )


def _on_offer(block: str, slot: Slot, said: frozenset[str]) -> tuple[str, ...]:
    """The words that may be picked: those the message lists, as far as the form allows them and they are fresh."""
    listed = words_in_play(block, least=2)
    allowed = slot.options if slot.kind is SlotKind.LIST and len(slot.options) > 1 else ()
    both = tuple(word for word in listed if word in allowed) if allowed else listed
    words = both if len(both) > 1 else (listed if len(listed) > 3 else allowed or listed)
    fresh = tuple(word for word in words if word.casefold() not in said)
    return fresh or words


def _clue_in(text: str, words: Sequence[str]) -> str | None:
    """The clue in a message: stated, labelled, or in quotation marks; the last one that is not on offer."""
    offered = {word.casefold() for word in words}
    found = [(match.start(), match["clue"]) for match in _STATED.finditer(text)]
    found += [(match.start(), match.group(1)) for match in _QUOTED.finditer(text)]
    fresh = [(start, clue) for start, clue in sorted(found) if clue.casefold() not in offered and not clue.isupper()]
    last = [clue for _, clue in fresh if clue.casefold() not in _NO_CLUES]
    return last[-1] if last else None


def announced(text: str, words: Sequence[str]) -> int | None:
    """How many words a message says the clue is for."""
    numbers = [int(match.group(1) or match.group(2)) for match in _COUNT.finditer(text)]
    found = [number for number in numbers if 0 < number <= len(words)]
    return found[-1] if found else None
