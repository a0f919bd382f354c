"""Verifying a submission: checked without running it, then run walled in, and a report that nobody can change unseen.

Nothing of a bundle is imported or started before all of its files have been checked against its manifest.
"""

import os
import platform
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from agent.errors import UserError
from submissions.checks import Examination, examine
from submissions.checks_archives import ArchiveRefused, unpack
from submissions.checks_papers import LedgerReader
from submissions.checks_tree import Told, digest
from submissions.verify_play import GAMES
from submissions.verify_record import Head, Line, Report, judged, signed
from submissions.verify_run import Trial, Tried, none_of_it, try_out

_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
_OURS = ("ludens", "clemcore")
_SHOWN = ("clemcore", "llama-cpp-python", "llguidance", "numpy", "torch", "transformers", "peft")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to verify, and how.

    Attributes:
        bundle: the folder, or a tar or zip of it.
        limit_min: minutes within which all games and prompts are to be played.
        games: which practice games.
        wheels: a folder of wheels to install the lock from; None to link this interpreter's packages.
        namespaces: whether to try the system's own walls before relying on the guard.
        run: whether to run the bundle at all, once its files have passed.
    """

    bundle: Path
    limit_min: float = 120.0
    games: tuple[str, ...] = GAMES
    wheels: Path | None = None
    namespaces: bool = True
    run: bool = True

    def checked(self) -> "Request":
        """This request.

        Raises:
            UserError: something it names is not there, or impossible.
        """
        if not self.bundle.exists():
            raise UserError(f"There is no bundle at {self.bundle}; name the folder that `ludens submit build` wrote.")
        if not self.bundle.is_dir() and not self.bundle.name.lower().endswith(_SUFFIXES):
            raise UserError(f"{self.bundle} is neither a folder nor an archive ({', '.join(_SUFFIXES)}).")
        if not 0 < self.limit_min < 1e6:
            raise UserError(f"A limit of {self.limit_min:g} minutes is impossible; give more than 0.")
        if self.wheels is not None and not self.wheels.is_dir():
            raise UserError(f"There is no folder of wheels at {self.wheels}.")
        return self


def verify(request: Request, read_ledger: LedgerReader, tell: Told = lambda text: None) -> Report:
    """Verifies a bundle.

    Args:
        request: what to verify, and how.
        read_ledger: checks a ledger from its first byte to its last.
        tell: told what is being done, for a display.

    Raises:
        UserError: the request itself is unusable. A bundle's faults are in the report.
    """
    request = request.checked()
    began, started = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
    with tempfile.TemporaryDirectory(prefix="ludens-verify-") as folder:
        work = Path(folder).resolve()
        root, lines = _received(request.bundle, work / "bundle")
        examination = None
        if root is not None:
            examination = examine(root, read_ledger, tell)
            lines += examination.lines
        tried = _run(request, root, examination, work / "run", tell)
        head = _head(request, examination, tried, started)
        return signed(head, [*lines, *tried.lines], time.monotonic() - began)


def _received(bundle: Path, folder: Path) -> tuple[Path | None, list[Line]]:
    """The bundle's folder, unpacked if it came as an archive."""
    if bundle.is_dir():
        return bundle.resolve(), []
    folder.mkdir(parents=True)
    began = time.monotonic()
    try:
        root = unpack(bundle, folder)
    except ArchiveRefused as refused:
        return None, [judged("files", "archive", [f"{bundle.name} {refused}"], "", time.monotonic() - began)]
    detail = f"SHA-256 {digest(bundle.resolve())}"
    return root, [judged("files", "archive", [], detail, time.monotonic() - began)]


def _run(request: Request, root: Path | None, examination: Examination | None, work: Path, tell: Told) -> Tried:
    if root is None or examination is None or examination.manifest is None or not examination.passed:
        return Tried(lines=none_of_it("not run: its files did not pass"))
    if not request.run:
        return Tried(lines=none_of_it("not asked for"))
    work.mkdir()
    trial = Trial(
        root=root,
        manifest=examination.manifest,
        pins=examination.pins,
        work=work,
        limit_s=60 * request.limit_min,
        games=request.games,
        wheels=request.wheels,
        namespaces=request.namespaces,
    )
    return try_out(trial, tell)


def _head(request: Request, examination: Examination | None, tried: Tried, started: str) -> Head:
    manifest = None if examination is None else examination.manifest
    return Head(
        bundle=request.bundle.resolve().name,
        name="" if manifest is None else manifest.name,
        version="" if manifest is None else manifest.version,
        fingerprint="" if manifest is None else manifest.fingerprint(),
        weights=tried.weights,
        started=started,
        machine=_machine(),
        versions=_versions(tried.packages),
        options={
            "limit_min": f"{request.limit_min:g}",
            "games": ",".join(request.games),
            "environment": "linked" if request.wheels is None else "installed",
            "namespaces": "tried" if request.namespaces else "not tried",
            "run": "yes" if request.run else "no",
        },
    )


def _machine() -> dict[str, str]:
    try:
        memory = f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"
    except (ValueError, OSError):
        memory = "unknown"
    return {
        "system": f"{platform.system()} {platform.release()}",
        "processor": platform.machine(),
        "cores": str(os.cpu_count() or 0),
        "memory": memory,
        "python": sys.version.split()[0],
    }


def _versions(packages: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _OURS:
        try:
            found[f"verifier's {name}"] = version(name)
        except PackageNotFoundError:
            found[f"verifier's {name}"] = "unknown"
    return found | {f"bundle's {name}": packages[name] for name in _SHOWN if name in packages}
