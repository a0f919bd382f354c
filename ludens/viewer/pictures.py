"""Pictures of what a player knew at each of its turns: the map as it grew, boards, beliefs.

Nothing of it is stored: memory is a pure function of the transcript, so the transcript
is folded again. Boards are looked for in what was heard and said.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from agent.fold import Fold
from agent.transcript import Message
from ludens.viewer.record import Step
from memory.boards import read_boards
from memory.cartography import chart
from memory.chart import Chart, Key

MOST_BOARDS = 6
"""Boards shown beside one step."""


def pictures(steps: Sequence[Step]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What to draw for one episode.

    Args:
        steps: its replies, in order.

    Returns:
        Per player the whole map's places (`nodes`: x, y, name) in their final layout, and per step what of it was
        known by then (`map`: seen, here, ways), the boards heard and said, and the beliefs with their weights.
    """
    fold = Fold()
    charts = [_chart(fold, transcript) for transcript in transcripts(steps)]
    atlas = {
        player: _Atlas([known for step, known in zip(steps, charts, strict=True) if step.player == player])
        for player in dict.fromkeys(step.player for step in steps)
    }
    drawn = [
        _without_nothing(
            {
                "map": atlas[step.player].at(known) if known is not None else None,
                "heard": [_cells(text) for text in step.heard],
                "said": _cells(step.reply),
                "beliefs": _beliefs(step),
            }
        )
        for step, known in zip(steps, charts, strict=True)
    ]
    return {player: each.nodes for player, each in atlas.items() if each.nodes}, drawn


def transcripts(steps: Sequence[Step]) -> Iterator[tuple[Message, ...]]:
    """Each step's transcript as its player was given it; what a harness did not keep (probes) is left out again."""
    said: dict[str, list[Message]] = {}
    for step in steps:
        history = said.setdefault(step.player, [])
        fresh = [Message(role="user", content=text) for text in step.heard]
        if step.history:
            del history[max(0, step.history - len(fresh)) :]
        history.extend(fresh)
        yield tuple(history)
        history.append(Message(role="assistant", content=step.reply))


def _chart(fold: Fold, transcript: tuple[Message, ...]) -> Chart | None:
    if not transcript:
        return None
    rooms = fold.session(transcript).memory.rooms
    known = chart(rooms)
    return known if known.walked else None  # a single place is mostly a word that looks like one


class _Atlas:
    """The places of one player's map, each with one position for the whole episode; `nodes` are (x, y, name)."""

    def __init__(self, charts: Sequence[Chart | None]) -> None:
        known = [each for each in charts if each is not None]
        keys = dict.fromkeys(key for each in known for key in (*each.rooms, *each.links.values()))
        self._index = {key: number for number, key in enumerate(keys)}
        places = _layout(known[-1], tuple(keys)) if known else {}
        names = {key: room.name for each in known for key, room in each.rooms.items()}
        self.nodes = [(*places[key], names.get(key, "")) for key in keys]

    def at(self, known: Chart) -> dict[str, Any]:
        """What of the map was known then, by the numbers of its places."""
        walked = {(start, way) for start, way, _ in known.walked}
        return {
            "seen": [self._index[key] for key in known.rooms],
            "here": None if known.here is None else self._index.get(known.here),
            "ways": [
                (self._index[start], self._index[end], way, int((start, way) in walked))
                for (start, way), end in known.links.items()
            ],
        }


def _layout(known: Chart, keys: Sequence[Key]) -> dict[Key, tuple[float, float]]:
    """Positions of places: where they lie on the grid, or by springs between neighbours."""
    if all(len(key) == 3 and key[0] == "at" for key in keys):
        return {key: (float(key[1]), -float(key[2])) for key in keys}
    import networkx as nx

    graph = nx.Graph()
    graph.add_nodes_from(keys)
    graph.add_edges_from((start, end) for (start, _), end in known.links.items() if start != end)
    placed = nx.spring_layout(graph, seed=0, iterations=300)
    size = max(2.0, len(keys) ** 0.5)
    return {key: (round(float(x) * size, 2), round(float(y) * size, 2)) for key, (x, y) in placed.items()}


def _cells(text: str) -> list[list[str]]:
    """Boards in a text, each as its rows of symbols joined by tabs; line ends may be escaped as in JSON."""
    boards = read_boards(text) or read_boards(text.replace("\\n", "\n").replace('"', "\n"))
    return [["\t".join(row) for row in board.cells] for board in boards[:MOST_BOARDS]]


def _beliefs(step: Step) -> list[tuple[str, float]]:
    """What the planner weighed, heaviest first, weights between 0 and 1."""
    for event in step.events:
        if event.get("kind") == "proposed" and event.get("beliefs"):
            return [(str(what), float(weight)) for what, weight in event["beliefs"]]
    return []


def _without_nothing(picture: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in picture.items() if value and (name != "heard" or any(value))}
