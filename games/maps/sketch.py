"""Sketches: a map drawn as JSON by a player, in the layout that the instance asks for."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

LAYOUTS = ("by_direction", "triples", "adjacency", "pairs", "objects")
"""Ways to write a graph as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A graph with named rooms.

    Attributes:
        rooms: names, in order of discovery.
        links: passages as (room, direction, room).
    """

    rooms: tuple[str, ...]
    links: tuple[tuple[str, str, str], ...]


def write_sketch(sketch: Sketch, words: Mapping[str, str]) -> str:
    """The sketch as JSON text.

    Args:
        sketch: rooms and passages, directions in the instance's words.
        words: the instance's vocabulary, with "graph_layout", "graph_nodes", "graph_edges" and the directions.
    """
    layout, nodes, edges = words["graph_layout"], words["graph_nodes"], words["graph_edges"]
    value: object
    if layout == "adjacency":
        value = {room: {way: other for one, way, other in sketch.links if one == room} for room in sketch.rooms}
    elif layout == "by_direction":
        ways = [words[name] for name in ("north", "south", "east", "west")]
        value = {
            nodes: list(sketch.rooms),
            edges: {way: [[one, other] for one, own, other in sketch.links if own == way] for way in ways},
        }
    elif layout == "triples":
        value = {nodes: list(sketch.rooms), edges: [list(link) for link in sketch.links]}
    elif layout == "pairs":
        value = {nodes: list(sketch.rooms), edges: [[one, other] for one, _, other in sketch.links]}
    else:
        value = {
            nodes: list(sketch.rooms),
            edges: [{"from": one, "to": other, "direction": way} for one, way, other in sketch.links],
        }
    return json.dumps(value, ensure_ascii=False)


def read_sketch(text: str, words: Mapping[str, str]) -> tuple[set[str], set[frozenset[str]]] | None:
    """Rooms and undirected passages of a drawn map, names in lower case; None when it has another layout."""
    try:
        value = json.loads(text)
        if words["graph_layout"] == "adjacency":
            return _read_adjacency(value)
        nodes, edges = value[words["graph_nodes"]], value[words["graph_edges"]]
        if not isinstance(nodes, list):
            return None
        return {_name(node) for node in nodes}, {frozenset(pair) for pair in _pairs(edges, words["graph_layout"])}
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None


def _read_adjacency(value: Mapping[str, Mapping[str, str]]) -> tuple[set[str], set[frozenset[str]]]:
    links = {frozenset((_name(room), _name(other))) for room, ways in value.items() for other in ways.values()}
    return {_name(room) for room in value}, links


def _pairs(edges: object, layout: str) -> list[tuple[str, str]]:
    if layout == "by_direction":
        if not isinstance(edges, dict):
            raise TypeError("edges must be an object")
        return [(_name(one), _name(other)) for pairs in edges.values() for one, other in pairs]
    if not isinstance(edges, list):
        raise TypeError("edges must be a list")
    if layout == "triples":
        return [(_name(one), _name(other)) for one, _, other in edges]
    if layout == "pairs":
        return [(_name(one), _name(other)) for one, other in edges]
    return [(_name(edge["from"]), _name(edge["to"])) for edge in edges]


def _name(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a room is named by text")
    return value.strip().casefold()


def similarity(drawn: tuple[set[str], set[frozenset[str]]] | None, true: Sketch) -> float:
    """How alike a drawn map and the true one are, 0 to 100: falls off with every room or passage too many or few."""
    if drawn is None:
        return 0.0
    rooms = {room.casefold() for room in true.rooms}
    links = {frozenset((one.casefold(), other.casefold())) for one, _, other in true.links}
    edits = len(drawn[0] ^ rooms) + len(drawn[1] ^ links)
    return 100.0 * 2 * (1 - 1 / (1 + math.exp(-0.5 * edits)))
