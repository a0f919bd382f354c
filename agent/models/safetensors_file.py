"""Reading tensors out of a safetensors file with numpy alone.

The format is a JSON header and raw bytes: nothing in such a file can be executed. Bounds are checked, so that a
damaged or forged header is refused in one sentence.
"""

import json
import math
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from agent.errors import UserError

_HEADER_BYTES = 100_000_000
_FORMATS = {"F64": np.float64, "F32": np.float32, "F16": np.float16, "BF16": np.uint16}


class SafetensorsFile:
    """The tensors of one file; only the header is read before a tensor is asked for."""

    def __init__(self, path: Path) -> None:
        """Reads the header.

        Raises:
            UserError: the file cannot be read or is no safetensors file.
        """
        self._path = path
        try:
            with path.open("rb") as file:
                (length,) = struct.unpack("<Q", file.read(8))
                if length > min(_HEADER_BYTES, path.stat().st_size):
                    raise ValueError("its header is longer than the file")
                header: Any = json.loads(file.read(length))
            self._start = 8 + length
            self.metadata: Mapping[str, str] = header.pop("__metadata__", {})
            self._places = {
                str(name): _place(about, path.stat().st_size - self._start) for name, about in header.items()
            }
        except OSError as error:
            raise UserError(f"{path} cannot be read ({error.strerror}): check the path.") from error
        except (struct.error, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise UserError(f"{path} is no sound safetensors file ({error}): export the weights again.") from None

    def formats(self) -> dict[str, str]:
        """Number format of each tensor, as the file names them."""
        return {name: kind for name, (kind, _, _, _) in self._places.items()}

    def tensors(self) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
        """Every tensor with its name, by name, in single precision.

        Raises:
            UserError: a tensor is not of floating-point numbers, or the file has changed meanwhile.
        """
        for name in sorted(self._places):
            kind, shape, begin, end = self._places[name]
            if kind not in _FORMATS:
                raise UserError(f"{self._path} holds numbers of the kind {kind} ({name}): export it in F32 or BF16.")
            with self._path.open("rb") as file:
                file.seek(self._start + begin)
                content = file.read(end - begin)
            raw = np.frombuffer(content, dtype=_FORMATS[kind])
            if kind == "BF16":
                raw = (raw.astype(np.uint32) << 16).view(np.float32)
            yield name, raw.astype(np.float32).reshape(shape)


def _place(about: Any, size: int) -> tuple[str, tuple[int, ...], int, int]:
    """Kind, shape and bytes of one tensor."""
    kind, shape = str(about["dtype"]), tuple(int(n) for n in about["shape"])
    begin, end = (int(n) for n in about["data_offsets"])
    if not 0 <= begin <= end <= size or any(n < 0 for n in shape):
        raise ValueError("a tensor lies outside the file")
    if kind in _FORMATS and math.prod(shape) * np.dtype(_FORMATS[kind]).itemsize != end - begin:
        raise ValueError("a tensor has another size than its shape")
    return kind, shape, begin, end
