"""Putting Ludens into a clemcore workspace: the backend file and the registry entries.

Writes two files and nothing else; entries of other models are kept as they are.
"""

import json
from pathlib import Path
from typing import Any

from agent.config import PROFILES
from agent.errors import UserError

BACKEND_FILE = "ludens_api.py"
REGISTRY_FILE = "model_registry.json"

_BACKEND = '''"""Written by `ludens harness init`: makes Ludens known to clemcore in this directory."""

from agent.adapters.clem import Ludens

__all__ = ["Ludens"]
'''


def init(directory: Path, model: str = "embedded") -> list[Path]:
    """Makes `clem run -m ludens`, `-m ludens-strict` and `-m ludens-bare` work in a directory.

    Args:
        directory: the workspace, such as a clembench checkout; must exist.
        model: which language model the entries play with.

    Returns:
        The files written.

    Raises:
        UserError: the directory is missing, or its registry is not a JSON list.
    """
    if not directory.is_dir():
        raise UserError(f"There is no directory '{directory}'; create it or name your clembench checkout.")
    registry = directory / REGISTRY_FILE
    new = [
        _entry("ludens", {"model": model, "bare": False}),
        _entry("ludens-strict", {"model": model, "bare": False, "agent": {"embedder": PROFILES["strict"]}}),
        _entry("ludens-bare", {"model": model, "bare": True}),
    ]
    ours = {entry["model_name"] for entry in new}
    entries = [entry for entry in _read(registry) if entry.get("model_name") not in ours]
    backend = directory / BACKEND_FILE
    try:
        backend.write_text(_BACKEND, encoding="utf-8")
        _replace(registry, json.dumps([*new, *entries], indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise UserError(f"Cannot write to '{directory}' ({error.strerror}); check its permissions and space.") from None
    return [backend, registry]


def _entry(name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {"model_name": name, "backend": "ludens", "model_config": config}


def _read(registry: Path) -> list[dict[str, Any]]:
    if not registry.exists():
        return []
    try:
        entries = json.loads(registry.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise UserError(f"'{registry}' is not readable as JSON ({error}); repair or remove it first.") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise UserError(f"'{registry}' is not a list of model entries; repair or remove it first.")
    return entries


def _replace(path: Path, text: str) -> None:
    """Writes the whole file or leaves the old one."""
    fresh = path.with_suffix(".json.new")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
