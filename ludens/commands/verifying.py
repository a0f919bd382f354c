"""Checking a submission: submit verify."""

from pathlib import Path
from typing import Annotated

import typer

from ludens.commands.options import load_quietly, names

EXAMPLE = "Example: `ludens submit verify submissions/example/bundle`, or `… --limit 0.5` to run into the limit"


def verify(
    bundle: Annotated[Path, typer.Argument(help="The bundle's folder, or a tar or zip of it.", show_default=False)],
    limit: Annotated[float, typer.Option(help="Minutes for all games and prompts together.")] = 120.0,
    games: Annotated[str, typer.Option(help="Practice games, joined by commas; all fourteen when left out.")] = "",
    wheels: Annotated[
        Path | None, typer.Option(help="Install the lock from this folder of wheels, instead of linking what is here.")
    ] = None,
    files_only: Annotated[bool, typer.Option("--files-only", help="Check the files and run nothing.")] = False,
    no_namespaces: Annotated[
        bool, typer.Option("--no-namespaces", help="Rely on the guard in Python, as on systems without namespaces.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Where to write the signed report; beside the bundle when left out.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report itself to standard output.")] = False,
) -> None:
    """Check a submission, walled in and offline; exit code 1 when anything failed."""
    load_quietly()
    from ludens import verify as verifying

    report, place = verifying.run(
        bundle,
        out=out,
        limit_min=limit,
        games=tuple(names(games)),
        wheels=wheels,
        namespaces=not no_namespaces,
        files_only=files_only,
        quiet=as_json,
    )
    if as_json:
        typer.echo(report.encoded().decode("ascii"), nl=False)
    else:
        verifying.show(report, place)
    if not verifying.stands(report, files_only=files_only):
        raise typer.Exit(1)
