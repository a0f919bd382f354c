"""Ledgers from the command line: an account as JSON values and as a table."""

from pathlib import Path
from typing import Any

from rich.table import Table

from agent.errors import UserError
from trainer.ledger import Account, verify


def account(path: Path, head: str = "") -> Account:
    """The account of a ledger that holds together from its first byte to its last.

    Args:
        path: the file.
        head: the head it must have, as published beside the weights; any when empty.

    Raises:
        UserError: it does not hold together, or has another head.
    """
    found = verify(path)
    if head and found.state.head != head:
        raise UserError(f"{path} has the head {found.state.head}, not {head}; it is not the ledger of those weights.")
    return found


def as_json(found: Account) -> dict[str, Any]:
    """The account as plain JSON values."""
    state = found.state
    return {
        "tokens": state.total_tokens,
        "budget_tokens": state.budget_tokens,
        "entries": state.entries,
        "head": state.head,
        "closed": found.closed,
        "stages": [
            {
                "stage": stage.name,
                "model": stage.model,
                "batches": stage.batches,
                "tokens": stage.tokens,
                "trained": stage.trained,
                "restarts": stage.restarts,
                "closed": stage.closed,
                "weights": stage.weights,
            }
            for stage in found.stages
        ],
    }


def table(found: Account) -> Table:
    """The account as a table, a stage a line."""
    drawn = Table(caption=f"head {found.state.head}")
    for name in ("stage", "begins with", "batches", "tokens", "with loss", "restarts", "state"):
        drawn.add_column(name, justify="left" if name in ("stage", "begins with", "state") else "right")
    for stage in found.stages:
        figures = (f"{number:,}" for number in (stage.batches, stage.tokens, stage.trained, stage.restarts))
        drawn.add_row(stage.name, stage.model, *figures, "closed" if stage.closed else "open")
    total = found.state.total_tokens
    drawn.add_row("all", "", "", f"{total:,}", "", "", f"of {found.state.budget_tokens:,}")
    return drawn


def verdict(path: Path, found: Account) -> str:
    """One sentence on what the check has shown."""
    state = found.state
    sound = f"{path} is sound: {state.entries} entries, {state.total_tokens} tokens of {state.budget_tokens}, head"
    open_end = "" if found.closed else "; its last stage is open, so its end could have been cut off"
    return f"{sound} {state.head}{open_end}."
