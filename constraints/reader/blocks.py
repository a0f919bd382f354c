"""Templates on lines of their own, and lists of replies to choose from.

A run of template lines is one reply of several lines, or several alternative
replies: bullets, purposes and the sentence before it tell which.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from constraints.reader.cues import Statement, is_form_cue
from constraints.reader.grids import grid_lines
from constraints.reader.json_forms import closing
from constraints.reader.listed import announced
from constraints.reader.regions import TAG_LINE, Line, Region, line_tag
from constraints.reader.scan import Page, Sentence
from constraints.reader.shapes import (
    META,
    Shape,
    defines,
    has_strong,
    is_pure,
    leading,
    line_shape,
    pieces_of,
)
from constraints.reader.templates import Hole, marks

_BULLET = re.compile(r"^(?:\(?(?:\d{1,2}|[a-zA-Z])[.)]|[-*•–])\s+")
_ALTERNATIVES = re.compile(
    r"\b(?:one of|either|choose|any of|alternatives?|these replies|pick one|commands|actions|"
    r"moves|options|one per turn|following (?:replies|commands|actions|moves|formats|forms))\b"
)
_AFTERWARDS = re.compile(
    r"(?i)^(?:that|this|the above|these) (?:is|are) the (?:form|format|layout|shape|only)|"
    r"^one of these|^pick one|^use (?:this|one of|exactly)|^only (?:this|these)"
)
_NAMES_FORM = re.compile(r"\b(?:form|format|layout|template|pattern|syntax|structure)\b")
_DEFINES = re.compile(r"(?i)\bstands for\b|\bmeans\b|^replace\b|^where it says\b|\bplaceholder")
_OR = re.compile(r"(?i)^(?:or|or else|alternatively)[:,]?$")
_FENCE = re.compile(r"^(?:```|~~~)\w*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One template line.

    Attributes:
        line: the line.
        shape: its template and purpose.
        opens: whether it surely begins a new alternative.
    """

    line: Line
    shape: Shape
    opens: bool


def read_blocks(
    page: Page, glossary: Mapping[str, str], taken: Collection[int] = ()
) -> tuple[list[Statement], set[int]]:
    """Forms shown on lines of their own, and the indices of those lines; lines that are taken are left out."""
    cues = {
        sentence.line: sentence
        for sentence in page.sentences
        if (is_form_cue(sentence) or _heads(page, sentence)) and not _spoken(page, sentence)
    }
    closers = {sentence.line: sentence for sentence in page.sentences if sentence.closes_line}
    found: list[Statement] = []
    used: set[int] = grid_lines(page) | set(taken)
    grids = frozenset(used)
    index = 0
    while index < len(page.lines):
        cue = _cue_before(page, index, cues, closers)
        run = _run(page, index, glossary, cue, grids)
        if not run:
            index += 1
            continue
        if _believed(page, run, glossary, cue):
            found.extend(_forms(page, run, glossary, cue))
            used.update(row.line.index for row in run)
        index = max(run[-1].line.index + 1, index + 1)
    return found, used


def _heads(page: Page, sentence: Sentence) -> bool:
    """Whether a sentence is a heading or ends a line that announces replies."""
    line = page.lines[sentence.line].text
    return (
        sentence.closes_line
        and sentence.region is Region.RULE
        and line.endswith((":", "with"))
        and bool(announced(line))
    )


_META_TAG = re.compile(
    r"(?i)form|repl|answer|respon|output|layout|template|follow|write|message|you|each|every|rule|use|please"
)


def _spoken(page: Page, sentence: Sentence) -> bool:
    """Whether a sentence is a line of a dialogue ("Anna: How do you answer that?")."""
    tag = line_tag(page.lines[sentence.line].text)
    return (
        tag is not None
        and not _META_TAG.search(tag)
        and sentence.start > page.lines[sentence.line].start - 1
        and not sentence.text.rstrip().endswith(":")
    )


def _cue_before(
    page: Page,
    index: int,
    cues: Mapping[int, Sentence],
    closers: Mapping[int, Sentence],
) -> Sentence | None:
    """The sentence that announces a form right before a line, if any."""
    for back in range(index - 1, max(-1, index - 4), -1):
        line = page.lines[back]
        if not line.text or _FENCE.match(line.text):
            continue
        last = closers.get(back)
        cue = cues.get(back)
        if cue is not None and line.region is Region.RULE and (last is cue or last is None or last.text.endswith(":")):
            near = back == index - 1 or (last or cue).text.endswith(":") or _NAMES_FORM.search(cue.lower)
            return cue if near else None
        return None
    return None


def _run(
    page: Page,
    index: int,
    glossary: Mapping[str, str],
    cue: Sentence | None,
    grids: frozenset[int],
) -> list[Row]:
    """The template lines that start at a line."""
    rows: list[Row] = []
    at = index
    while at < len(page.lines) and len(rows) < 60:
        line = page.lines[at]
        if not line.text or _FENCE.match(line.text) or _OR.match(line.text):
            if not rows and at == index:
                return []
            if not line.text and not _list_goes_on(page, at, rows):
                break
            at += 1
            continue
        row, last = _row(page, at, glossary, cue, rows) if at not in grids else (None, at)
        if row is None:
            break
        rows.append(row)
        at = last + 1
    return rows


def _list_goes_on(page: Page, at: int, rows: list[Row]) -> bool:
    """Whether a blank line only separates the items of one list."""
    if not rows or not any(row.opens for row in rows):
        return False
    after = next((line for line in page.lines[at : at + 3] if line.text), None)
    if after is None or bool(_BULLET.match(after.text)) != bool(_BULLET.match(rows[-1].line.text)):
        return False
    return bool(_BULLET.match(after.text)) or marks(after.text) or bool(_OR.match(after.text))


def _row(
    page: Page,
    at: int,
    glossary: Mapping[str, str],
    cue: Sentence | None,
    rows: list[Row],
) -> tuple[Row | None, int]:
    """The template in one line (or in several, for an object printed over lines), and the line where it ends."""
    line = page.lines[at]
    if line.region is Region.EXAMPLE or (line.region is Region.DATA and cue is None):
        return None, at
    bullet = _BULLET.match(line.text)
    body = line.text[bullet.end() :] if bullet else line.text
    if (
        _DEFINES.search(body)
        or defines(body, glossary)
        or (_NESTED.match(body) and "<" not in body and not any(term in body for term in glossary))
        or (body.isupper() and " " in body and cue is None and not marks(body, glossary))
    ):
        return None, at
    if body.startswith("{") and not body.endswith("}"):
        begin = line.start + (bullet.end() if bullet else 0)
        end = closing(page.text, begin)
        if end is not None and end > line.end:
            last = max(entry.index for entry in page.lines if entry.start < end)
            text = re.sub(r"\s*\n\s*", " ", page.text[begin:end])
            return Row(line=line, shape=Shape(text=text), opens=bullet is not None), last
    ored = bool(rows) and any(_OR.match(entry.text) for entry in page.lines[rows[-1].line.index + 1 : at])
    listed = (cue is not None and bullet is not None) or any(row.opens for row in rows) or ored
    shape = line_shape(body, glossary, listed=listed)
    below = page.lines[at + 1].text if at + 1 < len(page.lines) else ""
    above_hole = bool(below) and marks(below, glossary) and is_pure(leading(below, glossary), glossary)
    if shape is None and body.startswith("</") and rows:
        shape = Shape(text=body)
    if (
        shape is None
        and cue is not None
        and is_pure(body, glossary, block=True, spoken=True)
        and _is_tag_row(body, rows, above_hole)
    ):
        shape = Shape(text=body)
    if shape is not None and _MARKING.search(shape.purpose):
        return None, at
    if shape is not None and rows and bullet is None and _numbered(rows) and not marks(shape.text, glossary):
        return None, at
    if shape is None or (cue is None and not rows and not marks(shape.text, glossary)):
        return None, at
    told = bool(META.match(body)) and bool(rows)
    return Row(line=line, shape=shape, opens=bullet is not None or bool(shape.purpose) or told), at


def _numbered(rows: list[Row]) -> bool:
    """Whether every row so far has a bullet or a number."""
    return all(_BULLET.match(row.line.text) for row in rows)


_NESTED = re.compile(r"\{\s*\"[^\"\n]{1,40}\"\s*:\s*[\[{]")
_MARKING = re.compile(r"\bletters? (?:is|are|in|occurs?|stands?)\b|\bthe (?:letter|word) (?:is|does|has|contains?)\b")
_NO_TAG = re.compile(
    r"(?i)^(?:for example|example|note|notice|rules?|important|remember|hint|warning|e\.g\.|goal|"
    r"task|the |here |to |for |if |when |in |an? |you:|game:|gm\b|player\b)"
)


def _is_tag_row(body: str, rows: list[Row], above_hole: bool) -> bool:
    """Whether a tag with plain words after it may be a row: it describes, or rows before it have the same look."""
    if _NO_TAG.match(body) or (body.endswith(":") and not rows and not body[:-1].isupper() and not above_hole):
        return False
    if above_hole and body.endswith(":"):
        return True
    pieces = pieces_of(body, {}, block=True)
    return any(isinstance(piece, Hole) for piece in pieces) or bool(rows)


def _believed(page: Page, run: list[Row], glossary: Mapping[str, str], cue: Sentence | None) -> bool:
    """Whether a run of template lines is a statement of the form and not an aside."""
    if cue is not None:
        return True
    after = next(
        (line for line in page.lines[run[-1].line.index + 1 : run[-1].line.index + 3] if line.text),
        None,
    )
    if after is not None and _AFTERWARDS.match(after.text):
        return True
    listed = [row for row in run if row.opens and row.shape.purpose and marks(row.shape.text, glossary)]
    if len(run) >= 2 and listed and run[0].line.region is Region.RULE:
        return True
    if len(run) == 1 and run[0].shape.purpose.startswith("to ") and run[0].shape.text.startswith('{"'):
        return True
    if len(run) == 1 and run[0].shape.purpose and not _BULLET.match(run[0].line.text):
        return False
    if any(has_strong(row.shape.text, glossary) for row in run):
        return True
    return (
        any(TAG_LINE.match(row.shape.text) and "<" in row.shape.text and row.shape.text.endswith(">") for row in run)
        and run[0].line.region is Region.RULE
    )


def _forms(page: Page, run: list[Row], glossary: Mapping[str, str], cue: Sentence | None) -> list[Statement]:
    """One form of several lines, or several forms."""
    separate = (
        cue is not None
        and len(run) > 1
        and bool(_ALTERNATIVES.search(cue.lower))
        and not re.search(r"\blines?\b", cue.lower)
    )
    ors = {line.index for line in page.lines[run[0].line.index : run[-1].line.index] if _OR.match(line.text)}
    after = next(
        (line.text for line in page.lines[run[-1].line.index + 1 : run[-1].line.index + 3] if line.text),
        "",
    )
    separate = separate or bool(re.match(r"(?i)one of these|pick one|use one of", after))
    listed = any(row.opens for row in run)
    groups: list[list[Row]] = []
    for row in run:
        new = (
            not groups
            or row.opens
            or (separate and not listed)
            or any(groups[-1][-1].line.index < at < row.line.index for at in ors)
        )
        if listed and not row.opens:
            new = not groups
        elif (
            listed
            and groups
            and not _BULLET.match(row.line.text)
            and _BULLET.match(groups[-1][-1].line.text)
            and len(groups[-1]) == 1
            and not groups[-1][-1].shape.purpose
        ):
            new = False  # "* FIRST: <x>" goes on with "SECOND: <y> (when to use both)"
        if new or row.shape.text.startswith("{"):
            groups.append([row])
        else:
            groups[-1].append(row)
    return [_form(page, group, glossary, cue) for group in groups]


def _form(page: Page, rows: list[Row], glossary: Mapping[str, str], cue: Sentence | None) -> Statement:
    flat = pieces_of("\n".join(row.shape.text for row in rows), glossary, block=cue is not None)
    purpose = next((row.shape.purpose for row in rows if row.shape.purpose), "")
    if not purpose and cue is not None and len(rows) == 1:
        purpose = cue.text[-160:].rstrip(" :")
    return Statement(
        pieces=flat,
        span=page.span(rows[0].line.start, rows[-1].line.end),
        confidence=0.9 if cue is not None else 0.75,
        purpose=purpose,
        line=rows[0].line.index,
    )
