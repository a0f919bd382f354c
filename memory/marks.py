"""Marks: reading from a text how a guessed word was marked, letter by letter.

Reads marks beside letters (`c<red>`, "c: hit"), under or after the word
("C R A N E / = - ~ . ."), as symbols, words or prose. The meaning of the marks
is given. Knows no game.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from memory.belief import ABSENT, EXACT, PRESENT

MAX_GAP = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """What stands for each verdict on a letter.

    Attributes:
        exact: the mark of a right letter in the right place.
        present: the mark of a right letter in a wrong place.
        absent: the mark of a letter that does not occur.
    """

    exact: str
    present: str
    absent: str

    def verdict(self, written: str) -> int:
        """The verdict that a mark stands for."""
        folded = " ".join(written.casefold().split())
        return EXACT if folded == self.exact.casefold() else PRESENT if folded == self.present.casefold() else ABSENT


COMMON_MARKINGS = (
    Marking(exact="🟩", present="🟨", absent="⬛"),
    Marking(exact="🟩", present="🟨", absent="⬜"),
    Marking(exact="🟩", present="🟨", absent="🟥"),
    *(Marking(exact="green", present="yellow", absent=dull) for dull in ("red", "gray", "grey", "black", "white")),
    Marking(exact="correct", present="present", absent="absent"),
)
"""Markings tried when the game never explained its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patterns:
    """Compiled ways of writing one marking."""

    mark: re.Pattern[str]
    closed: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    wordy: bool


@lru_cache(maxsize=64)
def _patterns(marking: Marking) -> _Patterns:
    marks = sorted({marking.exact, marking.present, marking.absent}, key=len, reverse=True)
    written = "|".join(_as_pattern(text) for text in marks)
    wordy = all(text[:1].isalpha() and len(text) > 2 for text in marks)
    return _Patterns(
        mark=re.compile(written, re.IGNORECASE),
        closed=re.compile(
            rf"(?<![A-Za-z])(?P<letter>[A-Za-z])[^\w\n]{{0,4}}?(?P<mark>{written})(?=[\s,;|)>\]}}\"'.]|$)",
            re.IGNORECASE,
        ),
        before=re.compile(rf"(?<![A-Za-z])(?P<letter>[A-Za-z])[^\w\n]{{0,4}}?(?P<mark>{written})", re.IGNORECASE),
        after=re.compile(rf"(?P<mark>{written})[^\w\n]{{0,3}}(?P<letter>[A-Za-z])(?![A-Za-z])", re.IGNORECASE),
        wordy=wordy,
    )


def _as_pattern(mark: str) -> str:
    escaped = r"\s+".join(re.escape(word) for word in mark.split())
    opening = r"(?<![A-Za-z])" if mark[:1].isalpha() else ""
    closing = r"(?![A-Za-z])" if mark[-1:].isalpha() else ""
    return f"{opening}{escaped}{closing}"


Reading = tuple[str, tuple[int, ...], int]
"""Letters that stand beside the marks ("" for none), verdicts, and where the marks begin."""


def read_marks(text: str, marking: Marking, length: int) -> list[Reading]:
    """Every row of `length` marks in a text, in order.

    Args:
        text: the message.
        marking: what the marks mean.
        length: letters of a guess.
    """
    patterns = _patterns(marking)
    for readings in (
        _numbered(text, patterns, marking, length),
        _paired(text, patterns.closed, marking, length),
        _paired(text, patterns.before, marking, length),
        _paired(text, patterns.after, marking, length),
        _runs(text, patterns, marking, length),
        _joined(text, marking, length),
        _grouped(text, patterns, marking, length),
        _prose(text, patterns, marking, length) if patterns.wordy else [],
    ):
        if readings:
            return readings
    return []


def _numbered(text: str, patterns: _Patterns, marking: Marking, length: int) -> list[Reading]:
    """A numbered line for each letter ("1. c: hit")."""
    line = re.compile(
        rf"(?<!\S)(?P<place>\d{{1,2}})[.):][ \t]*[\"']?(?P<letter>[A-Za-z])[\"']?[ \t]*[:=–-]*[ \t]*"
        rf"(?P<mark>{patterns.mark.pattern})[ \t]*$",
        re.IGNORECASE | re.MULTILINE,
    )
    found: list[Reading] = []
    row: list[re.Match[str]] = []
    for match in line.finditer(text):
        row = [*row, match] if int(match["place"]) == len(row) + 1 else [match] if match["place"] == "1" else []
        if len(row) == length:
            letters = "".join(part["letter"] for part in row).casefold()
            found.append((letters, tuple(marking.verdict(part["mark"]) for part in row), row[0].start()))
            row = []
    return found


def _paired(text: str, pattern: re.Pattern[str], marking: Marking, length: int) -> list[Reading]:
    """Letters with their marks beside them."""
    found: list[Reading] = []
    row: list[re.Match[str]] = []
    for match in [*pattern.finditer(text), None]:
        if match is not None and row and len(row) < length and _only_breaks(text[row[-1].end() : match.start()]):
            row.append(match)
            continue
        if len(row) == length:
            letters = "".join(part["letter"] for part in row).casefold()
            found.append((letters, tuple(marking.verdict(part["mark"]) for part in row), row[0].start()))
        row = [match] if match is not None else []
    return found


def _only_breaks(gap: str) -> bool:
    return len(gap) <= 12 and not any(char.isalnum() for char in gap) and gap.count("\n") <= 1


def _runs(text: str, patterns: _Patterns, marking: Marking, length: int) -> list[Reading]:
    """Marks alone in a row."""
    found: list[Reading] = []
    row: list[re.Match[str]] = []
    for match in [*patterns.mark.finditer(text), None]:
        gap = text[row[-1].end() : match.start()] if row and match is not None else "\n"
        if match is not None and row and not gap.strip(" \t,|/") and "\n" not in gap:
            row.append(match)
            continue
        if len(row) == length and _stands_alone(text, row):
            found.append(("", tuple(marking.verdict(part.group()) for part in row), row[0].start()))
        row = [match] if match is not None else []
    return found


def _joined(text: str, marking: Marking, length: int) -> list[Reading]:
    """Marks of one sign each, some of them letters, written together ("BGBBY")."""
    marks = (marking.exact, marking.present, marking.absent)
    if not all(len(mark) == 1 for mark in marks) or not any(mark.isalpha() for mark in marks):
        return []
    row = re.compile(rf"(?<![A-Za-z])[{re.escape(''.join(marks))}]{{{length}}}(?![A-Za-z])")
    return [("", tuple(marking.verdict(m) for m in match.group()), match.start()) for match in row.finditer(text)]


def _grouped(text: str, patterns: _Patterns, marking: Marking, length: int) -> list[Reading]:
    """Marks with the places they apply to ("correct: 1 (s), 3 (e); misplaced: 2 (p)")."""
    places: dict[int, tuple[str, int]] = {}
    start = -1
    listed = re.compile(
        rf"(?P<mark>{patterns.mark.pattern})\s*:\s*(?P<places>(?:\d{{1,2}}\s*\(?\w?\)?[,\s]*)+)", re.IGNORECASE
    )
    for match in listed.finditer(text):
        start = match.start() if start < 0 else start
        for place, letter in re.findall(r"(\d{1,2})\s*\(?([A-Za-z]?)\)?", match["places"]):
            places.setdefault(int(place), (letter.casefold(), marking.verdict(match["mark"])))
    if set(places) != set(range(1, length + 1)):
        return []
    letters = "".join(places[place][0] for place in sorted(places))
    return [(letters if len(letters) == length else "", tuple(places[place][1] for place in sorted(places)), start)]


def _stands_alone(text: str, row: Sequence[re.Match[str]]) -> bool:
    """Whether a row of marks is no part of a word."""
    before, after = text[: row[0].start()][-1:], text[row[-1].end() :][:1]
    return not (before.isalnum() and row[0].group()[0].isalnum()) and not after.isalnum()


def _prose(text: str, patterns: _Patterns, marking: Marking, length: int) -> list[Reading]:
    """Marks strung through a sentence or a list ("1st letter c: right place; 2nd letter r: not there")."""
    found: list[Reading] = []
    row: list[tuple[str, int, int]] = []
    end = 0
    for match in [*patterns.mark.finditer(text), None]:
        gap = text[end : match.start()] if match is not None else ""
        near = match is not None and len(gap) <= MAX_GAP and gap.count("\n") <= 1
        if match is not None and (near or not row):
            lead = gap if row else text[max(0, match.start() - MAX_GAP) : match.start()]
            single = re.findall(r"(?<![\w'’])['\"(\[]?([A-Za-z])['\")\]]?(?![\w'’])", lead)
            row.append((single[-1] if single else "", marking.verdict(match.group()), match.start()))
            end = match.end()
        if match is None or not (near or len(row) == 1):
            found += _cut(row, length)
            row = []
            if match is not None:
                lead = text[max(0, match.start() - MAX_GAP) : match.start()]
                single = re.findall(r"(?<![\w'’])['\"(\[]?([A-Za-z])['\")\]]?(?![\w'’])", lead)
                row = [(single[-1] if single else "", marking.verdict(match.group()), match.start())]
                end = match.end()
    return found


def _cut(row: Sequence[tuple[str, int, int]], length: int) -> list[Reading]:
    """Cuts a string of marks into words."""
    if not row or len(row) % length:
        return []
    words: list[Reading] = []
    for start in range(0, len(row), length):
        part = row[start : start + length]
        letters = "".join(letter for letter, _, _ in part).casefold()
        words.append((letters if len(letters) == length else "", tuple(v for _, v, _ in part), part[0][2]))
    return words
