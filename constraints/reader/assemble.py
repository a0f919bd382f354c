"""Statements become reply forms: joined, freed of repetition, settled by the examples, their holes resolved."""

import re
from collections.abc import Sequence
from dataclasses import replace

from constraints.forms import Literal, Part, ReplyForm, Slot, SlotKind, json_end
from constraints.reader.json_forms import cut_object, objects
from constraints.reader.options import read_options
from constraints.reader.plain import read_plain
from constraints.reader.scan import Page, Region, line_tag
from constraints.reader.slots import Surroundings, offered, slot_name, to_slot
from constraints.reader.statements import Statement
from constraints.reader.templates import Hole, Pieces, join, literal_text
from constraints.rulebook import OptionList


def assemble(
    page: Page, statements: Sequence[Statement], options: Sequence[OptionList], letters: int | None
) -> tuple[ReplyForm, ...]:
    """The forms that a message states.

    Args:
        page: the message.
        statements: what was found in it.
        options: its option lists.
        letters: length of the hidden word, when known.
    """
    found = _distinct(_joined(sorted(statements, key=lambda entry: (entry.span.start, entry.span.end))))
    if any(not _is_data(statement) for statement in found):
        found = [statement for statement in found if not _is_data(statement)]
    found = _settled(page, [other for statement in found for other in _expanded(statement)])
    if not found:
        return tuple(
            ReplyForm(
                parts=(_with_options(plain.slot, options, "", page),), span=plain.span, confidence=plain.confidence
            )
            for plain in read_plain(page)
        )
    holes = [piece for statement in found for piece in statement.pieces if isinstance(piece, Hole)]
    open_ended = [
        hole for hole in holes if not re.search(r"(?i)explanation|reason|thought|comment|why", hole.tag + hole.label)
    ]
    near = Surroundings(
        page=page, options=options, letters=letters, tags=tuple(hole.tag for hole in holes), alone=len(open_ended) == 1
    )
    return _without_bare_choices([_form(statement, near) for statement in found])


def _without_bare_choices(forms: Sequence[ReplyForm]) -> tuple[ReplyForm, ...]:
    """The forms without fixed words that are only values of another form's slot."""
    values = {
        option.lower()
        for form in forms
        if len(form.parts) > 1
        for slot in form.slots
        for option in slot.options
        if slot.kind is SlotKind.CHOICE
    }
    return tuple(
        form
        for form in forms
        if form.slots
        or "".join(part.text for part in form.parts if isinstance(part, Literal)).strip().lower() not in values
    )


def _is_data(statement: Statement) -> bool:
    """Whether an object is an example of a value rather than the shape of a reply: nothing in it is left to fill."""
    holes = [piece for piece in statement.pieces if isinstance(piece, Hole)]
    first = statement.pieces[0] if statement.pieces else ""
    if not holes or not isinstance(first, str) or not first.startswith("{"):
        return False
    return all(
        hole.inside == "json" and not hole.meaning and hole.template is not None and '"' in hole.template
        for hole in holes
    )


_OR_ELSE = re.compile(
    r"(?i)^(.*?\bone of .*?)(?: (to|for|if|when) ([^,]{2,80}))?, or (?:say |write |"
    r"just )?[\"'`]?([\w-]{1,30})[\"'`]?(?: ((?:to|if|when|once)\b.{2,120}))?$"
)


def _expanded(statement: Statement) -> list[Statement]:
    """Two forms for a hole that takes one of many values for one purpose, or one fixed word for another."""
    for index, piece in enumerate(statement.pieces):
        match = _OR_ELSE.match(piece.meaning.rstrip(". ")) if isinstance(piece, Hole) else None
        if match is None or match.group(5) is None or not isinstance(piece, Hole):
            continue
        pieces = list(statement.pieces)
        pieces[index] = replace(piece, meaning=match.group(1))
        purpose = f"{match.group(2)} {match.group(3)}" if match.group(2) else statement.purpose
        other = list(statement.pieces)
        other[index] = match.group(4)
        return [
            replace(statement, pieces=tuple(pieces), purpose=purpose),
            replace(statement, pieces=join(other), purpose=match.group(5)),
        ]
    return [statement]


def _joined(statements: Sequence[Statement]) -> list[Statement]:
    """Puts further lines of one reply behind the first."""
    out: list[Statement] = []
    for statement in statements:
        if statement.joins and out:
            last = out[-1]
            out[-1] = replace(
                last,
                pieces=join((*last.pieces, "\n", *statement.pieces)),
                span=replace(last.span, end=statement.span.end, text=last.span.text),
            )
        else:
            out.append(statement)
    return out


def _distinct(statements: Sequence[Statement]) -> list[Statement]:
    """One statement for each form; lines that are part of a longer form are dropped."""
    kept: dict[str, Statement] = {}
    for statement in statements:
        key = literal_text(statement.pieces)
        bare = not key.replace("\0", "").strip()
        if key.count("\0") > 40 or (
            bare and not any(isinstance(piece, Hole) and piece.meaning for piece in statement.pieces)
        ):
            continue
        if (
            key in kept
            and statement.purpose
            and kept[key].purpose
            and _defined(statement)
            and _defined(statement) != _defined(kept[key])
        ):
            key += "\0" + _defined(statement)  # the same fixed text for two purposes
        known = kept.get(key)
        if known is None or _told(statement) > _told(known) or statement.confidence > known.confidence + 0.1:
            kept[key] = replace(
                statement,
                trigger=statement.trigger or (known.trigger if known else ""),
                purpose=statement.purpose or (known.purpose if known else ""),
            )
    keys = list(kept)
    return [
        statement
        for key, statement in kept.items()
        if not any(key != other and ("\n" in _shape(kept[other])) and _part_of(key, kept[other]) for other in keys)
    ]


def _defined(statement: Statement) -> str:
    """What the prompt says the holes stand for."""
    return "|".join(piece.meaning for piece in statement.pieces if isinstance(piece, Hole))


def _told(statement: Statement) -> int:
    """How much the holes of a statement tell."""
    return sum(len(piece.label) + len(piece.meaning) for piece in statement.pieces if isinstance(piece, Hole))


def _shape(statement: Statement) -> str:
    return "".join(piece if isinstance(piece, str) else "\0" for piece in statement.pieces)


def _part_of(key: str, longer: Statement) -> bool:
    return key in {"".join(line.split()).lower() for line in _shape(longer).split("\n")}


def _settled(page: Page, statements: Sequence[Statement]) -> list[Statement]:
    """Settles by the examples what the statements leave open."""
    out = list(statements)
    out = [_within_object(page, statement, statements) for statement in out]
    for statement in statements:
        tag = line_tag(_shape(statement)) if "\0" not in _shape(statement) else None
        if tag is None or any(line_tag(_shape(other)) == tag and "\0" in _shape(other) for other in statements):
            continue
        literal = _shape(statement)
        fixed = {" ".join(_shape(other).split()).lower() for other in statements}
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
    text = _shape(statement)
    if "\0" in text or not any("{" in _shape(other) for other in statements):
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
                    if "{" in _shape(other) and match and f'"{match.group(1)}"' in _shape(other)
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


def _form(statement: Statement, near: Surroundings) -> ReplyForm:
    parts: list[Part] = []
    names: set[str] = set()
    for piece in statement.pieces:
        if isinstance(piece, str):
            parts.append(Literal(text=piece))
            continue
        slot = to_slot(piece, near, statement.purpose)
        slot = _with_options(slot, near.options, piece.label, near.page)
        if slot.name in names:
            slot = replace(
                slot,
                name=next(f"{slot.name}_{number}" for number in range(2, 99) if f"{slot.name}_{number}" not in names),
            )
        names.add(slot.name)
        parts.append(slot)
    return ReplyForm(
        parts=tuple(parts),
        span=statement.span,
        confidence=statement.confidence,
        purpose=statement.purpose,
        trigger=statement.trigger,
    )


def _with_options(slot: Slot, options: Sequence[OptionList], label: str, page: Page) -> Slot:
    """Links a slot to the list it draws on."""
    if slot.kind in (SlotKind.JSON, SlotKind.NUMBER, SlotKind.GRID, SlotKind.PROSE):
        return with_evidence(page, slot) if slot.kind is SlotKind.JSON else slot
    entry = None if slot.fixed else offered(slot, options, label)
    if entry is None:
        return slot
    if slot.kind is SlotKind.TEXT and not slot.options and not _closed(slot, label):
        return slot
    kind = slot.kind if slot.kind is SlotKind.LIST else SlotKind.CHOICE
    if slot.kind is SlotKind.WORD and not _from_list(page):
        return slot
    return replace(slot, kind=kind, options=entry.values)


def _closed(slot: Slot, label: str) -> bool:
    """Whether a text slot is named after the things of a list ("direction")."""
    return bool(
        re.fullmatch(
            r"(?i)\w*(?:direction|option|candidate|exit|room|door|move|choice|item|card|object|"
            r"colou?r|topic|way|path|place)\w*",
            label or slot.name,
        )
    )


def _from_list(page: Page) -> bool:
    """Whether words are to be taken from a list that the message shows."""
    return any(
        sentence.region is not Region.EXAMPLE
        and re.search(
            r"\b(?:from|in|on|of|among|out of)\b[^.]{0,40}\b(?:list|following words|words below|"
            r"candidates?|these words|words|options|board)\b|\bcandidate",
            sentence.lower,
        )
        for sentence in page.sentences
    )


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


def refresh(form: ReplyForm, options: Sequence[OptionList]) -> ReplyForm:
    """The form with the options that the newest message offers."""
    parts: list[Part] = []
    for part in form.parts:
        if isinstance(part, Slot) and part.kind in (SlotKind.CHOICE, SlotKind.LIST) and part.options:
            entry = offered(part, options)
            if entry is not None:
                part = replace(part, options=entry.values)
        parts.append(part)
    return replace(form, parts=tuple(parts))


def read_page_options(page: Page) -> tuple[OptionList, ...]:
    """The option lists of a page."""
    return read_options(page)


def to_key(form: ReplyForm) -> str:
    """The fixed text of a form, for comparing forms of different messages."""
    return "".join("".join(part.text.split()).lower() if isinstance(part, Literal) else "\0" for part in form.parts)


def name_of(hole: Hole) -> str:
    """The name a hole's slot will have."""
    return slot_name(hole)


__all__ = ["assemble", "name_of", "read_page_options", "refresh", "to_key", "with_evidence"]
