"""Everything that can be checked about a bundle without running any of it.

The order matters: the manifest first, then what lies where, then what the files are, then what they say. Nothing of
the bundle is imported, unpickled or started here, and what is read is read as bytes.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from agent.errors import UserError
from submissions import checks_papers
from submissions.checks_archives import ArchiveRefused, inspect
from submissions.checks_content import HEAD, archive_kind, pickle_fault
from submissions.checks_headers import Header, HeaderRefused, looks_like, read_header
from submissions.checks_models import one_model
from submissions.checks_papers import LedgerReader
from submissions.checks_tree import Told, Tree, compare, walk
from submissions.manifest import MANIFEST, InBundle, Manifest, decoded
from submissions.verify_record import Line, judged, skipped

_MOST_MANIFEST = 64 << 20
_PLAIN = "plain text, nothing compiled, nothing in the place of Python's own modules"
_AFTER_MANIFEST = ("files", "weights", "one model", "code", "harness", "lock", "ledger", "licences")


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What the checks without running have shown.

    Attributes:
        lines: the checklist so far.
        manifest: what the bundle says of itself; None when that is unusable.
        pins: the packages it asks for, by normalised name.
    """

    lines: tuple[Line, ...]
    manifest: Manifest | None
    pins: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def passed(self) -> bool:
        """Whether the bundle may be run at all."""
        return self.manifest is not None and all(line.verdict == "passed" for line in self.lines)


Check = Callable[[], tuple[str, list[str]]]


def examine(root: Path, read_ledger: LedgerReader, tell: Told = lambda text: None) -> Examination:
    """Checks a bundle without running any of it.

    Args:
        root: the bundle's folder.
        read_ledger: checks a ledger from its first byte to its last.
        tell: told what is being looked at.
    """
    tree = walk(root)
    manifest, lines = _manifest(tree)
    lines.append(judged("files", "paths", tree.findings, f"{len(tree.files):,} files, no link, nothing outside"))
    lines += _made([("archives", lambda: _archives(tree)), ("pickles", lambda: _pickles(tree))], tell)
    if manifest is None:
        lines += [skipped("files", name, "the manifest is unusable") for name in _AFTER_MANIFEST]
        return Examination(lines=tuple(lines), manifest=None)
    headers, faults = _headers(tree)
    pins, unpinned = checks_papers.lock(manifest, tree)
    lines += _made(
        [
            ("files", lambda: (_sizes(tree), compare(tree, manifest, tell))),
            ("weights", lambda: (_weights(manifest, headers), faults)),
            ("one model", lambda: (_model(manifest), one_model(manifest, tree, headers))),
            ("code", lambda: (_PLAIN, checks_papers.code(manifest, tree))),
            ("harness", lambda: (f"clem run -m {manifest.harness.model_name}", checks_papers.harness(manifest, tree))),
            ("lock", lambda: (f"{len(pins)} packages, each at one version", unpinned)),
            ("ledger", lambda: checks_papers.ledger(manifest, tree, read_ledger)),
            ("licences", lambda: (_terms(manifest), checks_papers.licences(manifest, tree))),
        ],
        tell,
    )
    return Examination(lines=tuple(lines), manifest=manifest, pins=pins)


def refuse(examination: Examination) -> Manifest:
    """The manifest of a bundle that passed.

    Raises:
        UserError: it did not; names the first thing that is wrong.
    """
    for line in examination.lines:
        for finding in line.findings[:1]:
            more = f", and {len(line.findings) - 1} more" if len(line.findings) > 1 else ""
            raise UserError(f"The bundle does not pass the check '{line.name}': {finding}{more}.")
    assert examination.manifest is not None
    return examination.manifest


def _manifest(tree: Tree) -> tuple[Manifest | None, list[Line]]:
    began = time.perf_counter()
    entry = tree.files.get(MANIFEST)
    manifest, findings = None, list[str]()
    if entry is None:
        findings.append(f"{MANIFEST} is missing, so this is no bundle")
    elif entry.size > _MOST_MANIFEST:
        findings.append(f"{MANIFEST} has {entry.size:,} bytes")
    else:
        try:
            manifest = decoded(tree.read(MANIFEST))
        except UserError as error:
            findings.append(str(error))
    detail = "" if manifest is None else f"format {manifest.format}, SHA-256 {manifest.fingerprint()[:12]}…"
    return manifest, [judged("files", "manifest", findings, detail, time.perf_counter() - began)]


def _made(checks: list[tuple[str, Check]], tell: Told) -> Iterator[Line]:
    for name, check in checks:
        tell(name)
        began = time.perf_counter()
        detail, findings = check()
        yield judged("files", name, findings, detail, time.perf_counter() - began)


def _archives(tree: Tree) -> tuple[str, list[str]]:
    findings: list[str] = []
    count = 0
    for path in tree.files:
        kind = archive_kind(tree.read(path, 512))
        if kind:
            count += 1
            findings += [f"{path} {fault}" for fault in _inspected(tree.root / path, kind)]
    return f"{count} inside", findings


def _inspected(path: Path, kind: str) -> list[str]:
    try:
        return inspect(path, kind)
    except ArchiveRefused as refused:
        return [str(refused)]


def _pickles(tree: Tree) -> tuple[str, list[str]]:
    faults = ((path, pickle_fault(path, tree.read(path, HEAD))) for path in tree.files)
    return "none, by name and by content", [f"{path} {fault}" for path, fault in faults if fault]


def _headers(tree: Tree) -> tuple[dict[str, Header], list[str]]:
    """Headers of everything that looks like weights, and those that do not hold together."""
    headers: dict[str, Header] = {}
    findings: list[str] = []
    for path in tree.files:
        kind = looks_like(tree.read(path, 16))
        if not kind:
            if path.endswith((".gguf", ".safetensors")):
                findings.append(f"{path} is neither GGUF nor safetensors, whatever its name says")
            continue
        try:
            headers[path] = read_header(tree.root / path, kind)
        except HeaderRefused as refused:
            findings.append(f"{path} is damaged: {refused}")
    return headers, findings


def _weights(manifest: Manifest, headers: Mapping[str, Header]) -> str:
    place = "in the bundle" if isinstance(manifest.model.source, InBundle) else f"a {manifest.model.source.kind}'s"
    tensors = sum(len(header.tensors) for header in headers.values())
    return f"{len(headers)} files, {tensors:,} tensors; base weights {place}"


def _model(manifest: Manifest) -> str:
    return f"{manifest.model.name} ({manifest.model.kind}, {manifest.model.engine}), vectors from the same model"


def _terms(manifest: Manifest) -> str:
    inside = [f"{licence.thing}: {licence.licence}" for licence in manifest.licences if licence.inside]
    return f"{', '.join(inside)}; {len(manifest.licences) - len(inside)} further things are installed beside it"


def _sizes(tree: Tree) -> str:
    return f"{len(tree.files):,} files, {sum(entry.size for entry in tree.files.values()):,} bytes, all as listed"
