"""Where the weights of a bundle are on this machine, and their hashes before and after."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from submissions.checks_models import allowed_in_package, weights_in
from submissions.checks_papers import normalised
from submissions.checks_tree import Told, digest
from submissions.manifest import File, InBundle, InPackage, Manifest
from submissions.sandbox_venv import Environment, hub_cache


def outside(manifest: Manifest, environment: Environment) -> dict[str, Path]:
    """The files of weights that lie outside the bundle, by the names the manifest gives them."""
    source = manifest.model.source
    if isinstance(source, InBundle):
        return {}
    if isinstance(source, InPackage):
        package = environment.packages.get(normalised(source.name))
        found = {} if package is None else {f.path: Path(str(package.locate_file(f.path))) for f in source.files}
        return {f"{source.name}: {path}": place.resolve() for path, place in found.items()}
    snapshot = hub_cache() / f"models--{source.repository.replace('/', '--')}" / "snapshots" / source.revision
    return {f"{source.repository}: {file.path}": (snapshot / file.path).resolve() for file in source.files}


def pinned(manifest: Manifest) -> dict[str, str]:
    """The hashes that the manifest pins for those files, by the same names."""
    source = manifest.model.source
    if isinstance(source, InBundle):
        return {}
    owner = source.name if isinstance(source, InPackage) else source.repository
    files: Iterable[File] = source.files
    return {f"{owner}: {file.path}": file.sha256 for file in files}


def hashes(root: Path, manifest: Manifest, elsewhere: Mapping[str, Path], tell: Told) -> dict[str, str]:
    """SHA-256 of every file of weights, those of the bundle and those elsewhere; "" for one that is not there."""
    places = {file.path: root / file.path for file in manifest.of_role("weights", "adapter")} | dict(elsewhere)
    found: dict[str, str] = {}
    for name, place in places.items():
        tell(name)
        try:
            found[name] = digest(place)
        except OSError:
            found[name] = ""
    return found


def unlike(found: Mapping[str, str], wanted: Mapping[str, str]) -> list[str]:
    """Files that are missing or are not the pinned ones; a sentence each."""
    return [
        f"{name} is not on this machine" if not found.get(name) else f"{name} is not the file that the manifest pins"
        for name, sha256 in wanted.items()
        if found.get(name) != sha256
    ]


def strangers(manifest: Manifest, environment: Environment) -> list[str]:
    """Locked packages that bring weights of their own; a sentence each."""
    return [
        f"the locked package {name} brings weights of its own: {path}"
        for name, package in sorted(environment.packages.items())
        for path in weights_in(package)
        if path not in allowed_in_package(manifest, name)
    ]
