"""Archives: a bundle handed over as one, and archives that lie within a bundle.

Sizes that an archive states are not believed: what comes out is counted while it comes out, and unpacking stops at
the limits. Nothing leaves the folder that is unpacked into; links and devices are refused.
"""

import bz2
import gzip
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from submissions.checks_content import HEAD, archive_kind, compiled_fault, pickle_fault
from submissions.manifest import inner_path

_CHUNK = 1 << 20
_BROKEN = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
    *(EOFError, OSError, RuntimeError, ValueError),
)
"""What the libraries raise on damaged, encrypted or unknown archives (NotImplementedError is a RuntimeError)."""
_MOST_HEADER = 16 << 20
_OPENERS = {"gzip": gzip.open, "bzip2": bz2.open, "xz": lzma.open}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What is still an archive and no bomb.

    Attributes:
        files: most members.
        size: most bytes that may come out.
        ratio: most bytes out for a byte in, once more than `free` came out.
        free: bytes that may come out at any ratio.
    """

    files: int = 20_000
    size: int = 200 << 30
    ratio: int = 50
    free: int = 64 << 20


INSIDE = Limits(files=5_000, size=256 << 20, ratio=100, free=8 << 20)
"""For archives within a bundle."""


class ArchiveRefused(Exception):
    """An archive is a bomb, leaves its place, or cannot be read; the message says so."""


@dataclass(frozen=True, slots=True)
class _Member:
    name: str
    fault: str  # why it may not be there
    is_folder: bool
    executable: bool
    open: Callable[[], IO[bytes] | None]
    is_bare: bool = False  # the one file of a compressed file


def unpack(archive: Path, folder: Path, limits: Limits | None = None) -> Path:
    """Unpacks a bundle.

    Args:
        archive: a tar, a compressed tar or a zip.
        folder: an empty folder to unpack into.
        limits: what is too much.

    Returns:
        the bundle's folder: `folder`, or the one folder that all of the archive lies in.

    Raises:
        ArchiveRefused: it is no archive, is damaged, is a bomb, or a member leaves the folder.
    """
    meter = _Meter(limits or Limits(), archive)
    seen: set[str] = set()
    with _members(archive) as members:
        for member in members:
            _check(member, meter, seen)
            if member.is_bare:
                raise ArchiveRefused("is a compressed file, but neither a tar nor a zip")
            place = folder / member.name
            if member.is_folder:
                place.mkdir(parents=True, exist_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                for chunk in meter.content(member):
                    file.write(chunk)
            place.chmod(0o755 if member.executable else 0o644)
    inner = list(folder.iterdir())
    return inner[0] if len(inner) == 1 and inner[0].is_dir() else folder


def inspect(archive: Path, kind: str, limits: Limits = INSIDE) -> list[str]:
    """What is wrong with an archive within a bundle; half a sentence each, nothing is written.

    Args:
        archive: the file.
        kind: as `archive_kind` says.
        limits: what is too much.
    """
    meter = _Meter(limits, archive)
    findings: list[str] = []
    seen: set[str] = set()
    try:
        with _members(archive, kind) as members:
            for member in members:
                _check(member, meter, seen)
                if member.is_folder:
                    continue
                head = bytearray()
                for chunk in meter.content(member):
                    head += chunk[: HEAD - len(head)]
                inner = archive_kind(bytes(head))
                fault = pickle_fault(member.name, bytes(head)) or compiled_fault(member.name, bytes(head))
                fault = fault or (f"is another archive ({inner})" if inner else "")
                if fault:
                    findings.append(f"holds {member.name!r}, which {fault}")
    except ArchiveRefused as refused:
        findings.append(str(refused))
    return findings


class _Meter:
    """Counts what comes out of one archive."""

    def __init__(self, limits: Limits, archive: Path) -> None:
        self._limits = limits
        packed = archive.stat().st_size
        self._most = min(limits.size, max(limits.free, limits.ratio * packed))
        self._members = self._bytes = 0

    def member(self) -> None:
        self._members += 1
        if self._members > self._limits.files:
            raise ArchiveRefused(f"is an archive bomb: it holds more than {self._limits.files} files")

    def content(self, member: _Member) -> Iterator[bytes]:
        with _reading():
            file = member.open()
        if file is None:
            raise ArchiveRefused(f"is damaged: '{member.name}' has no content")
        with file:
            while True:
                with _reading():
                    chunk = file.read(_CHUNK)
                if not chunk:
                    return
                self._bytes += len(chunk)
                if self._bytes > self._most:
                    raise ArchiveRefused(
                        f"is an archive bomb: more than {self._most:,} bytes come out of it, at '{member.name}'"
                    )
                yield chunk


def _check(member: _Member, meter: _Meter, seen: set[str]) -> None:
    meter.member()
    if member.fault:
        raise ArchiveRefused(f"holds {member.name!r}, which {member.fault}")
    try:
        inner_path(member.name)
    except ValueError as error:
        raise ArchiveRefused(f"holds a member outside its own folder: {error}") from None
    folded = member.name.casefold()
    if folded in seen and not member.is_folder:
        raise ArchiveRefused(f"holds '{member.name}' twice, if only in upper and lower case")
    seen.add(folded)


@contextmanager
def _members(archive: Path, kind: str = "") -> Iterator[Iterator[_Member]]:
    with _reading(), archive.open("rb") as file:
        kind = kind or archive_kind(file.read(512))
    if kind == "zip":
        with _reading():
            opened = zipfile.ZipFile(archive)
        with opened:
            yield _of_zip(opened)
    elif kind in (*_OPENERS, "tar"):
        with _tar(archive, kind) as tar:
            yield _of_tar(*tar) if tar is not None else _of_stream(archive, kind)
    else:
        raise ArchiveRefused(f"is {f'a {kind} archive' if kind else 'no archive'} that cannot be looked into")


class _Counted:
    """A tar's bytes, read once from front to back; headers are kept in memory, so they are capped."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.left: float = _MOST_HEADER

    def read(self, size: int) -> bytes:
        chunk = self._file.read(size)
        self.left -= len(chunk)
        if self.left < 0:
            raise ArchiveRefused(f"is an archive bomb: a header of more than {_MOST_HEADER:,} bytes")
        return chunk


@contextmanager
def _tar(archive: Path, kind: str) -> Iterator[tuple[tarfile.TarFile, _Counted] | None]:
    """The tar in a file; None for a compressed file that holds none."""
    opener = _OPENERS.get(kind, open)
    with _reading(), opener(archive, "rb") as file:
        is_tar = archive_kind(file.read(512)) == "tar"
    if not is_tar:
        yield None
        return
    with opener(archive, "rb") as file:
        counted = _Counted(file)  # pyright: ignore[reportArgumentType]
        with _reading():
            tar = tarfile.open(fileobj=counted, mode="r|")  # pyright: ignore[reportCallIssue, reportArgumentType]  # noqa: SIM115
        with tar:
            yield tar, counted


def _of_zip(opened: zipfile.ZipFile) -> Iterator[_Member]:
    for info in opened.infolist():
        kind = (info.external_attr >> 16) & 0o170000
        fault = "is encrypted" if info.flag_bits & 1 else ""
        if kind not in (0, 0o100000, 0o040000):
            fault = "is a link or a device"
        yield _Member(
            name=info.filename.rstrip("/") or info.filename,
            fault=fault,
            is_folder=info.is_dir(),
            executable=bool((info.external_attr >> 16) & 0o100),
            open=lambda info=info: opened.open(info),
        )


def _of_tar(tar: tarfile.TarFile, counted: _Counted) -> Iterator[_Member]:
    while True:
        counted.left = _MOST_HEADER
        with _reading():
            info = tar.next()
        if info is None:
            return
        if info.isdir() and info.name in (".", "./"):
            continue
        fault = "" if info.isreg() or info.isdir() else "is a link or a device"
        counted.left = float("inf")  # content is counted by its reader
        yield _Member(
            name=info.name.removeprefix("./").rstrip("/") or info.name,
            fault=fault or ("is stored with holes" if info.issparse() else ""),
            is_folder=info.isdir(),
            executable=bool(info.mode & 0o100),
            open=lambda info=info: tar.extractfile(info),
        )
        tar.members.clear()  # pyright: ignore[reportAttributeAccessIssue] - tarfile would remember every header


def _of_stream(archive: Path, kind: str) -> Iterator[_Member]:
    """The one file in a compressed file."""
    yield _Member(
        name=archive.stem or archive.name,
        fault="",
        is_folder=False,
        executable=False,
        open=lambda: _OPENERS[kind](archive, "rb"),  # pyright: ignore[reportReturnType]
        is_bare=True,
    )


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise ArchiveRefused(f"is damaged or of a kind that cannot be looked into ({error})") from None
