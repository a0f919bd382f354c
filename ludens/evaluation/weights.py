"""What tells one language model's weights from another's: the SHA-256 of its files, where they are on this machine."""

import hashlib
import json
from pathlib import Path

from agent.models.locate import EMBEDDED, embedded_gguf
from games.errors import UserError
from ludens.evaluation.measured_record import MeasuredModel

_WEIGHTS = frozenset({".gguf", ".safetensors", ".bin", ".pt", ".pth"})
_BESIDE = frozenset({"config.json", "adapter_config.json"})
_PREFIXES = ("thinking:", "transformers:")
_REMOTE = ("http://", "https://")


def measured_model(spec: str) -> MeasuredModel:
    """The model of a specification, with fingerprints of its weights; without, where a server or hub holds them.

    Raises:
        UserError: a file of weights cannot be read, or the embedded model is not installed.
    """
    files: dict[str, str] = {}
    for file in [file for path in _parts(spec) for file in _files(path)]:
        name = file.name if file.name not in files else f"{file.parent.name}/{file.name}"
        files[name] = _sha256(file)
    if len(files) == 1:
        (whole,) = files.values()
    else:
        whole = hashlib.sha256("\n".join(f"{files[name]}  {name}" for name in sorted(files)).encode()).hexdigest()
    return MeasuredModel(spec=spec, files=files, sha256=whole if files else "")


def _parts(spec: str) -> list[Path]:
    """What a specification names on this machine: a file or folder, or a base and its adapter."""
    for prefix in _PREFIXES:
        spec = spec.removeprefix(prefix)
    if spec.startswith(_REMOTE):
        return []
    base, _, adapter = spec.partition("+")
    names = [base, adapter] if adapter and not Path(spec).expanduser().exists() else [spec]
    paths = [embedded_gguf() if name == EMBEDDED else Path(name).expanduser() for name in names]
    there = [path for path in paths if path.exists()]
    return [part for path in there for part in (path, *_base_of(path))]


def _base_of(path: Path) -> list[Path]:
    """The weights that an adapter's folder is laid over, as far as they are on this machine."""
    try:
        named = json.loads((path / "adapter_config.json").read_text(encoding="utf-8"))["base_model_name_or_path"]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # no adapter's folder, or one that names no base; opening the model says what is wrong with it
    if not isinstance(named, str) or Path(named).expanduser().resolve() == path.resolve():
        return []
    return _parts(named)


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    return sorted(file for file in path.iterdir() if file.suffix in _WEIGHTS or file.name in _BESIDE)


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror}); check the path and its permissions.") from error
