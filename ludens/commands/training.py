"""The commands that train, export and report; `ludens.cli` hangs them into the command line."""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

training = typer.Typer(help="Train the language model, one YAML per run.", no_args_is_help=True)

RunFile = Annotated[Path, typer.Argument(help="The run's YAML; examples lie in examples/runs.", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object to standard output.")]


@training.command(epilog="Example: `ludens train sft examples/runs/sft.yaml`")
def sft(run: RunFile, as_json: JsonOption = False) -> None:
    """Learn from conversations, with loss on the player's own words."""
    _train("sft", run, as_json)


@training.command(epilog="Example: `ludens train dpo examples/runs/dpo.yaml`")
def dpo(run: RunFile, as_json: JsonOption = False) -> None:
    """Learn from pairs of better and worse replies."""
    _train("dpo", run, as_json)


@training.command(epilog="Example: `ludens train grpo examples/runs/grpo.yaml`")
def grpo(run: RunFile, as_json: JsonOption = False) -> None:
    """Learn while playing, by the games' rewards."""
    _train("grpo", run, as_json)


@training.command(epilog="Example: `ludens train retrospect examples/runs/retrospect.yaml`")
def retrospect(run: RunFile, as_json: JsonOption = False) -> None:
    """Learn from what others said afterwards."""
    _train("retrospect", run, as_json)


@training.command(epilog="Example: `ludens train report runs/sft --before runs/before.json --after runs/after.json`")
def report(
    run: Annotated[Path, typer.Argument(help="A run's folder.")],
    before: Annotated[
        list[Path] | None, typer.Option(help="Scores of the untrained model, as `ludens play --json` prints them.")
    ] = None,
    after: Annotated[list[Path] | None, typer.Option(help="Scores of the trained model, likewise.")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write it; `report` in the run's folder.")] = None,
) -> None:
    """Write a run's report: curves, scores before and after, tokens and seconds."""
    from ludens.train import libraries

    with libraries():
        from trainer.report import write_report

        place = write_report(run, out or run / "report", before=before or [], after=after or [])
    typer.echo(f"wrote {place}")


def export(
    weights: Annotated[Path, typer.Argument(help="A run's folder, or a folder of weights in it.")],
    target: Annotated[Path, typer.Argument(help="The folder or file to write.")],
    form: Annotated[
        Literal["merged", "adapter", "gguf"], typer.Option("--as", help="Whole weights, the adapter, or a GGUF.")
    ] = "gguf",
    encoding: Annotated[
        Literal["f32", "f16", "bf16", "q8_0"], typer.Option(help="Number format of a GGUF's matrices.")
    ] = "bf16",
    like: Annotated[Path | None, typer.Option(help="A GGUF of the same model, for its tokenizer.")] = None,
) -> None:
    """Write trained weights for others to use."""
    from ludens.train import libraries

    with libraries():
        from trainer import export as exporting

        place = exporting.weights_of(weights)
        if form == "gguf":
            exporting.export_gguf(place, target, encoding=encoding, like=like)
        elif form == "merged":
            exporting.export_directory(place, target)
        else:
            exporting.export_adapter(place, target)
    typer.echo(f"wrote {target}")


def _train(objective: str, run: Path, as_json: bool) -> None:
    from ludens.train import show, train

    speaks = os.environ.get("RANK", "0") == "0"  # one of the processes that `accelerate launch` starts
    result = train(objective, run, quiet=as_json or not speaks)
    if not speaks:
        return
    if as_json:
        typer.echo(result.model_dump_json())
    else:
        show(result)
