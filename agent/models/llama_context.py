"""One llama.cpp context with several sequences, as arrays in and arrays out.

Knows the low-level library and nothing of chats, grammars or replies. Flash
attention is on: it skips what belongs to other sequences, so a full cache costs
a single chat little. Its price is that logits depend slightly (up to 0.5 with
four-bit weights) on how a prompt was cut into batches, hence on what was cached.
"""

import contextlib
import ctypes
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import llama_cpp
import numpy as np
import numpy.typing as npt
from llama_cpp import _internals

from agent.errors import ModelError

MAX_SEQUENCES = 128
"""Sequences in one context; llama.cpp allows 256 at most and no more than there are rows of logits."""

MAX_OUTPUTS = 128
"""Rows of logits that one batch may ask for; every one takes memory for the whole vocabulary."""

_NO_SLOT = 1  # what llama_decode answers when the cache is full
_LOGGER = logging.getLogger("llama-cpp-python")


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One token to compute.

    Attributes:
        token: the token.
        position: its place in its sequences.
        sequences: the sequences that it belongs to.
        output: true when its logits are wanted.
    """

    token: int
    position: int
    sequences: Sequence[int]
    output: bool = False


class CacheFull(Exception):
    """No room in the key-value cache for a batch; nothing was computed."""


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keeps llama.cpp's own messages off the terminal while one of its calls runs."""
    level = _LOGGER.level
    _LOGGER.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        _LOGGER.setLevel(level or logging.ERROR)  # as llama-cpp-python's own verbose=False leaves it


class LlamaContext:
    """A key-value cache and the means to fill it."""

    def __init__(self, model: _internals.LlamaModel, *, cells: int, threads: int, batch: int = 512) -> None:
        """Allocates the cache.

        Args:
            model: the loaded weights; they must outlive the context.
            cells: tokens that the cache holds, over all sequences.
            threads: CPU threads.
            batch: most tokens computed in one go.
        """
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = -(-cells // 256) * 256  # llama.cpp rounds up anyway
        params.n_batch = params.n_ubatch = batch
        params.n_seq_max = MAX_SEQUENCES
        params.n_outputs_max = MAX_OUTPUTS
        params.n_threads = params.n_threads_batch = threads
        params.kv_unified = True
        params.flash_attn_type = llama_cpp.LLAMA_FLASH_ATTN_TYPE_ENABLED
        self.cells: int = params.n_ctx
        self.batch = batch
        self._width = model.n_vocab()
        with quiet():
            try:
                self._context = _internals.LlamaContext(model=model, params=params, verbose=True)
            except ValueError as error:
                raise ModelError(f"llama.cpp cannot open a context of {cells} tokens: {error}") from error
        self._handle = self._context.ctx
        self._memory = cast("llama_cpp.llama_memory_t", self._context.memory)
        # Caches of recurrent layers can only be continued, not cut back.
        self.cuttable = not (
            llama_cpp.llama_model_is_recurrent(model.model) or llama_cpp.llama_model_is_hybrid(model.model)
        )
        self._arrays = _Arrays(batch)

    def adapt(self, adapter: llama_cpp.llama_adapter_lora_p) -> None:
        """Lays a low-rank adapter over the weights, for all that is computed from now on."""
        adapters = (llama_cpp.llama_adapter_lora_p_ctypes * 1)(adapter)
        with quiet():
            code = llama_cpp.llama_set_adapters_lora(self._handle, adapters, 1, (ctypes.c_float * 1)(1.0))
        if code != 0:
            raise ModelError(f"llama.cpp could not set an adapter (code {code})")

    def decode(self, feeds: Sequence[Feed]) -> npt.NDArray[np.float32]:
        """Computes a batch.

        Returns:
            The logits of the feeds with `output`, in order, as a copy of shape (outputs, vocabulary).

        Raises:
            CacheFull: there was no room; nothing changed.
        """
        outputs = self._run(feeds)
        rows = np.empty((len(outputs), self._width), dtype=np.float32)
        for row, index in enumerate(outputs):
            pointer = llama_cpp.llama_get_logits_ith(self._handle, index)
            rows[row] = np.ctypeslib.as_array(pointer, shape=(self._width,))
        return rows

    def copy(self, source: int, target: int, length: int) -> None:
        """Makes `target` begin with the first `length` tokens of `source`; shares the memory."""
        llama_cpp.llama_memory_seq_cp(self._memory, source, target, 0, length)

    def cut(self, sequence: int, length: int) -> None:
        """Forgets what follows the first `length` tokens of a sequence."""
        if not llama_cpp.llama_memory_seq_rm(self._memory, sequence, length, -1):
            raise ModelError("llama.cpp could not shorten a cached sequence")

    def close(self) -> None:
        """Frees the cache."""
        with quiet():
            self._context.close()

    def _run(self, feeds: Sequence[Feed]) -> list[int]:
        assert 0 < len(feeds) <= self.batch
        assert sum(feed.output for feed in feeds) <= MAX_OUTPUTS
        self._arrays.fill(feeds)
        with quiet():
            code = llama_cpp.llama_decode(self._handle, self._arrays.struct)
        if code == _NO_SLOT:
            raise CacheFull
        if code != 0:
            raise ModelError(f"llama.cpp failed to compute a batch (code {code})")
        return [i for i, feed in enumerate(feeds) if feed.output]


class _Arrays:
    """The memory behind one llama_batch."""

    def __init__(self, size: int) -> None:
        self._tokens = np.zeros(size, dtype=np.int32)
        self._positions = np.zeros(size, dtype=np.int32)
        self._counts = np.zeros(size, dtype=np.int32)
        self._sequences = np.zeros((size, MAX_SEQUENCES), dtype=np.int32)
        self._outputs = np.zeros(size, dtype=np.int8)
        rows = self._sequences.ctypes.data + np.arange(size) * self._sequences.strides[0]
        int32_p = ctypes.POINTER(ctypes.c_int32)
        self._pointers = (int32_p * size)(*[ctypes.cast(int(row), int32_p) for row in rows])
        self.struct = llama_cpp.llama_batch(
            n_tokens=0,
            token=self._tokens.ctypes.data_as(int32_p),
            embd=None,
            pos=self._positions.ctypes.data_as(int32_p),
            n_seq_id=self._counts.ctypes.data_as(int32_p),
            seq_id=self._pointers,
            logits=self._outputs.ctypes.data_as(ctypes.POINTER(ctypes.c_int8)),
        )

    def fill(self, feeds: Sequence[Feed]) -> None:
        n = len(feeds)
        self.struct.n_tokens = n
        self._tokens[:n] = [feed.token for feed in feeds]
        self._positions[:n] = [feed.position for feed in feeds]
        self._counts[:n] = [len(feed.sequences) for feed in feeds]
        self._outputs[:n] = [feed.output for feed in feeds]
        for i, feed in enumerate(feeds):
            self._sequences[i, : len(feed.sequences)] = feed.sequences
