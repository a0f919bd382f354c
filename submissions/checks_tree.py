"""The files of a bundle as they lie on the disk, and whether they are those that the manifest names.

Nothing is followed, opened for writing, imported or run. Links, devices and names that leave the bundle are reported,
never used.
"""

import codecs
import hashlib
import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from submissions.manifest import MANIFEST, Manifest, inner_path

MOST_FILES = 20_000
MOST_DEPTH = 24
_CHUNK = 1 << 20

Told = Callable[[str], None]
"""Told what is being looked at, for a display."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One regular file.

    Attributes:
        size: bytes.
        executable: whether its owner may run it.
    """

    size: int
    executable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """What lies in a bundle.

    Attributes:
        root: its folder.
        files: the regular files by their paths in POSIX form.
        findings: what has no place in a bundle: links, devices, odd names, too much of it.
    """

    root: Path
    files: Mapping[str, Entry]
    findings: tuple[str, ...]

    def read(self, path: str, most: int = -1) -> bytes:
        """The first `most` bytes of a file, or all of it."""
        with open_plain(self.root / path) as file:
            return file.read(most)


def open_plain(path: Path) -> BufferedReader:
    """Opens a regular file for reading; a link in its place is refused by the system."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")


def walk(root: Path) -> Tree:
    """Everything below a folder."""
    files: dict[str, Entry] = {}
    findings: list[str] = []
    _walk(root, "", files, findings)
    folded: dict[str, str] = {}
    for path in sorted(files):
        other = folded.setdefault(path.casefold(), path)
        if other != path:
            findings.append(f"{other} and {path} differ only in upper and lower case")
    return Tree(root=root, files=files, findings=tuple(findings))


def compare(tree: Tree, manifest: Manifest, tell: Told = lambda text: None) -> list[str]:
    """What is missing, altered or not listed; a sentence each.

    Args:
        tree: what is there.
        manifest: what should be there.
        tell: told of every file before it is hashed.
    """
    findings: list[str] = []
    for file in manifest.files:
        entry = tree.files.get(file.path)
        if entry is None:
            findings.append(f"{file.path} is missing")
        elif entry.size != file.size:
            findings.append(f"{file.path} was altered: it has {entry.size} bytes instead of {file.size}")
        elif entry.executable != file.executable:
            findings.append(f"{file.path} {'may' if entry.executable else 'may not'} be run, unlike the manifest says")
        else:
            tell(file.path)
            if digest(tree.root / file.path) != file.sha256:
                findings.append(f"{file.path} was altered: its SHA-256 is not the one in the manifest")
    listed = {file.path for file in manifest.files} | {MANIFEST}
    findings += [f"{path} is not listed in the manifest" for path in sorted(tree.files) if path not in listed]
    return findings


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with open_plain(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_text(path: Path) -> bool:
    """Whether a file is UTF-8 without a zero byte, to its end."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open_plain(path) as file:
        try:
            while chunk := file.read(_CHUNK):
                if b"\0" in chunk:
                    return False
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _walk(folder: Path, inside: str, files: dict[str, Entry], findings: list[str]) -> None:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    if not entries and inside:
        findings.append(f"{inside.rstrip('/')} is an empty folder")
    for entry in entries:
        path = f"{inside}{entry.name}"
        if len(files) >= MOST_FILES or path.count("/") > MOST_DEPTH:
            findings.append(f"{path}: more than {MOST_FILES} files, or folders more than {MOST_DEPTH} deep")
            return
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISLNK(status.st_mode):
            findings.append(f"{_shown(path)} is a link to {_shown(os.readlink(entry.path))}; links leave the bundle")
        elif not _named_well(path):
            findings.append(f"{_shown(path)} has a name that leaves the bundle or that not every system knows")
        elif stat.S_ISDIR(status.st_mode):
            _walk(Path(entry.path), f"{path}/", files, findings)
        elif stat.S_ISREG(status.st_mode):
            files[path] = Entry(size=status.st_size, executable=bool(status.st_mode & stat.S_IXUSR))
        else:
            findings.append(f"{path} is no regular file (a device, pipe or socket)")


def _named_well(path: str) -> bool:
    try:
        inner_path(path)
    except ValueError:
        return False
    return True


def _shown(path: str) -> str:
    return ascii(path)[1:-1][:200]
