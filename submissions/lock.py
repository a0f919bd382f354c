"""What has to be installed beside a bundle, pinned to the versions that it was built with.

Walks the requirements of Ludens as they are installed here. Packages of which only a data file is used are listed
apart, to be installed without what they themselves require.
"""

from collections.abc import Iterable
from importlib import metadata

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from agent.errors import UserError

DICTIONARY = "wn"
"""Holds the files of WordNet 3.0, a dictionary and no model; playing goes on without it, weaker on clues."""


def pinned(extras: Iterable[str] = ()) -> tuple[str, ...]:
    """Everything that playing needs, as lines for pip; Ludens itself lies in the bundle.

    Args:
        extras: of Ludens, such as "transformers".

    Raises:
        UserError: something that is needed is not installed here, so no version of it can be named.
    """
    found: dict[str, str] = {}
    waiting = [Requirement(line) for line in _requires("ludens", frozenset(extras))]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        wanted = waiting.pop()
        name, inner = canonicalize_name(wanted.name), frozenset(wanted.extras)
        if (name, inner) in seen:
            continue
        seen.add((name, inner))
        if name == "ludens":
            waiting += [Requirement(line) for line in _requires(name, inner)]
            continue
        found[name] = f"{name}=={version(name)}"
        waiting += [Requirement(line) for line in _requires(name, inner)]
    return tuple(found[name] for name in sorted(found))


def data_pinned(packages: Iterable[str]) -> tuple[str, ...]:
    """Packages of which only the data is used, as lines for pip without dependencies."""
    return tuple(f"{canonicalize_name(name)}=={version(name)}" for name in sorted(packages))


def version(name: str) -> str:
    """The installed version, without a local part such as +cpu, which no index knows.

    Raises:
        UserError: it is not installed.
    """
    try:
        return metadata.version(name).partition("+")[0]
    except metadata.PackageNotFoundError:
        raise UserError(
            f"The package {name} is needed but not installed here, so it cannot be pinned: install it."
        ) from None


def installed(name: str) -> bool:
    """Whether a package is installed here."""
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _requires(name: str, extras: frozenset[str]) -> list[str]:
    """What a distribution requires on this machine, with some of its extras."""
    try:
        lines = metadata.distribution(name).requires or []
    except metadata.PackageNotFoundError:
        raise UserError(
            f"The package {name} is needed but not installed here, so it cannot be pinned: install it."
        ) from None
    found: list[str] = []
    for line in lines:
        marker = Requirement(line).marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            found.append(line)
    return found
