"""The input embeddings inside a GGUF: one vector per token, read from the file row by row.

llama.cpp hands out no weights, so the file's own index is read here (layout: the GGUF
specification of the ggml project, version 2 and 3). Values are skipped, not kept: a
vocabulary of 150,000 entries costs a fraction of a second and no memory.
"""

import mmap
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType, dequantize

from agent.errors import UserError

NAME = b"token_embd.weight"

_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
"""Bytes of the fixed-size kinds of metadata values, by the specification's numbers."""
_STRING, _ARRAY = 8, 9
_DEFAULT_ALIGNMENT = 32
_ALIGNMENT_KEY = b"general.alignment"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the table lies.

    Attributes:
        start: its first byte in the file.
        tokens: rows.
        width: values in a row.
        kind: how they are encoded.
    """

    start: int
    tokens: int
    width: int
    kind: GGMLQuantizationType


class GgufTable:
    """A model's input embeddings; nothing is read before it is needed."""

    def __init__(self, path: Path) -> None:
        """Reads from a GGUF that llama.cpp has loaded before."""
        self._path = path

    @cached_property
    def _file(self) -> mmap.mmap:
        with self._path.open("rb") as file:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    @cached_property
    def _found(self) -> _Place:
        try:
            return _find(self._file)
        except (struct.error, KeyError, ValueError) as error:
            raise UserError(
                f"{self._path} holds no table of token embeddings that can be read ({error}): choose another model, "
                "or play with the sentence encoder."
            ) from error

    def rows(self, tokens: Sequence[int]) -> npt.NDArray[np.float32]:
        """The vectors of some tokens, shape (len(tokens), d).

        Raises:
            UserError: the file has no such table.
        """
        place = self._found
        block, size = GGML_QUANT_SIZES[place.kind]
        row_bytes = place.width // block * size
        whole = np.frombuffer(self._file, dtype=np.uint8, count=place.tokens * row_bytes, offset=place.start)
        raw = whole.reshape(place.tokens, row_bytes)[np.asarray(tokens, dtype=np.int64)]
        if place.kind in (GGMLQuantizationType.F32, GGMLQuantizationType.F16):
            return raw.view(np.float32 if place.kind is GGMLQuantizationType.F32 else np.float16).astype(np.float32)
        return dequantize(raw, place.kind).reshape(len(tokens), place.width)


class _Cursor:
    """A position in the file."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data = data
        self.at = 4  # behind the magic

    def number(self, code: str) -> int:
        (value,) = struct.unpack_from(f"<{code}", self.data, self.at)
        self.at += struct.calcsize(code)
        return value

    def string(self) -> bytes:
        length = self.number("Q")
        self.at += length
        return self.data[self.at - length : self.at]

    def skip(self, kind: int) -> None:
        """Passes over one metadata value."""
        if kind == _STRING:
            self.string()
        elif kind == _ARRAY:
            inner, count = self.number("I"), self.number("Q")
            if inner in _SIZES:
                self.at += _SIZES[inner] * count
            else:
                for _ in range(count):
                    self.skip(inner)
        else:
            self.at += _SIZES[kind]


def _find(data: mmap.mmap) -> _Place:
    """Looks the table up in the file's index."""
    cursor = _Cursor(data)
    if cursor.number("I") < 2:
        raise ValueError("its version is too old")
    tensors, values = cursor.number("Q"), cursor.number("Q")
    alignment = _DEFAULT_ALIGNMENT
    for _ in range(values):
        key, kind = cursor.string(), cursor.number("I")
        if key == _ALIGNMENT_KEY:
            alignment = cursor.number("I")
        else:
            cursor.skip(kind)
    found: tuple[int, int, int, int] | None = None
    for _ in range(tensors):
        name = cursor.string()
        shape = [cursor.number("Q") for _ in range(cursor.number("I"))]
        kind, offset = cursor.number("I"), cursor.number("Q")
        if name == NAME and len(shape) == 2:
            found = (shape[0], shape[1], kind, offset)
    if found is None:
        raise ValueError("no tensor of that name")
    width, tokens, kind, offset = found
    start = -(-cursor.at // alignment) * alignment + offset
    return _Place(start=start, tokens=tokens, width=width, kind=GGMLQuantizationType(kind))
