"""Beliefs about a hidden word: what feedback leaves possible, and what a guess would tell.

Feedback is simulated exactly: right places first, then misplaced letters up to
the number left. Knows no wording and no policy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from memory.lexicon import WordList

ABSENT, PRESENT, EXACT = 0, 1, 2

Marks = tuple[int, ...]
"""One of ABSENT, PRESENT, EXACT per letter of a guess."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clue:
    """A guess and how it was marked.

    Attributes:
        guess: the guessed word, in lower case.
        marks: what the game said of each letter.
        turn: index of the message that said so.
    """

    guess: str
    marks: Marks
    turn: int = 0


def mark(guess: str, target: str) -> Marks:
    """How a guess would be marked if `target` were the hidden word."""
    marks = [EXACT if a == b else ABSENT for a, b in zip(guess, target, strict=True)]
    left = [b for a, b in zip(guess, target, strict=True) if a != b]
    for place, letter in enumerate(guess):
        if marks[place] != EXACT and letter in left:
            marks[place] = PRESENT
            left.remove(letter)
    return tuple(marks)


def code(marks: Sequence[int]) -> int:
    """Marks as one number, base three, first letter first."""
    number = 0
    for value in marks:
        number = 3 * number + value
    return number


def codes(guesses: npt.NDArray[np.uint8], targets: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint16]:
    """The mark code of every guess against every target, shape (guesses, targets); letters a to z."""
    length = guesses.shape[1]
    letters = np.arange(97, 123, dtype=np.uint8)
    at = [letters[:, None] == targets[None, :, place] for place in range(length)]  # (26, targets) each
    inside = np.logical_or.reduce(at) if at else np.zeros((26, len(targets)), dtype=np.bool_)
    result = np.zeros((len(guesses), len(targets)), dtype=np.uint16)
    for place in range(length):  # right without repeated letters: inside counts one, in place one more
        value = inside.astype(np.uint16) + at[place]
        result += value[guesses[:, place] - 97] * np.uint16(3 ** (length - 1 - place))
    ordered = np.sort(guesses, axis=1)
    repeated = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
    block = max(1, 400_000 // max(1, len(targets)))
    for start in range(0, len(repeated), block):
        rows = repeated[start : start + block]
        result[rows] = _codes_with_repeats(guesses[rows], targets)
    return result


def _codes_with_repeats(guesses: npt.NDArray[np.uint8], targets: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint16]:
    length = guesses.shape[1]
    exact = [guesses[:, i, None] == targets[None, :, i] for i in range(length)]
    out = np.zeros((len(guesses), len(targets)), dtype=np.uint16)
    for i in range(length):
        left = np.zeros(out.shape, dtype=np.int8)  # this letter's occurrences that no right place explains
        for k in range(length):
            left += (guesses[:, i, None] == targets[None, :, k]) & ~exact[k]
        for j in range(i):
            left -= (guesses[:, i] == guesses[:, j])[:, None] & ~exact[j]
        out = 3 * out + np.where(exact[i], EXACT, left > 0).astype(np.uint16)
    return out


def consistent(words: WordList, clues: Sequence[Clue]) -> npt.NDArray[np.bool_]:
    """Which words would have been marked as every clue says."""
    possible = np.ones(len(words.words), dtype=np.bool_)
    for clue in clues:
        row = codes(_letters(clue.guess), words.letters[possible])[0]
        possible[possible] = row == code(clue.marks)
    return possible


def reconcile(words: WordList, clues: Sequence[Clue]) -> tuple[npt.NDArray[np.bool_], tuple[Clue, ...]]:
    """What the clues leave possible, dropping as few clues as needed, those that cost most likelihood first.

    Returns:
        the possible words, and the clues that were dropped because no word agrees with all of them.
    """
    for dropped in range(len(clues) + 1):
        best: tuple[float, npt.NDArray[np.bool_], tuple[Clue, ...]] | None = None
        for without in combinations(range(len(clues)), dropped):
            possible = consistent(words, [clue for number, clue in enumerate(clues) if number not in without])
            weight = float(words.weights[possible].sum())
            if possible.any() and (best is None or weight > best[0]):
                best = (weight, possible, tuple(clues[number] for number in without))
        if best is not None:
            return best[1], best[2]
    return np.zeros(len(words.words), dtype=np.bool_), tuple(clues)


def contradicts(clue: Clue, word: str) -> bool:
    """Whether the clue rules the word out."""
    return len(clue.guess) != len(word) or mark(clue.guess, word) != clue.marks


def spread(table: npt.NDArray[np.uint16], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Expected information of each guess in bits.

    Args:
        table: mark codes, shape (guesses, candidates).
        weights: likelihood of each candidate; need not sum to 1.
    """
    total = float(weights.sum())
    if total <= 0 or not table.size:
        return np.zeros(len(table))
    mass = _by_answer(table, weights) / total
    return -(mass * np.log2(np.where(mass > 0, mass, 1.0))).sum(axis=1)


def best_hit(table: npt.NDArray[np.uint16], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Chance of naming the word right after each guess, if the likeliest word left is named then."""
    if not table.size:
        return np.zeros(len(table))
    order = np.argsort(weights, kind="stable")
    peak = np.zeros((int(table.max()) + 1, len(table)))
    columns = np.arange(len(table))
    for candidate in order:  # heavier candidates overwrite lighter ones behind the same answer
        peak[table[:, candidate], columns] = weights[candidate]
    return peak.sum(axis=0)


def _by_answer(table: npt.NDArray[np.uint16], weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Weight of the candidates behind each possible answer, shape (guesses, answers)."""
    width = int(table.max()) + 1
    flat = (table.astype(np.int64) + width * np.arange(len(table))[:, None]).ravel()
    mass: npt.NDArray[np.float64] = np.zeros(width * len(table))
    mass += np.bincount(flat, np.tile(weights, len(table)), width * len(table))
    return mass.reshape(len(table), width)


def _letters(word: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(word.encode("ascii"), dtype=np.uint8)[None, :]
