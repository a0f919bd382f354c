"""Drawing the map in the structure that a reply form asks for.

The structure is inferred from an example value: which keys hold places, which
hold ways, per direction or as triples or per place. Knows no game's keys by heart
beyond ordinary words for places and ways.
"""

import json
import re
from collections.abc import Sequence
from typing import TypeAlias, cast

from memory.chart import Chart, Key, names_of

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"

_PLACES = re.compile(r"node|room|place|vert|location|visited|explored|seen|known", re.IGNORECASE)
_WAYS = re.compile(
    r"edge|connect|link|way|path|door|corridor|passage|route|exit|arc|neighbo|adjacen|transition", re.IGNORECASE
)
_HERE = re.compile(r"current|here|position|now|you", re.IGNORECASE)
_FROM = re.compile(r"from|source|start|origin|^a$|^u$|room1|first", re.IGNORECASE)
_TO = re.compile(r"^to$|target|end|dest|^b$|^v$|room2|second|leads", re.IGNORECASE)
_DIRECTION = re.compile(r"dir|way|label|move|via|exit|relation|type", re.IGNORECASE)

_SCHEMA = re.compile(r"node|room|place|vert|location|visited|edge|connection|link|path|door|map|graph", re.IGNORECASE)

READ_CHARACTERS = 20_000
MOST_OBJECTS = 40

Walked = tuple[str, str, str]
"""One walked connection: the room's name, the way taken, the name of the room it led to."""


def draw(template: str | None, drawn: Chart) -> str | None:
    """The map as JSON text in the shape of the template; None when the shape is not understood.

    Args:
        template: an example value as JSON text; None to draw nodes and edges per way.
        drawn: the chart.
    """
    keys = list(drawn.rooms)
    shown = dict(zip(keys, names_of(drawn, keys), strict=True))
    edges = _edges(drawn, shown)
    shape = _parse(template or "")
    ways = sorted({way for room in drawn.rooms.values() for way in room.exits})
    picture = _fill(shape, "", list(shown.values()), edges, shown.get(drawn.here) if drawn.here else None, ways)
    return None if picture is None else json.dumps(picture, ensure_ascii=False)


def layout_shown(text: str) -> str | None:
    """The longest JSON object in a text that can be understood as a drawn map; None when there is none."""
    decoder = json.JSONDecoder()
    found: list[str] = []
    for start in [match.start() for match in re.finditer(r"\{", text[:READ_CHARACTERS])][:MOST_OBJECTS]:
        try:
            value, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError:
            continue
        if value and _fill(cast(Json, value), "", [], [], None, []) is not None:
            found.append(text[start:end])
    return max(found, key=len, default=None)


def _parse(template: str) -> Json:
    try:
        return cast(Json, json.loads(template.replace("(", "[").replace(")", "]")))
    except json.JSONDecodeError:
        plain: dict[str, Json] = {"nodes": [], "edges": {}}
        return plain


def _edges(drawn: Chart, shown: dict[Key, str]) -> list[Walked]:
    """Every walked connection once, in the direction of its first walk."""
    edges: list[Walked] = []
    taken: set[frozenset[Key]] = set()
    for start, way, end in drawn.walked:
        if frozenset((start, end)) not in taken and end in shown:
            taken.add(frozenset((start, end)))
            edges.append((shown[start], way, shown[end]))
    return edges


def _fill(
    shape: Json, key: str, rooms: Sequence[str], edges: Sequence[Walked], here: str | None, ways: Sequence[str]
) -> Json:
    """Fills one part of the template; None when nothing in it is understood."""
    if isinstance(shape, dict):
        if _WAYS.search(key) or (shape and all(part.casefold() in {w.casefold() for w in ways} for part in shape)):
            return _ways_by_key(shape, rooms, edges, ways)
        schema = any(_SCHEMA.search(part) for part in shape)
        if shape and not schema and all(isinstance(value, (dict, list)) for value in shape.values()):
            return _ways_by_key(shape, rooms, edges, ways)
        filled = {part: _fill(value, part, rooms, edges, here, ways) for part, value in shape.items()}
        return (
            None
            if all(value is None for value in filled.values())
            else {part: shape[part] if value is None else value for part, value in filled.items()}
        )
    if isinstance(shape, list):
        if _WAYS.search(key):
            return _ways_in_list(shape, edges)
        if _PLACES.search(key) or not key:
            return list(rooms)
        return None
    if isinstance(shape, str) and _HERE.search(key):
        return here
    return None


def _ways_by_key(shape: dict[str, Json], rooms: Sequence[str], edges: Sequence[Walked], ways: Sequence[str]) -> Json:
    """Connections under keys: directions, or rooms."""
    folded = {way.casefold() for way in ways}
    by_room = bool(shape) and not any(part.casefold() in folded for part in shape)
    if by_room and any(isinstance(value, (dict, list)) for value in shape.values()):
        nested = any(isinstance(value, dict) for value in shape.values())
        if nested:
            return {room: {way: end for start, way, end in edges if start == room} for room in rooms}
        return {room: [end for start, _, end in edges if start == room] for room in rooms}
    directions = (
        list(dict.fromkeys([*shape, *(way for _, way, _ in edges)])) if shape else sorted({way for _, way, _ in edges})
    )
    spelled = {part.casefold(): part for part in reversed(directions)}
    result: dict[str, Json] = {part: [] for part in dict.fromkeys(spelled[way.casefold()] for way in directions)}
    for start, way, end in edges:
        pairs = result[spelled[way.casefold()]]
        if isinstance(pairs, list):
            pairs.append([start, end])
    return result


def _ways_in_list(shape: list[Json], edges: Sequence[Walked]) -> Json:
    """Connections as a list of pairs, triples, texts or records, as the first example element shows."""
    example = shape[0] if shape else None
    if isinstance(example, dict):
        return [{part: _part(part, edge) for part in example} for edge in edges]
    if isinstance(example, str):
        return [f"{start} -{way}-> {end}" for start, way, end in edges]
    if isinstance(example, list) and len(example) == 2:
        return [[start, end] for start, _, end in edges]
    return [[start, way, end] for start, way, end in edges]


def _part(part: str, edge: Walked) -> Json:
    for pattern, number in ((_DIRECTION, 1), (_FROM, 0), (_TO, 2)):
        if pattern.search(part):
            return edge[number]
    return None
