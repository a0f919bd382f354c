"""Fixed beginnings told with what follows them: "Query =>" and then one question; put ">" in front of your clue."""

import re
from collections.abc import Mapping

from constraints.reader.cues import Statement
from constraints.reader.regions import Region
from constraints.reader.scan import Page, Sentence
from constraints.reader.templates import Hole, Pieces, join, marks
from constraints.reader.words import unquote

_Q = "[\"'`“]"
_ROW = re.compile(
    r"^(?:(?:[-*•–+]|\(?(?:\d{1,2}|[a-z])[.)])\s+)?([^\"'`“\n]{0,140}?)\s*"
    rf"{_Q}([^\"'`“”\n]{{1,40}})[\"'`”]\s*,?\s*"
    r"(?:(?:immediately |directly )?followed by|(?:and )?goes on with|and then|then|plus|and|\+|before|with)\s*,?\s*"
    r"(?:(?:on the same line|after it|behind it|after that)\s*,?\s*)?(?:(?:add|give|write|put|state|name|"
    r"type)\s+)?(\S.{1,240})$"
)
_TAGGED = re.compile(
    r"^(?:[-*•–+]\s+)?((?:[Tt]o|[Ii]f|[Ww]hen)\b[^:\n]{3,100}):\s+(?:the )?(?:tag|word|label|sign|letters?|"
    r"mark|keyword) "
    r"(\S[^\n]{0,30}?) (?:and|,)? ?(?:after it|behind it|then|after that|followed by)\s+(\S[^\n]{1,200})$"
)
_FIXED = re.compile(
    r"^(?:[-*•–+]\s+)?((?:[Tt]o|[Ii]f|[Ww]hen)\b[^:\"'`\n]{3,100}?)[:,]?\s+(?:(?:just|only|simply) |(?:you "
    r")?(?:just |only |simply )?"
    rf"(?:write|say|send|answer|reply|use|type)(?: with)?(?: just| only| simply)? "
    rf")(?:{_Q}([^\"'`“”\n]{{1,40}})[\"'`”]|([A-Za-z][\w-]{{1,20}}))"
    r"(?:\.|\s[A-Z][^\n]*|\s\([^()\n]*\)\.?)?$"
)
_ALONE = re.compile(
    rf"^(?:(?:[-*•–+]|\(?(?:\d{{1,2}}|[a-z])[.)])\s+)?{_Q}([^\"'`“”\n]{{1,40}})[\"'`”],? (?:and|with) nothing "
    rf"(?:more|else|after it|behind it)"
    r"(?:\s*\(([^()\n]{3,120})\))?(?:[.\s].*)?$"
)
_LEAD = re.compile(
    r"(?i)^(?:(?:the )?(?:first|second|third|fourth|last|next|then|finally|line \d|part \d)(?: line| part)?[,:.]?\s*)?"
    r"(?:((?:to|if|when|for|once)\b[^\n]{2,110}?),?\s*)?"
    r"(?:a line (?:that |which )?|(?:it|this|one|each) )?(?:(?:you )?(?:must |should |can |have to "
    r")?(?:begins?|starts?|say|write|use|put|answer|reply|respond|send|"
    r"type|give|is|has|contains?|comes?)\b"
    r"[^,\n]{0,30}?)?\s*:?$"
)
_ORDINAL = re.compile(r"(?i)^(?:the )?(?:first|second|third|fourth|last|next|then|finally|line \d|part \d)\b")
_LINES = re.compile(
    r"(?i)\b(?:two|three|four|five|several|\d|these|following|exactly \w+) (?:lines|parts)\b|\bline by line\b|"
    r"\bof \w+ lines\b"
)
_FRAMES = (
    re.compile(
        rf"\blook for {_Q}([^\"'`“”\n]{{1,40}})[\"'`”][^.\n]{{0,60}}?\b(?:read|take)s? (?:the rest|what|"
        rf"everything|whatever)[^,.\n]{{0,40}},? "
        r"(?:which|that|and it) (?:has to|must|should|is to) be\s+(\S[^\n]{1,200}?)$"
    ),
    re.compile(
        rf"(?i)\b(?:put|write|place|type|set) {_Q}([^\"'`“”\n]{{1,40}})[\"'`”]\s+(?:in front of|before|ahead "
        rf"of)\s+(\S[^;:\n]{{1,160}})"
    ),
    re.compile(
        r"(?i)\b(?:start|begin)\b[^.\"'\n]{0,60}? with ([^\s\"'`][^\"'`\n,]{0,24}?\s?(?::|=>|->|=|>>|\|| -|"
        r"»))\s*,?\s*(?:and then|followed by|and|then)\b\s*,?\s*"
        r"(?:(?:on the same line|after it|behind it|after that)\s*,?\s*)?(?:(?:add|give|write|put|state|name|"
        r"type)\s+)?(\S[^\n]{1,200}?)$"
    ),
)
_CUT = re.compile(
    r"[.;](?:\s|$)|,? (?:that is|and nothing|nothing else|as the whole|on lines? of)\b|\s\(|"
    r"(?<=[\"'`”]) (?=[A-Z])|,\s(?:if|when|without|with nothing)\b"
)


def read_rows(page: Page, glossary: Mapping[str, str]) -> tuple[list[Statement], set[int]]:
    """Forms on lines that begin with fixed text in quotation marks and tell what follows it."""
    found: list[Statement] = []
    used: set[int] = set()
    group: list[tuple[int, Pieces, str]] = []
    joined = False
    for line in page.lines:
        row = _row(line.text) if line.region is Region.RULE and line.text else None
        row = None if row is not None and any(term in line.text for term in glossary) else row
        if row is None:
            if line.text or not group:
                found += _closed(page, group, joined)
                group = []
                joined = bool(_LINES.search(line.text)) if line.text else joined
            continue
        joined = joined or bool(_ORDINAL.match(line.text))
        group.append((line.index, *row))
    found += _closed(page, group, joined)
    used = {
        index
        for statement in found
        for index in range(statement.line, statement.line + max(1, statement.span.text.count("\n") + 1))
    }
    return found, used


def _row(text: str) -> tuple[Pieces, str] | None:
    tagged = _TAGGED.match(text)
    if tagged:
        return _pieces(unquote(tagged.group(2)), tagged.group(3)), tagged.group(1).strip()
    alone = _ALONE.match(text)
    if alone:
        return (alone.group(1),), (alone.group(2) or "").strip()
    fixed = _FIXED.match(text)
    if fixed and not marks(fixed.group(2) or ""):
        return (fixed.group(2) or fixed.group(3),), fixed.group(1).strip(" ,:")
    match = _ROW.match(text)
    if match is None:
        return None
    lead = _LEAD.match(match.group(1).strip())
    if lead is None or not re.search(r"[^\w\s]|[A-Z]{2}", match.group(2)):
        return None
    aside = re.search(r"\(((?:to|if|when|for|once)\b[^()\n]{3,120})\)\.?$", match.group(3))
    return _pieces(match.group(2), match.group(3)), (lead.group(1) or (aside.group(1) if aside else "") or "").strip(
        " ,"
    )


def _closed(page: Page, group: list[tuple[int, Pieces, str]], joined: bool) -> list[Statement]:
    """The forms of a run of rows: one of several lines, or one each."""
    if len(group) < 2 and not any(purpose for _, _, purpose in group):
        return []
    if not any(isinstance(piece, Hole) for _, told, _ in group for piece in told):
        return []  # fixed replies alone: what stands beside them is read elsewhere
    parts = [group] if joined and not any(purpose for _, _, purpose in group) else [[row] for row in group]
    out: list[Statement] = []
    for rows in parts:
        first, last = page.lines[rows[0][0]], page.lines[rows[-1][0]]
        pieces: list[str | Hole] = []
        for _, told, _ in rows:
            pieces += ["\n", *told] if pieces else told
        out.append(
            Statement(
                pieces=join(pieces),
                span=page.span(first.start, last.end),
                confidence=0.9,
                purpose=rows[0][2],
                line=first.index,
            )
        )
    return out


def _pieces(head: str, words: str) -> Pieces:
    """Fixed text and the value that the words tell."""
    words = words.strip()
    cut = _CUT.search(words)
    words = (words[: cut.start()] if cut else words).strip(" ,.")
    head = head.strip()
    gap = "" if head[-1:] in "[({<" else " "
    tag = re.sub(r"[^\w' -]", "", head).strip(" -").lower()
    return join([head + gap, Hole(label="", tag=tag, meaning=words)])


def framed(page: Page, sentence: Sentence) -> list[Statement]:
    """The form of a sentence that frames a value by fixed text before it."""
    text = sentence.text.rstrip(".")
    for frame in _FRAMES:
        match = frame.search(text)
        if match is not None and not re.search(r"(?:\b(?:not|never)|n't)\b[^,;]{0,30}$", text[: match.start()]):
            pieces = _pieces(match.group(1), match.group(2))
            span = page.span(sentence.start + match.start(), sentence.start + match.end())
            return [Statement(pieces=pieces, span=span, confidence=0.85, line=sentence.line)]
    return []
