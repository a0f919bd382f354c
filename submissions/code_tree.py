"""Ludens's own files as they go into a bundle: the rooms, as an installation would lay them out.

They go in as plain files and not as a wheel, so that whoever judges a submission can read what will run, and every
file has a hash of its own. Metadata go beside them, so that a Python that has the folder on its path knows a
distribution of that version.
"""

import importlib.util
from collections.abc import Iterator
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

from agent.errors import UserError

ROOMS = ("agent", "constraints", "games", "ludens", "memory", "planner", "submissions", "trainer")
_DATA = ("*.py", "py.typed", "*.json", "*.txt", "*.md")
_DATA_IN = {"in": ("*.json",), "assets": ("*",), "data": ("*.txt",)}


def version() -> str:
    """Version of the Ludens that is running.

    Raises:
        UserError: it is not installed.
    """
    try:
        return metadata.version("ludens")
    except metadata.PackageNotFoundError:
        raise UserError("Ludens runs without being installed: pip install it, then build the submission.") from None


def files() -> Iterator[tuple[str, Path]]:
    """Every file of the rooms: where it goes, relative to a folder on the path, and where it is; in order."""
    for room in ROOMS:
        spec = importlib.util.find_spec(room)
        if spec is None or spec.origin is None:
            raise UserError(f"The package '{room}' is not installed: install Ludens anew.")
        root = Path(spec.origin).parent
        for package in _packages(root):
            for file in sorted(_files_of(package)):
                yield f"{room}/{file.relative_to(root).as_posix()}", file


def metadata_files() -> dict[str, str]:
    """What tells a Python with the folder on its path that Ludens is installed: path to text."""
    found = metadata.distribution("ludens")
    about = ["Metadata-Version: 2.4", "Name: ludens", f"Version: {found.version}", "License-Expression: Apache-2.0"]
    about += [
        f"Requires-Dist: {requirement}" for requirement in sorted(found.requires or []) if "extra ==" not in requirement
    ]
    folder = f"ludens-{found.version}.dist-info"
    return {f"{folder}/METADATA": "\n".join(about) + "\n", f"{folder}/top_level.txt": "\n".join(ROOMS) + "\n"}


def licence() -> str:
    """The text of Ludens's own licence."""
    for file in metadata.distribution("ludens").files or []:
        if file.name == "LICENSE":
            return Path(str(file.locate())).read_text(encoding="utf-8")
    raise UserError("The licence of Ludens is not installed with it: install Ludens anew.")


def _packages(root: Path) -> Iterator[Path]:
    yield root
    for folder in sorted(root.rglob("*")):
        if folder.is_dir() and (folder / "__init__.py").is_file():
            yield folder


def _files_of(package: Path) -> Iterator[Path]:
    for entry in package.iterdir():
        if entry.is_file() and any(fnmatch(entry.name, pattern) for pattern in _DATA):
            yield entry
        elif entry.is_dir() and entry.name in _DATA_IN and not (entry / "__init__.py").is_file():
            inner = (file for file in entry.iterdir() if file.is_file())
            yield from (file for file in inner if any(fnmatch(file.name, pattern) for pattern in _DATA_IN[entry.name]))
