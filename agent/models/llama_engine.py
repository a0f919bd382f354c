"""Reading prompts and going on from them, over one llama.cpp context.

Joins the context's arrays with the bookkeeping of cached beginnings. Knows token
ids only: no chats, grammars or texts.
"""

import time
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from agent.errors import ModelError
from agent.models.candidate_trie import Trie
from agent.models.engine import SCORED, Reading, Rows
from agent.models.llama_context import MAX_OUTPUTS, MAX_SEQUENCES, CacheFull, Feed, LlamaContext
from agent.models.prefix_cache import PrefixCache, Slot

Compute = Callable[[Sequence[Feed]], Rows]

_CHUNK = 128  # tokens computed between two looks at the clock, when there is a deadline


class LlamaEngine:
    """Cached sequences that can be read into, extended and branched."""

    def __init__(self, context: LlamaContext, *, sequences: int) -> None:
        self._context = context
        self._cache = PrefixCache(min(sequences, MAX_SEQUENCES // 2))
        self.sequences = len(self._cache.slots)
        self._scratch = range(self.sequences, MAX_SEQUENCES)
        self.branches = len(self._scratch)

    @property
    def cells(self) -> int:
        """Tokens that all sequences hold together."""
        return self._context.cells

    def read(self, tokens: Sequence[int], *, prompt: int, deadline: float | None = None) -> Reading:
        """Reads tokens into a slot, beginning where an earlier request left off.

        Args:
            tokens: the prompt and what is settled of the reply.
            prompt: how many of them are the prompt.
            deadline: time on the monotonic clock at which to give up.
        """
        lease = self._cache.acquire(tokens, prompt=prompt)
        slot = lease.slot
        try:
            cached = self._prepare(slot, lease.source, lease.shared)
            logits: Rows | None = None
            chunk = self._context.batch if deadline is None else _CHUNK
            for start in range(cached, len(tokens), chunk):
                if deadline is not None and time.monotonic() >= deadline:
                    return Reading(slot=slot, cached=cached, logits=None)
                part = tokens[start : start + chunk]
                last = start + len(part) == len(tokens)
                rows = self._decode(_chain(part, start, slot.sequence, output=last))
                slot.tokens += part
                logits = rows[0] if last else None
        except BaseException:
            self.release(slot, whole=False)
            raise
        return Reading(slot=slot, cached=cached, logits=logits)

    def extend(self, growths: Sequence[tuple[Slot, list[int]]]) -> list[Rows]:
        """Appends tokens to several slots at once; the row after each one's last token."""
        feeds: list[Feed] = []
        for slot, tokens in growths:
            feeds += _chain(tokens, len(slot.tokens), slot.sequence, output=True)
        rows = self._decode_all(feeds, MAX_OUTPUTS)
        for slot, tokens in growths:
            slot.tokens += tokens
        return list(rows)

    def follow(self, slot: Slot, trie: Trie) -> Rows:
        """The row after each node of a trie that hangs below a slot; the slot stays as it is."""
        used = self._scratch[: trie.branches]
        start = len(slot.tokens)
        try:
            for sequence in used:
                self._context.copy(slot.sequence, sequence, start)
            feeds = [
                Feed(
                    token=node.token,
                    position=start + node.depth,
                    sequences=[used[branch] for branch in node.branches],
                    output=True,
                )
                for node in trie.nodes
            ]
            return self._decode_all(feeds, SCORED)
        finally:
            self._wipe(used)

    def release(self, slot: Slot, *, whole: bool = True) -> None:
        """Gives a slot back; one that is not whole is emptied first."""
        if not whole:
            slot.tokens, slot.prompt = [], 0
            self._wipe([slot.sequence])
        self._cache.release(slot)

    def close(self) -> None:
        """Frees the context."""
        self._context.close()

    def _prepare(self, slot: Slot, source: Slot | None, shared: int) -> int:
        """Makes the slot's sequence hold the shared beginning; returns how long it is."""
        if shared and not self._context.cuttable:
            shared = 0
            slot.tokens = []
        if source is not None or not shared:
            self._wipe([slot.sequence])
        if source is not None and shared:
            self._context.copy(source.sequence, slot.sequence, shared)
        elif shared:
            self._context.cut(slot.sequence, shared)
        return shared

    def _wipe(self, sequences: Iterable[int]) -> None:
        for sequence in sequences:
            self._context.cut(sequence, 0)

    def _decode_all(self, feeds: Sequence[Feed], max_outputs: int) -> Rows:
        """Computes feeds in as many batches as they need."""
        parts: list[Rows] = []
        batch: list[Feed] = []
        outputs = 0
        for feed in feeds:
            if len(batch) == self._context.batch or outputs + feed.output > max_outputs:
                parts.append(self._decode(batch))
                batch, outputs = [], 0
            batch.append(feed)
            outputs += feed.output
        if batch:
            parts.append(self._decode(batch))
        return np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)

    def _decode(self, feeds: Sequence[Feed]) -> Rows:
        return self._retrying(self._context.decode, feeds)

    def _retrying(self, compute: Compute, feeds: Sequence[Feed]) -> Rows:
        """Computes a batch, giving up cached beginnings where room is short."""
        while True:
            try:
                return compute(feeds)
            except CacheFull:
                slot = self._cache.evict()
                if slot is None:
                    raise ModelError("the key-value cache is too small for these requests") from None
                self._wipe([slot.sequence])


def _chain(tokens: Sequence[int], start: int, sequence: int, *, output: bool) -> list[Feed]:
    """Consecutive tokens of one sequence, the last of them with logits where wanted."""
    last = len(tokens) - 1
    return [
        Feed(token=token, position=start + i, sequences=(sequence,), output=output and i == last)
        for i, token in enumerate(tokens)
    ]
