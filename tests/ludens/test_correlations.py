"""Correlations: known values, bounds, symmetry, and silence where there are too few players."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ludens.evaluation.correlations import FEWEST, correlate, pearson, spearman

numbers = st.floats(-1e6, 1e6, allow_subnormal=False)
points = st.lists(st.tuples(numbers, numbers), min_size=FEWEST, max_size=20)


@given(points)
def test_coefficients_are_bounded_symmetric_and_inside_their_intervals(pairs: list[tuple[float, float]]) -> None:
    first, second = ([pair[side] for pair in pairs] for side in (0, 1))
    for measure in (pearson, spearman):
        one, other = measure(first, second), measure(second, first)
        assert (one is None) == (other is None)
        if one is not None and other is not None:
            assert -1 <= one.low <= one.value <= one.high <= 1
            assert one.value == pytest.approx(other.value, abs=1e-9)


@given(points)
def test_the_order_is_all_that_spearman_sees(pairs: list[tuple[float, float]]) -> None:
    first, second = ([pair[side] for pair in pairs] for side in (0, 1))
    stretched = [math.atan(value / 1e6) * 3 + 5 for value in first]
    if len(set(stretched)) == len(set(first)):
        assert spearman(first, second) == spearman(stretched, second)


def test_values_by_hand() -> None:
    line = pearson([1, 2, 3, 4], [2, 4, 6, 8])
    assert line is not None
    assert line.value == pytest.approx(1)
    assert line.low < 1, "four points do not make certain"
    swapped = spearman([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    assert swapped is not None
    assert swapped.value == pytest.approx(0.8)
    tied = spearman([1, 1, 2, 3], [1, 1, 2, 3])
    assert tied is not None
    assert tied.value == pytest.approx(1)


@pytest.mark.parametrize(("first", "second"), [([1, 2, 3], [1, 2, 3]), ([1, 1, 1, 1], [1, 2, 3, 4]), ([], [])])
def test_too_few_or_constant_values_have_no_correlation(first: list[float], second: list[float]) -> None:
    assert pearson(first, second) is None
    assert spearman(first, second) is None


def test_only_players_with_both_measures_count() -> None:
    (found,) = correlate({"a": dict.fromkeys("uvwxy", 1.0) | {"u": 2.0}, "b": {"u": 1.0, "v": 2.0, "z": 3.0}})
    assert (found.players, found.pearson) == (2, None)


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([6, 12, 30]))
def test_intervals_cover_the_truth_about_as_often_as_they_say(seed: int, players: int) -> None:
    rng = np.random.default_rng(seed)
    covered, rounds = 0, 200
    for _ in range(rounds):
        first = rng.normal(size=players)
        second = 0.6 * first + 0.8 * rng.normal(size=players)
        found = pearson(list(first), list(second))
        assert found is not None
        covered += found.low <= 0.6 <= found.high
    assert covered / rounds > 0.88
