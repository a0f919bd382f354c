"""Showing what is read from a prompt, with the words it was read from."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group
from rich.table import Table
from rich.text import Text

from agent.errors import UserError
from agent.narration import show_form
from constraints.forms import ReplyForm, Slot
from constraints.reader import read
from constraints.replay import Report, replay
from constraints.rulebook import Rulebook
from constraints.span import Span

COLOURS = {"form": "green", "rule": "red", "options": "cyan", "legend": "magenta"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing read.

    Attributes:
        sort: "form", "rule", "options" or "legend".
        text: what was understood.
        span: where it was read.
        confidence: how sure the reader is, 0 to 1.
    """

    sort: str
    text: str
    span: Span
    confidence: float


def findings(prompt: str) -> list[Finding]:
    """Everything read from one prompt, forms first."""
    rulebook = read(Rulebook(), prompt, own=False, message=0)
    found = [_form(form) for form in rulebook.forms]
    for rule in rulebook.rules:
        bounds = "" if rule.low is None and rule.high is None else f" {rule.low or 0}..{rule.high or ''}"
        words = f" {', '.join(rule.words)}" if rule.words else ""
        text = f"{rule.kind.value}{bounds}{words}"
        found.append(Finding(sort="rule", text=text, span=rule.span, confidence=rule.confidence))
    for options in rulebook.options:
        text = f"{options.label}: {', '.join(options.values)}"
        found.append(Finding(sort="options", text=text, span=options.span, confidence=options.confidence))
    legend = rulebook.legend
    if legend is not None:
        text = f"right place {legend.exact}, wrong place {legend.present}, absent {legend.absent}"
        found.append(Finding(sort="legend", text=text, span=legend.span, confidence=legend.confidence))
    return found


def _form(form: ReplyForm) -> Finding:
    slots = "; ".join(_slot(slot) for slot in form.slots)
    text = show_form(form) + (f"   ({slots})" if slots else "")
    return Finding(sort="form", text=text, span=form.span, confidence=form.confidence)


def _slot(slot: Slot) -> str:
    options = f" of {', '.join(slot.options)}" if slot.options else ""
    letters = f" of {slot.letters} letters" if slot.letters else ""
    return f"{slot.name}: {slot.kind.value}{letters}{options}"


def marked(prompt: str, found: list[Finding]) -> Group:
    """The prompt with every span coloured, and a table of what was understood."""
    text = Text(prompt)
    table = Table()
    for heading in ("read", "understood", "sure"):
        table.add_column(heading, overflow="fold")
    for finding in found:
        text.stylize(COLOURS[finding.sort], finding.span.start, finding.span.end)
        understood = Text(finding.text)
        table.add_row(Text(finding.sort, style=COLOURS[finding.sort]), understood, f"{finding.confidence:.2f}")
    if not found:
        return Group(text, Text("\nNothing was read: the reply is the bare model's.", style="dim"))
    return Group(text, Text(), table)


def text_of(file: Path | None) -> str:
    """The prompt in a file, or on standard input.

    Raises:
        UserError: the file cannot be read as text.
    """
    if file is None:
        return sys.stdin.read()
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"'{file}' cannot be read as text ({error}); check the path.") from None


def replayed(file: Path) -> Report:
    """How many recorded replies the grammars read from the messages before them admit.

    Args:
        file: one JSON object a line, with "game", "outcome" and "messages".

    Raises:
        UserError: the file cannot be read, or a line of it is no such object.
    """
    lines = text_of(file).splitlines()
    for number, line in enumerate(lines, start=1):
        _check_record(file, number, line)
    return replay(lines)


def _check_record(file: Path, number: int, line: str) -> None:
    if not line.strip():
        return
    try:
        messages = json.loads(line)["messages"]
        fits = all(isinstance(each["content"], str) and each["role"] in ("user", "assistant") for each in messages)
    except (ValueError, KeyError, TypeError):
        fits = False
    if not fits:
        raise UserError(
            f"Line {number} of '{file}' is no transcript; each line needs a list \"messages\" of role and content."
        )


def replay_table(report: Report) -> Table:
    """The figures of a replay, a line per game."""
    table = Table(title="Recorded replies admitted by what was read before them")
    table.add_column("game")
    for heading in ("turns", "accepted", "%"):
        table.add_column(heading, justify="right")
    for game, tally in [*sorted(report["games"].items()), ("all", report["total"])]:
        share = f"{100 * tally['accepted'] / tally['turns']:.1f}" if tally["turns"] else "–"
        table.add_row(game, str(tally["turns"]), str(tally["accepted"]), share)
    return table
