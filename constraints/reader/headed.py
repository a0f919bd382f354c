"""Replies under headings: a heading of the reply's own on one line, its value on the next.

"### answer" above "<your answer>" is fixed text above a hole, in whatever way
the heading is marked; a heading alone, after a line that says what it is for,
is a reply without a value.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from constraints.reader.cues import Statement
from constraints.reader.regions import Line, Region
from constraints.reader.scan import Page
from constraints.reader.shapes import defines, leading
from constraints.reader.templates import Hole, Piece, cut, join

_HEADING = re.compile(
    r"#{1,6}\s?[^\W\d_][^<>$\n]{0,40}|([-=*~_+]{2,})\s?[^\W\d_][^<>$\n]{0,40}?\s?\1|\*\*[^*\n]{1,40}\*\*:?|"
    r"\[[A-Za-z][\w ]{0,30}\]|[A-Z][\w ]{0,24}:|(?:>>|<<|::|\|\|)\s?[^\W\d_][\w ]{0,30}"
)
_LABEL = re.compile(
    r"(?i)^(?:[-*•–]\s+|\(?(?:\d{1,2}|[a-z])[.)]\s+)?(?:reply with (?:this|these lines?) )?((?:this is |use "
    r"this |write this |if you want |when you "
    r"want |in order )?"
    r"(?:to|if|when|for|once)\b[^\n]{3,100}?)(?:,? (?:you )?(?:write|say|use|send|answer|reply)(?: with)?)?\s?:?$"
)
_AFTER = re.compile(r"^\((?:use this |write this |this is )?((?:to|if|when|for|once)\b[^()\n]{3,120})\)$")
_OR = re.compile(r"(?i)^(?:or|or else|alternatively)[:,]?$")
_FENCE = re.compile(r"^(?:```|~~~)\w*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A heading and the hole under it.

    Attributes:
        first: index of the heading's line.
        last: index of the last line.
        head: the heading.
        hole: what stands under it; None for nothing.
        purpose: the words of the line above, when they say what it is for.
    """

    first: int
    last: int
    head: str
    hole: str | None
    purpose: str = ""


def read_headed(page: Page, glossary: Mapping[str, str]) -> tuple[list[Statement], set[int]]:
    """The forms that headings show, and the lines where they stand."""
    units = _units(page, glossary)
    if not any(unit.hole is not None for unit in units):
        return [], set()
    found: list[Statement] = []
    group: list[Unit] = []
    for unit in [*units, None]:
        if group and (unit is None or unit.purpose or _parted(page, group[-1], unit)):
            found.append(_statement(page, group, glossary))
            group = []
        if unit is not None:
            group.append(unit)
    used = {index for unit in units for index in range(unit.first, unit.last + 1)}
    return found, used


def _units(page: Page, glossary: Mapping[str, str]) -> list[Unit]:
    lines = page.lines
    units: list[Unit] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.region is not Region.RULE or not line.text or not _is_heading(line.text, glossary):
            index += 1
            continue
        below = lines[index + 1] if index + 1 < len(lines) else None
        purpose = _purpose(lines, index)
        hole = _hole(below, glossary) if below is not None else None
        if hole is not None:
            after = _AFTER.match(lines[index + 2].text) if index + 2 < len(lines) else None
            purpose = purpose or (after.group(1) if after else "")
            last = index + (2 if after else 1)
            units.append(Unit(first=index, last=last, head=line.text, hole=hole, purpose=purpose))
            index = last + 1
            continue
        styled = bool(units) and _style(line.text) != "" and _style(line.text) == _style(units[-1].head)
        if (purpose or styled) and units and not line.text.endswith(":") and index - units[-1].last <= 4:
            purpose = purpose or "to end"
            units.append(Unit(first=index, last=index, head=line.text, hole=None, purpose=purpose))
        index += 1
    return units


def _style(text: str) -> str:
    """The marks that a heading begins with; "" for none."""
    match = re.match(r"[^\w\s]+", text)
    return match.group() if match else ""


def _is_heading(text: str, glossary: Mapping[str, str]) -> bool:
    """Whether a line is a heading and no placeholder itself."""
    if not _HEADING.fullmatch(text) or text in glossary:
        return False
    return not any(isinstance(piece, Hole) for piece in cut(text, glossary)) or text.endswith(":")


def _hole(line: Line, glossary: Mapping[str, str]) -> str | None:
    """The placeholder that a line is, another sentence behind it left out; None for any other line."""
    if not line.text or line.region is Region.EXAMPLE or defines(line.text, glossary):
        return None
    text = leading(line.text, glossary).strip()
    for candidate in (
        text,
        line.text.split("> ")[0] + ">" if "> " in line.text else text,
    ):
        pieces = cut(candidate, glossary)
        if len(pieces) == 1 and isinstance(pieces[0], Hole):
            return candidate
    term = next(
        (term for term in glossary if line.text == term or line.text.startswith(term + " ")),
        None,
    )
    return term


def _purpose(lines: tuple[Line, ...], index: int) -> str:
    """What the line above a heading says it is for."""
    above = next(
        (line for line in reversed(lines[max(0, index - 2) : index]) if line.text and not _FENCE.match(line.text)),
        None,
    )
    match = _LABEL.match(above.text) if above is not None else None
    if (
        match is None
        or above is None
        or not (above.text.endswith(":") or re.search(r"(?:write|say|use|send|with)$", above.text))
    ):
        return ""
    return match.group(1).strip(" ,:")


def _parted(page: Page, last: Unit, unit: Unit) -> bool:
    """Whether something stands between two units so that they are alternatives."""
    between = [line.text for line in page.lines[last.last + 1 : unit.first] if line.text]
    return bool(between)


def _statement(page: Page, group: list[Unit], glossary: Mapping[str, str]) -> Statement:
    pieces: list[Piece] = []
    for unit in group:
        pieces.append(("\n" if pieces else "") + unit.head)
        if unit.hole is not None:
            hole = cut(unit.hole, glossary)[0]
            assert isinstance(hole, Hole)
            name = re.sub(r"[^\w' ]", "", unit.head).strip().lower()
            pieces += ["\n", Hole(label=hole.label, tag=name, meaning=hole.meaning)]
    first, last = page.lines[group[0].first], page.lines[group[-1].last]
    return Statement(
        pieces=join(pieces),
        span=page.span(first.start, last.end),
        confidence=0.9,
        purpose=group[0].purpose,
        line=first.index,
    )


__all__ = ["read_headed"]
