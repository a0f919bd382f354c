"""Keeping a re-encoded copy of a small model's weights, because some encodings compute faster.

Four-bit weights are small but slow to read prompts with. Measured on the
embedded model (135M, one thread of a CPU with AVX512_BF16): BF16 reads 4.0
times as fast, writes 16 replies at once 2.4 times and a single one 0.8 times as
fast; Q8_0 reads 2.0 times, writes 1.5 and 0.95 times. Nothing is lost: both hold
what the four bits say. The copy is made once, in about a second.
"""

import ctypes
import hashlib
import os
import tempfile
from pathlib import Path
from typing import Literal

import llama_cpp

from agent.cache_folder import cache_folder
from agent.errors import UserError
from agent.models.llama_context import quiet

Encoding = Literal["bf16", "q8_0", "auto"]
"""`auto`: BF16 for files of at most 200 MB on a CPU that computes with it, else the file as it is."""

_FILE_TYPES = {"bf16": 32, "q8_0": 7}  # llama.cpp's numbers
_AUTO_BYTES = 200_000_000


def reencoded(path: Path, encoding: Encoding, folder: Path | None = None) -> Path:
    """The copy of a GGUF in another encoding, made now or earlier.

    With `auto`, a copy that is not worth making or cannot be made is not missed: the file itself is returned.

    Args:
        path: the GGUF; it must be loadable.
        encoding: what to encode its weights as.
        folder: where copies are kept; in the user's cache by default.

    Raises:
        UserError: the copy cannot be made.
    """
    if encoding != "auto":
        return _copy(path, encoding, folder or cache_folder("weights"))
    if path.stat().st_size > _AUTO_BYTES or b"AVX512_BF16 = 1" not in llama_cpp.llama_print_system_info():
        return path
    try:
        return _copy(path, "bf16", folder or cache_folder("weights"))
    except UserError:
        return path


def _copy(path: Path, encoding: Literal["bf16", "q8_0"], folder: Path) -> Path:
    target = folder / f"{path.stem}-{encoding}-{_fingerprint(path)}.gguf"
    if target.is_file():
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            draft = Path(scratch) / "weights.gguf"
            _quantize(path, draft, _FILE_TYPES[encoding])
            draft.replace(target)  # all or nothing, also when two processes make the same copy
    except OSError as error:
        raise UserError(
            f"{path} cannot be re-encoded into {folder} ({error}): make room or leave it as it is."
        ) from error
    return target


def _fingerprint(path: Path) -> str:
    """What tells weights apart: all of the file (a tenth of a second); equal files, wherever they lie, share a copy."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(llama_cpp.__version__.encode())
    return digest.hexdigest()[:16]


def _quantize(source: Path, target: Path, file_type: int) -> None:
    params = llama_cpp.llama_model_quantize_default_params()
    params.ftype = file_type
    params.allow_requantize = True
    params.nthread = 1
    with quiet():
        code = llama_cpp.llama_model_quantize(os.fsencode(source), os.fsencode(target), ctypes.pointer(params))
    if code != 0 or not target.is_file():
        raise OSError(f"llama.cpp gave code {code}")
