"""Training from the command line: a run's YAML, its objective, and what a person sees of it."""

import contextlib
import importlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from agent.errors import UserError
from ludens.console import print_table

if TYPE_CHECKING:
    from trainer.events import Listener, Stepped
    from trainer.run_config import RunConfig
    from trainer.run_folder import Result
    from trainer.training import Around

_MISSING = "Training needs {0}, which is not installed: pip install 'ludens[trainer]'"


def train(objective: str, path: Path, *, quiet: bool = False) -> "Result":
    """Runs, or goes on with, what a YAML file describes.

    Args:
        objective: sft, dpo, grpo or retrospect.
        path: the file.
        quiet: show nothing.

    Raises:
        UserError: something about the run is unusable, or the training libraries are missing.
    """
    with libraries():
        from trainer import run_config
        from trainer.training import Around
        from trainer.trl_settings import sharded
        from trainer.validation import PracticeValidator

        config = run_config.load_config(path, run_config.CONFIGS[objective])
        validator = None
        if config.validation.games and sharded():
            if not quiet:
                Console(stderr=True).print(
                    "Scattered weights play no games while they are trained: score the folders under milestones "
                    "afterwards with `ludens play --bare --model`."
                )
        elif config.validation.games:
            validator = PracticeValidator(
                settings=config.validation, base=config.model, keep_default_system=config.keep_default_system
            )
        with _progress(quiet=quiet) as listen:
            return _objective(objective)(config, Around(validator=validator, listen=listen))


@contextlib.contextmanager
def libraries() -> Iterator[None]:
    """Says how to get a library that is missing.

    Raises:
        UserError: a training library is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name in ("agent", "games", "trainer", "ludens", "memory", "constraints", "planner"):
            raise
        raise UserError(_MISSING.format(name)) from error


def show(result: "Result") -> None:
    """Prints what came of a run."""
    lines = [f"{result.objective}: {result.steps} steps, {result.tokens:,} tokens, {result.seconds:.0f} s"]
    lines.append(f"ended because {result.stopped}")
    for name, value in (("loss", result.loss), ("held-out loss", result.held_out), ("practice score", result.score)):
        if value is not None:
            lines.append(f"{name} {value:.4g}")
    lines += [f"weights {result.weights}", f"best    {result.best}"]
    print_table("\n".join(lines))


def _objective(name: str) -> "Callable[[RunConfig, Around], Result]":
    """The function that trains by an objective."""
    return importlib.import_module(f"trainer.{name}").train


@contextlib.contextmanager
def _progress(*, quiet: bool) -> "Iterator[Listener]":
    """A live line on standard error."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        TextColumn("{task.completed}/{task.total} steps"),
        TextColumn("{task.fields[told]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    told: dict[str, str] = {}
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as display:
        task = display.add_task("training", total=None, told="")

        def listen(event: "Stepped") -> None:
            if event.loss is not None:
                told["loss"] = f"{event.loss:.3f}"
            told.update({name: f"{value:.3g}" for name, value in event.measured.items() if "/" not in name})
            said = ", ".join(f"{name} {value}" for name, value in told.items())
            share = f"{event.tokens:,} of {event.budget:,} tokens"
            display.update(task, total=event.steps, completed=event.step, told=f"{share}, {said}")

        yield listen
