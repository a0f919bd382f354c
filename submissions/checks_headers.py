"""Headers of weights: what a GGUF or safetensors file says of itself, read with care.

Both formats are plain tables of numbers that run nothing. Their headers are checked as far as a loader relies on
them: every length within bounds, every tensor inside the file, none over another one. No weights are loaded.

GGUF: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md; safetensors: https://github.com/huggingface/safetensors.
"""

import json
import mmap
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Literal

from gguf.constants import GGML_QUANT_SIZES, GGMLQuantizationType

GGUF_MAGIC = b"GGUF"
_MOST_HEADER = 100 << 20
_MOST_ENTRIES = 1 << 16
_MOST_ITEMS = 1 << 24
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32,
    "U32": 32, "F32": 32, "F64": 64, "I64": 64, "U64": 64,
}  # fmt: skip


class HeaderRefused(Exception):
    """A header does not hold together; the message is half a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file of weights says of itself.

    Attributes:
        kind: its format.
        architecture: what kind of network (GGUF only; "" where the file does not say).
        adapter: whether it is an adapter and no whole model.
        tensors: names of its tensors.
    """

    kind: Literal["gguf", "safetensors"]
    architecture: str = ""
    adapter: bool = False
    tensors: frozenset[str] = frozenset()


def looks_like(head: bytes) -> Literal["gguf", "safetensors", ""]:
    """The format that a file's first bytes speak of."""
    if head.startswith(GGUF_MAGIC):
        return "gguf"
    if len(head) > 8 and head[8:9] == b"{" and int.from_bytes(head[:8], "little") <= _MOST_HEADER:
        return "safetensors"
    return ""


def read_header(path: Path, kind: Literal["gguf", "safetensors"]) -> Header:
    """Reads and checks a header.

    Raises:
        HeaderRefused: it does not hold together.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        try:
            return _gguf(content) if kind == "gguf" else _safetensors(content)
        except (struct.error, UnicodeDecodeError, OverflowError) as error:
            raise HeaderRefused(f"its header ends too early or holds no text ({error})") from None


def _safetensors(content: mmap.mmap) -> Header:
    size = int.from_bytes(content[:8], "little")
    if not 2 <= size <= min(_MOST_HEADER, len(content) - 8):
        raise HeaderRefused(f"its header claims {size} bytes")
    try:
        table = json.loads(content[8 : 8 + size].decode("utf-8"))
    except (ValueError, RecursionError):
        raise HeaderRefused("its header is no JSON") from None
    if not isinstance(table, dict):
        raise HeaderRefused("its header is no table")
    about = table.pop("__metadata__", {})
    if not isinstance(about, dict) or not all(isinstance(value, str) for value in about.values()):
        raise HeaderRefused("its metadata is no table of texts")
    _without_gaps([_extent(name, tensor) for name, tensor in table.items()], len(content) - 8 - size)
    return Header(kind="safetensors", adapter=_is_adapter(list(table)), tensors=frozenset(table))


def _extent(name: str, tensor: object) -> tuple[int, int]:
    match tensor:
        case {"dtype": str(number), "shape": list(shape), "data_offsets": [int(start), int(end)]}:
            bits = _BITS.get(number, 0)
            if not all(isinstance(side, int) and side >= 0 for side in shape):
                raise HeaderRefused(f"tensor {name!r} has no sound shape")
            if bits and prod(shape) * bits != 8 * (end - start):
                raise HeaderRefused(f"tensor {name!r} has another size than its shape says")
            return start, end
        case _:
            raise HeaderRefused(f"tensor {name!r} is not described")


def _without_gaps(extents: Sequence[tuple[int, int]], size: int) -> None:
    at = 0
    for start, end in sorted(extents):
        if start != at or end < start:
            raise HeaderRefused("its tensors overlap or leave gaps")
        at = end
    if at != size:
        raise HeaderRefused("its tensors do not fill the file")


def _is_adapter(names: Sequence[str]) -> bool:
    return bool(names) and all("lora_" in name for name in names)


def _gguf(content: mmap.mmap) -> Header:
    reader = _Reader(content, at=4)
    version = reader.number("<I")
    if version not in (2, 3):
        raise HeaderRefused(f"it is GGUF version {version}, of which nothing is known")
    tensors, entries = reader.count("<Q", _MOST_ENTRIES, "tensors"), reader.count("<Q", _MOST_ENTRIES, "entries")
    about: dict[str, object] = {}
    for _ in range(entries):
        name = reader.text()
        about[name] = reader.value(reader.number("<I"))
    names, extents = set[str](), list[tuple[int, int]]()
    for _ in range(tensors):
        name, extent = reader.tensor()
        names.add(name)
        extents.append(extent)
    alignment = about.get("general.alignment", 32)
    if not isinstance(alignment, int) or not 1 <= alignment <= 1 << 16:
        raise HeaderRefused("its alignment is impossible")
    begin = -(-reader.at // alignment) * alignment
    _inside(extents, len(content) - begin)
    return Header(
        kind="gguf",
        architecture=str(about.get("general.architecture", "")),
        adapter=about.get("general.type") == "adapter",
        tensors=frozenset(names),
    )


def _inside(extents: Sequence[tuple[int, int]], size: int) -> None:
    at = 0
    for start, end in sorted(extents):
        if start < at:
            raise HeaderRefused("its tensors overlap")
        at = end
    if at > size:
        raise HeaderRefused("a tensor lies outside the file")


@dataclass(slots=True)
class _Reader:
    """A place in a GGUF's header."""

    content: mmap.mmap
    at: int

    def number(self, form: str) -> int:
        (value,) = struct.unpack_from(form, self.content, self.at)
        self.at += struct.calcsize(form)
        return value

    def count(self, form: str, most: int, what: str) -> int:
        number = self.number(form)
        if number > most:
            raise HeaderRefused(f"its header claims {number} {what}")
        return number

    def text(self) -> str:
        size = self.count("<Q", _MOST_HEADER, "bytes of text")
        if self.at + size > len(self.content):
            raise HeaderRefused("its header ends within a text")
        found = self.content[self.at : self.at + size]
        self.at += size
        return found.decode("utf-8", "replace")

    def value(self, kind: int, *, nested: bool = False) -> object:
        if kind in _SCALARS:
            return self.number(_SCALARS[kind])
        if kind == _STRING:
            return self.text()
        if kind != _ARRAY or nested:
            raise HeaderRefused(f"its header holds a value of the unknown kind {kind}")
        kind = self.number("<I")
        size = self.count("<Q", _MOST_ITEMS, "values")
        if kind in _SCALARS:
            self.at += size * struct.calcsize(_SCALARS[kind])
            if self.at > len(self.content):
                raise HeaderRefused("its header ends within a list")
            return size
        for _ in range(size):
            self.value(kind, nested=True)
        return size

    def tensor(self) -> tuple[str, tuple[int, int]]:
        """Name, and first and last byte counted from the start of the data."""
        name = self.text()
        sides = [self.number("<Q") for _ in range(self.count("<I", 8, "sides of a tensor"))]
        kind, start = self.number("<I"), self.number("<Q")
        try:
            block, size = _QUANTS[kind]
        except KeyError:
            raise HeaderRefused(f"tensor {name!r} is of the unknown kind {kind}") from None
        return name, (start, start + prod(sides) // block * size)


_QUANTS: Mapping[int, tuple[int, int]] = {
    int(kind): GGML_QUANT_SIZES[kind] for kind in GGMLQuantizationType if kind in GGML_QUANT_SIZES
}
