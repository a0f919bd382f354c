"""Verifying a submission from the command line: wires the ledger to the library, shows and writes the report."""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from agent.errors import UserError
from games.catalogue import find_game
from submissions.checks_papers import LedgerFacts
from submissions.verify import Request, verify
from submissions.verify_play import GAMES
from submissions.verify_record import Report
from trainer.ledger import verify as verify_ledger

_MARKS = {"passed": "[green]passed[/]", "failed": "[red]failed[/]", "skipped": "[yellow]skipped[/]"}


def read_ledger(path: Path) -> LedgerFacts:
    """What a ledger says that holds together from its first byte to its last.

    Raises:
        UserError: it does not.
    """
    found = verify_ledger(path)
    return LedgerFacts(
        tokens=found.state.total_tokens,
        trained=sum(stage.trained for stage in found.stages),
        budget_tokens=found.state.budget_tokens,
        entries=found.state.entries,
        head=found.state.head,
        closed=found.closed,
        weights=found.stages[-1].weights,
        stages=tuple(stage.name for stage in found.stages),
    )


def run(
    bundle: Path,
    *,
    out: Path | None,
    limit_min: float,
    games: tuple[str, ...],
    wheels: Path | None,
    namespaces: bool,
    files_only: bool,
    quiet: bool,
) -> tuple[Report, Path]:
    """Verifies a bundle and writes the report.

    Returns:
        the report, and where it was written.

    Raises:
        UserError: what was asked for is impossible, or the report cannot be written.
    """
    request = Request(
        bundle=bundle,
        limit_min=limit_min,
        games=tuple(find_game(name).alias for name in games) or GAMES,
        wheels=wheels,
        namespaces=namespaces,
        run=not files_only,
    ).checked()
    place = out or bundle.resolve().with_name(f"{bundle.resolve().name}.verified.json")
    if bundle.is_dir() and place.resolve().is_relative_to(bundle.resolve()):
        raise UserError(f"The report cannot lie in the bundle that it is about ({place}); name another place.")
    console = Console(stderr=True, quiet=quiet)
    with console.status("verifying") as status:
        report = verify(request, read_ledger, lambda text: status.update(f"verifying: {text}"))
    try:
        place.write_bytes(report.encoded())
    except OSError as error:
        raise UserError(f"The report cannot be written to {place} ({error.strerror}); name another place.") from None
    return report, place


def stands(report: Report, *, files_only: bool) -> bool:
    """Whether nothing failed; lines that were not asked for do not count."""
    static = all(line.verdict == "passed" for line in report.lines if line.stage == "files")
    return report.passed or (files_only and static)


def show(report: Report, place: Path) -> None:
    """Prints the checklist."""
    console = Console()
    head = report.head
    title = _plain(f"{head.name} {head.version}".strip() or head.bundle)
    table = Table(title=title, caption=f"manifest {head.fingerprint[:16]}… · {report.seconds:.0f} s", show_lines=False)
    for name in ("", "check", "verdict", "what was found"):
        table.add_column(name, overflow="fold")
    stage = ""
    for line in report.lines:
        if line.stage != stage:
            table.add_section()
        facts = [*(f"• {finding}" for finding in line.findings), *filter(None, [line.detail])]
        table.add_row(
            line.stage if line.stage != stage else "", line.name, _MARKS[line.verdict], _plain("\n".join(facts))
        )
        stage = line.stage
    console.print(table)
    failed = [line.name for line in report.lines if line.verdict == "failed"]
    unfinished = f"Failed: {', '.join(failed)}." if failed else "Not everything was checked."
    verdict = "All checks passed." if report.passed else unfinished
    console.print(f"{verdict} Report: {place}, signature {report.signature[:16]}…", soft_wrap=True)
    console.print(report.proves, style="dim", soft_wrap=True)


def _plain(text: str) -> str:
    """Text of others, without anything that a display or a terminal would obey."""
    return escape("".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in text))
