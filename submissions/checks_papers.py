"""The papers of a bundle: code that can be read, a lock, a ledger, licences, what the harness needs."""

import ast
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.errors import UserError
from submissions.checks_content import compiled_fault
from submissions.checks_tree import Tree, is_text
from submissions.manifest import BUDGET_TOKENS, Manifest, Training

_PIN = re.compile(r"([A-Za-z0-9][\w.-]*)==([A-Za-z0-9][\w.!+-]*)\Z")
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\Z")
_SPECIAL = frozenset({"sitecustomize", "usercustomize", "site", "__main__"})
_NEEDED = "clemcore"
_FEWEST_WORDS = 20
_LARGE = 1 << 20
_MOST_LEDGER = 1 << 30
_HEAD = 4096
_WEIGHTS_MAY = re.compile(r"\.(?:gguf|safetensors|json|jinja|txt|model|md)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFacts:
    """What a ledger that holds together says.

    Attributes:
        tokens: consumed in all stages.
        trained: those that carried loss.
        budget_tokens: what it was held to.
        entries: how many entries it has.
        head: hash of the last one.
        closed: whether its last stage has ended.
        weights: what that stage says it ended with.
        stages: names of the stages, in their order.
    """

    tokens: int
    trained: int
    budget_tokens: int
    entries: int
    head: str
    closed: bool
    weights: str
    stages: tuple[str, ...] = ()


LedgerReader = Callable[[Path], LedgerFacts]
"""Checks a ledger from its first byte to its last; raises UserError when it does not hold together."""


def code(manifest: Manifest, tree: Tree) -> list[str]:
    """What in a bundle nobody could read, or would run unasked."""
    findings: list[str] = []
    tops: set[str] = set()
    for file in manifest.files:
        path = file.path
        if path not in tree.files:
            continue
        fault = compiled_fault(path, tree.read(path, _HEAD))
        if fault and file.role not in ("weights", "adapter"):
            findings.append(f"{path} {fault}")
        elif file.role in ("weights", "adapter") and not _WEIGHTS_MAY.search(path):
            findings.append(f"{path} is neither safetensors nor GGUF nor a description of weights")
        elif file.role not in ("weights", "adapter") and file.size > _LARGE and not is_text(tree.root / path):
            findings.append(f"{path} is a large binary file ({file.size:,} bytes) whose use nobody can see")
        if path.startswith(f"{manifest.harness.code}/"):
            tops.add(path.split("/")[manifest.harness.code.count("/") + 1].partition(".")[0])
    for name in sorted(tops & (_SPECIAL | sys.stdlib_module_names)):
        findings.append(f"{manifest.harness.code}/{name} would take the place of Python's own '{name}'")
    return findings


def lock(manifest: Manifest, tree: Tree) -> tuple[dict[str, str], list[str]]:
    """The pinned versions by normalised name, and what is wrong with the lock."""
    pins: dict[str, str] = {}
    findings: list[str] = []
    for file in manifest.of_role("lock"):
        if file.path in tree.files:  # else it is reported as missing
            findings += _pinned(file.path, tree.read(file.path).decode("utf-8", "replace"), pins)
    if not findings and _NEEDED not in pins:
        findings.append(f"{manifest.harness.lock} does not pin {_NEEDED}")
    return pins, findings


def _pinned(path: str, text: str, pins: dict[str, str]) -> Iterator[str]:
    """Notes the pins of one lock file; yields what is wrong with it."""
    for number, line in enumerate(text.replace("\\\n", " ").splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        pin = _PIN.match(words[0])
        if pin is None or not all(_HASH.match(word) for word in words[1:]):
            yield f"{path}, line {number}: '{line.strip()[:60]}' is no exact version of a package"
        elif pins.setdefault(normalised(pin[1]), pin[2]) != pin[2]:
            yield f"{path}, line {number}: {pin[1]} is pinned at two versions"


def normalised(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def ledger(manifest: Manifest, tree: Tree, read: LedgerReader) -> tuple[str, list[str]]:
    """What the ledger says, and what is wrong with it."""
    training = manifest.training
    if training is None:
        return "no training of this team's own, so no ledger", []
    if training.ledger in tree.files and tree.files[training.ledger].size > _MOST_LEDGER:
        return "", [f"{training.ledger} is too large for a ledger"]
    try:
        facts = read(tree.root / training.ledger)
    except UserError as error:
        return "", [f"{training.ledger} is broken: {str(error).replace(f'{tree.root}/', '')}"]
    detail = f"{facts.tokens:,} of {BUDGET_TOKENS:,} tokens, {facts.entries:,} entries, head {facts.head[:12]}"
    return detail, list(_disagreements(training, facts))


def _disagreements(training: Training, facts: LedgerFacts) -> Iterator[str]:
    """Where a sound ledger breaks the challenge's rule or is another one than the manifest says."""
    for what, tokens in (("counts", facts.tokens), ("has a budget of", facts.budget_tokens)):
        if tokens > BUDGET_TOKENS:
            yield f"{training.ledger} {what} {tokens:,} tokens; the challenge allows {BUDGET_TOKENS:,}"
    if not facts.closed:
        yield f"{training.ledger} does not end: its last stage is open, so its end may have been cut off"
    stated = {
        "tokens": (training.tokens, facts.tokens),
        "tokens with loss": (training.trained, facts.trained),
        "tokens of budget": (training.budget_tokens, facts.budget_tokens),
        "entries": (training.entries, facts.entries),
    }
    for what, (said, found) in stated.items():
        if said != found:
            yield f"{training.ledger} counts {found:,} {what}, the manifest says {said:,}"
    if training.head != facts.head:
        yield f"{training.ledger} ends with the hash {facts.head}, not the one in the manifest"
    if training.weights != facts.weights:
        yield f"{training.ledger} ends with other weights than the manifest says"


def licences(manifest: Manifest, tree: Tree) -> list[str]:
    """Licences that are missing or say nothing."""
    findings = [
        f"there is no licence text for what lies inside: {licence.thing} ({licence.licence})"
        for licence in manifest.licences
        if licence.inside and licence.file is None
    ]
    for path in dict.fromkeys(licence.file for licence in manifest.licences if licence.file is not None):
        if path not in tree.files:
            findings.append(f"{path} is missing")
        elif len(tree.read(path, 1 << 16).decode("utf-8", "replace").split()) < _FEWEST_WORDS:
            findings.append(f"{path} is too short to be the text of a licence")
    if not manifest.of_role("licence"):
        findings.append("no file of the bundle is a licence")
    return findings


def harness(manifest: Manifest, tree: Tree) -> list[str]:
    """Whether the files that a harness opens are what they should be; they are parsed, not run."""
    wanted: Mapping[str, str] = {manifest.harness.playpen_file: manifest.harness.playpen_class}
    findings: list[str] = []
    if manifest.harness.backend_file != f"{manifest.harness.backend}_api.py":
        findings.append(f"{manifest.harness.backend_file} must be called {manifest.harness.backend}_api.py")
    for path in (manifest.harness.backend_file, manifest.harness.playpen_file):
        if path not in tree.files:
            continue  # reported as missing
        if tree.files[path].size > _LARGE:
            findings.append(f"{path} is too large for what it is there for")
            continue
        try:
            parsed = ast.parse(tree.read(path))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            findings.append(f"{path} is no Python")
            continue
        name = wanted.get(path)
        if name is not None and name not in _defined(parsed):
            findings.append(f"{path} defines no class {name}")
    run = manifest.harness.run
    if run in tree.files and (not tree.files[run].executable or tree.read(run, 2) != b"#!"):
        findings.append(f"{run} cannot be run: it needs the executable bit and a first line with #!")
    return findings


def _defined(parsed: ast.Module) -> set[str]:
    """Names of classes that a module defines or imports."""
    names = {node.name for node in ast.walk(parsed) if isinstance(node, ast.ClassDef)}
    for node in ast.walk(parsed):
        if isinstance(node, ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
    return names
