"""One run per folder: a lock that the operating system releases even when a run is killed."""

import fcntl
import os
from pathlib import Path
from typing import Self

from games.errors import UserError


class FolderLock:
    """Holds `run.lock` in a folder for as long as it is open."""

    def __init__(self, folder: Path) -> None:
        """Takes the lock.

        Raises:
            UserError: another run holds it, or the folder cannot be written.
        """
        path = folder / "run.lock"
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise UserError(f"{path} cannot be written ({error.strerror}); choose another folder.") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._file, 32, 0).decode(errors="replace").strip()
            os.close(self._file)
            who = f" (process {holder})" if holder else ""
            raise UserError(f"Another run{who} is using {folder}; wait for it or choose another folder.") from error
        self._note_holder()

    def _note_holder(self) -> None:
        """Writes the process id, a courtesy to whoever finds the lock taken; a full disk only spoils the courtesy."""
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, str(os.getpid()).encode(), 0)
        except OSError:
            return

    def close(self) -> None:
        """Gives the folder back. May be called twice."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
