"""What tells one language model's weights from another's: the SHA-256 of its files, where they are on this machine."""

import hashlib
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
    files = {name: _sha256(file) for path in _parts(spec) for name, file in _files(path).items()}
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
    return [path for path in paths if path.exists()]


def _files(path: Path) -> dict[str, Path]:
    if path.is_file():
        return {path.name: path}
    return {file.name: file for file in path.iterdir() if file.suffix in _WEIGHTS or file.name in _BESIDE}


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror}); check the path and its permissions.") from error
