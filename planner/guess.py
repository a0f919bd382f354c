"""Guess: naming a word from somebody's free description, never the same wrong one twice.

The model or an association does the thinking; this policy keeps track. Knows no
wording.
"""

from dataclasses import dataclass

from memory.events import Source
from planner.session import Option, Proposal, Ranker, Session
from planner.slots import answer_slot, verdict_slot

QUESTION = "Which single word is described here?\n{description}\nAnswer with the word only."


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """The policy for guessing a word from a description.

    Attributes:
        ranker: the language model's opinion of words; None to leave the guess to the model's own speech.
    """

    ranker: Ranker | None = None
    name: str = "guess"

    def fits(self, session: Session) -> float:
        """Moderate when the only thing to say is one word of any length."""
        rulebook = session.rulebook
        if rulebook.legend is not None or rulebook.letters is not None or not rulebook.forms:
            return 0.0
        if any(verdict_slot(form) is not None for form in rulebook.forms):
            return 0.0
        slots = [answer_slot(form) for form in rulebook.forms]
        return 0.4 if any(slot is not None and slot.kind == "word" and not slot.options for slot in slots) else 0.0

    def propose(self, session: Session) -> Proposal:
        """Empty until an association offers candidates: the model guesses, the constraints keep it from repeating."""
        return Proposal(policy=self.name)


def said_words(session: Session) -> frozenset[str]:
    """Every one-word value we have said, in lower case."""
    return frozenset(
        value.strip().casefold()
        for event in session.memory.events
        if event.source is Source.SELF
        for _, value in event.fills
        if value.strip() and " " not in value.strip()
    )


def options_for(session: Session, ranked: list[tuple[str, float]]) -> tuple[Option, ...]:
    """Options that say each word, except those said before."""
    said = said_words(session)
    for index, form in enumerate(session.rulebook.forms):
        slot = answer_slot(form)
        if slot is not None:
            return tuple(
                Option(form=index, fills={slot.name: word}, score=score)
                for word, score in ranked
                if word.casefold() not in said
            )
    return ()
