"""Reading prompts and going on from them with a transformers model.

Every cached sequence is a cache object of its own. Several replies are decoded
side by side by stacking their caches for as long as the batch lasts.
"""

import copy
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from transformers import DynamicCache, PreTrainedModel

from agent.models.candidate_trie import Trie
from agent.models.engine import Reading, Rows
from agent.models.prefix_cache import PrefixCache, Slot

_CHUNK = 512  # tokens of a prompt computed in one go


@dataclass(slots=True, kw_only=True)
class _Stack:
    """Replies decoded side by side.

    Attributes:
        slots: the sequences, one a row.
        cache: their caches, padded on the left to one length.
        mask: 1 where a column is a token of the row, shape (rows, columns).
        lengths: tokens in each row.
    """

    slots: list[Slot]
    cache: DynamicCache
    mask: torch.Tensor
    lengths: list[int]


class HfEngine:
    """Cached sequences that can be read into, extended and branched."""

    def __init__(self, model: PreTrainedModel, *, sequences: int, window_tokens: int) -> None:
        self._model = model
        self._cache = PrefixCache(sequences)
        self._held: dict[int, DynamicCache] = {}
        self._stack: _Stack | None = None
        self.sequences = sequences
        self.cells = sequences * window_tokens
        self.branches = 1_000_000

    def read(self, tokens: Sequence[int], *, prompt: int, deadline: float | None = None) -> Reading:
        """Reads tokens into a slot; see `Engine.read`."""
        lease = self._cache.acquire(tokens, prompt=prompt)
        slot = lease.slot
        try:
            cached = self._prepare(slot, lease.source, lease.shared)
            logits: Rows | None = None
            for start in range(cached, len(tokens), _CHUNK):
                if deadline is not None and time.monotonic() >= deadline:
                    return Reading(slot=slot, cached=cached, logits=None)
                part = list(tokens[start : start + _CHUNK])
                logits = self._forward(part, self._held[slot.sequence])
                slot.tokens += part
        except BaseException:
            slot.tokens, slot.prompt = [], 0
            self._held.pop(slot.sequence, None)
            self._cache.release(slot)
            raise
        return Reading(slot=slot, cached=cached, logits=logits)

    def extend(self, growths: Sequence[tuple[Slot, list[int]]]) -> list[Rows]:
        """Appends tokens to several slots at once; see `Engine.extend`."""
        if not growths:
            return []
        if len(growths) == 1 and self._stack is None:
            slot, tokens = growths[0]
            row = self._forward(tokens, self._held[slot.sequence])
            slot.tokens += tokens
            return [row]
        if self._stack is None:
            self._stack = self._stacked([slot for slot, _ in growths])
        return self._extend_stack(self._stack, growths)

    def follow(self, slot: Slot, trie: Trie) -> Rows:
        """The row after each node of a trie below a slot; see `Engine.follow`."""
        if not trie.nodes:
            return np.zeros((0, 0), dtype=np.float32)
        cache, start, count = self._held[slot.sequence], len(slot.tokens), len(trie.nodes)
        seen = torch.zeros((count, start + count), dtype=torch.bool)
        seen[:, :start] = True
        for i, node in enumerate(trie.nodes):
            if node.parent >= 0:
                seen[i] |= seen[node.parent]
            seen[i, start + i] = True
        mask = torch.zeros((1, 1, count, start + count), dtype=self._model.dtype)
        mask.masked_fill_(~seen, torch.finfo(self._model.dtype).min)
        try:
            with torch.inference_mode():
                logits = self._model(
                    input_ids=self._tensor([[node.token for node in trie.nodes]]),
                    position_ids=self._tensor([[start + node.depth for node in trie.nodes]]),
                    attention_mask=mask.to(self._model.device),
                    past_key_values=cache,
                    use_cache=True,
                ).logits[0]
            return logits.float().cpu().numpy()
        finally:
            _cut(cache, start)

    def embeddings(self, tokens: Sequence[int]) -> Rows:
        """The input embeddings of some tokens, shape (n, d)."""
        table = self._model.get_input_embeddings()
        with torch.inference_mode():
            return table(self._tensor(list(tokens))).float().cpu().numpy()

    def release(self, slot: Slot) -> None:
        """Gives a slot back; a batch ends with the first of its slots."""
        self._stack = None
        self._cache.release(slot)

    def close(self) -> None:
        """Forgets the caches."""
        self._held.clear()
        self._stack = None

    def _prepare(self, slot: Slot, source: Slot | None, shared: int) -> int:
        """Makes the slot's cache hold the shared beginning; returns how long it is."""
        held = self._held.get((source or slot).sequence)
        if not shared or held is None or not held.is_croppable:
            slot.tokens = []
            self._held[slot.sequence] = DynamicCache(config=self._model.config)
            return 0
        if source is not None:
            held = self._held[slot.sequence] = copy.deepcopy(held)
        _cut(held, shared)
        return shared

    def _forward(self, tokens: list[int], cache: DynamicCache) -> Rows:
        """The row after the last of some tokens of one sequence."""
        with torch.inference_mode():
            output = self._model(
                input_ids=self._tensor([tokens]), past_key_values=cache, use_cache=True, logits_to_keep=1
            )
        return output.logits[0, -1].float().cpu().numpy()

    def _stacked(self, slots: list[Slot]) -> _Stack:
        """The caches of some slots, padded on the left and stacked; the slots keep their own."""
        lengths = [len(slot.tokens) for slot in slots]
        width = max(lengths)
        layers: list[tuple[torch.Tensor, torch.Tensor]] = []
        for parts in zip(*(self._held[slot.sequence].layers for slot in slots), strict=True):
            keys = torch.cat([_padded(part.keys, width) for part in parts])
            values = torch.cat([_padded(part.values, width) for part in parts])
            layers.append((keys, values))
        mask = self._tensor([[0] * (width - length) + [1] * length for length in lengths])
        return _Stack(slots=slots, cache=DynamicCache(layers), mask=mask, lengths=lengths)

    def _extend_stack(self, stack: _Stack, growths: Sequence[tuple[Slot, list[int]]]) -> list[Rows]:
        """One step of a batch; rows that are done are fed padding that nothing looks at."""
        growing = {slot.sequence: tokens for slot, tokens in growths}
        rows = [growing.get(slot.sequence, []) for slot in stack.slots]
        width = max(len(row) for row in rows)
        fed = self._tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
        stack.mask = torch.cat([stack.mask, fed], dim=1)
        places = [
            [min(length + i, length + max(len(row), 1) - 1) for i in range(width)]
            for row, length in zip(rows, stack.lengths, strict=True)
        ]
        with torch.inference_mode():
            logits = self._model(
                input_ids=self._tensor([[*row, *[0] * (width - len(row))] for row in rows]),
                position_ids=self._tensor(places),
                attention_mask=stack.mask,
                past_key_values=stack.cache,
                use_cache=True,
            ).logits
        stack.lengths = [length + len(row) for row, length in zip(rows, stack.lengths, strict=True)]
        number = {slot.sequence: i for i, slot in enumerate(stack.slots)}
        indices = [number[slot.sequence] for slot, _ in growths]
        return [logits[i, len(rows[i]) - 1].float().cpu().numpy() for i in indices]

    def _tensor(self, rows: Any) -> torch.Tensor:
        return torch.tensor(rows, dtype=torch.long, device=self._model.device)


def _padded(tensor: torch.Tensor, width: int) -> torch.Tensor:
    """Keys or values of shape (1, heads, tokens, d), with zeros on the left up to `width` tokens."""
    return torch.nn.functional.pad(tensor, (0, 0, width - tensor.shape[2], 0))


def _cut(cache: DynamicCache, length: int) -> None:
    """Forgets what follows the first `length` tokens."""
    surplus = cache.get_seq_length() - length
    if surplus > 0:
        cache.crop(-surplus)
