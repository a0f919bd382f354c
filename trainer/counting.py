"""Counting tokens into the ledger before they are used, whichever trl trainer uses them.

One process writes the ledger; with several, all tell it their batches first and all hear whether to go on.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from accelerate.utils import broadcast_object_list, gather_object

from agent.errors import BudgetExceeded, UserError
from trainer.ledger import Ledger, Mark, batch_digest
from trainer.masking import IGNORED

Sequences = list[list[int]]
Tally = tuple[Sequences, int]
"""Token ids of a batch, without padding, and how many of them carry loss."""


class Counter:
    """The ledger as a training loop sees it."""

    def __init__(self, ledger: Ledger | None, *, mark: Mark, processes: int) -> None:
        """Counts into a ledger.

        Args:
            ledger: the ledger in the process that writes it; None in the others.
            mark: where it stands.
            processes: how many take part.
        """
        self._ledger = ledger
        self._processes = processes
        self.mark = mark
        self.total_tokens = 0 if ledger is None else ledger.total_tokens

    def count(self, tally: Tally) -> None:
        """Notes what is about to go through the model.

        Raises:
            BudgetExceeded: in every process, when it would pass the budget; it must not be used.
            UserError: in every process, when the ledger refuses it.
        """
        tallies = gather_object([tally]) if self._processes > 1 else [tally]
        said: list[Any] = [None]
        if self._ledger is not None:
            said = [self._noted(tallies, self._ledger)]
        if self._processes > 1:
            broadcast_object_list(said)
        failure, self.mark, self.total_tokens = said[0]
        if failure is not None:
            raise failure

    def _noted(self, tallies: Sequence[Tally], ledger: Ledger) -> tuple[Exception | None, Mark, int]:
        sequences = [ids for part, _ in tallies for ids in part]
        tokens = sum(len(ids) for ids in sequences)
        failure: Exception | None = None
        try:
            ledger.count(tokens=tokens, trained=sum(n for _, n in tallies), digest=batch_digest(sequences))
        except (BudgetExceeded, UserError) as error:
            failure = error
        return failure, ledger.mark, ledger.total_tokens


def padded_tally(ids: torch.Tensor, seen: torch.Tensor, trained: torch.Tensor) -> Tally:
    """The tally of padded sequences.

    Args:
        ids: token ids, shape (sequences, tokens).
        seen: 1 where a token is no padding, same shape.
        trained: 1 where a token carries loss, same shape or (sequences, fewer).
    """
    sequences = [row[mask.bool()].tolist() for row, mask in zip(ids, seen, strict=True)]
    return sequences, int(trained.sum())


def row_tally(batches: Sequence[dict[str, Any]]) -> Tally:
    """The tally of rows as `rows.collate` makes them."""
    sequences: Sequences = []
    trained = 0
    for batch in batches:
        parts = batch["input_ids"][0].split(batch["sequence_lengths"].tolist())
        sequences += [part.tolist() for part in parts]
        trained += int((batch["labels"] != IGNORED).sum())
    return sequences, trained


TallyOf = Callable[[Sequence[dict[str, Any]]], Tally]
