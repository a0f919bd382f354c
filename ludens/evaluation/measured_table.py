"""A measured record as tables for a terminal."""

from collections.abc import Iterator, Mapping

from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.table import Table

from ludens.evaluation.measured_record import (
    SUITES,
    Estimate,
    GameFigures,
    MeasuredRecord,
    PairedDifference,
    PairedSuite,
    SuiteFigures,
    SuiteName,
)

TOTALS: Mapping[SuiteName, str] = {"games": "clemscore", "static": "statscore", "cognitive": "cogscore"}


def tables(record: MeasuredRecord) -> RenderableType:
    """Suite by suite, then the tasks of lm-evaluation-harness, then the paired comparisons."""
    return Group(*_parts(record))


def _parts(record: MeasuredRecord) -> Iterator[RenderableType]:
    for suite in SUITES:
        if any(suite in seat.suites for seat in record.seats.values()):
            yield _suite_table(record, suite)
    if any(seat.tasks for seat in record.seats.values()):
        yield _task_table(record)
    if record.comparisons:
        yield _paired_table(record)


def _suite_table(record: MeasuredRecord, suite: SuiteName) -> Table:
    figures = {name: seat.suites[suite] for name, seat in record.seats.items() if suite in seat.suites}
    errors = any(game.errors for each in figures.values() for game in each.games.values())
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=f"{suite}: 95% bootstrap intervals in parentheses")
    table.add_column(suite, overflow="fold", min_width=11)
    table.add_column("player", overflow="fold", min_width=6)
    for heading in ("n", *(("broken",) if errors else ()), "% played", "quality", "score"):
        table.add_column(heading, justify="right")
    for game in dict.fromkeys(name for each in figures.values() for name in each.games):
        mine = {player: each.games[game] for player, each in figures.items() if game in each.games}
        for place, (player, line) in enumerate(sorted(mine.items())):
            table.add_row("" if place else escape(game), escape(player), *_cells(line, errors))
    table.add_section()
    for place, (player, each) in enumerate(sorted(figures.items())):
        counts = [str(sum(game.n for game in each.games.values())), *(("",) if errors else ())]
        total = [shown(each.played_pct), shown(each.quality), shown(each.score)]
        table.add_row("" if place else "all", escape(player), *counts, *total)
    table.caption = ", ".join(f"{escape(player)} {_total(suite, each)}" for player, each in sorted(figures.items()))
    return table


def _cells(line: GameFigures, errors: bool) -> list[str]:
    broken = [f"[bold red]{line.errors}[/]" if line.errors else "0"] if errors else []
    return [str(line.n), *broken, shown(line.played_pct), shown(line.quality), shown(line.score)]


def _total(suite: SuiteName, figures: SuiteFigures) -> str:
    return f"{TOTALS[suite]} {'–' if figures.clem_score is None else f'{figures.clem_score:.2f}'}"


def _task_table(record: MeasuredRecord) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="tasks of lm-evaluation-harness")
    for heading, side in (("task", "left"), ("player", "left"), ("n", "right"), ("metric", "left"), ("score", "right")):
        table.add_column(heading, justify=side, overflow="fold")  # type: ignore[arg-type]
    for task in dict.fromkeys(name for seat in record.seats.values() for name in seat.tasks):
        mine = {player: seat.tasks[task] for player, seat in record.seats.items() if task in seat.tasks}
        for place, (player, line) in enumerate(sorted(mine.items())):
            cells = (escape(player), str(line.n), escape(line.metric), shown(line.score))
            table.add_row("" if place else escape(task), *cells)
    return table


def _paired_table(record: MeasuredRecord) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="paired differences on the same instances")
    for heading in ("suite", "what", "pairs", "difference", "p", "better", "worse"):
        table.add_column(heading, justify="left" if heading in ("suite", "what") else "right", overflow="fold")
    for each in record.comparisons:
        table.add_row(each.suite, _who(each), *_difference(each.total))
        for game, one in each.games.items():
            table.add_row("", escape(f"  {game}"), *_difference(one))
        table.add_section()
    return table


def _who(each: PairedSuite) -> str:
    return escape(f"{each.second} less {each.first}")


def _difference(one: PairedDifference) -> tuple[str, ...]:
    sure = "[bold]" if one.p_value < 0.05 else ""
    points = f"{sure}{one.difference:+.1f}{'[/]' if sure else ''} ({one.low:+.1f} to {one.high:+.1f})"
    return (str(one.pairs), points, _p(one.p_value), str(one.better), str(one.worse))


def _p(value: float) -> str:
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def shown(figure: Estimate | None) -> str:
    """A figure with its interval, as people read it."""
    return "–" if figure is None else f"{figure.value:.1f} ({figure.low:.0f}–{figure.high:.0f})"
