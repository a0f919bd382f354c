"""What example dialogues and example values settle about the forms that a prompt states."""

import re
from collections.abc import Sequence
from dataclasses import replace

from constraints.forms import Slot, json_end
from constraints.reader.cues import Statement
from constraints.reader.json_forms import cut_object, objects
from constraints.reader.regions import line_tag
from constraints.reader.scan import Page
from constraints.reader.templates import Hole, Pieces, join


def is_data(statement: Statement) -> bool:
    """Whether an object is an example of a value rather than the shape of a reply: nothing in it is left to fill."""
    holes = [piece for piece in statement.pieces if isinstance(piece, Hole)]
    first = statement.pieces[0] if statement.pieces else ""
    if not holes or not isinstance(first, str) or not first.startswith("{"):
        return False
    return all(
        hole.inside == "json" and not hole.meaning and hole.template is not None and '"' in hole.template
        for hole in holes
    )


def shape_of(statement: Statement) -> str:
    """The fixed text of a statement, holes as null characters."""
    return "".join(piece if isinstance(piece, str) else "\0" for piece in statement.pieces)


def settled(page: Page, statements: Sequence[Statement]) -> list[Statement]:
    """Settles by the examples what the statements leave open."""
    out = list(statements)
    out = [_within_object(page, statement, statements) for statement in out]
    for statement in statements:
        tag = line_tag(shape_of(statement)) if "\0" not in shape_of(statement) else None
        if tag is None or any(line_tag(shape_of(other)) == tag and "\0" in shape_of(other) for other in statements):
            continue
        literal = shape_of(statement)
        fixed = {" ".join(shape_of(other).split()).lower() for other in statements}
        others = [
            line
            for line in page.lines
            if line_tag(line.text) == tag and " ".join(line.text.split()).lower() not in fixed and "\0" not in literal
        ]
        if others:
            head = literal[: literal.index(":") + 1]
            line = others[0]
            out.insert(
                0,
                Statement(
                    pieces=(head + " ", Hole(label="", tag=tag)),
                    span=page.span(line.start, line.end),
                    confidence=0.7,
                    line=line.index,
                ),
            )
            break
    return out


def _within_object(page: Page, statement: Statement, statements: Sequence[Statement]) -> Statement:
    """A command such as DONE that the examples show as the value of an object's key."""
    text = shape_of(statement)
    if "\0" in text or not any("{" in shape_of(other) for other in statements):
        return statement
    for line in page.lines:
        if text not in line.text or "{" not in line.text:
            continue
        for start, end in objects(line.text):
            body = line.text[start:end]
            match = re.search(rf"\"([^\"]{{1,40}})\"\s*:\s*\"{re.escape(text)}\"", body)
            model = next(
                (
                    other
                    for other in statements
                    if "{" in shape_of(other) and match and f'"{match.group(1)}"' in shape_of(other)
                ),
                None,
            )
            if match is None or model is None:
                continue
            return replace(statement, pieces=_filled(model.pieces, match.group(1), text), confidence=0.85)
        shown = cut_object(line.text, {})
        if shown is not None:
            return statement
    return statement


def _filled(pieces: Pieces, key: str, value: str) -> Pieces:
    """An object's template with the value of one key replaced by fixed text."""
    out: list[str | Hole] = []
    inside = False
    for piece in pieces:
        if isinstance(piece, str):
            at = piece.find(f'"{key}": "')
            if at >= 0:
                inside = True
                out.append(piece[: at + len(key) + 5] + value)
                continue
            if inside:
                out.append(piece[piece.index('"') :] if '"' in piece else piece)
                inside = False
                continue
            out.append(piece)
        elif not inside:
            out.append(piece)
    return join(out)


def with_evidence(page: Page, slot: Slot) -> Slot:
    """A JSON slot with the values that the message shows for it; the richest becomes its template."""
    named = re.compile(rf"(?i)(?:\"|<|\b){re.escape(slot.name)}(?:\"|>)?\s*(?::|=|->|-|>)?\s*(?=[\[{{])")
    found = [
        page.text[match.end() : end]
        for match in list(named.finditer(page.text))[:12]
        if (end := json_end(page.text, match.end())) > 0
    ]
    if not found:
        for line in page.lines:
            at = line.text.find("{")
            end = json_end(line.text, at) if at >= 0 else -1
            if end > 0 and '"' in line.text[at:end] and f'"{slot.name}"' not in line.text[at:end]:
                found.append(line.text[at:end])
    values = list(
        dict.fromkeys(
            value
            for value in (*([slot.template] if slot.template else []), *found)
            if "..." not in value and "…" not in value and "$" not in value and "<" not in value
        )
    )
    if not values:
        return slot
    best = max(values, key=len)
    return replace(slot, template=best, examples=tuple(value for value in values if value != best)[:6])
