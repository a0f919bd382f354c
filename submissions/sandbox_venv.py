"""A fresh environment for a bundle: a new virtual environment that shows its locked packages and nothing else.

Two ways, neither of which needs a network:

- *linked*: the packages of the running interpreter that the lock pins, version by version, are linked into the new
  environment; no other package can be imported there, so a lock that leaves something out is found. Their files are
  those of this machine's installation, which is trusted. No `.pth` file is taken over.
- *installed*: with a folder of wheels, pip installs the pinned versions from there and from nowhere else. Nothing of
  this machine's installation but Python itself is used.
"""

import os
import subprocess
import sys
import venv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

from submissions.checks_papers import normalised

_INSTALL_S = 1800
_TOOLS = frozenset({"pip", "setuptools", "wheel"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A fresh environment.

    Attributes:
        python: its interpreter.
        packages: the distributions in it by normalised name; empty when it could not be made.
        detail: how it was made.
        findings: what the lock pins and this machine cannot give.
    """

    python: Path
    packages: Mapping[str, Distribution]
    detail: str
    findings: tuple[str, ...] = ()


def linked(folder: Path, pins: Mapping[str, str]) -> Environment:
    """An environment of this interpreter's packages, those that are pinned and no others.

    Args:
        folder: where to make it; must not exist.
        pins: versions by normalised name.
    """
    python, site = _bare(folder)
    installed = _installed()
    findings = filter(None, (_unlike(installed.get(name), name, version) for name, version in sorted(pins.items())))
    chosen = {name: installed[name] for name in pins if name in installed}
    owners: dict[str, set[str]] = defaultdict(set)
    for name, distribution in installed.items():
        for top in {path.parts[0] for path in _own_files(distribution)}:
            owners[top].add(name)
    for distribution in chosen.values():
        _link(distribution, site, shared=frozenset(top for top, names in owners.items() if len(names) > 1))
    detail = f"{len(chosen)} locked packages of this interpreter, linked; no other package is visible"
    return Environment(python=python, packages=chosen, detail=detail, findings=tuple(findings))


def installed_from(folder: Path, locks: list[Path], wheels: Path) -> Environment:
    """An environment installed from a folder of wheels.

    Args:
        folder: where to make it; must not exist.
        locks: the lock files.
        wheels: the folder that holds a wheel of every pinned package.
    """
    python, site = _bare(folder, with_pip=True)
    command = [str(python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command += ["--no-index", "--find-links", str(wheels), "--only-binary=:all:", "--no-deps"]
    for lock in locks:
        command += ["--requirement", str(lock)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_S, env=_clean(), check=False)
    if done.returncode != 0:
        said = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "no reason given")
        fault = f"pip cannot install the lock from {wheels}: {said.removeprefix('ERROR: ')}"
        return Environment(python=python, packages={}, detail="", findings=(fault,))
    found = {normalised(item.name): item for item in distributions(path=[str(site)])}
    packages = {name: item for name, item in found.items() if name not in _TOOLS}
    detail = f"{len(packages)} packages installed from {wheels.name}, none of this machine's own"
    return Environment(python=python, packages=packages, detail=detail)


def hub_cache() -> Path:
    """Where this machine keeps what it has from the model hub."""
    home = Path(os.environ.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub")


def _bare(folder: Path, *, with_pip: bool = False) -> tuple[Path, Path]:
    """An empty environment: its interpreter and its site-packages."""
    venv.EnvBuilder(system_site_packages=False, symlinks=os.name != "nt", with_pip=with_pip).create(folder)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return folder / "bin" / "python", folder / "lib" / version / "site-packages"


def _installed() -> dict[str, Distribution]:
    """This interpreter's packages; of two of one name the one that would be imported."""
    found: dict[str, Distribution] = {}
    for distribution in distributions():
        found.setdefault(normalised(distribution.name), distribution)
    return found


def _unlike(distribution: Distribution | None, name: str, version: str) -> str:
    if distribution is None:
        return f"the lock pins {name}=={version}, which is not installed here; install it or give a folder of wheels"
    if distribution.version.partition("+")[0] != version.partition("+")[0]:
        return f"the lock pins {name}=={version}, but {distribution.version} is installed here"
    return "" if distribution.files is not None else f"{name} does not say which files are its own"


def _own_files(distribution: Distribution) -> Iterator[PurePosixPath]:
    """A package's files below site-packages, but for those that run at every start of Python."""
    for file in distribution.files or ():
        if file.parts and file.parts[0] != ".." and file.suffix not in (".pth", ".pyc") and not file.is_absolute():
            yield file


def _link(distribution: Distribution, site: Path, shared: frozenset[str]) -> None:
    """Links a package: whole folders where it alone owns them, file by file where several packages share one."""
    done: set[str] = set()
    for file in _own_files(distribution):
        top = file.parts[0]
        place = PurePosixPath(top) if top not in shared else file
        if str(place) in done:
            continue
        done.add(str(place))
        source, target = Path(str(distribution.locate_file(str(place)))), site / place
        if source.exists() and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source.resolve())


def _clean() -> dict[str, str]:
    """The environment without what would make pip look elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
