"""Checkpoints that a kill at any instant cannot spoil.

A checkpoint counts from the moment its seal lies in it; the seal is written last, to the disk, and holds where the
ledger stood. Older ones are dropped only after that.
"""

import hashlib
import os
import shutil
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import UserError
from trainer.ledger import Mark

_SEAL = "sealed.json"
_PREFIX = "checkpoint-"


class Seal(BaseModel):
    """What makes a checkpoint one to go on from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: int = Field(description="Steps done.")
    mark: Mark = Field(description="Where the ledger stood.")
    seconds: float = Field(default=0.0, description="Wall time of the run up to here.")


def seal(folder: Path, step: int, mark: Mark, seconds: float) -> None:
    """Completes the checkpoint of a step and drops all other ones.

    Raises:
        UserError: it cannot be written.
    """
    place = folder / f"{_PREFIX}{step}"
    try:
        for file in sorted(place.rglob("*")):
            if file.is_file():
                _flush(file)
        write_whole(place / _SEAL, Seal(step=step, mark=mark, seconds=seconds).model_dump_json())
        for other in folder.glob(f"{_PREFIX}*"):
            if other != place:
                shutil.rmtree(other)
    except OSError as error:
        raise UserError(f"{place} cannot be written ({error.strerror}): make room and run again.") from error


def latest(folder: Path) -> tuple[Path, Seal] | None:
    """The newest sealed checkpoint; unsealed remains of a kill are removed."""
    found: list[tuple[Path, Seal]] = []
    for place in sorted(folder.glob(f"{_PREFIX}*")):
        try:
            found.append((place, Seal.model_validate_json((place / _SEAL).read_text(encoding="utf-8"))))
        except (OSError, ValidationError):
            shutil.rmtree(place)
    return max(found, key=lambda pair: pair[1].step, default=None)


def write_whole(path: Path, text: str) -> None:
    """Writes a file all or nothing, and to the disk."""
    draft = path.with_name(path.name + ".partial")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)
    _flush(path.parent)


def replace_folder(draft: Path, target: Path) -> None:
    """Puts a finished folder in the place of an older one."""
    old = target.with_name(target.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    draft.rename(target)
    shutil.rmtree(old, ignore_errors=True)


def weights_fingerprint(folder: Path) -> str:
    """SHA-256 over the weight files of a folder, by name."""
    total = hashlib.sha256()
    for file in sorted(folder.glob("*.safetensors")):
        total.update(file.name.encode())
        with file.open("rb") as content:
            total.update(hashlib.file_digest(content, "sha256").digest())
    return total.hexdigest()


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
