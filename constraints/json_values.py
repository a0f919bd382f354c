"""JSON values of the shape of an example: judging them, and writing their grammar."""

import ast
import json
from dataclasses import dataclass, field
from functools import lru_cache

MOST_ITEMS = 60
"""Most items of a list, so that decoding always ends."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The shape of a JSON value.

    Attributes:
        kind: "object", "map" (an object with any keys), "list", "text", "number", "truth" or "any".
        fields: key and shape of each entry of an object.
        items: shapes that the items of a list, or the values of a map, may have; empty when no example shows one.
        pairs: whether a list may be written with round brackets, as the example does.
    """

    kind: str
    fields: tuple[tuple[str, "Shape"], ...] = field(default=())
    items: tuple["Shape", ...] = field(default=())
    pairs: bool = False


ANY = Shape("any")


@lru_cache(maxsize=256)
def shape(template: str | None, examples: tuple[str, ...] = ()) -> Shape:
    """The shape that the example values have in common; `ANY` when none can be read."""
    shapes = [
        _shape(value)
        for text in (template, *examples)
        if text is not None and len(text) <= 4_000 and (value := _load(text)) is not None
    ]
    if not shapes:
        return ANY
    merged = shapes[0]
    for other in shapes[1:]:
        merged = _merged(merged, other)
    return _unified(merged)


def _merged(one: Shape, other: Shape) -> Shape:
    """The shape that covers two."""
    if one == other or other.kind == "any":
        return one
    if one.kind == "any":
        return other
    if one.kind != other.kind and {one.kind, other.kind} <= {"object", "map"}:
        one, other = _opened(one), _opened(other)
    if one.kind != other.kind:
        return ANY
    if one.kind == "list":
        return Shape("list", items=_distinct((*one.items, *other.items)), pairs=one.pairs or other.pairs)
    if one.kind == "map":
        return Shape("map", items=_distinct((*one.items, *other.items)))
    if [key for key, _ in one.fields] != [key for key, _ in other.fields]:
        return _merged(_opened(one), _opened(other))
    pairs = zip(one.fields, other.fields, strict=True)
    return Shape("object", fields=tuple((key, _merged(mine, theirs)) for (key, mine), (_, theirs) in pairs))


def _distinct(shapes: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """Shapes of one kind merged, so that a list of them stays short."""
    out: list[Shape] = []
    for entry in shapes:
        for index, known in enumerate(out):
            if known.kind == entry.kind or {known.kind, entry.kind} == {"object", "map"}:
                out[index] = _merged(known, entry)
                break
        else:
            out.append(entry)
    return tuple(out)


def _opened(found: Shape) -> Shape:
    """An object whose keys are names rather than fixed words."""
    return found if found.kind == "map" else Shape("map", items=_distinct(tuple(entry for _, entry in found.fields)))


def _load(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _shape(value: object) -> Shape:
    if isinstance(value, dict):
        entries: dict[object, object] = value  # type: ignore[assignment]
        fields = tuple((str(key), _shape(entry)) for key, entry in entries.items())
        named = bool(fields) and all(key[:1].isupper() and not key.isupper() for key, _ in fields)
        return _opened(Shape("object", fields=fields)) if named or not fields else Shape("object", fields=fields)
    if isinstance(value, list | tuple):
        members: list[object] = list(value)  # type: ignore[arg-type]
        return Shape("list", items=_distinct(tuple(_shape(entry) for entry in members)), pairs=isinstance(value, tuple))
    if isinstance(value, bool):
        return Shape("truth")
    if isinstance(value, int | float):
        return Shape("number")
    return Shape("text") if isinstance(value, str) else ANY


def _unified(found: Shape) -> Shape:
    """An object of lists: those that show no item take the items of the others, where these all look alike."""
    if found.kind != "object":
        return found
    fields = [(key, _unified(entry)) for key, entry in found.fields]
    lists = [entry for _, entry in fields if entry.kind == "list"]
    shown = {entry.items for entry in lists if entry.items}
    if len(lists) == len(fields) and len(shown) == 1:
        items = next(iter(shown))
        fields = [(key, Shape("list", items=items, pairs=entry.pairs)) for key, entry in fields]
    return Shape("object", fields=tuple(fields))


def fits(text: str, template: str | None, examples: tuple[str, ...] = ()) -> bool:
    """Whether a text is a value of the shape of the examples."""
    value = _load(text)
    return value is not None and _fits(value, shape(template, examples))


def _fits(value: object, wanted: Shape) -> bool:
    if wanted.kind == "any":
        return True
    if wanted.kind == "object":
        if not isinstance(value, dict) or [str(key) for key in value] != [key for key, _ in wanted.fields]:  # type: ignore[misc]
            return False
        entries: dict[object, object] = value  # type: ignore[assignment]
        return all(_fits(entries[key], entry) for key, entry in wanted.fields)
    if wanted.kind == "map":
        if not isinstance(value, dict):
            return False
        named: dict[object, object] = value  # type: ignore[assignment]
        return all(
            isinstance(key, str) and (not wanted.items or any(_fits(entry, item) for item in wanted.items))
            for key, entry in named.items()
        )
    if wanted.kind == "list":
        if not isinstance(value, list | tuple):
            return False
        members: list[object] = list(value)  # type: ignore[arg-type]
        return all(not wanted.items or any(_fits(entry, item) for item in wanted.items) for entry in members)
    if wanted.kind == "truth":
        return isinstance(value, bool)
    if wanted.kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str)


def smallest(template: str | None, examples: tuple[str, ...] = ()) -> str:
    """The smallest value of the shape, as JSON text."""
    return json.dumps(_smallest(shape(template, examples)), ensure_ascii=False)


def _smallest(wanted: Shape) -> object:
    if wanted.kind == "object":
        return {key: _smallest(entry) for key, entry in wanted.fields}
    if wanted.kind == "list":
        return list[object]()
    return {"number": 0, "truth": True, "text": "x"}.get(wanted.kind, dict[str, object]())


@dataclass
class JsonRules:
    """Collects the grammar rules of JSON values; one collector per grammar."""

    prefix: str = "json"
    lines: list[str] = field(default_factory=list[str])
    names: dict[Shape, str] = field(default_factory=dict["Shape", str])

    def rule(self, template: str | None, examples: tuple[str, ...] = ()) -> str:
        """The name of the rule for values of the shape of the examples."""
        return self._name(shape(template, examples))

    def _name(self, wanted: Shape) -> str:
        known = self.names.get(wanted)
        if known is not None:
            return known
        name = f"{self.prefix}{len(self.names)}"
        self.names[wanted] = name
        self.lines.append(f"{name}: {self._body(wanted)}")
        return name

    def _body(self, wanted: Shape) -> str:
        if wanted.kind == "object":
            parts = [
                f'{_quoted(json.dumps(key, ensure_ascii=False))} ":" " "? {self._name(entry)}'
                for key, entry in wanted.fields
            ]
            return '"{" ' + ' "," " "? '.join(parts) + ' "}"' if parts else '"{}"'
        if wanted.kind == "list":
            members = wanted.items or (Shape("text"), Shape("number"), Shape("list", items=(Shape("text"),)))
            item = "(" + " | ".join(self._item(member) for member in members) + ")"
            inner = f'({item} ("," " "? {item}){{0,{MOST_ITEMS - 1}}})?'
            square = f'"[" {inner} "]"'
            return f'{square} | "(" {item} "," " "? {item} ")"' if wanted.pairs else square
        if wanted.kind == "map":
            member = "(" + " | ".join(self._item(item) for item in wanted.items or (Shape("text"),)) + ")"
            entry = f'{self._name(Shape("text"))} ":" " "? {member}'
            return f'"{{" ({entry} ("," " "? {entry}){{0,{MOST_ITEMS - 1}}})? "}}"'
        if wanted.kind == "number":
            return r"/-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?/"
        if wanted.kind == "truth":
            return '"true" | "false"'
        if wanted.kind == "any":
            text, digits, own = self._name(Shape("text")), self._name(Shape("number")), self.names[wanted]
            member = f"({text} | {digits} | {own}l | {own}o)"
            self.lines.append(f'{own}l: "[" ({member} ("," " "? {member}){{0,{MOST_ITEMS - 1}}})? "]"')
            self.lines.append(
                f'{own}o: "{{" ({text} ":" " "? {member} ("," " "? {text} ":" " "? '
                f'{member}){{0,{MOST_ITEMS - 1}}})? "}}"'
            )
            return f"{own}l | {own}o"
        return r'/"[^"\\\x00-\x1f\x7f]{1,60}"/'

    def _item(self, wanted: Shape) -> str:
        if wanted.kind == "list" and wanted.pairs and wanted.items:
            item = "(" + " | ".join(self._item(member) for member in wanted.items) + ")"
            return f'("[" {item} "," " "? {item} "]" | "(" {item} "," " "? {item} ")")'
        return self._name(wanted)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
