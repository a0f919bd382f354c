"""Single prompts and transcripts: ask, rules, remember."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from ludens import console
from ludens.commands.options import ModelOption, ProfileOption, SeedOption, WithoutOption, names

app = typer.Typer()


@app.command(epilog='Example: `ludens ask "Answer with yes or no: is water wet?"`')
def ask(
    prompt: Annotated[str | None, typer.Argument(help="The prompt; standard input when left out.")] = None,
    model: ModelOption = "embedded",
    bare: Annotated[bool, typer.Option("--bare", help="The bare model instead of Ludens.")] = False,
    without: WithoutOption = "",
    profile: ProfileOption = "default",
    max_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of the reply.")] = 300,
    seed: SeedOption = 0,
    trace: Annotated[bool, typer.Option("--trace", help="Print the trace as JSON instead of the reply.")] = False,
) -> None:
    """Ask one prompt."""
    from agent.config import AgentConfig
    from ludens.ask import ask as ask_once

    config = AgentConfig(seed=seed, max_reply_tokens=max_tokens).profiled(profile).without(*names(without))
    text = sys.stdin.read() if prompt is None else prompt
    decision = ask_once(text, model=model, config=config, bare=bare)
    typer.echo(decision.trace.model_dump_json(indent=2) if trace else decision.reply)


@app.command(epilog="Example: `ludens rules prompt.txt`, or `ludens rules --transcripts recorded.jsonl --json`")
def rules(
    file: Annotated[Path | None, typer.Argument(help="A prompt; standard input when left out.")] = None,
    transcripts: Annotated[
        Path | None, typer.Option(help="Recorded transcripts, one JSON object a line, to replay instead.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object to standard output.")] = False,
) -> None:
    """Show what is read from a prompt, or how many recorded replies the grammars read would admit."""
    from ludens import rules as reading

    if transcripts is not None:
        counts = reading.replayed(transcripts)
        if as_json:
            typer.echo(json.dumps(counts))
        else:
            console.print_table(reading.replay_table(counts))
        return
    prompt = reading.text_of(file)
    found = reading.findings(prompt)
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(finding) for finding in found]))
    else:
        console.print_table(reading.marked(prompt, found))


@app.command(epilog="Example: `ludens remember transcript.json`, or `ludens remember episodes.jsonl --line 3 --turn 4`")
def remember(
    file: Annotated[Path | None, typer.Argument(help="A transcript as JSON; standard input when left out.")] = None,
    line: Annotated[int, typer.Option(min=1, help="Which line, of a file with one transcript a line.")] = 1,
    turn: Annotated[int | None, typer.Option(min=0, help="Memory after this message, counted from 0.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object to standard output.")] = False,
) -> None:
    """Show what memory holds after a transcript: facts, commitments, places, boards, beliefs."""
    from ludens import remember as memory

    session = memory.remembered(memory.transcript_in(file, line), turn)
    if as_json:
        typer.echo(json.dumps(memory.as_json(session)))
    else:
        console.print_table(memory.drawn(memory.view(session)))
