"""Planning: the shortest way over a described net of places, and an order under constraints."""

import itertools
import random
from collections.abc import Sequence

import networkx as nx

from games.probes.rules import Question

_PLACES = ("harbour", "mill", "market", "chapel", "bridge", "forge", "orchard", "tower", "well", "barn")


def draw(rng: random.Random, names: Sequence[str], things: Sequence[str]) -> list[Question]:
    """Two routes and one order."""
    return [_route(rng, 5), _order(rng, names), _route(rng, 8)]


def _route(rng: random.Random, size: int) -> Question:
    while True:
        places = rng.sample(_PLACES, size)
        net = nx.gnm_random_graph(size, size + 2, seed=rng.randrange(2**32))
        net = nx.relabel_nodes(net, dict(enumerate(places)))
        if not nx.is_connected(net):
            continue
        ways = [(start, end, list(nx.all_shortest_paths(net, start, end))) for start in places for end in places]
        single = [way for way in ways if len(way[2]) == 1 and len(way[2][0]) >= (3 if size < 6 else 4)]
        if single:
            start, end, (path,) = rng.choice(single)
            edges = sorted(f"{a} and {b}" for a, b in net.edges)
            rng.shuffle(edges)
            return Question(
                text=f"Roads join these places: {'; '.join(edges)}. Name every place on the shortest way from the "
                f"{start} to the {end}, both included, in order, joined by commas.",
                answers=(", ".join(path),),
                about=f"way of {len(path)} places",
            )


def _order(rng: random.Random, names: Sequence[str]) -> Question:
    queue = rng.sample(names, 4)
    hints = [f"{first} comes right before {second}" for first, second in itertools.pairwise(queue)]
    rng.shuffle(hints)
    return Question(
        text=f"Four people queue. {'. '.join(hints)}. Name them from the first to the last, joined by commas.",
        answers=(", ".join(queue),),
        about="order of four",
    )
