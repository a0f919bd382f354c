"""Attention within each of several sequences that lie end to end in one row.

A mask over the whole row would cost the square of its length (measured on a CPU: packing became slower than padding).
Here each sequence attends to itself alone, causally, and nothing else is computed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel

NAME = "ludens_packed"


def use_packed_attention(model: PreTrainedModel) -> None:
    """Makes a model attend within `sequence_lengths`, an argument of its forward call from now on."""
    AttentionInterface.register(NAME, _attend)
    AttentionMaskInterface.register(NAME, _no_mask)
    model.set_attn_implementation(NAME)


@contextmanager
def usual_attention(model: PreTrainedModel) -> Iterator[None]:
    """Attention over padded batches and caches for a while, as generating needs it."""
    before = model.config._attn_implementation
    model.set_attn_implementation("sdpa")
    try:
        yield
    finally:
        model.set_attn_implementation(before or "sdpa")


def _attend(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    sequence_lengths: list[int],
    scaling: float | None = None,
    dropout: float = 0.0,
    sliding_window: int | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Queries of shape (1, heads, tokens, d); keys and values may have fewer heads."""
    longest = max(sequence_lengths)
    assert sliding_window is None or longest <= sliding_window, "a sequence is longer than the model's window"
    parts = [
        scaled_dot_product_attention(q, k, v, is_causal=True, scale=scaling, dropout_p=dropout, enable_gqa=True)
        for q, k, v in zip(
            query.split(sequence_lengths, dim=2),
            key.split(sequence_lengths, dim=2),
            value.split(sequence_lengths, dim=2),
            strict=True,
        )
    ]
    return torch.cat([part.transpose(1, 2) for part in parts], dim=1).contiguous(), None


def _no_mask(*_: Any, **__: Any) -> None:
    """The mask that transformers need not make."""
