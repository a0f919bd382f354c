"""Letter feedback: which letters of a guess are right, and how an instance writes it down."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

Mark = Literal["exact", "present", "absent"]
MARKS: tuple[Mark, ...] = ("exact", "present", "absent")


def mark(guess: str, target: str) -> tuple[Mark, ...]:
    """Marks every letter; a letter guessed more often than it occurs is absent for the surplus."""
    left = Counter(hidden for said, hidden in zip(guess, target, strict=True) if said != hidden)
    marks: list[Mark] = []
    for said, hidden in zip(guess, target, strict=True):
        if said == hidden:
            marks.append("exact")
        elif left[said] > 0:
            left[said] -= 1
            marks.append("present")
        else:
            marks.append("absent")
    return tuple(marks)


def consistent(word: str, history: Sequence[tuple[str, tuple[Mark, ...]]]) -> bool:
    """True when the word could be the hidden one after these guesses."""
    return all(mark(guess, word) == marks for guess, marks in history)


Layout = Callable[[str, Sequence[str]], str]


def _listed(guess: str, words: Sequence[str]) -> str:
    order = list(dict.fromkeys(words))
    parts: list[str] = []
    for word in order:
        places = [
            f"{place} ({letter})"
            for place, (letter, own) in enumerate(zip(guess, words, strict=True), start=1)
            if own == word
        ]
        parts.append(f"{word}: {', '.join(places)}")
    return "; ".join(parts)


LAYOUTS: dict[str, Layout] = {
    "angle": lambda guess, words: " ".join(f"{a}<{b}>" for a, b in zip(guess, words, strict=True)),
    "paren": lambda guess, words: " ".join(f"{a}({b})" for a, b in zip(guess, words, strict=True)),
    "equals": lambda guess, words: ", ".join(f"{a}={b}" for a, b in zip(guess, words, strict=True)),
    "upper": lambda guess, words: " | ".join(f"{a.upper()} {b}" for a, b in zip(guess, words, strict=True)),
    "rows": lambda guess, words: " ".join(guess.upper()) + "\n" + " ".join(words),
    "lines": lambda guess, words: "\n".join(
        f"{place}. {a}: {b}" for place, (a, b) in enumerate(zip(guess, words, strict=True), start=1)
    ),
    "listed": _listed,
    "compact": lambda guess, words: f"{guess} {''.join(words)}",
}
"""How feedback is laid out, by name; "compact" needs marks of one character."""

VOCABULARIES: dict[str, tuple[str, str, str]] = {
    "traffic": ("green", "yellow", "red"),
    "classic": ("green", "yellow", "grey"),
    "paint": ("blue", "orange", "black"),
    "squares": ("🟩", "🟨", "⬜"),
    "signs": ("+", "~", "-"),
    "checks": ("=", "?", "x"),
    "stars": ("*", "o", "."),
    "digits": ("2", "1", "0"),
    "letters": ("G", "Y", "B"),
    "darts": ("hit", "near", "miss"),
    "office": ("correct", "misplaced", "wrong"),
    "places": ("here", "elsewhere", "nowhere"),
    "heat": ("hot", "warm", "cold"),
}
"""Marks for exact, present and absent."""


def write_marks(guess: str, marks: Sequence[Mark], words: Mapping[str, str]) -> str:
    """The feedback as this instance writes it.

    Args:
        guess: the guessed word.
        marks: its marks.
        words: the instance's vocabulary, with "layout", "exact", "present" and "absent".
    """
    return LAYOUTS[words["layout"]](guess, [words[own] for own in marks])
