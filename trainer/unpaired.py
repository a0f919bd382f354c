"""Single turns that were received well or badly, as token ids, with the mismatched ones that KTO compares with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from datasets import Dataset

from trainer.pairs import padded


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpaired:
    """A turn.

    Attributes:
        prompt: token ids before it.
        completion: its token ids.
        desirable: whether it was received well.
    """

    prompt: tuple[int, ...]
    completion: tuple[int, ...]
    desirable: bool

    @property
    def tokens(self) -> int:
        """Tokens of prompt and turn."""
        return len(self.prompt) + len(self.completion)


def dataset(turns: Sequence[Unpaired], rows: Sequence[Sequence[int]]) -> Dataset:
    """Turns in the order of micro-batches, each with its neighbour's completion for KTO's baseline."""
    order = [(index, other) for row in rows for index, other in zip(row, [*row[1:], row[0]], strict=True)]

    def made(batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        chosen = [order[row] for row in batch["row"]]
        return {
            "prompt_ids": [turns[index].prompt for index, _ in chosen],
            "completion_ids": [turns[index].completion for index, _ in chosen],
            "KL_completion_ids": [turns[other].completion for _, other in chosen],
            "label": [turns[index].desirable for index, _ in chosen],
        }

    return Dataset.from_dict({"row": list(range(len(order)))}).with_transform(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collator:
    """Puts turns into one padded batch as trl's KTO wants it.

    Attributes:
        pad_id: the token that fills up.
    """

    pad_id: int

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Tensors of shape (turns, tokens), and a label for each turn."""
        found: dict[str, torch.Tensor] = {"label": torch.tensor([row["label"] for row in rows])}
        for prefix in ("", "KL_"):
            ids = [[*row["prompt_ids"], *row[f"{prefix}completion_ids"]] for row in rows]
            said = [[0] * len(row["prompt_ids"]) + [1] * len(row[f"{prefix}completion_ids"]) for row in rows]
            found[f"{prefix}input_ids"] = padded(ids, self.pad_id)
            found[f"{prefix}attention_mask"] = padded([[1] * len(each) for each in ids], 0)
            found[f"{prefix}completion_mask"] = padded(said, 0)
        return found
