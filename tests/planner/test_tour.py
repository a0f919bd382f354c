from itertools import pairwise, permutations

from hypothesis import given
from hypothesis import strategies as st

from planner.tour import first_stops

POINTS = st.tuples(st.integers(-4, 4), st.integers(-4, 4))


def steps(a: tuple[int, int], b: tuple[int, int]) -> int:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


@given(POINTS, st.lists(POINTS, min_size=1, max_size=6, unique=True))
def test_the_first_stops_begin_shortest_walks(start: tuple[int, int], goals: list[tuple[int, int]]) -> None:
    lengths = {
        order: steps(start, order[0]) + sum(steps(a, b) for a, b in pairwise(order)) for order in permutations(goals)
    }
    shortest = min(lengths.values())
    expected = {order[0] for order, length in lengths.items() if length == shortest}
    assert set(first_stops(start, goals, steps)) == expected


@given(POINTS, st.lists(POINTS, min_size=10, max_size=30, unique=True))
def test_many_goals_are_visited_nearest_first(start: tuple[int, int], goals: list[tuple[int, int]]) -> None:
    nearest = min(steps(start, goal) for goal in goals)
    assert all(steps(start, stop) == nearest for stop in first_stops(start, goals, steps))


def test_no_goals_no_stops() -> None:
    assert first_stops((0, 0), [], steps) == []
