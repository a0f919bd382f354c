"""Playing and measuring: play, ablate."""

import json
from pathlib import Path
from typing import Annotated

import typer

from ludens import console
from ludens.commands.options import ModelOption, ProfileOption, SeedOption, WithoutOption, load_quietly, names, numbers

app = typer.Typer()


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
    profile: ProfileOption = "default",
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
        agent=AgentConfig(seed=seed, max_reply_tokens=max_tokens).profiled(profile).without(*names(without)),
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


@app.command(epilog="Example: `ludens ablate taboo map --instances 20 --out runs/ablation --workers 2`")
def ablate(
    games: Annotated[list[str] | None, typer.Argument(help="Practice games; all of them when none is named.")] = None,
    out: Annotated[Path, typer.Option(help="Run folder; playing into it again resumes.")] = Path("runs/ablation"),
    model: ModelOption = "embedded",
    instances: Annotated[int, typer.Option("--instances", "-n", min=1, help="Instances of each game and seed.")] = 20,
    seeds: Annotated[str, typer.Option(help="Seeds, joined by commas.")] = "0",
    only: Annotated[str, typer.Option(help="Configurations, joined by commas; the whole grid when left out.")] = "",
    workers: Annotated[int, typer.Option(min=1, help="Processes, each with weights of its own.")] = 1,
    batch: Annotated[int, typer.Option(min=1, help="Episodes side by side in each process.")] = 4,
    max_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of one reply.")] = 100,
    write_up: Annotated[
        Path | None,
        typer.Option(help="Play nothing; write what the run folder holds as this page, plots into img beside it."),
    ] = None,
) -> None:
    """Play a grid of configurations (each module off, alone, all off) and say what each module is worth."""
    load_quietly()
    from agent.config import AgentConfig
    from ludens.evaluation.ablation import AblationPlan
    from ludens.evaluation.ablation import ablate as play_grid
    from ludens.evaluation.write_up import Places, write_up_run
    from trainer.executor import InlineExecutor, ProcessExecutor

    if write_up is None:
        plan = AblationPlan(
            model=model,
            games=tuple(games or ()),
            instances=instances,
            seeds=numbers(seeds),
            agent=AgentConfig(max_reply_tokens=max_tokens),
            only=tuple(names(only)),
        )
        with console.counter("episodes") as count:
            executor = InlineExecutor() if workers == 1 else ProcessExecutor(workers=workers)
            play_grid(plan, out, executor, batch=batch, tell=count)
    written = write_up_run(out, Places.inside(out) if write_up is None else Places.of_page(write_up))
    typer.echo(written.text if write_up is None else f"{write_up}: {len(written.files)} files written")
    if written.errors:
        raise typer.Exit(1)
