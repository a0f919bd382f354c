"""The commands around training data: rollouts, data sets, the ledger.

Each parses, builds the configuration and makes one library call.
"""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from ludens import console

if TYPE_CHECKING:
    from ludens.rollout import Report
    from trainer.rollout import Progress as Rolled

ledger = typer.Typer(help="Check and read the count of training tokens.", no_args_is_help=True)


@ledger.command("verify", epilog="Example: `ludens ledger verify submissions/first/run.ledger`")
def ledger_verify(
    file: Annotated[Path, typer.Argument(help="The ledger.")],
    head: Annotated[str, typer.Option(help="The head it must have, as published beside the weights.")] = "",
) -> None:
    """Check a ledger, offline, from its first byte to its last; exit code 2 when it does not hold together."""
    from ludens import ledger as ledgers

    typer.echo(ledgers.verdict(file, ledgers.account(file, head)))


@ledger.command("show", epilog="Example: `ludens ledger show runs/sft/run.ledger`")
def ledger_show(
    file: Annotated[Path, typer.Argument(help="The ledger.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object to standard output.")] = False,
) -> None:
    """Show what was consumed, stage by stage; the ledger is checked first."""
    from ludens import ledger as ledgers

    found = ledgers.account(file)
    if as_json:
        typer.echo(json.dumps(ledgers.as_json(found)))
    else:
        console.print_table(ledgers.table(found))


def rollout(
    out: Annotated[Path, typer.Option(help="Folder of trajectories; rolling out into it again resumes.")],
    games: Annotated[str, typer.Option(help="Practice games, joined by commas; all of them when left out.")] = "",
    count: Annotated[int, typer.Option(help="Instances of each game, spread over its levels.")] = 12,
    player: Annotated[str, typer.Option(help="Who plays: ludens, bare, demonstrator or expert.")] = "ludens",
    model: Annotated[str, typer.Option("--model", "-m", help="The player's language model.")] = "embedded",
    partner: Annotated[
        str,
        typer.Option(help="Who plays the other role: a model with Ludens around it, bare:MODEL, demonstrator, expert."),
    ] = "",
    bare: Annotated[bool, typer.Option("--bare", help="The same as --player bare.")] = False,
    without: Annotated[str, typer.Option(help="Stages to switch off, joined by commas.")] = "",
    split: Annotated[str, typer.Option(help="train or validation.")] = "train",
    seed: Annotated[int, typer.Option(min=0, help="Seed of the instances.")] = 0,
    attempts: Annotated[int, typer.Option(help="Plays of each instance; from the second on, warmer.")] = 1,
    corrective: Annotated[int, typer.Option(min=0, max=9, help="Chances that every reply gets.")] = 0,
    workers: Annotated[int, typer.Option(help="Processes that play, each with weights of its own.")] = 1,
    batch: Annotated[int, typer.Option(min=1, help="Episodes side by side in each process.")] = 4,
    max_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of one reply.")] = 100,
    label: Annotated[str, typer.Option(help="Name of these players in the folder.")] = "",
    traces: Annotated[bool, typer.Option(help="Keep how every reply came about.")] = True,
    curriculum: Annotated[
        str,
        typer.Option(help="Draw levels: uniform, or signal for those that are in the balance. In turn if left out."),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object to standard output.")] = False,
) -> None:
    """Play practice games and keep the trajectories, for training."""
    from agent.config import AgentConfig
    from ludens import rollout as rolling
    from trainer.rollout_plan import RolloutPlan

    agent = AgentConfig(seed=seed, max_reply_tokens=max_tokens).without(*_names(without))
    plan = RolloutPlan(
        games=tuple(_names(games)),
        count=count,
        split=split,
        seed=seed,
        attempts=attempts,
        corrective=corrective,
        learner=rolling.seat("bare" if bare else player, model, agent),
        partner=rolling.player(partner, agent) if partner else None,
        label=label,
        traces=traces,
        curriculum=rolling.curriculum(curriculum),
    )
    with _bar(quiet=as_json) as listen:
        report = rolling.run(plan, out, workers=workers, batch=batch, listen=listen)
    if as_json:
        typer.echo(json.dumps(report.as_json()))
    else:
        _show(report)
    if report.progress.broken:
        raise typer.Exit(1)


def data(
    store: Annotated[Path, typer.Option(help="Folder of trajectories.")],
    out: Annotated[Path, typer.Option(help="Folder for the data sets.")],
    measured: Annotated[
        list[Path] | None, typer.Option(help="File of instances that are measured, or a folder of such; repeatable.")
    ] = None,
    form: Annotated[str, typer.Option(help="whole: conversations; pieces: one for every reply.")] = "whole",
    players: Annotated[str, typer.Option(help="Whose words are learnt, joined by commas.")] = "ludens,demonstrator",
    per_game: Annotated[
        int | None, typer.Option(help="Episodes of each game; the rarest's number if left out.")
    ] = None,
    min_quality: Annotated[float, typer.Option(help="Least main score of an episode, 0 to 100.")] = 0.0,
    converse: Annotated[bool, typer.Option("--converse", help="Learn from being understood, on both sides.")] = False,
    warm_up: Annotated[str, typer.Option(help="Games that come first, joined by commas.")] = "",
    rehearse_every: Annotated[int, typer.Option(help="After how many samples one of the warm-up comes again.")] = 0,
    pairs_per_game: Annotated[int | None, typer.Option(help="Most preference pairs of each kind and game.")] = None,
    held_out: Annotated[float, typer.Option(help="Share of instances that is judged by.")] = 0.05,
    seed: Annotated[int, typer.Option(min=0, help="Of every choice and order.")] = 0,
) -> None:
    """Make data sets of trajectories: conversations to learn, others to judge by, and preference pairs."""
    from ludens.data import make, plan_of

    plan = plan_of(
        form=form,
        players=tuple(_names(players)),
        per_game=per_game,
        min_quality=min_quality,
        converse=converse,
        warm_up=tuple(_names(warm_up)),
        rehearse_every=rehearse_every,
        pairs_per_game=pairs_per_game,
        held_out=held_out,
        seed=seed,
    )
    with Console(stderr=True).status("reading trajectories"):
        lines = list(make(store, out, plan, measured or ()))
    for line in lines:
        typer.echo(line)


def register(app: typer.Typer) -> None:
    """Adds these commands to the command line."""
    app.command(epilog="Example: `ludens rollout --games taboo,wordle --count 100 --out runs/store --workers 2`")(
        rollout
    )
    app.command(epilog="Example: `ludens data --store runs/store --out runs/data --measured clembench`")(data)
    app.add_typer(ledger, name="ledger")


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


@contextlib.contextmanager
def _bar(*, quiet: bool) -> "Iterator[Callable[[Rolled], None]]":
    columns = (
        SpinnerColumn(),
        TextColumn("episodes"),
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TextColumn("{task.fields[news]}"),
        TimeElapsedColumn(),
    )
    display = Progress(*columns, console=Console(stderr=True), disable=quiet)
    task = display.add_task("", total=None, news="")

    def listen(progress: "Rolled") -> None:
        display.start()  # not before there is something to show: what is refused is refused in one line
        news = "" if progress.last is None else str(progress.last.id)
        news += f" [red]{progress.broken} broken" if progress.broken else ""
        display.update(task, completed=progress.done, total=progress.total, news=news)

    try:
        yield listen
    finally:
        display.stop()


def _show(report: "Report") -> None:
    table = Table(caption=f"trajectories in {report.out}")
    for name in ("game", "episodes", "won", "lost", "aborted", "broken", "quality", "turns"):
        table.add_column(name, justify="left" if name == "game" else "right")
    for tally in report.tallies:
        quality = "" if tally.quality is None else f"{tally.quality:.1f}"
        figures = (tally.episodes, tally.won, tally.lost, tally.aborted, tally.broken)
        table.add_row(tally.game, *map(str, figures), quality, str(tally.turns))
    console.print_table(table)
    for episode, error in report.errors[:5]:
        Console(stderr=True).print(f"[red]{episode} broke: {error}[/]")
