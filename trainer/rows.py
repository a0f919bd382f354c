"""Micro-batches as torch sees them: sequences end to end in one row, without a padding token."""

from collections.abc import Sequence
from typing import Any

import torch
from datasets import Dataset

from trainer.masking import IGNORED, Encoded


def as_row(pieces: Sequence[Encoded]) -> dict[str, Any]:
    """One micro-batch as lists."""
    return {
        "input_ids": [token for piece in pieces for token in piece.ids],
        "labels": [label for piece in pieces for label in (IGNORED, *piece.labels[1:])],
        "weights": [weight for piece in pieces for weight in piece.weights],
        "lengths": [len(piece.ids) for piece in pieces],
    }


def dataset(pieces: Sequence[Encoded], rows: Sequence[Sequence[int]]) -> Dataset:
    """Micro-batches made when they are asked for; `rows` holds indices of pieces.

    A row without a member would have no token; there is none.
    """

    def made(batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        found = [as_row([pieces[index] for index in rows[row]]) for row in batch["row"]]
        return {name: [each[name] for each in found] for name in ("input_ids", "labels", "weights", "lengths")}

    return Dataset.from_dict({"row": list(range(len(rows)))}).with_transform(made)


def collate(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Rows put end to end: tensors of shape (1, tokens), and the lengths of the sequences in them."""
    lengths = [length for row in rows for length in row["lengths"]]
    places = [torch.arange(length) for length in lengths]
    return {
        "input_ids": torch.tensor([[token for row in rows for token in row["input_ids"]]]),
        "labels": torch.tensor([[label for row in rows for label in row["labels"]]]),
        "weights": torch.tensor([[weight for row in rows for weight in row["weights"]]], dtype=torch.float32),
        "position_ids": torch.cat(places)[None],
        "sequence_lengths": torch.tensor(lengths),
    }
