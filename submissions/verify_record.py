"""What a verification leaves: a checklist whose lines are chained by hashes, and the same as JSON.

Every line holds the SHA-256 of the line before it and of itself; the first one continues the head of the record
(bundle, machine, versions). The last hash is the signature. It shows that nobody changed, dropped, added or moved a
line afterwards. It does not show who wrote the record or that the checks were really made: no secret goes into it, so
whoever doubts it verifies the bundle again. Pure: nothing is opened or run here.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import Field, ValidationError

from agent.errors import UserError
from submissions.manifest import Record, canonical

FORMAT = 1
Stage = Literal["files", "run"]
Verdict = Literal["passed", "failed", "skipped"]

PROVES = (
    "The signature is a hash over all of this record: it shows that the record is whole, not who wrote it. "
    "Whoever doubts it verifies the bundle again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of the checklist, before it is chained.

    Attributes:
        stage: "files" for what is checked without running anything, "run" for the rest.
        name: what is checked.
        verdict: how it came out.
        detail: one sentence of facts.
        findings: what is wrong, each naming the file, the game or the prompt.
        seconds: how long the check took.
    """

    stage: Stage
    name: str
    verdict: Verdict
    detail: str = ""
    findings: tuple[str, ...] = ()
    seconds: float = 0.0


def judged(stage: Stage, name: str, findings: Sequence[str], detail: str = "", seconds: float = 0.0) -> Line:
    """The line of a check that was made: passed when nothing was found."""
    verdict: Verdict = "failed" if findings else "passed"
    return Line(stage=stage, name=name, verdict=verdict, detail=detail, findings=tuple(findings), seconds=seconds)


def skipped(stage: Stage, name: str, reason: str) -> Line:
    """The line of a check that could not be made."""
    return Line(stage=stage, name=name, verdict="skipped", detail=reason)


class SignedLine(Record):
    """One line of the checklist, chained to the one before."""

    stage: Stage = Field(description="Checked without running anything (files), or while the bundle plays (run).")
    name: str = Field(description="What is checked.")
    verdict: Verdict = Field(description="How it came out.")
    detail: str = Field(description="One sentence of facts.")
    findings: tuple[str, ...] = Field(description="What is wrong; empty unless the line failed.")
    seconds: float = Field(ge=0, description="How long the check took.")
    hash: str = Field(description="SHA-256 of the hash before and of this line.")


class Head(Record):
    """What the checklist is about."""

    format: Literal[1] = FORMAT
    bundle: str = Field(description="Name of the folder or archive that was verified.")
    name: str = Field(description="The submission's name; empty when its manifest is unusable.")
    version: str = Field(description="Its version; likewise.")
    fingerprint: str = Field(description="SHA-256 of the manifest; it stands for the whole bundle.")
    weights: dict[str, str] = Field(description="SHA-256 of every file of weights, those outside the bundle included.")
    started: str = Field(description="When the verification began, UTC, ISO 8601.")
    machine: dict[str, str] = Field(description="System, processor, cores, memory, Python.")
    versions: dict[str, str] = Field(description="Of the verifying programs and of the packages the bundle ran with.")
    options: dict[str, str] = Field(description="How verify was called.")


class Report(Record):
    """A whole verification."""

    head: Head
    lines: tuple[SignedLine, ...]
    passed: bool = Field(description="Whether every line passed.")
    seconds: float = Field(ge=0, description="How long all of it took.")
    proves: str = Field(default=PROVES, description="What the signature shows, and what not.")
    signature: str = Field(description="The last hash of the chain, taken over the lines, the verdict and the seconds.")

    def encoded(self) -> bytes:
        """The report as it is written."""
        return canonical(self.model_dump(mode="json"))

    def failures(self) -> tuple[SignedLine, ...]:
        """The lines that did not pass."""
        return tuple(line for line in self.lines if line.verdict != "passed")


def signed(head: Head, lines: Sequence[Line], seconds: float) -> Report:
    """Chains the lines and signs the whole."""
    link = _hash("", head.model_dump(mode="json"))
    chained: list[SignedLine] = []
    for line in lines:
        content = _content(line)
        link = _hash(link, content)
        chained.append(SignedLine.model_validate({**content, "hash": link}))
    passed = bool(lines) and all(line.verdict == "passed" for line in lines)
    seconds = round(seconds, 3)
    return Report(
        head=head, lines=tuple(chained), passed=passed, seconds=seconds, signature=_close(link, passed, seconds)
    )


def decoded(content: bytes) -> Report:
    """A report from its bytes, its chain checked.

    Raises:
        UserError: it is no report, or something in it was changed; names the first line that does not fit.
    """
    try:
        report = Report.model_validate(json.loads(content))
    except (ValidationError, ValueError, RecursionError):
        raise UserError("This is no report of a verification; give what `ludens submit verify` wrote.") from None
    link = _hash("", report.head.model_dump(mode="json"))
    for line in report.lines:
        link = _hash(link, line.model_dump(mode="json", exclude={"hash"}))
        if link != line.hash:
            raise UserError(f"The report was changed at or before its line '{line.name}'; verify the bundle again.")
    whole = _close(link, report.passed, report.seconds) == report.signature
    if not whole or report.proves != PROVES or report.passed != all(x.verdict == "passed" for x in report.lines):
        raise UserError("The report was changed: its signature does not fit; verify the bundle again.")
    return report


def _content(line: Line) -> dict[str, object]:
    return {
        "stage": line.stage,
        "name": line.name,
        "verdict": line.verdict,
        "detail": line.detail,
        "findings": list(line.findings),
        "seconds": round(line.seconds, 3),
    }


def _close(link: str, passed: bool, seconds: float) -> str:
    return _hash(link, {"passed": passed, "seconds": seconds})


def _hash(previous: str, value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()
