"""Preference pairs as token ids: prompt, two continuations, and which of their tokens the player said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from datasets import Dataset

from agent.errors import UserError
from trainer.masking import IGNORED, ChatMasker
from trainer.samples import Chat, ChatSample, Origin, PreferenceSample


@dataclass(frozen=True, slots=True, kw_only=True)
class Continued:
    """A prompt with one continuation.

    Attributes:
        ids: token ids of both.
        said: 1 for the player's own tokens in the continuation, else 0.
    """

    ids: tuple[int, ...]
    said: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two continuations of one prompt.

    Attributes:
        chosen: the better one.
        rejected: the worse one.
    """

    chosen: Continued
    rejected: Continued

    @property
    def tokens(self) -> int:
        """Tokens of both."""
        return len(self.chosen.ids) + len(self.rejected.ids)


def continued(
    masker: ChatMasker, prompt: Chat, continuation: Chat, origin: Origin, *, max_tokens: int
) -> Continued | None:
    """A prompt with a continuation; None when not even its first turn fits."""
    messages = (*prompt, *continuation)
    own = [index for index in range(len(prompt), len(messages)) if messages[index].role == "assistant"]
    pieces = masker.pieces(ChatSample(messages=messages, trained=tuple(own), origin=origin), max_tokens=max_tokens)
    if not pieces:
        return None
    first = pieces[0]  # a template that rewrites the past has more; the first holds the first turn
    return Continued(ids=first.ids, said=tuple(int(label != IGNORED) for label in first.labels))


def encode_pairs(masker: ChatMasker, samples: Sequence[PreferenceSample], *, max_tokens: int) -> list[Pair]:
    """The pairs whose continuations both fit and still differ.

    Raises:
        UserError: there is none.
    """
    if not samples:
        raise UserError("There is nothing to learn from: the pairs are empty; make rollouts or name other files.")
    found: list[Pair] = []
    for sample in samples:
        chosen = continued(masker, sample.prompt, sample.chosen, sample.origin, max_tokens=max_tokens)
        rejected = continued(masker, sample.prompt, sample.rejected, sample.origin, max_tokens=max_tokens)
        if chosen is not None and rejected is not None and chosen.ids != rejected.ids:
            found.append(Pair(chosen=chosen, rejected=rejected))
    if not found:
        raise UserError(f"No pair fits into {max_tokens} tokens: raise max_tokens and batch_tokens.")
    return found


def dataset(pairs: Sequence[Pair], order: Sequence[int]) -> Dataset:
    """Pairs in an order, made when they are asked for."""

    def made(batch: dict[str, list[int]]) -> dict[str, list[Any]]:
        chosen = [pairs[order[row]].chosen for row in batch["row"]]
        rejected = [pairs[order[row]].rejected for row in batch["row"]]
        return {
            "chosen_ids": [each.ids for each in chosen],
            "chosen_said": [each.said for each in chosen],
            "rejected_ids": [each.ids for each in rejected],
            "rejected_said": [each.said for each in rejected],
        }

    return Dataset.from_dict({"row": list(range(len(order)))}).with_transform(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collator:
    """Puts pairs into one padded batch, the better ones first, as trl's DPO wants it.

    Attributes:
        pad_id: the token that fills up.
    """

    pad_id: int

    def __call__(self, rows: Sequence[dict[str, Any]]) -> dict[str, torch.Tensor]:
        """Tensors of shape (2 * pairs, tokens)."""
        ids = [row[f"{side}_ids"] for side in ("chosen", "rejected") for row in rows]
        said = [row[f"{side}_said"] for side in ("chosen", "rejected") for row in rows]
        return {
            "input_ids": padded(ids, self.pad_id),
            "attention_mask": padded([[1] * len(each) for each in ids], 0),
            "completion_mask": padded(said, 0),
        }


def padded(rows: Sequence[Sequence[int]], fill: int) -> torch.Tensor:
    """Rows filled up on the right to one length."""
    width = max(len(row) for row in rows)
    return torch.tensor([[*row, *[fill] * (width - len(row))] for row in rows])
