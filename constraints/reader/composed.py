"""Replies told part by part: "start with KESTREL TO and the station, then a dash, and close with OVER".

A sentence that names the parts of a reply in order is cut at its joints; every
part is fixed text, a mark that has a name ("a colon"), or a value.
"""

import re
from collections.abc import Mapping

from constraints.reader.cues import NEGATED, OTHERS, Statement, purpose_of, state
from constraints.reader.mentions import mentions
from constraints.reader.scan import Page, Sentence
from constraints.reader.templates import Hole, Piece, join

MARKS = {
    "colon": ": ",
    "comma": ", ",
    "semicolon": "; ",
    "hyphen": "-",
    "dash": "-",
    "minus sign": "-",
    "slash": "/",
    "full stop": ".",
    "period": ".",
    "dot": ".",
    "exclamation mark": "!",
    "exclamation point": "!",
    "question mark": "?",
    "space": " ",
    "blank": " ",
    "arrow": " -> ",
    "equals sign": "=",
    "equal sign": "=",
    "vertical bar": "|",
    "pipe": "|",
    "hash": "#",
    "hash sign": "#",
    "at sign": "@",
    "asterisk": "*",
    "star": "*",
    "new line": "\n",
    "newline": "\n",
    "line break": "\n",
}
"""Marks by their names, as they are written between two parts."""

_MARK = re.compile(
    r"^(?:an? |one |the )?(?:single )?(" + "|".join(sorted(MARKS, key=len, reverse=True)) + r")s?"
    r"(?: (?:with|and) (?:a |an |one )?(?:blanks?|spaces?)(?: (?:around it|on (?:both|either) sides?|before "
    r"and after(?: it)?|after it))?)?$"
)
_OPENS = re.compile(
    r"\b(?:consists? of|(?:is|be) made (?:up )?of|(?:must|should|has to|have to|will|always|shall) (?:start|"
    r"begin) with|starts? with|"
    r"begins? with|made up of|is composed of|(?:answer|reply|respond) with|in this order|contains?,? in "
    r"(?:this )?order|comprises?|of the form|"
    r"after the (?:word|tag|label|name))\s*:?\s+"
)
_OWN = re.compile(
    r"\b(?:your?|you|each|every|all|an?|the|any) (?:\w+ )?(?:repl(?:y|ies)|answers?|messages?|responses?|"
    r"turns?|transmissions?|lines?|moves?|"
    r"guess(?:es)?|entr(?:y|ies)|contributions?|reports?|utterances?|contribution|statements?|bids?|notes?|"
    r"orders?|comments?)\b|"
    r"^(?:please |always |now |simply |just )*(?:start|begin|answer|reply|respond|write|send)\b|\byou (?:must|"
    r"should|have to|are to|answer|reply|write|send)\b|"
    r"\b(?:answer|reply|respond|start|begin|write)\b"
)
_JOINT = re.compile(
    r"\s*,?\s*(?:and (?:it )?(?:then |finally |must |should |has to |have to )?(?:ends?|close|closes|"
    r"finish(?:es)?|conclude)s? (?:it )?with|"
    r"(?:immediately |directly )?followed by|and then|then|and finally|finally|and|plus)\s+|\s*,\s+"
)
_STOPS = re.compile(
    r"[.;?!](?:\s|$)|[:(]|,\s(?:for example|for instance|e\.g|such as|like|which|so|with nothing|without|if|"
    r"when|once|in that order|in this order|but)\b|"
    r"\s(?:e\.g\.|for example|for instance|like so|like this|like)\b|\s(?:or|if|when|once|unless|without|"
    r"instead|because|so that|where)\s"
)
_QUOTED = re.compile(
    r",? (?:in|within|between|inside) (?:double |single )?(quotation marks|quotes|double quotes|square brackets|"
    r"brackets|parentheses|round brackets|curly braces|angle brackets)\b"
)
_PAIRS = {
    "square brackets": "[]",
    "brackets": "[]",
    "parentheses": "()",
    "round brackets": "()",
    "curly braces": "{}",
    "angle brackets": "<>",
}
_WORD = re.compile(
    r"^(?:the )?(?:word|name|tag|label|letters?|keyword|command|phrase|prefix|code|sign|symbol) (\S.*)$", re.IGNORECASE
)
_VALUE = re.compile(
    r"(?i)^(?:the|an?|your|one|its|their|his|her|some|what|whom?|whoever|where|which|how|at most|at least|up "
    r"to|exactly|two|three|four|five|six|\d+)\b"
)
_ALTERNATIVES = re.compile(r"\b(?:one|any) of [^\s,.;:][^,.;:]{0,30}(?:, [^,.;:]{1,30}?){1,12},? or \S")
"""Values to choose from, whose commas part no parts."""
_NOTHING = re.compile(
    r"(?i)^(?:nothing|no |it\b|you\b|i\b|we\b|they\b|the (?:game|turn|round|same|other player)\b|so on|the like|"
    r"do(?:n't)? |write\b|say\b|send\b|give (?:it|me)\b)"
)


def composed(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """The form that a sentence tells part by part; [] when it does not, or tells fewer than two parts."""
    if not _OWN.search(sentence.lower):
        return []
    for opened in _OPENS.finditer(sentence.lower):
        before = sentence.lower[: opened.start()]
        if (
            NEGATED.search(before[-70:])
            or OTHERS.search(before[-110:] + " ")
            or re.search(r"\b(?:when|if|whenever)\b[^,]*$", before)
            or _ALTERNATIVES.search(sentence.lower, opened.end())
        ):
            continue
        stop = _end(sentence, opened.end())
        pieces = _pieces(sentence, opened.end(), stop, glossary)
        if pieces:
            return [
                state(page, sentence, opened.end(), stop, join(pieces), 0.75, purpose_of(sentence, opened.end(), stop))
            ]
    return []


def _end(sentence: Sentence, at: int) -> int:
    """Where the parts end: at the end of the sentence or where something else is said."""
    shown = [(one.start, one.end) for one in mentions(sentence, {})]
    for stop in _STOPS.finditer(sentence.lower, at):
        if not any(start <= stop.start() < end for start, end in shown):
            return stop.start()
    return len(sentence.text.rstrip(" .!"))


def _pieces(sentence: Sentence, at: int, stop: int, glossary: Mapping[str, str]) -> list[Piece]:
    """The parts between two places of a sentence, as pieces; [] when one of them is not understood."""
    fixed = {(one.start, one.end): one.text for one in mentions(sentence, glossary)}
    parts: list[tuple[int, int]] = []
    begin = at
    for joint in _JOINT.finditer(sentence.lower, at, stop):
        if joint.start() <= begin or any(start < joint.start() < end for start, end in fixed):
            continue
        parts.append((begin, joint.start()))
        begin = joint.end()
    parts.append((begin, stop))
    pieces: list[Piece] = []
    holes = literals = 0
    for start, end in parts:
        text = sentence.text[start:end].strip(" ,")
        found = _part(text, sentence, start, fixed)
        if found is None:
            return []
        for piece in found:
            holes += isinstance(piece, Hole)
            literals += isinstance(piece, str) and bool(piece.strip())
            if (
                (pieces and isinstance(piece, Hole) and isinstance(pieces[-1], str) and pieces[-1][-1:].isalnum())
                or (
                    pieces
                    and isinstance(piece, str)
                    and piece[:1].isalnum()
                    and (isinstance(pieces[-1], Hole) or pieces[-1][-1:].isalnum())
                )
                or (pieces and isinstance(piece, Hole) and str(pieces[-1]).endswith(":"))
            ):
                pieces.append(" ")
            pieces.append(piece)
    if len(parts) < 3 or not holes or not literals:
        return []  # a beginning and what follows it are read elsewhere
    while isinstance(pieces[-1], str) and not pieces[-1].strip():
        pieces.pop()
    return pieces


def _part(text: str, sentence: Sentence, start: int, fixed: Mapping[tuple[int, int], str]) -> list[Piece] | None:
    """The pieces of one part; None when it is not understood."""
    lower = text.lower()
    mark = _MARK.match(lower)
    if mark:
        shown = MARKS[mark.group(1)]
        around = re.search(r"around|both|either|before and after|(?:with|and) (?:blanks|spaces)\b", lower)
        return [f" {shown.strip()} " if around and shown.strip() else shown]
    inside = [
        shown
        for (begin, end), shown in fixed.items()
        if start <= begin and end <= start + len(text) + 2 and not shown.startswith("<")
    ]
    if (
        inside
        and len(text) - len(inside[0]) <= 26
        and not _VALUE.match(re.sub(r"(?i)^the (?:word|tag|label|name|command|sign|phrase)\b", "", lower))
    ):
        return [inside[0]]
    named = _WORD.match(text)
    if named and len(named.group(1).split()) <= 2 and named.group(1)[:1].isupper():
        return [named.group(1)]
    if not _VALUE.match(text) or _NOTHING.match(text) or len(text.split()) > 12:
        return None
    pair = _QUOTED.search(lower)
    label = text[: pair.start()] if pair else text
    hole = Hole(label="", tag=_noun(label), meaning=label)
    if pair is None:
        return [hole]
    marks = _PAIRS.get(pair.group(1), '""')
    return [marks[0], hole, marks[1]]


def _noun(label: str) -> str:
    """The noun by which a value is called."""
    words = re.findall(r"[a-z]+", re.split(r"(?i)\b(?:of|that|which|you|in|for|from|with|to|on)\b", label)[0].lower())
    return words[-1] if words else "text"
