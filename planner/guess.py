"""Guess: naming a word from somebody's description, never the same wrong one twice.

The association of meanings ranks the words; every hint so far counts. Knows no
wording.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from constraints.forms import SlotKind
from memory.events import Source
from memory.meanings import same_family, same_stem
from memory.wording import content_words
from planner.association import Association
from planner.hints import heard_hints
from planner.secrets import read_secret
from planner.session import SHOWN_BELIEFS, Option, Proposal, Session, believed
from planner.slots import answer_slot, verdict_slot

SHOWN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """The policy for guessing a word from a description.

    Attributes:
        association: which words go with hints; None to leave the guess to the model's own speech.
    """

    association: Association | None = None
    name: str = "guess"

    def fits(self, session: Session) -> float:
        """Moderate when one open word is asked for and somebody has described one."""
        rulebook = session.rulebook
        if self.association is None or rulebook.legend is not None or not rulebook.forms:
            return 0.0
        if read_secret(session) is not None or any(verdict_slot(form) is not None for form in rulebook.forms):
            return 0.0
        slots = [answer_slot(form) for form in rulebook.forms]
        open_word = any(slot is not None and slot.kind is SlotKind.WORD and not slot.options for slot in slots)
        alone = all(len(form.slots) <= 2 for form in rulebook.forms)
        return 0.6 if open_word and alone and heard_hints(session) else 0.0

    def propose(self, session: Session) -> Proposal:
        """The likeliest words, those said before left out."""
        if self.association is None:
            return Proposal(policy=self.name)
        hints, said = heard_hints(session), said_words(session)
        length = session.rulebook.letters
        scores = listen(self.association, hints, said)
        words = self.association.meanings.words
        order: list[int] = np.argsort(-scores, kind="stable")[: 40 * SHOWN].tolist()
        chosen = [number for number in order if length is None or len(words[number]) == length][:SHOWN]
        options: list[Option] = []
        for index, form in enumerate(session.rulebook.forms):
            slot = answer_slot(form)
            if slot is not None and slot.kind is SlotKind.WORD:
                options = [
                    Option(
                        form=index,
                        fills={slot.name: words[number]},
                        score=float(scores[number]),
                        reason=f'Of all common words, "{words[number]}" is closest to the description.',
                    )
                    for number in chosen
                ]
                break
        best = scores[order[:SHOWN_BELIEFS]]
        chances = np.exp(best - best[0]) if len(best) and np.isfinite(best[0]) else np.zeros(len(best))
        names = [words[number] for number in order[:SHOWN_BELIEFS]]
        return Proposal(policy=self.name, options=tuple(options), beliefs=believed(names, chances.tolist()))


def listen(association: Association, hints: tuple[str, ...], said: frozenset[str]) -> npt.NDArray[np.float64]:
    """Log-likelihood of every vocabulary word as the described one, as a listener finds it.

    Args:
        association: what goes with what.
        hints: everything the partner said, oldest first.
        said: guesses that were wrong.
    """
    scores = association.likelihoods(hints) + association.commonness
    return bar(association, scores, told=(word for hint in hints for word in content_words(hint)), wrong=said)


def bar(
    association: Association, scores: npt.NDArray[np.float64], *, told: Iterable[str] = (), wrong: Iterable[str] = ()
) -> npt.NDArray[np.float64]:
    """The scores with the words barred that cannot be meant.

    Args:
        association: what goes with what.
        scores: one per vocabulary word.
        told: words of hints: a hint contains no relative of the word it hints at.
        wrong: wrong guesses: they and their forms are not meant.
    """
    words = association.meanings.words
    near = association.by_stem
    barred = [number for word in set(told) for number in near.get(word[:3], ()) if same_family(word, words[number])]
    barred += [number for word in set(wrong) for number in near.get(word[:3], ()) if same_stem(word, words[number])]
    result = scores.copy()
    result[barred] = -np.inf
    return result


def said_words(session: Session) -> frozenset[str]:
    """Every one-word value we have said, in lower case."""
    return frozenset(
        value.strip().casefold()
        for event in session.memory.events
        if event.source is Source.SELF
        for _, value in event.fills
        if value.strip() and " " not in value.strip()
    )
