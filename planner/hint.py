"""Hint: describing a word so that a partner names it, without words that are forbidden.

Searches short descriptions and keeps the one that its own listener, who has heard
every earlier hint, resolves most surely. Knows meanings; knows no wording.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from constraints.forms import SlotKind
from constraints.morphology import found as variant
from memory.events import Source
from memory.meanings import same_family
from memory.wording import content_words
from planner.association import SHARPNESS, Association, readings
from planner.guess import bar, listen
from planner.hints import quoted_words
from planner.secrets import read_secret
from planner.session import Option, Proposal, Session
from planner.slots import first_with, in_voice, verdict_slot

NEAR = 18
SEARCHES = (((18, 10, 6), 5), ((18, 14, 10), 12))
"""How many of the nearest words are tried alone, in pairs and in threes, and how many finalists: a wider search
follows where the first finds nothing sure."""
_RUDE = re.compile(
    r"tits|titt|boob|fuck|shit|cunt|nigg|whore|slut|porn|penis|vagin|rape|nazi|cock|dick|bitch|piss|arse"
)
SURE = 0.4
"""Nats by which the target must lead before the search ends."""
PHRASES = ("It has to do with {0}.", "Think of {0} and {1}.", "Think of {0}, {1} and {2}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """The policy for describing a secret word.

    Attributes:
        association: which words go with hints; None to leave the description to the model.
    """

    association: Association | None = None
    name: str = "hint"

    def fits(self, session: Session) -> float:
        """High when one open text is asked for and words are forbidden in it."""
        forms = session.rulebook.forms
        if self.association is None or not forms:
            return 0.0
        if any(verdict_slot(form) is not None or len(form.slots) != 1 for form in forms):
            return 0.0
        return 0.7 if first_text(session) is not None and read_secret(session) is not None else 0.0

    def propose(self, session: Session) -> Proposal:
        """Descriptions that the listener resolves, surest first."""
        secret, form = read_secret(session), first_text(session)
        if self.association is None or secret is None or form is None:
            return Proposal(policy=self.name)
        given = tuple(
            value for event in session.memory.events if event.source is Source.SELF for _, value in event.fills
        )
        wrong = wrong_guesses(session, secret.target)
        found = describe(self.association, secret.target, secret.forbidden, given, wrong)
        slot = session.rulebook.forms[form].slots[0]
        return Proposal(
            policy=self.name,
            options=tuple(
                Option(form=form, fills={slot.name: in_voice(session.rulebook, text)}, score=score)
                for text, score in found
            ),
        )


def first_text(session: Session) -> int | None:
    """The form with an open text."""
    forms = session.rulebook.forms
    text = first_with(forms, SlotKind.TEXT)
    return text if text is not None else first_with(forms, SlotKind.PROSE)


def wrong_guesses(session: Session, target: str) -> frozenset[str]:
    """Words that the partner guessed so far, as the game passed them on: labelled, quoted or alone."""
    wrong: set[str] = set()
    for event in session.memory.events:
        if event.source is Source.GAME and event.index > 0:
            facts = [fact.value for fact in session.memory.facts if fact.turn == event.index and not fact.subject]
            wrong.update(word.casefold() for word in [*facts, *quoted_words(event.text)] if word.isalpha())
    return frozenset(wrong - {target.casefold()})


def describe(
    association: Association, target: str, forbidden: Sequence[str], given: tuple[str, ...], wrong: frozenset[str]
) -> list[tuple[str, float]]:
    """Descriptions of a word with how surely a listener resolves them, best first.

    Args:
        association: what goes with what.
        target: the word to be named.
        forbidden: words whose forms may not occur.
        given: descriptions given before.
        wrong: guesses that were wrong.
    """
    words = neighbours(association, target, (*forbidden, target), given)
    if not words:
        return []
    heard = listen(association, given, wrong) if given else bar(association, association.commonness, wrong=wrong)
    found: list[tuple[str, float]] = []
    for grouped, finalists in SEARCHES:
        found += _search(association, target, words, heard, grouped, finalists)
        if found and max(found, key=lambda pair: pair[1])[1] >= SURE:
            break
    return sorted(dict(found).items(), key=lambda pair: -pair[1])


def _search(
    association: Association,
    target: str,
    words: Sequence[str],
    heard: npt.NDArray[np.float64],
    grouped: Sequence[int],
    finalists: int,
) -> list[tuple[str, float]]:
    """Tries the nearest words alone, in pairs and in threes: roughly all of them, exactly the best."""
    meanings = association.meanings
    place, goal = meanings.index.get(target), meanings.of([target])[0]
    groups = [group for size, most in enumerate(grouped, 1) for group in combinations(words[:most], size)]
    vectors = meanings.of(words)
    rows = {word: number for number, word in enumerate(words)}
    holds = np.zeros((len(words), len(groups)), dtype=np.float32)
    for number, group in enumerate(groups):
        holds[[rows[word] for word in group], number] = 1.0
    norms = np.sqrt(np.einsum("ij,ij->j", holds, (vectors @ vectors.T) @ holds))
    close = (meanings.vectors @ vectors.T) @ holds / norms  # a sum's closeness is the sum of closenesses
    margins = _margins(close, heard.astype(np.float32), place, (vectors @ goal) @ holds / norms)
    order: list[int] = np.argsort(-margins, kind="stable")[:finalists].tolist()
    texts = [PHRASES[len(groups[number]) - 1].format(*groups[number]) for number in order]
    meanings.of([reading for text in texts for reading in readings(text)])  # encoded in one go
    exact: list[tuple[str, float]] = []
    for text in texts:
        scores = bar(association, heard + association.likelihoods((text,)), told=content_words(text))
        exact.append((text, _margin(scores, place) if place is not None else 0.0))
    return exact


def neighbours(association: Association, target: str, forbidden: Sequence[str], given: Sequence[str]) -> list[str]:
    """Words close to the target that may be said and were not said before."""
    used = {word for text in given for word in content_words(text)}
    banned = tuple(forbidden)
    found: list[str] = []
    for word, _ in association.meanings.nearest(association.meanings.of([target])[0], 120):
        barred = variant(word, banned) is not None or any(same_family(word, one.casefold()) for one in banned)
        twin = any(same_family(word, other) for other in (*found, *used))
        if not barred and not twin and content_words(word) and not _RUDE.search(word):
            found.append(word)
        if len(found) == NEAR:
            break
    return found


def _margins(
    closeness: npt.NDArray[np.float32],
    heard: npt.NDArray[np.float32],
    place: int | None,
    goal: npt.NDArray[np.float32],
) -> npt.NDArray[np.float64]:
    """How far ahead of every other word the target comes out, for each column of closeness."""
    scale = np.float32(SHARPNESS) / closeness.std(axis=0)
    shift = closeness.mean(axis=0) * scale
    scores = closeness * scale + heard[:, None]
    if place is None:
        own = goal * scale - shift
        scores -= shift
        return (own - scores.max(axis=0)).astype(np.float64)
    own = scores[place].copy()
    scores[place] = -np.inf
    return (own - scores.max(axis=0)).astype(np.float64)


def _margin(scores: npt.NDArray[np.float64], place: int) -> float:
    others = np.delete(scores, place)
    return float(scores[place] - others.max())
