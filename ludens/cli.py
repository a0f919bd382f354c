"""The command line: each command parses, builds the configuration, makes one library call.

Faults of the user end with one sentence on standard error and exit code 2; faults of ours crash loudly.
"""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

import agent.errors
import games.errors
from ludens import console

app = typer.Typer(
    help="Ludens plays dialogue games: a small language model with a memory, a plan and manners.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
harness = typer.Typer(help="Put Ludens into other people's harnesses.", no_args_is_help=True)
app.add_typer(harness, name="harness")

ModelOption = Annotated[
    str, typer.Option("--model", "-m", help="embedded, a GGUF file, a directory or hub id, or http(s)://host/v1#name.")
]
WithoutOption = Annotated[
    str, typer.Option(help="Stages to switch off, joined by commas: memory,map,planner,constraints,check,partner.")
]
SeedOption = Annotated[int, typer.Option(min=0, help="Seed of instances and samplers.")]


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


@app.command(epilog="Example: `ludens play taboo --both --instances 6 --out runs/taboo`")
def play(
    games: Annotated[list[str] | None, typer.Argument(help="Games by name; all of them when none is named.")] = None,
    games_dir: Annotated[
        Path | None, typer.Option("--games", help="Folder of clemcore games to play instead of the practice games.")
    ] = None,
    model: ModelOption = "embedded",
    instances: Annotated[int, typer.Option("--instances", "-n", min=1, help="Instances of each game.")] = 12,
    bare: Annotated[bool, typer.Option("--bare", help="The bare model instead of Ludens.")] = False,
    both: Annotated[bool, typer.Option("--both", help="The bare model beside Ludens.")] = False,
    without: WithoutOption = "",
    batch: Annotated[int, typer.Option(min=1, help="Episodes played at once.")] = 4,
    max_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of one reply.")] = 100,
    seed: SeedOption = 0,
    out: Annotated[Path | None, typer.Option(help="Run folder; playing into it again resumes.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object to standard output.")] = False,
) -> None:
    """Play games and print the score table."""
    from agent.config import AgentConfig
    from ludens.play import Request, labels, run

    request = Request(
        games=tuple(games or ()),
        games_dir=games_dir,
        model=model,
        instances=instances,
        labels=labels(bare=bare, both=both),
        agent=AgentConfig(seed=seed, max_reply_tokens=max_tokens).without(*_names(without)),
        batch=batch,
        out=out,
    )
    with console.progress(episodes=instances, quiet=as_json) as progress:
        result = run(request, progress)
    if as_json:
        typer.echo(json.dumps(result.as_json()))
    else:
        console.show(result)
    if result.errors:
        raise typer.Exit(1)


@app.command(epilog='Example: `ludens ask "Answer with yes or no: is water wet?"`')
def ask(
    prompt: Annotated[str | None, typer.Argument(help="The prompt; standard input when left out.")] = None,
    model: ModelOption = "embedded",
    bare: Annotated[bool, typer.Option("--bare", help="The bare model instead of Ludens.")] = False,
    without: WithoutOption = "",
    max_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of the reply.")] = 300,
    seed: SeedOption = 0,
    trace: Annotated[bool, typer.Option("--trace", help="Print the trace as JSON instead of the reply.")] = False,
) -> None:
    """Ask one prompt."""
    from agent.config import AgentConfig
    from ludens.ask import ask as ask_once

    config = AgentConfig(seed=seed, max_reply_tokens=max_tokens).without(*_names(without))
    text = sys.stdin.read() if prompt is None else prompt
    decision = ask_once(text, model=model, config=config, bare=bare)
    typer.echo(decision.trace.model_dump_json(indent=2) if trace else decision.reply)


@harness.command(
    "init", epilog="Example: `ludens harness init ~/clembench && cd ~/clembench && clem run -g taboo -m ludens`"
)
def harness_init(
    directory: Annotated[Path, typer.Argument(help="The workspace, such as a clembench checkout.")],
    model: ModelOption = "embedded",
) -> None:
    """Make `clem run -m ludens` and `-m ludens-bare` work in a directory."""
    from agent.adapters.workspace import init

    for path in init(directory, model):
        typer.echo(f"wrote {path}")


def main() -> None:
    """Runs the command line; a user's fault becomes one sentence and exit code 2."""
    try:
        app()
    except (agent.errors.UserError, games.errors.UserError) as error:
        sys.stderr.write(f"ludens: {error}\n")
        sys.exit(2)
