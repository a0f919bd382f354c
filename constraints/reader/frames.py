"""Smaller ways to tell a form in a sentence: between two marks, only a value or a fixed word, behind an arrow."""

import re
from collections.abc import Mapping

from constraints.reader.cues import NEGATED, OTHERS, Statement, state
from constraints.reader.presumed import presumed
from constraints.reader.scan import Page, Sentence
from constraints.reader.templates import Hole, Pieces

_OPENING = r"(?:<{1,3}|\[{1,2}|\{{1,2}|\({1,2}|[«#|*_/$~=+]{1,3})"
_CLOSING = r"(?:>{1,3}|\]{1,2}|\}{1,2}|\){1,2}|[»#|*_/$~=+]{1,3})"
_BETWEEN = re.compile(
    r"\b(?:between|in|inside|within|enclosed (?:in|by)|wrapped in|surrounded by|put in)\s+[\"'`]?"
    rf"({_OPENING})[\"'`]?\s*(?:and|…|\.\.\.|,)\s*[\"'`]?({_CLOSING})[\"'`]?(?=[\s.,;]|$)"
)
_GUILLEMETS = re.compile(r"\b(?:form|format|answer|reply|write|with|as)\s*:?\s+(«\s+)([^«»\n]{1,60}?)(\s+»)")
_ONLY_OR = re.compile(
    r"(?i)\b(?:say|answer|write|send|give|type|name|state|reply with|answer with|respond with)\s+(?:only|just|"
    r"simply|nothing but)\s+"
    r"((?:the|your|a|an|one)\s[^,;.\"'`\n]{3,60}?),?\s+or\s+(?:just |only |simply |say |write "
    r")?[\"'`“]([^\"'`”\n]{1,30})[\"'`”]"
)
_BEGINS = re.compile(
    r"(?i)\b(?:send|write|say|give|answer|reply|message|sentence|one|it|turn|"
    r"line)\b[^.\"'`\n]{0,80}\b(?:begin|start)s?(?:ning|ing)? with\s+"
    r"(?:the words? )?[\"'`“]([A-Z][\w' ]{0,30}\w)[\"'`”]\s*$"
)
_ARROWED = re.compile(
    r"(?:\blike (?:this|so)|\bas follows|\bformat|\bform|\bsyntax|\bpattern|\bthis way|\bround|\bturn|"
    r"\byours?|\binstead)\s*(?::|->|→|=>)\s+"
    r"((?:[A-Z]{2,}|[>/!@#])[\w<>\[\]{}$'-]*(?:[ ,:=/|-]+[\w<>\[\]{}$'-]+){0,6})\.?$"
)


def special(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """The forms that a sentence tells in one of these ways."""
    text, found = sentence.text, list[Statement]()

    def told(start: int, end: int, pieces: Pieces, purpose: str = "") -> None:
        before = sentence.lower[:start]
        if not NEGATED.search(before[-70:]) and not OTHERS.search(before[-110:] + " "):
            found.append(state(page, sentence, start, end, pieces, 0.75, purpose))

    match = _BETWEEN.search(text)
    if match and not re.search(r"\b(?:title|highlight|section|placeholder)", sentence.lower):
        told(match.start(1), match.end(2), (match.group(1), Hole(label="answer"), match.group(2)))
    match = _GUILLEMETS.search(text)
    if match:
        told(match.start(1), match.end(3), (match.group(1), Hole(label=match.group(2)), match.group(3)))
    match = _ONLY_OR.search(text)
    if match:
        told(
            match.start(1),
            match.end(1),
            (Hole(label="", tag=match.group(1).split()[-1].lower(), meaning=match.group(1)),),
        )
        told(match.start(2), match.end(2), (match.group(2).strip(),))
    match = _BEGINS.search(text)
    if match:
        told(match.start(1), match.end(1), (match.group(1) + " ", Hole(label="text", meaning="a sentence")))
    match = _ARROWED.search(text)
    if match:
        told(match.start(1), match.end(1), presumed(match.group(1), glossary))
    return found
