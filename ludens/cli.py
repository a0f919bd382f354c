"""The command line: each command parses, builds the configuration, makes one library call.

Faults of the user end with one sentence on standard error and exit code 2; faults of ours crash loudly.
"""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

import agent.errors
import games.errors
from ludens import console, training_commands
from ludens.train_commands import export, training

app = typer.Typer(
    help="Ludens plays dialogue games: a small language model with a memory, a plan and manners.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
harness = typer.Typer(help="Put Ludens into other people's harnesses.", no_args_is_help=True)
app.add_typer(harness, name="harness")
school = typer.Typer(help="Look at the practice games.", no_args_is_help=True)
app.add_typer(school, name="games")
app.add_typer(training, name="train")
app.command("export", epilog="Example: `ludens export runs/sft tuned.gguf --encoding q8_0`")(export)
training_commands.register(app)

ModelOption = Annotated[
    str, typer.Option("--model", "-m", help="embedded, a GGUF file, a directory or hub id, or http(s)://host/v1#name.")
]
WithoutOption = Annotated[
    str, typer.Option(help="Stages to switch off, joined by commas: memory,map,planner,constraints,check,partner.")
]
ProfileOption = Annotated[
    str, typer.Option(help="default, or strict: one language model and no other model, word meanings included.")
]
SeedOption = Annotated[int, typer.Option(min=0, help="Seed of instances and samplers.")]


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _numbers(text: str) -> tuple[int, ...]:
    """Whole numbers joined by commas."""
    try:
        numbers = tuple(int(name) for name in _names(text))
    except ValueError:
        numbers = ()
    if not numbers or min(numbers) < 0:
        raise agent.errors.UserError(f"'{text}' is no list of seeds; write whole numbers joined by commas, like 0,1,2.")
    return numbers


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
        agent=AgentConfig(seed=seed, max_reply_tokens=max_tokens).profiled(profile).without(*_names(without)),
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
    profile: ProfileOption = "default",
    max_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of the reply.")] = 300,
    seed: SeedOption = 0,
    trace: Annotated[bool, typer.Option("--trace", help="Print the trace as JSON instead of the reply.")] = False,
) -> None:
    """Ask one prompt."""
    from agent.config import AgentConfig
    from ludens.ask import ask as ask_once

    config = AgentConfig(seed=seed, max_reply_tokens=max_tokens).profiled(profile).without(*_names(without))
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

    config = AgentConfig().without(*_names(without))
    request = watch_request(game, model=model, bare=bare, seed=seed, config=config)

    def ready(address: str) -> None:
        _say_address(address)
        if open_it:
            typer.launch(address)

    with table(request, seat=seat.upper(), delay_s=delay) as laid:
        serve(laid, name=game, port=port, ready=ready)


@app.command(epilog="Example: `ludens ablate taboo map --instances 20 --out runs/ablation --workers 2`")
def ablate(
    games: Annotated[list[str] | None, typer.Argument(help="Practice games; all of them when none is named.")] = None,
    out: Annotated[Path, typer.Option(help="Run folder; playing into it again resumes.")] = Path("runs/ablation"),
    model: ModelOption = "embedded",
    instances: Annotated[int, typer.Option("--instances", "-n", min=1, help="Instances of each game and seed.")] = 20,
    seeds: Annotated[str, typer.Option(help="Seeds, joined by commas.")] = "0",
    only: Annotated[str, typer.Option(help="Configurations, joined by commas; the whole grid when left out.")] = "",
    workers: Annotated[int, typer.Option(min=1, help="Processes, each with weights of its own.")] = 1,
    max_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of one reply.")] = 100,
) -> None:
    """Play a grid of configurations (each module off, alone, all off) and say what each module is worth."""
    load_quietly()
    from agent.config import AgentConfig
    from ludens.evaluation.ablation import AblationPlan
    from ludens.evaluation.ablation import ablate as play_grid
    from ludens.evaluation.write_up import write_up
    from trainer.executor import InlineExecutor, ProcessExecutor

    plan = AblationPlan(
        model=model,
        games=tuple(games or ()),
        instances=instances,
        seeds=_numbers(seeds),
        agent=AgentConfig(max_reply_tokens=max_tokens),
        only=tuple(_names(only)),
    )
    with console.counter("episodes") as count:
        executor = InlineExecutor() if workers == 1 else ProcessExecutor(workers=workers)
        outcomes = play_grid(plan, out, executor, tell=count)
    about = f"{model}, {plan.split} split, {instances} instances of each game, seeds {', '.join(map(str, plan.seeds))}."
    written = write_up(outcomes, [each.name for each in plan.configurations()], out, about=about)
    typer.echo(written.text)
    if written.errors:
        raise typer.Exit(1)


@app.command(epilog="Example: `ludens serve --port 8000`, then `curl localhost:8000/v1/models`")
def serve(
    model: ModelOption = "embedded",
    without: WithoutOption = "",
    profile: ProfileOption = "default",
    max_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of a reply that asks for no limit.")] = 300,
    seed: SeedOption = 0,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; any free one for 0.")] = 8000,
) -> None:
    """Answer OpenAI's chat completions: the models `ludens` and `ludens-bare`. Ctrl+C ends it."""
    from agent.config import AgentConfig
    from ludens.listening import listen
    from ludens.play import loaded_model
    from ludens.serve.server import app as serving
    from ludens.serve.server import desk

    config = AgentConfig(max_reply_tokens=max_tokens, seed=seed).profiled(profile).without(*_names(without))
    with loaded_model(model) as weights, desk(weights, config) as served:
        listen(serving(served, config), host=host, port=port, ready=_say_address)


def _say_address(address: str) -> None:
    typer.echo(address)
    sys.stdout.flush()  # whoever reads it through a pipe waits for it


@school.command("list", epilog="Example: `ludens games list`")
def games_list() -> None:
    """All practice games, a line each."""
    from games.sample import listing

    for name, description in listing():
        typer.echo(f"{name:<15} {description}")


@school.command("show", epilog="Example: `ludens games show taboo`")
def games_show(
    game: Annotated[str, typer.Argument(help="A practice game.")],
    seed: SeedOption = 0,
) -> None:
    """The rules of a game, its levels, and a sample prompt."""
    load_quietly()
    from games.sample import show

    typer.echo(show(game, seed=seed).as_text())


@school.command("sample", epilog="Example: `ludens games sample wordle --seed 3`")
def games_sample(
    game: Annotated[str, typer.Argument(help="A practice game.")],
    split: Annotated[str, typer.Option(help="train, validation or test.")] = "train",
    level: Annotated[str | None, typer.Option(help="A level of the game; any when left out.")] = None,
    seed: SeedOption = 0,
) -> None:
    """An episode as an expert plays it."""
    load_quietly()
    from games.sample import sample

    typer.echo(sample(game, split=split, level=level, seed=seed).as_text())


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


def load_quietly() -> None:
    """Imports clemcore before anything else does, so that it opens no log file in the working directory."""
    from games.arena.harness import load_clemcore

    load_clemcore()


def main() -> None:
    """Runs the command line; a user's fault becomes one sentence and exit code 2."""
    try:
        app()
    except (agent.errors.UserError, games.errors.UserError) as error:
        sys.stderr.write(f"ludens: {error}\n")
        sys.exit(2)
