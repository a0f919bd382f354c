from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from trainer.packing import epoch, epochs, packed, plan

LENGTHS = st.lists(st.integers(1, 64), max_size=80)


@given(LENGTHS)
def test_every_sequence_is_packed_once_and_fits(lengths):
    bins = packed(lengths, 64)
    assert Counter(index for members in bins for index in members) == Counter(range(len(lengths)))
    assert all(sum(lengths[index] for index in members) <= 64 for members in bins)


@given(LENGTHS)
def test_packing_wastes_less_than_half(lengths):
    bins = packed(lengths, 64)
    assert len(bins) <= max(1, 2 * sum(lengths) / 64)


@given(LENGTHS, st.integers(0, 5))
def test_an_epoch_goes_through_everything_once(lengths, seed):
    rows = epoch(lengths, 64, np.random.default_rng(seed))
    assert Counter(index for row in rows for index in row) == Counter(range(len(lengths)))


def test_the_same_seed_gives_the_same_order_and_epochs_differ():
    lengths = list(range(1, 40))
    first = list(epochs(lengths, 64, count=2, seed=3))
    assert first == list(epochs(lengths, 64, count=2, seed=3))
    assert first != list(epochs(lengths, 64, count=2, seed=4))
    half = len(first) // 2
    assert first[:half] != first[half:]


def test_a_fraction_of_an_epoch_is_a_share_of_its_rows():
    lengths = [32] * 40
    assert len(list(epochs(lengths, 64, count=1.5, seed=0))) == 30


@given(LENGTHS.filter(bool), st.integers(1, 4), st.integers(0, 4000), st.integers(0, 100))
def test_a_plan_never_passes_its_budget_and_takes_what_it_can(lengths, per_step, budget, spent):
    rows = packed(lengths, 64)
    found = plan(rows, lengths, rows_per_step=per_step, budget=budget, spent=spent)
    assert len(found.rows) == found.steps * per_step
    assert all(used <= budget for used in found.tokens)
    assert list(found.tokens) == sorted(set(found.tokens))
    more = plan(rows, lengths, rows_per_step=per_step, budget=10**9, spent=spent)
    assert found.steps == more.steps or more.tokens[found.steps] > budget
    if found.steps:
        consumed = sum(lengths[index] for row in found.rows for index in row)
        assert found.tokens[-1] == spent + consumed


def test_milestones_are_the_steps_that_reach_a_share():
    found = plan([[i] for i in range(10)], [10] * 10, rows_per_step=1, budget=100)
    assert found.milestones((0.05, 0.1, 0.5, 1.0), 100) == {1: 0.1, 5: 0.5, 10: 1.0}
    assert found.milestones((0.5,), 1000) == {10: 0.1}


@given(LENGTHS)
def test_without_a_seed_windows_keep_their_order(lengths):
    rows = epoch(lengths, 64, None)
    assert Counter(index for row in rows for index in row) == Counter(range(len(lengths)))
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert rows == list(epochs(lengths, 64, count=1.0, seed=None))
