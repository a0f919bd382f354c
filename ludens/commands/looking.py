"""Looking at games: view, watch, report."""

from pathlib import Path
from typing import Annotated

import typer

from ludens import console
from ludens.commands.options import ModelOption, SeedOption, WithoutOption, load_quietly, names
from ludens.commands.serving import say_address

app = typer.Typer()


@app.command(epilog="Example: `ludens view runs/play --open`")
def view(
    run: Annotated[Path, typer.Argument(help="A run folder, such as `ludens play --out` writes.")],
    out: Annotated[Path | None, typer.Option(help="The HTML file; RUN/view.html when left out.")] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
) -> None:
    """Write a run as one page to look at: every turn with what was read, planned, drafted and said."""
    load_quietly()
    from ludens.viewer.page import write

    target = out or run / "view.html"
    with console.counter("episodes") as count:
        episodes = write(run, target, count)
    typer.echo(f"{target}: {episodes} episodes")
    if open_it:
        typer.launch(target.resolve().as_uri())


@app.command(epilog="Example: `ludens watch taboo --seat B --open`")
def watch(
    game: Annotated[str, typer.Argument(help="A practice game.")],
    seat: Annotated[str, typer.Option(help="A or B: the player that you speak for; nobody when left out.")] = "",
    model: ModelOption = "embedded",
    bare: Annotated[bool, typer.Option("--bare", help="The bare model instead of Ludens.")] = False,
    without: WithoutOption = "",
    seed: SeedOption = 0,
    delay: Annotated[float, typer.Option(min=0.0, help="Seconds to wait after every turn.")] = 1.0,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on this machine; any free one for 0.")] = 0,
    open_it: Annotated[bool, typer.Option("--open", help="Show the page in the browser.")] = False,
) -> None:
    """Watch an episode in the browser while it is played, or take a seat in it. Ctrl+C ends it."""
    load_quietly()
    from agent.config import AgentConfig
    from ludens.watch.host import serve, table, watch_request

    config = AgentConfig().without(*names(without))
    request = watch_request(game, model=model, bare=bare, seed=seed, config=config)

    def ready(address: str) -> None:
        say_address(address)
        if open_it:
            typer.launch(address)

    with table(request, seat=seat.upper(), delay_s=delay) as laid:
        serve(laid, name=game, port=port, ready=ready)


@app.command(epilog="Example: `ludens report runs/eval runs/ablation results --out runs/report`")
def report(
    runs: Annotated[
        list[Path], typer.Argument(help="Folders of `ludens play`, `eval` or `ablate`, or results scored by clem.")
    ],
    out: Annotated[Path, typer.Option(help="Folder for the page, its plots and its figures.")] = Path("runs/report"),
    seed: SeedOption = 0,
) -> None:
    """Write runs of any kind as one page: scores, paired comparisons, the 2026 leaderboard, correlations."""
    load_quietly()
    from ludens.evaluation.report import report as write_report

    written = write_report(runs, out, seed=seed)
    typer.echo(written.text)
    typer.echo(f"Written: {', '.join(map(str, written.files))}", err=True)
