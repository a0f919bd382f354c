"""Eliminate: finding a hidden word from letter feedback in few guesses.

Weighs every guess by the chance that it is right, the chance that the next one
then is, and what it tells. Knows beliefs; knows no wording.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from constraints.forms import SlotKind
from memory.belief import EXACT, PRESENT, Clue, best_hit, codes, contradicts, spread
from memory.lexicon import WordList, english
from planner.session import Option, Proposal, Ranker, Session, believed
from planner.slots import answer_slot, in_voice, verdict_slot
from planner.wordgame import Affinity, Situation, Words, candidates, read_marking, read_situation, waiting_guess

WORTH = (100.0, 100.0, 100.0, 50.0, 30.0, 20.0)
"""What being right with the first, second, … guess is worth: early is good, but three guesses are soon enough."""

HINTED_WORTH = (100.0, 50.0, 33.3, 25.0, 20.0, 16.7)
"""The same where a hint may give the word away at once: every guess counts."""

POOL = 1_200
TARGETS = 320
OPENERS = 400
FINALISTS = 200
ODD = "No word agrees with all marks, so {} of them, the least likely, is set aside."
REFUSAL = 12.0
"""What it costs to guess something that the game does not take for a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eliminate:
    """The policy for hidden words under letter feedback.

    Attributes:
        ranker: the language model's opinion of words under a hint; None for none.
        affinity: how well words go with a hint, by meaning; preferred to the ranker.
        words: candidate words by length.
        worth: value of being right with the first, second, … guess.
        hinted_worth: the same when there is a hint.
    """

    ranker: Ranker | None = None
    affinity: Affinity | None = None
    words: Words = english
    worth: tuple[float, ...] = WORTH
    hinted_worth: tuple[float, ...] = HINTED_WORTH
    name: str = "eliminate"

    @property
    def _weighs_hints(self) -> bool:
        return self.ranker is not None or self.affinity is not None

    def fits(self, session: Session) -> float:
        """High when a form takes a word of known length and the rules explain marks on letters."""
        rulebook = session.rulebook
        slots = [slot for form in rulebook.forms if (slot := answer_slot(form)) is not None]
        if not slots or any(verdict_slot(form) is not None for form in rulebook.forms):
            return 0.0
        sized = rulebook.letters is not None or any(slot.letters is not None for slot in slots)
        if rulebook.legend is not None or (sized and read_marking(session, rulebook.letters or 5) is not None):
            return 0.95 if sized or any(slot.kind is SlotKind.WORD for slot in slots) else 0.6
        return 0.6 if sized else 0.0

    def propose(self, session: Session) -> Proposal:
        """The best guesses, each with a reason that a partner could read."""
        situation = read_situation(session)
        words = self.words(situation.length)
        if not words.words:
            return Proposal(policy=self.name)
        left, dropped = candidates(situation, words, ranker=self.ranker, affinity=self.affinity)
        hinted = self._weighs_hints and bool(situation.hint)
        worth = self.hinted_worth if hinted else self.worth
        options = rank_guesses(left, words, len(situation.clues), worth, hinted=hinted)
        tried = situation.tried
        options = [option for option in options if option[0] not in tried]
        waiting = waiting_guess(session, situation)
        if waiting:
            options = [(waiting, 2.0 + options[0][1] if options else 1.0), *(o for o in options if o[0] != waiting)]
        return Proposal(
            policy=self.name,
            beliefs=believed(left.words, left.weights.tolist()),
            options=tuple(
                option
                for guess, value in options
                if (option := self._option(session, situation, guess, value, (len(left.words), dropped))) is not None
            ),
        )

    def _option(
        self, session: Session, situation: Situation, guess: str, value: float, left: tuple[int, int]
    ) -> Option | None:
        """A guess in the form that takes it; `left` counts the words left and the marks that were set aside."""
        words, dropped = left
        for index, form in enumerate(session.rulebook.forms):
            slot = answer_slot(form)
            if slot is not None:
                told = situation if self._weighs_hints else replace(situation, hint="")
                doubt = f" {ODD.format(dropped)}" if dropped else ""
                reason = in_voice(session.rulebook, explain(guess, told, words) + doubt)
                sure = words == 1 and not dropped
                return Option(form=index, fills={slot.name: guess}, score=value, reason=reason, certain=sure)
        return None


def rank_guesses(
    left: WordList, words: WordList, guessed: int, worth: tuple[float, ...], *, hinted: bool = False, count: int = 6
) -> list[tuple[str, float]]:
    """The most valuable guesses, best first.

    Args:
        left: words still possible, likeliest first.
        words: all words that may be guessed, likeliest first.
        guessed: guesses made so far.
        worth: value of being right with the first, second, … guess.
        hinted: whether `left` was reweighted by a hint, so that the usual opening is no good.
        count: how many to return.
    """
    if not left.words:
        return []
    if len(left.words) == 1:
        return [(left.words[0], value_at(worth, guessed))]
    if guessed == 0 and not hinted and len(left.words) > len(words.words) // 2:
        return list(_opening(words, worth))
    targets, weights = left.letters[:TARGETS], left.weights[:TARGETS] / left.weights.sum()
    size = min(POOL, max(200, 400_000 // len(targets)))
    sure = dict(zip(words.words[:size], words.sureness[:size].tolist(), strict=True))
    sure.update(zip(left.words[: size // 2], left.sureness[: size // 2].tolist(), strict=True))
    names = list(sure)
    values = guess_values(_letters(names), names, targets, left.words[:TARGETS], weights, guessed, worth)
    values = values - REFUSAL * (1.0 - np.array([sure[name] for name in names]))
    order: list[int] = np.argsort(-values, kind="stable")[:count].tolist()
    return [(names[index], float(values[index])) for index in order]


def guess_values(
    guesses: npt.NDArray[np.uint8],
    names: list[str],
    targets: npt.NDArray[np.uint8],
    target_names: tuple[str, ...],
    weights: npt.NDArray[np.float64],
    guessed: int,
    worth: tuple[float, ...],
) -> npt.NDArray[np.float64]:
    """Expected value of each guess: right now, right next, right after that, and what it tells."""
    table = codes(guesses, targets)
    chance = dict(zip(target_names, weights, strict=True))
    now = np.array([chance.get(name, 0.0) for name in names])
    total = float(weights.sum())
    soon = best_hit(table, weights)  # this guess or the next is right
    now_value, next_value, later_value = (value_at(worth, guessed + ahead) for ahead in range(3))
    values = now * now_value + (soon - now) * next_value
    front = np.argsort(-values, kind="stable")[:FINALISTS]
    told = spread(table[front], weights)
    later = 1.0 - 0.5 ** (1.0 + told / 2.0)  # the better the rest is split, the surer the guess after next
    result = values - 1e6
    result[front] = values[front] + (total - soon[front]) * later * later_value
    return result


def value_at(worth: tuple[float, ...], guessed: int) -> float:
    """What being right with the guess after `guessed` others is worth."""
    return worth[guessed] if guessed < len(worth) else worth[-1] * 0.5 ** (guessed - len(worth) + 1)


@lru_cache(maxsize=8)
def _opening(words: WordList, worth: tuple[float, ...]) -> tuple[tuple[str, float], ...]:
    """The best first guesses of a list, worked out once: those that split the common words best."""
    names = list(words.words[: OPENERS * 3])
    table = codes(words.letters[: OPENERS * 3], words.letters[:3_000])
    weights = words.weights[:3_000] / words.weights[:3_000].sum()
    told = spread(table, weights) + best_hit(table, weights) * 10.0
    order: list[int] = np.argsort(-told, kind="stable")[:12].tolist()
    return tuple((names[index], float(told[index])) for index in order)


def _letters(names: list[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("".join(names).encode("ascii"), dtype=np.uint8).reshape(len(names), -1)


def explain(guess: str, situation: Situation, left: int) -> str:
    """One sentence that explains a guess from what is known."""
    hint = f' and goes with the clue "{situation.hint}"' if situation.hint else ""
    if not situation.clues:
        if hint:
            return f'"{guess}" is a common {situation.length}-letter word{hint}.'
        return f'"{guess}" is a common {situation.length}-letter word that tests several frequent letters at once.'
    fits = all(not contradicts(clue, guess) for clue in situation.clues)
    known = _known_letters(situation.clues)
    if not fits:
        return f'{known} To tell the remaining words apart, "{guess}" tests further letters.'
    only = " and is the only common word left" if left == 1 else ""
    return f'{known} "{guess}" agrees with all of that{hint}{only}.'


def _known_letters(clues: tuple[Clue, ...]) -> str:
    """A sentence on the letters found so far."""
    placed: dict[int, str] = {}
    inside: dict[str, None] = {}
    out: dict[str, None] = {}
    for clue in clues:
        for place, (letter, verdict) in enumerate(zip(clue.guess, clue.marks, strict=True)):
            if verdict == EXACT:
                placed[place] = letter
            elif verdict == PRESENT:
                inside[letter] = None
            else:
                out[letter] = None
    parts = [f"'{letter}' is in position {place + 1}" for place, letter in sorted(placed.items())]
    loose = [letter for letter in inside if letter not in placed.values()]
    if loose:
        parts.append(f"{_listed(loose)} must stand elsewhere")
    gone = [letter for letter in out if letter not in placed.values() and letter not in inside]
    if gone and len(parts) < 4:
        parts.append(f"{_listed(gone[:6])} can be left out")
    return (parts[0][0] + ", ".join(parts)[1:] + ".") if parts else "No letter is known yet."


def _listed(letters: list[str]) -> str:
    quoted = [f"'{letter}'" for letter in letters]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " and " + quoted[-1]
