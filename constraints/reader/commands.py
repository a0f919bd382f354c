"""Lists of commands, each with what it does: "go to <room>: go to a room next to this one"."""

import re

from constraints.reader.cues import Statement
from constraints.reader.regions import Line, Region
from constraints.reader.scan import Page
from constraints.reader.templates import Hole, Piece, Pieces, join

FEWEST = 3
"""Rows that make a list of commands; two of them at least hold a placeholder."""

_HOLE = r"<[^<>\n]{1,30}>|\[[^\[\]\n]{1,30}\]|\$[A-Z]{2,20}|\b[A-Z]{3,20}(?:_HERE)?\b"
_COMMAND = rf"[a-z]+(?: (?:[a-z]+|{_HOLE})){{0,6}}"
_QUOTED = re.compile(
    rf"^(?:[-*•–+]\s+)?[\"'`“]({_COMMAND})[\"'`”](?:,? \(?or [\"'`“]({_COMMAND})[\"'`”]\)?)? ([a-z]+s\b[^\n]{{3,160}})$"
)
_PLAIN = re.compile(rf"^(?:[-*•–+]\s+)?({_COMMAND})(?:,? (?:or )?({_COMMAND}))?(?::| [-–—=]) ([a-z][^\n]{{3,160}})$")


def read_commands(page: Page) -> tuple[list[Statement], set[int]]:
    """The commands of the first list of commands, and the lines where they stand."""
    run: list[tuple[Line, list[str], str]] = []
    for line in [*page.lines, None]:
        row = _row(line) if line is not None and line.region is Region.RULE else None
        if line is not None and row is not None:
            run.append((line, *row))
            continue
        if len(run) >= FEWEST and sum(bool(re.search(_HOLE, texts[0])) for _, texts, _ in run) >= 2:
            return _statements(page, run), {shown.index for shown, _, _ in run}
        run = []
    return [], set()


def _row(line: Line) -> tuple[list[str], str] | None:
    """The commands of one row, and what they are for."""
    match = _QUOTED.match(line.text) or _PLAIN.match(line.text)
    if match is None or re.search(_HOLE, match.group(3)):
        return None
    first, other = match.group(1), match.group(2)
    if other is None:
        return [first], match.group(3)
    return [first, _completed(first, other)], match.group(3)


def _completed(first: str, other: str) -> str:
    """The second of two commands; where only its end is given ("on PLACE"), with the beginning of the first."""
    if other.split()[0] == first.split()[0] or len(other.split()) >= len(first.split()):
        return other
    return " ".join([*first.split()[: -len(other.split())], other])


def _statements(page: Page, run: list[tuple[Line, list[str], str]]) -> list[Statement]:
    return [
        Statement(
            pieces=_pieces(text),
            span=page.span(line.start, line.end),
            confidence=0.85,
            purpose=purpose.strip(" ."),
            line=line.index,
        )
        for line, texts, purpose in run
        for text in texts
    ]


def _pieces(text: str) -> Pieces:
    """A command cut into its words and its placeholders."""
    pieces: list[Piece] = []
    at = 0
    for match in re.finditer(_HOLE, text):
        pieces += [text[at : match.start()], Hole(label=match.group().strip("<>[]$").removesuffix("_HERE").lower())]
        at = match.end()
    return join([*pieces, text[at:]])


__all__ = ["read_commands"]
