"""What a line is: the game master speaking, an example dialogue, data passed on."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


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


TAG_LINE = re.compile(r"[^\W\d_][\w'’-]{0,24}(?: [\w'’-]{1,20}){0,2} ?:(?!/)")


_EXAMPLE_CUE = re.compile(
    r"(?i)^(?:here (?:is|are|comes)|for example|for instance|below (?:is|are)|an example|(?:an? )?(?:few )?"
    r"examples?\b|(?:a|the|such a|one) (?:game|round|dialogue|episode|conversation|turn) (?:might|"
    r"may|could|can|would)\b|e\.g\.|sample|suppose|imagine|to illustrate|(?:let'?s )?consider|"
    r"for the .{3,40} above, here are)"
)


_EXAMPLE_WORD = re.compile(r"(?i)\b(?:examples?|e\.g\.|for instance|sample|illustration|demonstration)\b")


_PLACEHOLDER = re.compile(
    r"(?:^|[\s(\[{\"':>])(?:\$[A-Z]{2,}|[A-Z]{2,}_HERE\b|<[A-Za-z][A-Za-z' _,-]{2,60}>(?![^<\n]{0,600}</))"
)


_OF_FORM = re.compile(
    r"(?i)\b(?:format|layout|the form|of yours|exactly like this|lines per part|these replies|(?:two|three|"
    r"four) lines\b|of these keys|these keys|replies to choose|"
    r"exactly one of these|one of these:)\b|\b(?:your|every|each|the|whole) (?:\w+ )?(?:repl(?:y|"
    r"ies)|response|message)\b|"
    r"\b(?:repl(?:y|ies)|response|answer) (?:with|that|must|has|consists?|is)\b"
)


_TRAILING_CUE = re.compile(r"(?i)(?:^|[.!?]\s)(?:for (?:instance|example)|e\.g\.)$")


_SPEAKER = re.compile(r"\W?[A-Za-z]{1,12}\d?\W{0,2}[:>\])]\s")


_ASKING = re.compile(
    r"(?i)^(?:please|now|remember|note|notice|important|ok(?:ay)?|well|so|attention|time to|"
    r"your turn|reply|write|answer with)\b"
)


_HERE = re.compile(r"(?i)\bhere (?:is|are)\b")


_RESET = re.compile(
    r"(?i)^(?:let(?:'|’)?s? us (?:start|begin|play|go)|let(?:'|’)s (?:start|begin|play|go)|now\b|ok(?:ay)?\b|your turn|"
    r"the game (?:starts|begins)|important|rules?\b|remember|note\b|do not|don't|please|after (?:each|every|that)|"
    r"end of (?:the )?example|ready|begin|start|you (?:must|should|need to|have to)\b|the (?:real|actual)|"
    r"say (?:it|this|so)\b|"
    r"what you (?:can|may|must|should) (?:say|write|answer|reply|do)\b|return (?:json|only|one|an?|the)\b|"
    r"to (?!be\b)[a-z]+\b[^\n\"]{0,80}?(?:, (?:write|say|use|type|answer|reply|send)|: the (?:tag|line|word|command)) |"
    r"always|never|each turn|answer|reply with|respond|use |write |say [\"'`]|[-*•] [\"'`“]|you have these|these are)"
)


def mark_regions(lines: list[Line], partners: Collection[str], first: bool) -> list[Line]:
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
            inside, gap, seen = True, False, set[str]()
        elif not line.text:
            gap = inside and bool(seen)
        else:
            gap = False
        out.append(
            Line(
                text=line.text,
                start=line.start,
                end=line.end,
                region=region,
                index=line.index,
            )
        )
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
    if _RESET.match(text) or len(text) >= 160:
        return False
    heads = {head.split()[0] for head in seen if head.split() and len(head.split()[0]) > 2}
    for line in lines[index + 1 : index + 4]:
        if not line.text:
            return False
        tag = line_tag(line.text)
        spoken = (line.text.split()[0] in heads and line.text[0] in "[<(") or line.text.startswith("...")
        if spoken or line.text[:12] in seen:
            return True
        if tag is not None and any(head.lower().startswith(tag[:10]) for head in seen):
            return True
    return False


def line_tag(text: str) -> str | None:
    """The tag that a line starts with ("GUESS: …" gives "guess"), or None."""
    match = TAG_LINE.match(text)
    return match.group().rstrip(": ").lower() if match and not _ASKING.match(text) else None
