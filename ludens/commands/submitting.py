"""Submissions: build, verify, row; and how long a full evaluation takes."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from ludens.commands import verifying

submit = typer.Typer(help="Package, check and describe a submission to the challenge.", no_args_is_help=True)
submit.command("verify", epilog=verifying.EXAMPLE)(verifying.verify)

ConfigFile = Annotated[
    Path, typer.Argument(help="The submission's YAML; one lies in submissions/example.", metavar="CONFIG")
]


@submit.command(epilog="Example: `ludens submit build submissions/example/submission.yaml -o dist/submission`")
def build(
    config: ConfigFile,
    out: Annotated[Path, typer.Option("--out", "-o", help="The bundle's folder; an older bundle there is replaced.")],
) -> None:
    """Make a bundle that anybody can check and run offline: code, weights or pinned references, ledger, reports."""
    from ludens.submitting import make

    with Console(stderr=True).status("building") as status:
        manifest = make(config, out, lambda text: status.update(f"building: {text}"))
    size = sum(file.size for file in manifest.files)
    typer.echo(f"wrote {out}: {len(manifest.files)} files, {size:,} bytes, manifest {manifest.fingerprint()}")


@submit.command(epilog="Example: `ludens submit row submission.yaml --clembench ~/clembench --out runs/dev`")
def row(
    config: ConfigFile,
    clembench: Annotated[
        Path | None, typer.Option(help="A checkout of clembench: play its games and static suites, as `playpen eval`.")
    ] = None,
    instance_files: Annotated[
        Path | None, typer.Option(help="Folder of instance files, GAME.json, for that checkout.")
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option(help="What was played already: a folder of `ludens eval`, `clem run` or `playpen eval`."),
    ] = None,
    figures: Annotated[
        Literal["playpen", "in_domain", "out_of_domain"], typer.Option(help="Which columns the results fill.")
    ] = "playpen",
    suite: Annotated[Literal["both", "games", "static"], typer.Option(help="What of the checkout is played.")] = "both",
    games: Annotated[str, typer.Option(help="Games to keep, joined by commas.")] = "",
    instances: Annotated[
        int | None, typer.Option(min=1, help="Instances of each game; all of a file if left out.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of record and episodes; measuring again resumes.")] = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the row as the challenge's pull requests do.")
    ] = False,
) -> None:
    """Run the development evaluation, or read a finished one, and print the row for the leaderboard."""
    from ludens import console
    from ludens.commands.options import load_quietly, names

    load_quietly()
    from ludens.submitting import Played, filled_row

    played = Played(
        figures=figures,
        suites=("games", "static") if suite == "both" else (suite,),
        clembench=clembench,
        instance_files=instance_files,
        results=results,
        games=tuple(names(games)),
        instances=instances,
        out=out,
    )
    with console.progress(quiet=clembench is None) as progress:
        found = filled_row(config, played, progress)
    typer.echo(found.markdown if markdown else found.csv, nl=markdown)


def plan(
    model: Annotated[
        str, typer.Option("--model", "-m", help="As for `ludens play`, or a name with its size: llama-3.1-8b.")
    ],
    games: Annotated[str, typer.Option(help="Games, joined by commas; all that were counted if left out.")] = "",
    gpu: Annotated[str, typer.Option(help="A100, A100-40, H100, H200, L4 or T4.")] = "A100",
    hours: Annotated[float, typer.Option(min=0.01, help="The time limit.")] = 2.0,
    counts: Annotated[
        Path | None, typer.Option(help="Folder of `ludens play` or `ludens eval` whose episodes are counted.")
    ] = None,
    instances: Annotated[
        int | None, typer.Option(min=1, help="Instances of each game, in place of those counted.")
    ] = None,
    params: Annotated[
        float | None, typer.Option(min=0.001, help="Billions of parameters, if the name does not say.")
    ] = None,
    reading: Annotated[float | None, typer.Option(min=0.1, help="Measured tokens of prompts a second.")] = None,
    writing: Annotated[float | None, typer.Option(min=0.1, help="Measured tokens a second of a single reply.")] = None,
    batch: Annotated[int, typer.Option(min=1, help="Episodes side by side, where there is a batch.")] = 8,
    thinking_tokens: Annotated[
        int, typer.Option(min=1, help="Thoughts before a reply, where the model thinks.")
    ] = 1024,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object to standard output.")] = False,
) -> None:
    """Estimate calls, tokens and time of a full evaluation, and say which switches fit it into the time limit."""
    from ludens import console
    from ludens import plan as planning
    from ludens.commands.options import names

    found = planning.plan(
        planning.Question(
            model=model,
            games=tuple(names(games)),
            gpu=gpu,
            hours=hours,
            counts=counts,
            instances=instances,
            parameters=None if params is None else 1e9 * params,
            reading=reading,
            writing=writing,
            batch=batch,
            thinking_tokens=thinking_tokens,
        )
    )
    if as_json:
        typer.echo(json.dumps(found.as_json()))
        return
    console.print_table(planning.table(found))
    for line in planning.advice(found):
        typer.echo(line)


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.add_typer(submit, name="submit")
    app.command(epilog="Example: `ludens plan --model llama-3.1-8b --gpu A100 --hours 2`")(plan)
