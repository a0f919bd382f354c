"""What is known of a hidden word: the situation that guessing and judging share.

Reads clues, tries and the hint out of memory, once per turn. Knows no wording.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from constraints.rulebook import Legend
from memory.belief import Clue, contradicts, reconcile
from memory.events import Source
from memory.facts import Fact, bare
from memory.feedback import own_guesses, read_clues, refused_words
from memory.legend import infer_marking
from memory.lexicon import WordList
from memory.marks import Marking
from planner.session import Ranker, Session
from planner.slots import answer_slot

Words = Callable[[int], WordList]
"""Where candidate words of a length come from."""

HINT_LABELS = ("clue", "hint", "cue", "tip", "category", "riddle", "definition", "description", "meaning", "theme")

_SENTENCE_END = re.compile(r"(?<=[.!?])[\"”']?\s+(?=[A-Z(])")
_PROMPTING = re.compile(
    r"\W*(?:(?:now|so|and|please|ok|okay|then|well|it\s+is|it[’']s)\W+)*"
    r"(?:(?:make|give|enter|type|send|write|what|which|name|try|say|take|let)\b[^.?!]{0,40}?\b)?(?:is\s+)?"
    r"(?:(?:your|the|a|an|us|me)\s+)*(?:(?:first|next|new|opening|initial|turn\s+to)\s+)*"
    r"(?:guess(?:es)?|try|turn|move|attempt|word|go|begin|start|luck)\b[^.?!]{0,24}[.?!]*\W*$|\W*good\s+luck\b",
    re.IGNORECASE,
)


class Affinity(Protocol):
    """Judges how well words go with a hint."""

    def reweigh(self, clue: str, words: Sequence[str], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """How likely each of some words of one length is under a clue, if it was as likely as `weights` before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A hidden word and all that was learnt about it.

    Attributes:
        length: its letters.
        clues: guesses with their marks, oldest first.
        refused: guesses that were no legal words.
        hint: what the game says about its meaning; "" for nothing.
    """

    length: int
    clues: tuple[Clue, ...]
    refused: frozenset[str]
    hint: str

    @property
    def tried(self) -> frozenset[str]:
        """Words that can be ruled out because they were tried."""
        return self.refused | {clue.guess for clue in self.clues}


def read_situation(session: Session) -> Situation:
    """The situation in a session of a word game, for the guesser or a judge."""
    rulebook, memory = session.rulebook, session.memory
    slots = [slot for form in rulebook.forms if (slot := answer_slot(form)) is not None]
    length = next((slot.letters for slot in slots if slot.letters is not None), None) or rulebook.letters or 5
    spoken = tuple(slot.name for slot in slots)
    marking = read_marking(session, length)
    clues = read_clues(memory.events, marking, length, spoken)
    unmarked = {*refused_words(memory.events, length, spoken), *_insisted_on(session, length, spoken)}
    refused = frozenset(unmarked - {clue.guess for clue in clues})
    return Situation(length=length, clues=clues, refused=refused, hint=read_hint(session))


def _insisted_on(session: Session, length: int, spoken: tuple[str, ...]) -> list[str]:
    """Our last guess when we said it twice running: if that brought no marks, a third time will not."""
    said = [
        guess
        for event in session.memory.events
        if event.source is Source.SELF
        for guess in own_guesses(event, length, spoken)
    ]
    return said[-1:] if len(said) > 1 and said[-1] == said[-2] else []


def read_marking(session: Session, length: int) -> Marking | None:
    """What the marks mean: solved from the worked example in the rules, else as the rulebook explains them.

    A worked example need not show every mark: where the rulebook's explanation differs in one mark only, it is right.
    """
    solved, told = infer_marking(session.memory.opening, length), as_marking(session.rulebook.legend)
    if solved is None or told is None:
        return solved or told
    pairs = ((solved.exact, told.exact), (solved.present, told.present), (solved.absent, told.absent))
    agreeing = sum(one.casefold() == other.casefold() for one, other in pairs)
    return told if agreeing > 1 else solved


def as_marking(legend: Legend | None) -> Marking | None:
    """The rulebook's legend in memory's terms; None when it is incomplete."""
    if legend is None or not (legend.exact and legend.present and legend.absent):
        return None
    return Marking(exact=legend.exact, present=legend.present, absent=legend.absent)


def read_hint(session: Session) -> str:
    """What the game said about the word's meaning, under any usual label; "" when nothing."""
    fact: Fact | None = session.memory.recall(*HINT_LABELS)
    if fact is None or len(fact.value) > 160:
        return ""
    quoted = re.search(r"[\"“][^\"”]+[\"”]?$", session.memory.around(fact))
    if not fact.labelled and quoted is None:
        return ""
    return without_prompting(fact.value)


def without_prompting(hint: str) -> str:
    """A hint without the sentences behind it that only ask for a guess ("Your first guess?")."""
    sentences = _SENTENCE_END.split(hint)
    while len(sentences) > 1 and _PROMPTING.match(sentences[-1]):
        sentences.pop()
    return bare(" ".join(sentences))


def waiting_guess(session: Session, situation: Situation) -> str:
    """Our last guess if the game neither marked nor refused it yet (a partner was asked first); else ""."""
    memory = session.memory
    slots = tuple(slot.name for form in session.rulebook.forms if (slot := answer_slot(form)) is not None)
    said = [
        (event.index, guess)
        for event in memory.events
        if event.source is Source.SELF
        for guess in own_guesses(event, situation.length, slots)
    ]
    if not said or said[-1][1] in situation.tried:
        return ""
    if any(contradicts(clue, said[-1][1]) for clue in situation.clues):
        return ""
    again = sum(1 for _, guess in said if guess == said[-1][1])
    return said[-1][1] if again < 3 else ""


def candidates(
    situation: Situation, words: WordList, *, ranker: Ranker | None, affinity: Affinity | None, depth: int = 40
) -> tuple[WordList, int]:
    """The words still possible with their likelihood, likeliest first, and how many clues had to be dropped."""
    tried = situation.tried
    if not situation.clues and not tried and not situation.hint:
        return words, 0
    possible, dropped = reconcile(words, situation.clues)
    if tried:
        untried = np.array([word not in tried for word in words.words], dtype=np.bool_)
        possible = possible & untried if (possible & untried).any() else untried
    chosen: list[int] = np.flatnonzero(possible).tolist()
    weights = words.weights[chosen]
    if situation.hint and affinity is not None and chosen:
        weights = affinity.reweigh(situation.hint, [words.words[index] for index in chosen], weights)
    elif situation.hint and ranker is not None and len(chosen) > 1:
        weights = _ranked(situation.hint, [words.words[index] for index in chosen[:depth]], weights, ranker)
    order: list[int] = np.argsort(-weights, kind="stable").tolist()
    chosen, weights = [chosen[index] for index in order], weights[order]
    return words.pick(chosen, weights), len(dropped)


def _ranked(hint: str, top: Sequence[str], weights: npt.NDArray[np.float64], ranker: Ranker) -> npt.NDArray[np.float64]:
    """The weights with those of the likeliest words multiplied by what the model thinks of them."""
    scores = np.array(ranker.rank(f'Which single word fits the clue "{hint}"? Answer with the word only.', top))
    plain = np.array(ranker.rank("Say any single English word. Answer with the word only.", top))
    gain = scores - plain  # how much the hint speaks for the word, its commonness aside
    factor = np.exp(np.clip(gain - gain.mean(), -3.0, 3.0))
    result = weights.copy()
    result[: len(top)] *= factor
    return result
