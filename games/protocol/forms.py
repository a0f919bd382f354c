"""Reply forms: how one kind of move is written, shown and read back.

A form is data. `render` and `read` are inverses for every form and every
legal set of fields. It knows no game and no wording around the form.
"""

import json
import re
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from games.protocol.template import slot_names, split_template


class SlotKind(StrEnum):
    """What may stand in a slot."""

    LINE = "line"  # any text without a line break
    GRID = "grid"  # `lines` lines of text
    CHOICE = "choice"  # one of `choices`, in either case
    JSON = "json"  # a JSON value


class Slot(BaseModel):
    """A place to fill in a form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: SlotKind = SlotKind.LINE
    """What may stand there."""
    meaning: str
    """What the prompt says it stands for ("your clue", "one of north, south")."""
    choices: tuple[str, ...] = ()
    """Legal values of a choice slot."""
    lines: int = Field(default=1, ge=1)
    """Number of lines of a grid."""

    def pattern(self) -> str:
        """A regular expression for the legal values."""
        if self.kind is SlotKind.CHOICE:
            longest_first = sorted(self.choices, key=len, reverse=True)
            return "(?i:" + "|".join(re.escape(choice) for choice in longest_first) + ")"
        if self.kind is SlotKind.GRID:
            return r"[^\n]*\S[^\n]*" + r"(?:\n[^\n]*\S[^\n]*)" * (self.lines - 1)
        if self.kind is SlotKind.JSON:
            return r"[\[{][\s\S]*?[\]}]"
        return r"[^\n]*?\S"


class Move(BaseModel):
    """A reply, understood."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    """Which move it is ("clue", "go", "stop")."""
    fields: dict[str, str] = {}
    """Slot name to text; JSON slots hold JSON text."""

    def __getitem__(self, slot: str) -> str:
        """The text of one slot."""
        return self.fields[slot]


class MoveForm(BaseModel):
    """How one kind of move is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["pattern", "json"]
    """Plain text with slots, or one JSON object."""
    template: str
    """The reply with `{slot}` where a slot is filled; for JSON, an object whose values are text or "{slot}"."""
    slots: dict[str, Slot] = {}
    """The slots of the template."""
    purpose: str = ""
    """When to use it, as a prompt says it ("to stop")."""

    @model_validator(mode="after")
    def _slots_match_the_template(self) -> "MoveForm":
        if sorted(slot_names(self.template)) != sorted(self.slots):
            raise ValueError(f"slots {sorted(self.slots)} do not match the template {self.template!r}")
        return self

    @property
    def is_plain(self) -> bool:
        """True when the reply is one slot and nothing else."""
        return self.kind == "pattern" and len(self.slots) == 1 and self.template == "{" + next(iter(self.slots)) + "}"

    @property
    def is_open(self) -> bool:
        """True when the reply is one line of any text: there is no form to miss."""
        return self.is_plain and next(iter(self.slots.values())).kind is SlotKind.LINE

    def render(self, fields: dict[str, str]) -> str:
        """Writes the move."""
        if self.kind == "pattern":
            return "".join(fields[part] if is_slot else part for is_slot, part in split_template(self.template))
        shape = json.loads(self.template)
        return json.dumps({key: self._value(text, fields) for key, text in shape.items()}, ensure_ascii=False)

    def _value(self, text: str, fields: dict[str, str]) -> object:
        names = slot_names(text)
        if not names:
            return text
        return json.loads(fields[names[0]]) if self.slots[names[0]].kind is SlotKind.JSON else fields[names[0]]

    def read(self, text: str) -> dict[str, str] | None:
        """The fields, when the text is this form and not a character more; None otherwise."""
        if self.kind == "json":
            value = _json_object(text)
            return None if value is None else self._fields(value)
        found = _compiled(self, False).fullmatch(text)
        return None if found is None else self._checked(found.groupdict())

    def find_all(self, text: str) -> list[dict[str, str]]:
        """The fields of every place where the form occurs on lines of its own; letter case of tags is ignored."""
        if self.kind == "json":
            read = (self._fields(value) for value in _json_objects_within(text))
            return [fields for fields in read if fields is not None]
        found = (self._checked(match.groupdict()) for match in _compiled(self, True).finditer(text))
        return [fields for fields in found if fields is not None]

    def _fields(self, value: dict[str, object]) -> dict[str, str] | None:
        shape = json.loads(self.template)
        if set(value) != set(shape):
            return None
        fields: dict[str, str] = {}
        for key, text in shape.items():
            names = slot_names(text)
            given = value[key]
            if not names:
                if not isinstance(given, str) or given.strip().casefold() != text.casefold():
                    return None
            elif self.slots[names[0]].kind is SlotKind.JSON:
                fields[names[0]] = json.dumps(given, ensure_ascii=False)
            elif isinstance(given, str):
                fields[names[0]] = given.strip()
            else:
                return None
        return self._checked(fields)

    def _checked(self, fields: dict[str, str]) -> dict[str, str] | None:
        clean: dict[str, str] = {}
        for name, value in fields.items():
            slot = self.slots[name]
            value = value.strip()
            if slot.kind is SlotKind.CHOICE:
                same = [choice for choice in slot.choices if choice.casefold() == value.casefold()]
                if not same:
                    return None
                value = same[0]
            elif (slot.kind is SlotKind.JSON and _json_value(value) is None) or not value:
                return None
            clean[name] = value
        return clean


@lru_cache(maxsize=2048)
def _compile(template: str, slots: tuple[tuple[str, str], ...], anywhere: bool) -> re.Pattern[str]:
    patterns = dict(slots)
    body = ""
    for is_slot, part in split_template(template):
        body += f"(?P<{part}>{patterns[part]})" if is_slot else _loose(part)
    if anywhere:
        return re.compile(rf"^[ \t]*{body}[ \t]*$", re.MULTILINE | re.IGNORECASE)
    return re.compile(body)


def _compiled(form: MoveForm, anywhere: bool) -> re.Pattern[str]:
    return _compile(form.template, tuple((name, slot.pattern()) for name, slot in form.slots.items()), anywhere)


def _loose(literal: str) -> str:
    """Blanks in a literal may be any blanks; blanks next to punctuation may be missing."""
    pieces = re.split(r"(\s+)", literal)
    out = ""
    for index, piece in enumerate(pieces):
        if not piece.isspace():
            out += re.escape(piece)
        elif "\n" in piece:
            out += r"\s*\n\s*"
        else:
            before = out[-1:] if index else ""
            out += r"[ \t]+" if before.isalnum() else r"[ \t]*"
    return out


def _json_value(text: str) -> object | None:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _json_object(text: str) -> dict[str, object] | None:
    value = _json_value(text)
    return value if isinstance(value, dict) else None


def _json_objects_within(text: str) -> list[dict[str, object]]:
    decoder = json.JSONDecoder()
    found: list[dict[str, object]] = []
    position = text.find("{")
    while position >= 0:
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            end = position + 1
        else:
            if isinstance(value, dict):
                found.append(value)
        position = text.find("{", end)
    return found
