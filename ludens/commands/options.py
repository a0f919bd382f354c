"""Options that several commands share, and what is made of their texts."""

from typing import Annotated

import typer

from agent.errors import UserError

ModelOption = Annotated[
    str, typer.Option("--model", "-m", help="embedded, a GGUF file, a directory or hub id, or http(s)://host/v1#name.")
]
WithoutOption = Annotated[
    str, typer.Option(help="Stages to switch off, joined by commas: memory,map,planner,constraints,check,partner.")
]
ProfileOption = Annotated[
    str, typer.Option(help="default, or strict: one language model and no other model, word meanings included.")
]
SeedOption = Annotated[int, typer.Option(min=0, help="Seed of instances and samplers.")]


def names(text: str) -> list[str]:
    """Names joined by commas."""
    return [name.strip() for name in text.split(",") if name.strip()]


def numbers(text: str) -> tuple[int, ...]:
    """Whole numbers joined by commas.

    Raises:
        UserError: there is none, or something else stands among them.
    """
    try:
        found = tuple(int(name) for name in names(text))
    except ValueError:
        found = ()
    if not found or min(found) < 0:
        raise UserError(f"'{text}' is no list of seeds; write whole numbers joined by commas, like 0,1,2.")
    return found


def load_quietly() -> None:
    """Imports clemcore before anything else does, so that it opens no log file in the working directory."""
    from games.arena.harness import load_clemcore

    load_clemcore()
