"""What a person sees while games are played, and afterwards."""

import contextlib
from collections.abc import Callable, Iterator, Mapping

from rich.console import Console, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from games.arena.episode import Outcome, Status
from games.arena.events import ArenaEvent, EpisodeEnded, EpisodeSkipped, EpisodeStarted, TurnTaken
from games.arena.table import render
from ludens.play import Result


class LiveProgress:
    """Counts what the arena reports and shows it: episodes, aborts, tokens per second."""

    def __init__(self, progress: Progress, episodes: int | None = None) -> None:
        """Shows on `progress`.

        Args:
            progress: the display.
            episodes: how many episodes each bar counts to; None when that is not known.
        """
        self._progress = progress
        self._episodes = episodes
        self._expected: dict[str, int] = {}
        self._bars: dict[tuple[str, str], tuple[TaskID, list[int]]] = {}
        self._tokens = 0
        self._seconds = 0.0

    def __call__(self, event: ArenaEvent) -> None:
        """Takes one event of the arena."""
        if isinstance(event, EpisodeStarted):
            self._bar(event.key.label, event.key.game)
        elif isinstance(event, TurnTaken):
            self._tokens += event.usage.tokens
            self._seconds += event.usage.seconds
            self._describe(event.key.label, event.key.game)
        elif isinstance(event, EpisodeEnded | EpisodeSkipped):
            self._count(event.outcome)

    def expect(self, episodes: Mapping[str, int]) -> None:
        """Takes how many episodes of each game there will be, where games differ in that."""
        self._expected.update(episodes)

    def answered(self, label: str, done: int, total: int) -> None:
        """Takes the number of answered requests of lm-evaluation-harness."""
        task, _ = self._bar(label, "lm_eval")
        self._progress.update(task, completed=done, total=total)

    def _count(self, outcome: Outcome) -> None:
        label, game = outcome.key.label, outcome.key.game
        task, counts = self._bar(label, game)
        counts[0] += 1
        counts[1] += outcome.status is Status.ABORTED
        counts[2] += outcome.status is Status.ERROR
        self._progress.update(task, completed=counts[0])
        self._describe(label, game)

    def _bar(self, label: str, game: str) -> tuple[TaskID, list[int]]:
        if (label, game) not in self._bars:
            total = self._expected.get(game, self._episodes)
            task = self._progress.add_task(f"{label:>6} {game}", total=total, aborts="", speed="")
            self._bars[label, game] = (task, [0, 0, 0])
        return self._bars[label, game]

    def _describe(self, label: str, game: str) -> None:
        task, (_, aborted, broken) = self._bar(label, game)
        aborts = f"{aborted} aborted" + (f", {broken} broken" if broken else "")
        speed = f"{self._tokens / self._seconds:.0f} tokens/s" if self._seconds > 0 else ""
        self._progress.update(task, aborts=aborts, speed=speed)


@contextlib.contextmanager
def progress(*, episodes: int | None = None, quiet: bool = False) -> Iterator[LiveProgress]:
    """A live display on standard error, or none; works as the arena's listener.

    Args:
        episodes: how many episodes of each game are asked for.
        quiet: show nothing.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[aborts]}"),
        TextColumn("{task.fields[speed]}"),
        TimeElapsedColumn(),
    )
    display = Progress(*columns, console=Console(stderr=True), disable=quiet)
    with display:
        yield LiveProgress(display, episodes)


def show(result: Result) -> None:
    """Prints the score table."""
    console = Console()
    console.print(render(result.report))
    if result.errors:
        console.print(f"[bold red]{result.errors} episodes broke and have no score; play again to retry them.[/]")
    if result.out is not None:
        console.print(f"Episodes: {result.out}")


def print_table(table: RenderableType) -> None:
    """Prints a table, or anything else that rich can render."""
    Console().print(table)


@contextlib.contextmanager
def counter(noun: str) -> Iterator[Callable[[int, int], None]]:
    """Shows how many of a known number of things are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(noun, total=None)

        def tell(done: int, all_of_them: int) -> None:
            progress.update(task, completed=done, total=all_of_them)

        yield tell
