"""JSON replies told key by key: "one object with these keys: "step" holds one of n, e; "map" holds your map"."""

import re

from constraints.forms import SlotKind
from constraints.reader.cues import Statement
from constraints.reader.glossary import read_meaning
from constraints.reader.regions import Region
from constraints.reader.scan import Page
from constraints.reader.templates import Hole, Piece, join

_CUE = re.compile(
    r"\b(?:json|object|dictionary|dict)\b[^.\n]{0,80}\b(?:keys?|fields?|properties|entries|attributes|members)\b|"
    r"\b(?:keys?|fields?|properties|entries|attributes)\b[^.\n]{0,60}\b(?:json|object|dictionary)\b|"
    r"\bjson\b[^\n]{0,120}\b(?:these|following|two|three|four|exactly)\b[^\n]{0,30}\b(?:keys?|fields?)\b"
)
_VALUE_OF = re.compile(
    r"^(?:[-*•–+]\s+)?(?:[Tt]he )?(?:value|content|entry|field) (?:of|under|for|behind) [\"'`“]([A-Za-z_][\w "
    r"]{0,30})[\"'`”] "
    r"(?:is|holds?|must be|has to be|should be|contains?|gives?)\s+(\S.{0,300})$"
)
_BARE = re.compile(r"^(?:[-*•–+]\s+)([A-Za-z_][\w ]{0,24}?)\s?(?:-|–|—|:|=)\s+([a-z\"'`].{2,300})$")
_KEYS = re.compile(
    r"\b(?:these|following|exactly|its|the|two|three|four) (?:\w+ )?(?:keys?|fields?|"
    r"properties)\b[^.\n]{0,30}[:.]$"
)
_ROW = re.compile(
    r"^(?:[-*•–+]\s+|\(?(?:\d{1,2}|[a-z])[.)]\s+)?[\"'`“]([A-Za-z_][\w ]{0,30})[\"'`”]\s*"
    r"(?:\((?:string|str|text|integer|int|number|boolean|bool|list|array|object)\)\s*)?"
    r"(?::|=|->|→|[-–—]|,|(?:whose value )?(?:holds?|contains?|is|gives?|has|must be|should be|has to be|"
    r"stands for|names?|states?|tells?|takes|carries)\b)\s*(\S.{0,300})$"
)
_INLINE = re.compile(
    r"[\"'`“]([A-Za-z_]\w{0,30})[\"'`”]\s*(?:\(([^()\n]{2,120})\)|(?:holding|containing|with|for|being|"
    r"as)\s+([^,;.\n\"'`]{3,120}))"
)


def read_keyed(page: Page) -> tuple[list[Statement], set[int]]:
    """The object that a message tells key by key, and the lines where its keys are told."""
    for sentence in page.sentences:
        if sentence.region is Region.EXAMPLE or not (_CUE.search(sentence.lower) or _KEYS.search(sentence.lower)):
            continue
        if not _CUE.search(sentence.lower) and not re.search(r"(?i)\bjson\b|\bobject\b", page.text):
            continue
        rows, used = _rows(page, sentence.line)
        if not rows:
            rows = [(match.group(1), match.group(2) or match.group(3)) for match in _INLINE.finditer(sentence.text)]
        if rows and len({key for key, _ in rows}) == len(rows):
            pieces = _object(rows)
            span = page.span(sentence.start, sentence.end)
            return [Statement(pieces=pieces, span=span, confidence=0.9, line=sentence.line)], used
    return [], set()


def _rows(page: Page, line: int) -> tuple[list[tuple[str, str]], set[int]]:
    """The keys told on the lines after one, and those lines."""
    rows: list[tuple[str, str]] = []
    used: set[int] = set()
    for entry in page.lines[line + 1 : line + 24]:
        if not entry.text:
            if rows:
                break
            continue
        match = _ROW.match(entry.text) or _VALUE_OF.match(entry.text) or _BARE.match(entry.text)
        if match is None:
            break
        rows.append((match.group(1), match.group(2)))
        used.add(entry.index)
    return rows, used


def _object(rows: list[tuple[str, str]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = ["{"]
    for index, (key, words) in enumerate(rows):
        words = re.split(r"[.!](?:\s|$)", words, maxsplit=1)[0].strip(" ;,")
        pieces.append((", " if index else "") + f'"{key}": ')
        pieces.extend(_value(key.lower(), words))
    return join([*pieces, "}"])


def _value(key: str, words: str) -> list[Piece]:
    """The pieces of one value, by what is said of it."""
    meaning = read_meaning(words)
    if meaning.kind is SlotKind.NUMBER:
        return [Hole(label=key, tag=key, inside="json", meaning=words, template="1")]
    if meaning.kind is SlotKind.JSON or re.search(r"(?i)\b(?:list|array) of\b|\bas (?:a )?json\b", words):
        return [Hole(label=key, tag=key, inside="json", meaning=words)]
    if meaning.options in (("true", "false"), ("TRUE", "FALSE")) and not re.search(r"[\"'`]", words):
        return [Hole(label=key, tag=key, meaning="one of true, false")]
    return ['"', Hole(label="", tag=key, inside="string", meaning=words), '"']


__all__ = ["read_keyed"]
