"""Submissions: build, verify, row; and how long a full evaluation takes."""

from pathlib import Path
from typing import Annotated

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
