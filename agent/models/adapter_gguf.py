"""Adapters in peft's form, kept as llama.cpp reads them: made once and found again by their content."""

import hashlib
import tempfile
from pathlib import Path

from agent.cache_folder import cache_folder
from agent.errors import UserError
from agent.models.lora_gguf import ADAPTER_CONFIG, ADAPTER_WEIGHTS, write_lora_gguf

_MADE_BY = b"1"  # another number has all kept files made anew


def adapter_gguf(folder: Path, base: Path, kept: Path | None = None) -> Path:
    """The adapter of a folder as a GGUF, made now or earlier.

    Args:
        folder: holds adapter_config.json and adapter_model.safetensors.
        base: a GGUF of the weights that the adapter is for.
        kept: where such files are kept; in the user's cache by default.

    Raises:
        UserError: the adapter is damaged, of an unknown kind or for other weights, or the file cannot be kept.
    """
    place = kept or cache_folder("adapters")
    target = place / f"{folder.resolve().name}-{_fingerprint(folder, base)}.gguf"
    if target.is_file():
        return target
    try:
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place) as scratch:
            draft = Path(scratch) / "adapter.gguf"
            write_lora_gguf(folder, base, draft)
            draft.replace(target)  # all or nothing, also when two processes make the same file
    except OSError as error:
        raise UserError(f"{place} cannot be written ({error}): make room or set XDG_CACHE_HOME.") from error
    return target


def _fingerprint(folder: Path, base: Path) -> str:
    """What tells adapters apart: all of them; of the base only which file it is, as the factors are their own."""
    state = base.stat()
    digest = hashlib.sha256(_MADE_BY + f"{base.name}\0{state.st_size}".encode())
    for name in (ADAPTER_CONFIG, ADAPTER_WEIGHTS):
        try:
            digest.update((folder / name).read_bytes())
        except OSError as error:
            raise UserError(f"{folder / name} cannot be read ({error.strerror}): export the adapter again.") from error
    return digest.hexdigest()[:16]
