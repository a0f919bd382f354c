"""A bundle in the making: files go into a scratch folder, and take their place only when all of it is whole.

What is written hinges on the contents alone: rights, times and order are fixed, whatever the machine's are.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from agent.errors import UserError
from submissions.manifest import MANIFEST, BundleFile, FileRole, Manifest, inner_path

_EPOCH = 315_532_800  # 1 January 1980: the time of every file
_CHUNK = 1 << 20


class Draft:
    """The files written so far."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[str, BundleFile] = {}

    @property
    def files(self) -> tuple[BundleFile, ...]:
        """Every file, in the order of the manifest."""
        return tuple(self._files[path] for path in sorted(self._files))

    def write(self, path: str, content: bytes | str, role: FileRole, *, executable: bool = False) -> None:
        """Adds a file by its content; texts are written in UTF-8."""
        raw = content.encode("utf-8") if isinstance(content, str) else content
        place = self._place(path)
        place.write_bytes(raw)
        self._note(path, len(raw), hashlib.sha256(raw).hexdigest(), role, executable)

    def copy(self, source: Path, path: str, role: FileRole) -> BundleFile:
        """Adds a file by copying it.

        Raises:
            UserError: it cannot be read, is no plain file, or changed while it was copied.
        """
        place = self._place(path)
        digest = hashlib.sha256()
        try:
            if not source.is_file():
                raise UserError(f"There is no file {source}: correct the configuration or restore it.")
            before = source.stat()
            with source.open("rb") as content, place.open("wb") as copy:
                while chunk := content.read(_CHUNK):
                    digest.update(chunk)
                    copy.write(chunk)
            after = source.stat()
        except OSError as error:
            raise UserError(f"{source} cannot be copied ({error.strerror}): check its rights and make room.") from error
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise UserError(f"{source} changed while it was copied: stop what writes it and build again.")
        return self._note(path, after.st_size, digest.hexdigest(), role, False)

    def taken(self, path: str, role: FileRole) -> BundleFile:
        """Adds a file that somebody else wrote into its place."""
        place = self.root / inner_path(path)
        with place.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()  # pyright: ignore[reportArgumentType]
        return self._note(path, place.stat().st_size, digest, role, False)

    def room(self, path: str) -> Path:
        """Where a file of that path is to be written by somebody else; `taken` adds it afterwards."""
        return self._place(path)

    def finish(self, manifest: Manifest) -> None:
        """Writes the manifest and fixes rights and times."""
        (self.root / MANIFEST).write_bytes(manifest.encoded())
        executable = {file.path for file in manifest.files if file.executable}
        for place in sorted(self.root.rglob("*"), reverse=True):
            inner = place.relative_to(self.root).as_posix()
            place.chmod(0o755 if place.is_dir() or inner in executable else 0o644)
            os.utime(place, (_EPOCH, _EPOCH))
        self.root.chmod(0o755)
        os.utime(self.root, (_EPOCH, _EPOCH))

    def _place(self, path: str) -> Path:
        try:
            inner_path(path)
        except ValueError as error:
            raise UserError(f"A file cannot go into the bundle: {error}.") from None
        if path.casefold() in {MANIFEST, *map(str.casefold, self._files)}:
            raise UserError(f"Two files would both be '{path}' in the bundle: rename one of them.")
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _note(self, path: str, size: int, digest: str, role: FileRole, executable: bool) -> BundleFile:
        file = BundleFile(path=path, size=size, sha256=digest, role=role, executable=executable)
        self._files[path] = file
        return file


@contextmanager
def drafted(target: Path) -> Iterator[Draft]:
    """A draft that takes the target's place when the block ends well, and leaves nothing behind when it does not.

    Raises:
        UserError: the target holds something that is no bundle, or cannot be written.
    """
    if (
        target.is_symlink()
        or target.is_file()
        or (target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).is_file())
    ):
        raise UserError(f"{target} holds something that is no bundle: name a new folder.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent)
    except OSError as error:
        raise UserError(f"{target} cannot be written ({error.strerror}): choose another place.") from error
    with scratch as folder:
        root = Path(folder) / "bundle"
        root.mkdir()
        try:
            yield Draft(root)
            old = Path(folder) / "old"
            if target.exists():
                target.rename(old)
            root.rename(target)
        except OSError as error:
            raise UserError(f"{target} cannot be written ({error.strerror or error}): make room.") from error
        shutil.rmtree(Path(folder) / "old", ignore_errors=True)
