"""Tours: in which order to visit places so that the whole walk is short.

Exact for few places, greedy beyond. Knows distances only.
"""

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

Place = TypeVar("Place", bound=Hashable)

EXACT_LIMIT = 9


def first_stops(start: Place, goals: Sequence[Place], distance: Callable[[Place, Place], int]) -> list[Place]:
    """The goals with which a shortest walk through all of them can begin, nearest first.

    Args:
        start: where we are.
        goals: places to visit, each once, in any order, ending anywhere.
        distance: steps between two places.
    """
    near = sorted(goals, key=lambda goal: distance(start, goal))
    if len(near) > EXACT_LIMIT:
        nearest = distance(start, near[0])
        return [goal for goal in near if distance(start, goal) == nearest]
    if len(near) < 2:
        return near
    costs = _walk_costs(near, distance)
    full = (1 << len(near)) - 1
    totals = [distance(start, goal) + costs[full, number] for number, goal in enumerate(near)]
    return [goal for goal, total in zip(near, totals, strict=True) if total == min(totals)]


def _walk_costs(goals: Sequence[Place], distance: Callable[[Place, Place], int]) -> dict[tuple[int, int], int]:
    """Least steps to visit a set of goals (as bits) beginning at one of them, by set and first goal."""
    count = len(goals)
    table = [[distance(a, b) for b in goals] for a in goals]
    costs = {(1 << number, number): 0 for number in range(count)}
    for bits in range(1, 1 << count):
        members = [number for number in range(count) if bits >> number & 1]
        if len(members) < 2:
            continue
        for first in members:
            rest = bits & ~(1 << first)
            row = table[first]
            costs[bits, first] = min(row[then] + costs[rest, then] for then in members if then != first)
    return costs
