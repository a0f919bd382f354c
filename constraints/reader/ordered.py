"""Replies told line by line in words ("First line: YES or NO. Second line: a reason"), and bare lists of replies."""

import re
from collections.abc import Mapping

from constraints.reader.cues import Statement
from constraints.reader.mentions import mentions
from constraints.reader.presumed import presumed
from constraints.reader.regions import Region
from constraints.reader.scan import Page, Sentence
from constraints.reader.templates import Hole, Piece, join

_ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "next": 1, "third": 2, "3rd": 2, "fourth": 3, "4th": 3}
_LINE = re.compile(
    r"(?i)\b(first|second|third|fourth|next|1st|2nd|3rd|4th) line(?: of (?:your|the|each|every) (?:\w+ )?\w+)?"
    r"(?:,? (?:you )?(?:must |should |has to |have to |may |will )?(?:be|is|contains?|holds?|has|states?|"
    r"gives?|says?|names?|write|put|tell|"
    r"consists? of|contain|hold|state|give|say|name)(?: only| just| exactly)?\b|\s?:|,)\s*:?\s*(\S[^.;\n]{1,140})"
)
_NAMED = re.compile(
    r"(?i)\b(reason(?:ing)?|explanation|answer|verdict|word|guess|number|name|question|score|decision|choice|"
    r"move|action|clue|"
    r"hint|title|description|confidence|vote|message|justification|thoughts?)\b"
)


def read_ordered(page: Page) -> list[Statement]:
    """The form that sentences tell line by line."""
    rows: dict[int, tuple[str, int, int]] = {}
    for sentence in page.sentences:
        if sentence.region is not Region.RULE:
            continue
        for match in _LINE.finditer(sentence.text):
            place = _ORDINALS[match.group(1).lower()]
            words = re.split(r",? (?:and|while|then)(?: on)? the (?:second|third|next|last)\b", match.group(2))[
                0
            ].strip(" ,")
            if place == len(rows) and not re.search(r"[\"'`<:]", words):
                rows[place] = (words, sentence.start, sentence.end)
    if len(rows) < 2:
        return []
    pieces: list[Piece] = []
    for place, (words, _, _) in sorted(rows.items()):
        named = _NAMED.search(words)
        label = named.group(1).lower() if named else f"line {place + 1}"
        pieces += ["\n"] if place else []
        pieces.append(Hole(label=label, meaning=words))
    span = page.span(rows[0][1], rows[len(rows) - 1][2])
    line = next(one.line for one in page.sentences if one.start == rows[0][1])
    return [Statement(pieces=join(pieces), span=span, confidence=0.75, line=line)]


_ASKS = re.compile(
    r"\b(?:what (?:do|will|would|should) you (?:do|play|say|choose)|your (?:move|turn|choice|action|options|"
    r"answer)|choose|pick|options|moves|"
    r"actions|commands|possibilities|one of)\b"
)


def menu(page: Page, index: int, glossary: Mapping[str, str]) -> list[Statement]:
    """The replies that a sentence only lists after a question ("What do you do? BUY n, SELL n or HOLD.")."""
    sentence = page.sentences[index]
    slashed = _slashed(page, sentence, glossary)
    if slashed:
        return slashed
    shown = mentions(sentence, glossary)
    if len(shown) < 2 or not _only_lists(sentence, [(one.start, one.end) for one in shown]):
        return []
    before = page.sentences[index - 1].lower if index else ""
    if not _ASKS.search(before) and not _ASKS.search(sentence.lower):
        return []
    return [
        Statement(
            pieces=presumed(one.text, glossary),
            span=page.span(sentence.start + one.start, sentence.start + one.end),
            confidence=0.75,
            line=sentence.line,
        )
        for one in shown
    ]


_SLASHED = re.compile(
    r"(?i)\b(?:options|moves|actions|commands|choices|possibilities|replies|"
    r"inputs)\b[^:\n]{0,30}:\s+([^\n:.(]{3,120}?)(?:\s*\([^()\n]*\))?\.?$"
)


def _slashed(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """Replies parted by slashes or bars, of which one holds a value ("Your options: fold / call / raise X")."""
    match = _SLASHED.search(sentence.text)
    if match is None or not re.search(r"[/|]", match.group(1)):
        return []
    items = [item.strip() for item in re.split(r"\s*[/|]\s*", match.group(1))]
    if not all(re.fullmatch(r"[\w$<>\[\] -]{1,30}", item) and len(item.split()) <= 3 for item in items):
        return []
    cut = [presumed(re.sub(r" ([A-Z])$", r" <\1>", item), glossary) for item in items]
    if not any(isinstance(piece, Hole) for pieces in cut for piece in pieces):
        return []
    span = page.span(sentence.start + match.start(1), sentence.start + match.end(1))
    return [Statement(pieces=pieces, span=span, confidence=0.75, line=sentence.line) for pieces in cut]


def _only_lists(sentence: Sentence, spans: list[tuple[int, int]]) -> bool:
    """Whether nothing but list words stands between the mentions of a sentence, remarks in parentheses left out."""
    at = spans[0][0]
    rest = sentence.lower[: spans[0][0]]
    if len(re.findall(r"\w+", rest)) > 5 or re.search(r"\b(?:start|begin|end|finish|not|never|call|mean)", rest):
        return False
    for start, end in spans:
        rest = re.sub(r"\([^()]*\)", "", sentence.lower[at:start])
        if not re.fullmatch(r"[\s,;/|]*(?:or|and)?[\s,;/|]*", rest):
            return False
        at = end
    return len(re.findall(r"\w+", re.sub(r"\([^()]*\)", "", sentence.lower[at:]))) <= 4
