"""A message cut into lines and sentences, with what kind of text each of them is.

Knows layout only: bullets, quotations, example dialogues, lines that pass on
data. What the sentences demand is read elsewhere. Every function is linear in
the length of the text, and no more than `WINDOW` characters are looked at.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from constraints.span import Span

WINDOW = 24_000
"""Most characters of one message that are read: the first half of it from the start, the other from the end."""

LONGEST_SENTENCE = 1_200


class Region(StrEnum):
    """What a stretch of text is."""

    RULE = "rule"  # the game master speaks
    EXAMPLE = "example"  # an example dialogue or an example reply
    DATA = "data"  # a tagged line that passes something on: feedback, a partner's words


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line, without its line break.

    Attributes:
        text: the line, stripped.
        start: offset of the stripped text in the message.
        end: one past its end.
        region: what it is.
        index: number of the line, counted from 0.
    """

    text: str
    start: int
    end: int
    region: Region
    index: int


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


_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "`": "'"})
_BULLET = re.compile(r"(?:\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)]|[-*•–])[ \t]+")
_STOP = re.compile(r"[.!?:;]['\")\]”’]{0,2}[ \t]+(?=\S)")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|resp|mr|mrs|dr|no|incl)|^\W*\w{1,2})\.$", re.IGNORECASE)
TAG_LINE = re.compile(r"[^\W\d_][\w'’-]{0,24}(?: [\w'’-]{1,20}){0,2} ?:(?!/)")
_EXAMPLE_CUE = re.compile(
    r"(?i)^(?:here (?:is|are|comes)|for example|for instance|below (?:is|are)|an example|(?:an? )?(?:few )?"
    r"examples?\b|(?:a|the|such a|one) (?:game|round|dialogue|episode|conversation|turn) (?:might|"
    r"may|could|can|would)\b|e\.g\.|sample|suppose|imagine|to illustrate|(?:let'?s )?consider|"
    r"for the .{3,40} above, here are)"
)
_EXAMPLE_WORD = re.compile(r"(?i)\b(?:examples?|e\.g\.|for instance|sample|illustration|demonstration)\b")
_PLACEHOLDER = re.compile(
    r"(?:^|[\s(\[{\"':>])(?:\$[A-Z]{2,}|[A-Z]{2,}_HERE\b|<[a-z][a-z' ,-]{2,60}>(?![^<\n]{0,600}</))"
)
_OF_FORM = re.compile(
    r"(?i)\b(?:format|layout|the form|your (?:message|repl(?:y|ies)|response)|(?:repl(?:y|ies)|"
    r"response|answer) (?:of yours|with|that|must|has|consists?|is)|exactly like this|"
    r"lines per part|these replies|replies to choose|exactly one of these|one of these:)\b"
)
_OPEN_END = re.compile(r"(?i)\b(?:the|an?|of|with|to|and|or|in|for|by|is|are|your|one|that|from|as|at)$|,$")
_TRAILING_CUE = re.compile(r"(?i)(?:^|[.!?]\s)(?:for (?:instance|example)|e\.g\.)$")
_SPEAKER = re.compile(r"\W?[A-Za-z]{1,12}\d?\W{0,2}[:>\])]\s")
_ASKING = re.compile(
    r"(?i)^(?:please|now|remember|note|notice|important|ok(?:ay)?|well|so|attention|time to|"
    r"your turn|reply|write|answer with)\b"
)
_SHAPELY = re.compile(r"[<$(\[{]\S|_HERE\b|\s->\s|\s=\s")
_ANNOUNCES = re.compile(r"(?i)\b(?:form|format|like|following|replies|lines|this|these|as)$")
_HERE = re.compile(r"(?i)\bhere (?:is|are)\b")
_RESET = re.compile(
    r"(?i)^(?:let(?:'|’)?s? us (?:start|begin|play|go)|let(?:'|’)s (?:start|begin|play|go)|now\b|ok(?:ay)?\b|your turn|"
    r"the game (?:starts|begins)|important|rules?\b|remember|note\b|do not|don't|please|after (?:each|every|that)|"
    r"end of (?:the )?example|ready|begin|start|you (?:must|should|need to|have to)\b|the (?:real|actual)|"
    r"always|never|each turn|answer|reply with|respond|use )"
)


def plain(text: str) -> str:
    """The text with typographic quotes made plain; same length."""
    return text.translate(_QUOTES)


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
    for index, raw in enumerate(text.split("\n")):
        stripped = raw.strip()
        start = offset + (len(raw) - len(raw.lstrip()) if stripped else 0)
        lines.append(Line(text=stripped, start=start, end=start + len(stripped), region=Region.RULE, index=index))
        offset += len(raw) + 1
    lines = _regions(lines, partners, first)
    return Page(text=text, message=message, lines=tuple(lines), sentences=tuple(_sentences(text, lines)))


def _regions(lines: list[Line], partners: Collection[str], first: bool) -> list[Line]:
    """Marks example dialogues and data lines."""
    out: list[Line] = []
    inside = False  # in an example
    gap = False  # a blank line came since the last line of the example
    seen: set[str] = set()  # opening words of the example's lines
    last = _last_paragraph(lines)
    for line in lines:
        region = Region.RULE
        tag = line_tag(line.text)
        if gap and line.index >= last:
            inside = False  # the last paragraph is this turn
        if inside and line.text:
            stays = (
                not _ends_example(line.text)
                if not gap
                else _continues(line.text, seen) or _leads_on(lines, line.index, seen)
            )
            inside = stays
        if tag is not None and (tag in partners or not first):
            region = Region.DATA
        elif inside:
            region = Region.EXAMPLE
            seen.add(line.text[:12])
        if not inside and _opens_example(line.text):
            inside, gap, seen = True, False, set()
        elif not line.text:
            gap = inside and bool(seen)
        else:
            gap = False
        out.append(Line(text=line.text, start=line.start, end=line.end, region=region, index=line.index))
    return out


def _last_paragraph(lines: list[Line]) -> int:
    """The index of the line where the last paragraph begins."""
    index = len(lines) - 1
    while index > 0 and not lines[index].text:
        index -= 1
    while index > 0 and lines[index - 1].text:
        index -= 1
    return index


def _ends_example(text: str) -> bool:
    """Whether a line is the game master's own word again."""
    placed = _PLACEHOLDER.search(text)
    if (
        placed
        and "<" in placed.group()
        and (_SPEAKER.match(text) or (text.startswith("<") and text.endswith(">") and text.count("<") == 1))
    ):
        placed = None
    return bool(_RESET.match(text)) or bool(placed) or (bool(_OF_FORM.search(text)) and not _SPEAKER.match(text))


def _opens_example(text: str) -> bool:
    """Whether a line announces that the lines after it are an example."""
    plain_text = text.strip("*#_ ")
    if _EXAMPLE_CUE.match(plain_text) and (
        plain_text[-1:] in (":", "s", "e") or (_EXAMPLE_WORD.search(plain_text) and _HERE.search(plain_text))
    ):
        return True
    if _TRAILING_CUE.search(plain_text):
        return True
    tail = plain_text[-80:]
    cut = max(tail.rfind(". "), tail.rfind("! "))
    return plain_text.endswith(":") and bool(_EXAMPLE_WORD.search(tail[cut + 1 :]))


def _continues(text: str, seen: Collection[str]) -> bool:
    """Whether a line after a blank line still belongs to an example dialogue."""
    if _ends_example(text):
        return False
    return text[:12] in seen or bool(TAG_LINE.match(text)) or text[0] in ">[{(" or text.startswith("...")


def _leads_on(lines: list[Line], index: int, seen: Collection[str]) -> bool:
    """Whether a question of an example dialogue stands here, answered in the next line as before."""
    text = lines[index].text
    after = lines[index + 1].text if index + 1 < len(lines) else ""
    tag = line_tag(after)
    return (
        bool(after)
        and not _RESET.match(text)
        and len(text) < 160
        and (after[:12] in seen or (tag is not None and any(head.lower().startswith(tag[:10]) for head in seen)))
    )


def line_tag(text: str) -> str | None:
    """The tag that a line starts with ("GUESS: …" gives "guess"), or None."""
    match = TAG_LINE.match(text)
    return match.group().rstrip(": ").lower() if match and not _ASKING.match(text) else None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A quotation.

    Attributes:
        text: what stands between the marks.
        start: offset of the opening mark.
        end: one past the closing mark.
    """

    text: str
    start: int
    end: int


_QUOTATION = re.compile(
    r'"([^"\n]{1,300})"|“([^”\n]{1,300})”|„([^“”\n]{1,300})[“”]|«([^»\n]{1,300})»|``?([^`\n]{1,300})``?|'
    r"(?<!\w)'([^'\n]{1,120}(?:'\w[^'\n]{0,60}){0,3})'(?!\w)|‘([^’\n]{1,200})’"
)
_BRACED = re.compile(r"\{")


def quotes(text: str) -> list[Quote]:
    """The quotations of a sentence, in order."""
    if "{" in text and '"' in text and _BRACED.search(text):
        return []  # JSON: its marks are not quotations
    return [
        Quote(text=next(group for group in match.groups() if group is not None), start=match.start(), end=match.end())
        for match in _QUOTATION.finditer(text)
    ]
