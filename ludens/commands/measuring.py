"""Measuring: eval, and lm-evaluation-harness with Ludens among its models."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from agent.errors import UserError
from ludens import console
from ludens.commands.options import ModelOption, ProfileOption, SeedOption, WithoutOption, load_quietly, names

if TYPE_CHECKING:
    from ludens.evaluation.measure import Measurement
    from ludens.evaluation.measured_record import MeasuredRecord, SuiteName
    from ludens.play import Label

app = typer.Typer()


@app.command("eval", epilog="Example: `ludens eval --suite games,cognitive --instances 10 --out runs/eval`")
def evaluate(
    suite: Annotated[
        str, typer.Option(help="games, static, cognitive, joined by commas, or all; games when nothing is named.")
    ] = "",
    model: ModelOption = "embedded",
    games: Annotated[str, typer.Option(help="Games, suites or abilities to keep, joined by commas.")] = "",
    instances: Annotated[
        int | None, typer.Option("--instances", "-n", min=1, help="Instances of each; 20 drawn, or all of a file.")
    ] = None,
    clembench: Annotated[Path | None, typer.Option(help="A checkout of clembench to play instead of practice.")] = None,
    instance_files: Annotated[
        Path | None, typer.Option(help="Folder of instance files, GAME.json, instead of the checkout's own.")
    ] = None,
    lm_eval_tasks: Annotated[
        str, typer.Option("--lm-eval", help="Tasks of lm-evaluation-harness, joined by commas.")
    ] = "",
    include_path: Annotated[Path | None, typer.Option(help="Folder of your own tasks for --lm-eval.")] = None,
    results: Annotated[
        Path | None, typer.Option(help="A scored results folder of clem or playpen to measure instead of playing.")
    ] = None,
    seats: Annotated[str, typer.Option(help="Who plays, joined by commas: bare, ludens.")] = "bare,ludens",
    bare: Annotated[bool, typer.Option("--bare", help="The same as --seats bare.")] = False,
    without: WithoutOption = "",
    profile: ProfileOption = "default",
    split: Annotated[str, typer.Option(help="Of practice games and probes: train, validation or test.")] = "validation",
    batch: Annotated[int, typer.Option(min=1, help="Episodes played at once.")] = 4,
    max_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of one reply; playpen allows 300.")] = 300,
    seed: SeedOption = 0,
    out: Annotated[Path | None, typer.Option(help="Folder of record and episodes; measuring again resumes.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the record as JSON to standard output.")] = False,
) -> None:
    """Measure a model, bare beside Ludens: games, static suites, cognitive probes, with intervals and paired tests."""
    load_quietly()
    from agent.config import AgentConfig
    from ludens.evaluation.harness_tasks import Tasks
    from ludens.evaluation.measure import Measurement
    from ludens.evaluation.suites import Source

    if results is not None:
        _show(_measured_again(results, suite or "games", seed, out), out, as_json)
        return
    wanted = Measurement(
        suites=_to_play(suite, clembench, lm_eval_tasks),
        source=Source(
            games=tuple(names(games)),
            instances=instances,
            seed=seed,
            split=split,
            clembench=clembench,
            instance_files=instance_files,
        ),
        model=model,
        seats=_seats("bare" if bare else seats),
        agent=AgentConfig(seed=seed, max_reply_tokens=max_tokens).profiled(profile).without(*names(without)),
        batch=batch,
        out=out,
        tasks=Tasks(names=tuple(names(lm_eval_tasks)), include_path=include_path, limit=instances)
        if lm_eval_tasks
        else None,
    )
    record = _measured(wanted, quiet=as_json)
    _show(record, out, as_json)
    if record.errors:
        raise typer.Exit(1)


@app.command(
    "lm-eval",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
    epilog="Example: `ludens lm-eval --model ludens --model_args model=embedded --tasks mine --include_path tasks`",
)
def lm_eval(context: typer.Context) -> None:
    """Hand over to lm-evaluation-harness, with the models ludens and ludens-bare among its own."""
    from ludens.evaluation.harness_tasks import command_line

    load_quietly()
    command_line(context.args)


def _measured(wanted: "Measurement", *, quiet: bool) -> "MeasuredRecord":
    from ludens.evaluation.measure import measure

    with console.progress(quiet=quiet) as progress:
        return measure(wanted, progress)


def _measured_again(results: Path, suite: str, seed: int, out: Path | None) -> "MeasuredRecord":
    from ludens.evaluation.measured_record import write_record
    from ludens.evaluation.measured_results import measure_results

    (only, *others) = _suites(suite)
    if others:
        raise UserError(f"{results} holds one suite; say which with --suite, or name a folder with clem and static.")
    record = measure_results(results, only, seed=seed)
    if out is not None:
        write_record(record, out)
    return record


def _suites(text: str) -> "tuple[SuiteName, ...]":
    from ludens.evaluation.measured_record import SUITES

    wanted = names(text)
    if wanted == ["all"]:
        return SUITES
    for name in wanted:
        if name not in SUITES:
            raise UserError(f"There is no suite '{name}'; choose from {', '.join(SUITES)} or all.")
    if not wanted:
        raise UserError(f"No suite is named; choose from {', '.join(SUITES)} or all.")
    return tuple(name for name in SUITES if name in wanted)


def _to_play(text: str, clembench: Path | None, lm_eval: str) -> "tuple[SuiteName, ...]":
    """The suites to play; tasks of lm-evaluation-harness may stand for the static suites."""
    if not text:
        return () if lm_eval else ("games",)
    return tuple(name for name in _suites(text) if name != "static" or clembench is not None or not lm_eval)


def _seats(text: str) -> "tuple[Label, ...]":
    from ludens.evaluation.measure import LABELS

    wanted = names(text)
    for name in wanted:
        if name not in LABELS:
            raise UserError(f"There is no seat '{name}'; choose from {', '.join(LABELS)}.")
    if not wanted:
        raise UserError(f"No seat is named; choose from {', '.join(LABELS)}.")
    return tuple(label for label in LABELS if label in wanted)


def _show(record: "MeasuredRecord", out: Path | None, as_json: bool) -> None:
    from ludens.evaluation.measured_record import FILE_NAME
    from ludens.evaluation.measured_table import tables

    if as_json:
        typer.echo(record.model_dump_json())
        return
    console.print_table(tables(record))
    if out is not None:
        typer.echo(f"Record: {out / FILE_NAME}")
