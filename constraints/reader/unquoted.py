"""Forms within running text that no quotation marks set off: tags, commands, prompt symbols, brackets, elements."""

import re
from collections.abc import Mapping

from constraints.reader.cues import NEGATED, NOT_FORM, OWN, REPLYING, Statement, purpose_of, state
from constraints.reader.regions import Region
from constraints.reader.scan import Page, Sentence
from constraints.reader.shapes import imperative, pieces_of
from constraints.reader.templates import Hole, Pieces

_CONDITION = re.compile(
    r"\bif (?:you|he|she|they|anyone|either)\b[^.]*\b(?:lose|lost|over|abort|penalt|forfeit|ends?\b)"
)

_INLINE_TAG = re.compile(
    r"(?<![\w\"'])([A-Z][A-Za-z]{1,20}(?: [A-Z][A-Za-z]{1,20}){0,2}:\s?(?:<[^<>\n]{1,60}>|"
    r"\[[^\[\]\n]{1,60}\]|\{[A-Za-z_ ]{1,40}\}|\$[A-Z_a-z]{1,30}))"
)


_INLINE_COMMAND = re.compile(
    r"\b(?:write|say|answer|reply|type|output|respond|send)(?: with)?(?: just| only| simply|"
    r" back)?(?: the word)? ([A-Z]{3,}(?:[ _][A-Z]{2,})?)\b(?!:)"
)


_SYMBOL = re.compile(
    r"\b(?:start(?:s|ing)?|begin(?:s|ning)?|preced(?:ed|ing)|prefix(?:ed|"
    r"ing)?)\b[^.]{0,60}?\b(?:with|by)\s+(?:an? |the )?(?:character |symbol |sign |"
    r"prompt )?[\"'`]?([>$#/!@%]{1,3})[\"'`]?(?=[\s.,;]|$)"
)


_BRACKETS = re.compile(
    r"\b(action|move|command|answer|reply|response|guess|message|choice|decision|word|question|"
    r"clue)s?\b[^.]{0,60}?\b(?:in|inside|within|between|enclosed (?:in|by)|wrapped in|"
    r"surrounded by|put in)\s+"
    r"(double )?(square|curly|angle|angular|round)?\s?(?:brackets|parentheses|braces)\b"
)


_ELEMENT_TAGS = re.compile(
    r"\b(?:in|inside|within|between|using|with|wrapped in|"
    r"enclosed in)\b[^.<]{0,30}<([A-Za-z][\w-]{0,24})>(?:\s*(?:and|…|\.\.\.|"
    r",)?\s*</\1>)?(?:\s+tags?)?"
)


_HTML = frozenset(
    {
        "br",
        "b",
        "i",
        "p",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "strong",
        "em",
        "html",
        "body",
        "div",
        "span",
        "a",
    }
)
_PAIRS = {"square": "[]", "curly": "{}", "angle": "<>", "angular": "<>", "round": "()"}


def unquoted(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """Tags with marked holes, commands in capitals, prompt symbols, brackets and elements within running text."""
    text, found = sentence.text, list[Statement]()
    if sentence.region is not Region.RULE or NOT_FORM.search(sentence.lower):
        return found
    for match in _INLINE_TAG.finditer(text):
        start = match.start() + imperative(match.group(1))
        found.append(
            state(
                page,
                sentence,
                start,
                match.end(),
                pieces_of(text[start : match.end()], glossary),
                0.75,
                purpose_of(sentence, start, match.end()),
            )
        )
    for match in _INLINE_COMMAND.finditer(text):
        if (
            not NEGATED.search(sentence.lower[: match.start()][-60:])
            and not _CONDITION.search(sentence.lower)
            and match.group(1) not in ("JSON", "ONLY", "XML", "HTML")
        ):
            found.append(
                state(
                    page,
                    sentence,
                    match.start(1),
                    match.end(1),
                    (match.group(1),),
                    0.75,
                    purpose_of(sentence, match.start(1), match.end(1)),
                )
            )
    if found:
        return found
    match = _SYMBOL.search(text)
    if match and (OWN.search(text) or re.search(r"\b(?:action|command|reply|answer)", sentence.lower)):
        pieces: Pieces = (
            match.group(1) + " ",
            Hole(label=_thing(sentence.lower), tag=_thing(sentence.lower)),
        )
        return [state(page, sentence, match.start(1), match.end(1), pieces, 0.85, "")]
    match = _BRACKETS.search(sentence.lower)
    if (
        match
        and "double ang" not in match.group()
        and not re.search(
            r"\b(?:title|placeholder|section|highlight|comment|i\.e\. <<)",
            sentence.lower,
        )
    ):
        pair = _PAIRS[
            match.group(3)
            or ("square" if "bracket" in match.group() else "round" if "parenth" in match.group() else "curly")
        ]
        times = 2 if match.group(2) else 1
        pieces = (
            pair[0] * times,
            Hole(label=match.group(1), tag=match.group(1)),
            pair[1] * times,
        )
        return [state(page, sentence, match.start(), match.end(), pieces, 0.7, "")]
    match = _ELEMENT_TAGS.search(text)
    if match and REPLYING.search(sentence.lower) and match.group(1).lower() not in _HTML:
        name = match.group(1)
        pieces = (f"<{name}>", Hole(label=name.lower(), tag=name.lower()), f"</{name}>")
        return [state(page, sentence, match.start(1), match.end(1), pieces, 0.75, "")]
    return found


def _thing(lower: str) -> str:
    match = re.search(r"\b(action|command|move|guess|answer|reply|message|instruction)s?\b", lower)
    return match.group(1) if match else "action"
