"""Packing: which sequences share a micro-batch, in which order, and how far a budget reaches. Pure.

The whole schedule of a run is laid out before its first step. That makes the number of tokens before any step known,
and going on after a kill a matter of counting.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

_WINDOW = 256  # sequences that may change places to fill a micro-batch


def packed(lengths: Sequence[int], capacity: int) -> list[list[int]]:
    """Fills bins first-fit, longest first; every index stands in one bin.

    Args:
        lengths: of the sequences, each at most `capacity`.
        capacity: of a bin.

    Returns:
        bins of indices, each bin ascending.
    """
    assert all(0 < length <= capacity for length in lengths), "a sequence must fit into a bin"
    bins: list[list[int]] = []
    room: list[int] = []
    for index in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        place = next((at for at, left in enumerate(room) if left >= lengths[index]), None)
        if place is None:
            bins.append([])
            room.append(capacity)
            place = len(bins) - 1
        bins[place].append(index)
        room[place] -= lengths[index]
    return [sorted(members) for members in bins]


def epoch(lengths: Sequence[int], capacity: int, random: np.random.Generator | None) -> list[list[int]]:
    """One pass over all sequences, packed within windows.

    Args:
        lengths: of the sequences.
        capacity: of a micro-batch.
        random: draws the order of sequences and micro-batches; None keeps theirs, window by window.
    """
    order = list(range(len(lengths))) if random is None else random.permutation(len(lengths)).tolist()
    rows: list[list[int]] = []
    for at in range(0, len(order), _WINDOW):
        window = order[at : at + _WINDOW]
        bins = packed([lengths[index] for index in window], capacity)
        mixed = [[window[i] for i in members] for members in bins]
        rows += sorted(mixed) if random is None else [mixed[i] for i in random.permutation(len(mixed)).tolist()]
    return rows


def epochs(lengths: Sequence[int], capacity: int, *, count: float, seed: int | None) -> Iterator[list[int]]:
    """Micro-batches of `count` passes; a fraction of a pass at the end is a share of its micro-batches.

    Args:
        lengths: of the sequences.
        capacity: of a micro-batch.
        count: passes.
        seed: draws the order; None keeps the given one.
    """
    left, number = count, 0
    while left > 0:
        rows = epoch(lengths, capacity, None if seed is None else np.random.default_rng([seed, number]))
        yield from rows[: max(1, round(len(rows) * min(1.0, left)))]
        left, number = left - 1, number + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A run laid out.

    Attributes:
        rows: the micro-batches, each a list of sequence indices, in the order of use.
        rows_per_step: micro-batches of one step, over all processes.
        tokens: what the ledger holds after each step, ascending.
    """

    rows: tuple[tuple[int, ...], ...]
    rows_per_step: int
    tokens: tuple[int, ...]

    @property
    def steps(self) -> int:
        """Steps of the run."""
        return len(self.tokens)

    def milestones(self, shares: Sequence[float], budget: int) -> dict[int, float]:
        """The steps after which a share of the budget is reached, and which; the last step counts as the last share.

        Args:
            shares: ascending, at most 1.
            budget: tokens.
        """
        found: dict[int, float] = {}
        for share in shares:
            step = next((at for at, used in enumerate(self.tokens, start=1) if used >= share * budget), None)
            if step is not None:
                found[step] = share
        if self.steps and shares:
            found[self.steps] = max(found.get(self.steps, 0.0), self.tokens[-1] / budget)
        return dict(sorted(found.items()))


def plan(
    rows: Sequence[Sequence[int]], lengths: Sequence[int], *, rows_per_step: int, budget: int, spent: int = 0
) -> Plan:
    """As many whole steps as the budget allows; micro-batches that fill no step are left out.

    Args:
        rows: micro-batches of sequence indices.
        lengths: of the sequences.
        rows_per_step: micro-batches of one step, over all processes.
        budget: tokens that the ledger may hold in the end.
        spent: what it holds already.
    """
    whole = len(rows) // rows_per_step * rows_per_step
    sizes = [sum(lengths[index] for index in row) for row in rows[:whole]]
    steps = [sum(sizes[at : at + rows_per_step]) for at in range(0, whole, rows_per_step)]
    tokens = tuple(spent + used for used in accumulate(steps) if spent + used <= budget)
    kept = rows[: len(tokens) * rows_per_step]
    return Plan(rows=tuple(tuple(row) for row in kept), rows_per_step=rows_per_step, tokens=tokens)
