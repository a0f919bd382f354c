"""Forms in tables: rows of cells, of which one column shows what to send."""

import re
from collections.abc import Mapping

from constraints.reader.cues import Statement
from constraints.reader.presumed import presumed
from constraints.reader.regions import Line
from constraints.reader.scan import Page
from constraints.reader.words import unquote

_WHAT = re.compile(
    r"(?i)^(?:what (?:you|to) (?:send|say|write|type|reply|answer|enter|do)|(?:your )?(?:reply|replies|answer|"
    r"command|commands|message|response|"
    r"format|form|syntax|input|send|say|write|type|how to write it|text|notation|template|output))\**$"
)
_RULE = re.compile(r"^[|+:\s-]{3,}$|^[=\s-]{5,}$")
_GAP = re.compile(r"\t+| {2,}")


def read_tables(page: Page, glossary: Mapping[str, str]) -> tuple[list[Statement], set[int]]:
    """The forms that tables state, and the lines of those tables."""
    found: list[Statement] = []
    used: set[int] = set()
    lines = [line for line in page.lines if not _RULE.match(line.text)]
    for place, line in enumerate(lines):
        head = _cells(line)
        column = next((index for index, cell in enumerate(head) if _WHAT.match(cell[0])), None)
        if column is None or len(head) < 2 or line.index in used:
            continue
        for row in lines[place + 1 : place + 41]:
            cells = _cells(row)
            if len(cells) != len(head):
                break
            text, start = cells[column]
            purpose = "; ".join(cell for index, (cell, _) in enumerate(cells) if index != column and cell)
            span = page.span(row.start + start, row.start + start + len(text))
            pieces = presumed(unquote(text) if text[:1] in "`\"'*" else text, glossary)
            found.append(Statement(pieces=pieces, span=span, confidence=0.85, purpose=purpose, line=row.index))
            used.update((line.index, row.index))
    return found, used


def _cells(line: Line) -> list[tuple[str, int]]:
    """The cells of a line with their offsets in it; one cell when it is no row."""
    text = line.text
    cells: list[tuple[str, int]] = []
    if text.startswith("|") or " | " in text:
        at = 0
        for piece in text.split("|"):
            if piece.strip() or (0 < at < len(text)):
                cells.append((piece.strip(), at + len(piece) - len(piece.lstrip())))
            at += len(piece) + 1
        return cells[: -1 if text.endswith("|") and cells and not cells[-1][0] else None]
    at = 0
    for gap in _GAP.finditer(text):
        cells.append((text[at : gap.start()], at))
        at = gap.end()
    return [*cells, (text[at:], at)]
