"""Feedback: which guesses were marked how, over a whole dialogue, and which were no words.

The guess is read beside its marks or taken from what we said before. Knows no
game; what the marks mean is given.
"""

import re
from collections.abc import Iterator, Sequence

from memory.belief import Clue
from memory.events import Event, Source
from memory.marks import COMMON_MARKINGS, Marking, Reading, read_marks

READ_CHARACTERS = 4000


def read_clues(
    events: Sequence[Event],
    marking: Marking | None,
    length: int | None,
    spoken: Sequence[str] = (),
    others: Sequence[tuple[int, str]] = (),
) -> tuple[Clue, ...]:
    """Every guess that was marked, oldest first.

    Args:
        events: what happened.
        marking: what the marks mean; None to try the common ones.
        length: letters of the hidden word; None to go by our own guesses.
        spoken: names of the slots that hold our guesses; () for any slot.
        others: guesses that somebody else proposed, each after the index of the message that told us.
    """
    clues: dict[tuple[str, tuple[int, ...]], Clue] = {}
    said: list[str] = []
    told = list(others)
    for event in events:
        while told and told[0][0] < event.index:
            said.append(told.pop(0)[1])
        if event.source is Source.SELF:
            said += own_guesses(event, length, spoken)
            continue
        if event.index == 0:
            continue  # rules and examples
        size = length or (len(said[-1]) if said else 5)
        text = event.text[-READ_CHARACTERS:]
        rows = _rows(text, marking, size)
        for number, (letters, marks, start) in enumerate(rows):
            nearest = said[-(len(rows) - number)] if len(said) >= len(rows) - number else ""
            guess = letters or _word_before(text[:start], size) or nearest
            if len(guess) == size and guess.isascii() and guess.isalpha():
                clues.setdefault((guess, marks), Clue(guess=guess, marks=marks, turn=event.index))
    return tuple(clues.values())


def _rows(text: str, marking: Marking | None, size: int) -> list[Reading]:
    for tried in (marking,) if marking is not None else COMMON_MARKINGS:
        rows = read_marks(text, tried, size)
        if rows:
            return rows
    return []


def own_guesses(event: Event, length: int | None, spoken: Sequence[str] = ()) -> list[str]:
    """The words of the right length that one of our messages said in a slot."""
    values = [value for name, value in event.fills if not spoken or name in spoken]
    words = [value.strip(" \t\n\"'.,!?").casefold() for value in values]
    return [word for word in words if word.isalpha() and word.isascii() and (length is None or len(word) == length)]


def _word_before(text: str, length: int) -> str:
    """A word of the right length just before the marks, on the same line or the line above."""
    lines = text.split("\n")
    for line in reversed(lines[-2:]):
        spaced = re.search(rf"(?<![\w'])((?:[A-Za-z][ \t|]+){{{length - 1}}}[A-Za-z])(?![\w'])\W*$", line)
        if spaced:
            return re.sub(r"[^a-z]", "", spaced.group(1).casefold())
        words = re.findall(rf"(?<![\w'-])[A-Za-z]{{{length}}}(?![\w'-])", line)
        if words and line is lines[-1]:
            return words[-1].casefold()
        if words and re.fullmatch(rf"\W*(?:\w+\W+){{0,2}}{words[-1]}\W*", line):
            return words[-1].casefold()
    return ""


def was_refused(text: str) -> bool:
    """Whether a message says that the last guess was no legal word."""
    head = text[:READ_CHARACTERS]
    if _REFUSED.search(head) is not None:
        return True
    return len(head) < 600 and _AGAIN.search(head) is not None and _COMMENT.search(head) is None


_AGAIN = re.compile(
    r"\b(?:try\s+again|could\s+not\s+(?:be\s+used|accept)|invalid\s+reply|not\s+accepted|once\s+(?:again|more)"
    r"|repeat\s+(?:it|that|your))\b",
    re.I,
)
_COMMENT = re.compile(r"\b(?:agree|disagree|advis|critic|comment|opinion|colleague|thinks?|final)", re.I)
_REFUSED = re.compile(
    r"\b(?:not|n[o']t|isn['’]t)\s+(?:a\s+|an\s+|in\s+|among\s+)?(?:the\s+|my\s+|our\s+|any\s+)?"
    r"(?:valid|real|legal|known|allowed|accepted|recogni[sz]ed|english|proper|existing|word\s+list|dictionary|vocabulary|list"
    r"|word\s+(?:i|we|of)|word\b)"
    r"|\b(?:invalid|unknown|illegal|unrecogni[sz]ed|no\s+such)\s+(?:guess|word|entry)|\bdon['’]t\s+know\s+(?:the|that|this)\s+word",
    re.IGNORECASE,
)


def refused_words(events: Sequence[Event], length: int | None, spoken: Sequence[str] = ()) -> Iterator[str]:
    """Our guesses that the game did not accept as words, oldest first."""
    last: list[str] = []
    for event in events:
        if event.source is Source.SELF:
            last = own_guesses(event, length, spoken) or last
        elif event.index > 0 and last and was_refused(event.text):
            yield last[-1]
