"""A message cut into lines and sentences, with what kind of text each of them is.

Knows layout only: bullets, sentences, lines that break off. What the sentences
demand is read elsewhere. Every function is linear in the length of the text,
and no more than `WINDOW` characters are looked at.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

from constraints.reader.markup import unwrapped
from constraints.reader.quotation import plain
from constraints.reader.regions import TAG_LINE, Line, Region, mark_regions
from constraints.span import Span

WINDOW = 24_000
"""Most characters of one message that are read: the first half of it from the start, the other from the end."""


LONGEST_SENTENCE = 1_200
MOST_SENTENCES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence, without bullet or number before it.

    Attributes:
        text: the sentence.
        lower: the same in lower case, typographic quotes made plain.
        start: offset in the message.
        end: one past its end.
        region: what it is.
        line: index of the line where it ends.
        closes_line: whether nothing follows it on that line.
        bulleted: whether a bullet or a number stood before it.
    """

    text: str
    lower: str
    start: int
    end: int
    region: Region
    line: int
    closes_line: bool
    bulleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A message, cut up.

    Attributes:
        text: the message as far as it is read.
        message: its index in the transcript.
        lines: its lines, empty ones included.
        sentences: its sentences, in order.
    """

    text: str
    message: int
    lines: tuple[Line, ...]
    sentences: tuple[Sentence, ...]

    def span(self, start: int, end: int) -> Span:
        """The receipt for a stretch of this message."""
        return Span(message=self.message, start=start, end=end, text=self.text[start:end])


_BULLET = re.compile(r"(?:\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)]|[-*•–])[ \t]+")


_STOP = re.compile(r"[.!?:;]['\")\]”’]{0,2}[ \t]+(?=\S)")


_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|resp|mr|mrs|dr|no|incl)|^\W*\w{1,2})\.$",
    re.IGNORECASE,
)


_OPEN_END = re.compile(r"(?i)\b(?:the|an?|of|with|to|and|or|in|for|by|is|are|your|one|that|from|as|at)$|,$")


_SHAPELY = re.compile(r"[<$(\[{]\S|_HERE\b|\s->\s|\s=\s")


_ANNOUNCES = re.compile(r"(?i)\b(?:form|format|like|following|replies|lines|this|these|as)$")


def window(text: str) -> str:
    """The part of a message that is read: all of it, or its two ends when it is very long."""
    if len(text) <= WINDOW:
        return text
    half = WINDOW // 2
    return text[:half] + "\n\n" + text[-half:]


def read_page(text: str, message: int, partners: Collection[str] = (), first: bool = True) -> Page:
    """Cuts a message into lines and sentences.

    Args:
        text: the message.
        message: its index in the transcript.
        partners: tags (lower case) that another player's lines start with.
        first: whether this is the game's first message; in later ones, tagged lines are data.
    """
    text = window(text).replace("\r\n", "\n ").replace("\r", "\n")
    lines: list[Line] = []
    offset = 0
    raws = text.split("\n")
    for place, (raw, (begin, end)) in enumerate(unwrapped(raws)):
        cut = _cut_bullet(raw, raws[place + 1] if place + 1 < len(raws) else "")
        for head, tail in ((begin, cut), (cut, end)) if begin < cut < end else ((begin, end),):
            inner = raw[head:tail]
            stripped = inner.strip()
            start = offset + head + (len(inner) - len(inner.lstrip()) if stripped else 0)
            lines.append(
                Line(
                    text=stripped,
                    start=start,
                    end=start + len(stripped),
                    region=Region.RULE,
                    index=len(lines),
                )
            )
        offset += len(raw) + 1
    lines = mark_regions(lines, partners, first)
    sentences = _sentences(text, lines)
    if len(sentences) > MOST_SENTENCES:
        sentences = [
            *sentences[: MOST_SENTENCES // 2],
            *sentences[-MOST_SENTENCES // 2 :],
        ]
    return Page(text=text, message=message, lines=tuple(lines), sentences=tuple(sentences))


_INNER_HEADING = re.compile(r"^[^.:\n]{0,60}\b(?:format|form)[.:]\s+(?=(?:#{1,6}\s\w|([-=*~]{2,})\s?\w[^\n]*\1\s*$))")
_INNER_BULLET = re.compile(r"[.:]\s+([-*•–] |1[.)] )(?=\S)")


def _cut_bullet(raw: str, below: str) -> int:
    """Where a list begins in the middle of a line, when its next item stands on the line below; 0 for nowhere."""
    headed = _INNER_HEADING.search(raw, 0, 400)
    if headed is not None:
        return headed.end()
    match = _INNER_BULLET.search(raw, 0, 400)
    if match is None or _BULLET.match(raw.lstrip()):
        return 0
    goes_on = below.lstrip().startswith(match.group(1) if match.group(1)[0] in "-*•–" else "2")
    return match.start(1) if goes_on else 0


def _sentences(text: str, lines: list[Line]) -> list[Sentence]:
    """Cuts lines into sentences; a line that breaks off in mid-sentence is joined with the next."""
    found: list[Sentence] = []
    index = 0
    while index < len(lines):
        last = index
        while last + 1 < len(lines) and last - index < 12 and _wraps(lines[last], lines[last + 1]):
            last += 1
        start, end = lines[index].start, lines[last].end
        if end > start:
            _split(text, start, end, lines[index : last + 1], found)
        index = last + 1
    return found


def _wraps(line: Line, after: Line) -> bool:
    """Whether a sentence runs on from one line into the next."""
    if len(line.text) < 45 or not after.text or line.region is not after.region or line.region is Region.DATA:
        return False
    if line.text[-1] in ".!?:;\"'”)]}>" or ("," in line.text and line.text.count(",") > line.text.count(" ") * 0.6):
        return False
    if _BULLET.match(after.text) or TAG_LINE.match(after.text):
        return False
    if _SHAPELY.search(after.text[:60]) or _ANNOUNCES.search(line.text):
        return False
    return after.text[0].islower() or bool(_OPEN_END.search(line.text))


def _split(text: str, start: int, end: int, lines: list[Line], found: list[Sentence]) -> None:
    bullet = _BULLET.match(text, start, end)
    if bullet:
        start = bullet.end()
    begin = start
    for stop in _STOP.finditer(text, start, end):
        cut = stop.end()
        head = text[max(begin, stop.start() - 12) : stop.start() + 1]
        if text[stop.start()] in ":;" or _ABBREVIATION.search(head) or _inside_quote(text, begin, stop.start()):
            continue
        found.append(_sentence(text, begin, stop.end(), lines, False, bullet is not None))
        begin = cut
    if begin < end:
        found.append(_sentence(text, begin, end, lines, True, bullet is not None))


def _inside_quote(text: str, begin: int, at: int) -> bool:
    """Whether a double quotation mark is open at `at`."""
    stretch = text[max(begin, at - 300) : at]
    if stretch.count('"') % 2 == 1:
        return text.find('"', at, at + 3) == -1 and text.find('"', at, at + 120) != -1
    return False


def _sentence(text: str, start: int, end: int, lines: list[Line], closes: bool, bulleted: bool) -> Sentence:
    body = text[start : min(end, start + LONGEST_SENTENCE)].rstrip()
    line = next((entry for entry in lines if entry.end >= start + len(body)), lines[-1])
    return Sentence(
        text=body,
        lower=plain(body).lower() if len(body.lower()) == len(body) else plain(body),
        start=start,
        end=start + len(body),
        region=line.region,
        line=line.index,
        closes_line=closes,
        bulleted=bulleted,
    )
