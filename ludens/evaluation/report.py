"""The report: any mix of runs as one Markdown page with plots, the 2026 leaderboard beside it."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from games.errors import UserError
from ludens.evaluation import report_plots as plots
from ludens.evaluation.correlations import FEWEST, Correlation, correlate
from ludens.evaluation.findings import find
from ludens.evaluation.leaderboard import leaderboard
from ludens.evaluation.measured_record import SUITES, Estimate, SuiteFigures, SuiteName
from ludens.evaluation.plain_text import in_markdown
from ludens.evaluation.plain_words import paragraph
from ludens.evaluation.report_tables import (
    Named,
    board_table,
    correlations_table,
    games_table,
    named,
    pairs_table,
    runs_table,
    tasks_table,
    totals_table,
)
from ludens.evaluation.sources import Run, between, read_run

PAGE, FIGURES = "report.md", "report.csv"
MOST_LISTED = 6
"""Players up to which a suite's games are listed one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was written.

    Attributes:
        text: the page.
        files: every file, the page first.
    """

    text: str
    files: tuple[Path, ...]


def report(places: Sequence[Path], out: Path, *, seed: int = 0) -> Report:
    """Reads runs and writes the page, its plots and its figures.

    Args:
        places: run folders of any kind.
        out: folder to write into.
        seed: of intervals and tests.

    Raises:
        UserError: a folder holds no run or an unreadable one, two have the same name, nothing can be written, or
            matplotlib is missing.
    """
    runs = [read_run(place, seed=seed) for place in places]
    names = [run.name for run in runs]
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"Two of the folders are called '{name}'; give one of them another name.")
    try:
        out.mkdir(parents=True, exist_ok=True)
        text = "\n\n".join(_Writer(runs, out, seed).parts()) + "\n"
        (out / PAGE).write_text(text, encoding="utf-8")
        _write_figures(named(runs), out / FIGURES)
    except OSError as error:
        raise UserError(f"{error.filename} cannot be written ({error.strerror}); choose another place.") from error
    return Report(text=text, files=(out / PAGE, out / FIGURES, *sorted(out.glob("report-*.png"))))


class _Writer:
    """The page, part by part; plots are written on the way."""

    def __init__(self, runs: Sequence[Run], out: Path, seed: int) -> None:
        self._runs, self._out, self._seed = runs, out, seed
        self._players = named(runs)

    def parts(self) -> Iterator[str]:
        yield "# Report"
        yield runs_table(self._runs)
        yield "Figures in brackets are 95% bootstrap intervals over episodes within their games; games weigh the same."
        for suite in SUITES:
            yield from self._suite(suite)
        yield from self._tasks()
        yield from self._pairs()
        yield from self._ablations()
        yield from self._board()
        yield from self._correlations()

    def _suite(self, suite: SuiteName) -> Iterator[str]:
        players = [each for each in self._players if suite in each.player.suites]
        if not players:
            return
        yield f"## {suite.capitalize()}"
        yield totals_table(suite, players)
        if len(players) <= MOST_LISTED:
            yield games_table(suite, players)
        name = f"report-{suite}.png"
        plots.scores(suite, players, self._out / name)
        yield f"![Scores: {suite}]({name})"

    def _tasks(self) -> Iterator[str]:
        players = [each for each in self._players if each.player.tasks]
        if players:
            yield "## Tasks of lm-evaluation-harness"
            yield tasks_table(players)

    def _pairs(self) -> Iterator[str]:
        comparisons = [each for run in self._runs for each in run.comparisons] + between(self._runs, seed=self._seed)
        if not comparisons:
            return
        yield "## Paired comparisons"
        yield (
            "Differences on the same instances (an aborted episode scores 0); p from sign flips of the differences; "
            "\\* significant at 5% among all rows of its table (Holm)."
        )
        yield pairs_table(comparisons, games=False)
        if sum(len(each.games) for each in comparisons) <= 8 * MOST_LISTED:
            yield pairs_table(comparisons, games=True)

    def _ablations(self) -> Iterator[str]:
        for run in self._runs:
            if run.kind == "ablation":
                yield f"## Ablation: {in_markdown(run.name)}"
                yield paragraph(find(run.outcomes, np.random.default_rng(self._seed)))

    def _board(self) -> Iterator[str]:
        board = leaderboard()
        ours = [each for each in self._players if self._comparable(each)]
        scored: dict[str, Estimate] = {}
        for each in ours:
            figures = each.player.suites.get("games")
            if figures is not None and figures.score is not None and board.covers("games", _games(figures)):
                scored[each.name] = figures.score
        yield "## Beside the leaderboard of 2026"
        yield f"{board.about} Source: {board.source} ({board.licence})."
        if not ours:
            yield (
                f"No run here covers the board's {len(board.games)} games or its {len(board.static)} static suites, so "
                "none of its scores may be put into this table: practice games are other games."
            )
        yield board_table(board, ours)
        if scored:
            plots.board(board, scored, self._out / "report-leaderboard.png")
            yield "![Clemscores of the leaderboard and of these runs](report-leaderboard.png)"

    def _comparable(self, each: Named) -> bool:
        return any(leaderboard().covers(suite, _games(figures)) for suite, figures in each.player.suites.items())

    def _correlations(self) -> Iterator[str]:
        board = leaderboard()
        yield "## Correlations"
        yield (
            "Whether players that are better at one thing are better at another. Intervals are Fisher's, for as many "
            f"independent players as n says; below {FEWEST} players, or where a measure never varies, there is none. "
            "Configurations of one model are no independent players: read their intervals as too narrow."
        )
        suites = _suite_measures(self._players)
        if len(suites) > 1:
            yield f"Suites, over {_counted(self._players)}:"
            yield correlations_table(correlate(suites))
        else:
            yield "These runs hold one suite only; measure games, static suites and probes to see them side by side."
        yield from self._game_correlations()
        standings = {
            "clemscore": {each.model: each.clemscore for each in board.models},
            "statscore": {each.model: each.statscore for each in board.models},
            "out-of-domain clemscore": {each.model: each.out_of_domain_clemscore for each in board.models},
        }
        yield f"The same on the leaderboard's {len(board.models)} models, several of them made from the same one:"
        yield correlations_table(correlate(standings))

    def _game_correlations(self) -> Iterator[str]:
        measures = _game_measures(self._players)
        found = [each for each in correlate(measures) if each.spearman is not None]
        if len(found) < 2:
            return
        values = {(each.first, each.second): each.spearman.value for each in found if each.spearman is not None}
        varying = [name for name in measures if any(name in pair for pair in values)]
        name = "report-correlations.png"
        plots.matrix(varying, values, "Spearman over players", self._out / name)
        yield f"![Which games go together, over {_counted(self._players)}]({name})"
        yield f"Closest: {_extremes(found, 1)}. Farthest: {_extremes(found, -1)}."


def _games(figures: SuiteFigures) -> frozenset[str]:
    return frozenset(figures.games)


def _suite_measures(players: Sequence[Named]) -> dict[str, dict[str, float]]:
    """Suite to player to its mean score over games, an aborted episode counting 0."""
    found: dict[str, dict[str, float]] = {}
    for each in players:
        for suite, figures in each.player.suites.items():
            scores = [game.score.value for game in figures.games.values() if game.score is not None]
            if scores:
                found.setdefault(suite, {})[each.name] = sum(scores) / len(scores)
    return {suite: found[suite] for suite in SUITES if suite in found}


def _game_measures(players: Sequence[Named]) -> dict[str, dict[str, float]]:
    """Game, suite or ability to player to its mean score."""
    found: dict[str, dict[str, float]] = {}
    for each in players:
        for figures in each.player.suites.values():
            for game, line in figures.games.items():
                if line.score is not None:
                    found.setdefault(game, {})[each.name] = line.score.value
    return dict(sorted(found.items()))


def _counted(players: Sequence[Named]) -> str:
    models = {each.run.model or each.name for each in players}
    return f"{len(players)} players ({len(models)} {'model' if len(models) == 1 else 'models'})"


def _extremes(found: Sequence[Correlation], sign: int) -> str:
    values = {each: sign * each.spearman.value for each in found if each.spearman is not None}
    ordered = sorted(values, key=lambda each: -values[each])[:3]
    return ", ".join(
        f"{in_markdown(each.first)} and {in_markdown(each.second)} ({sign * values[each]:+.2f}, n = {each.players})"
        for each in ordered
    )


def _write_figures(players: Sequence[Named], path: Path) -> None:
    """Every figure as CSV, one row per player, suite and game."""
    heads = ("run", "player", "suite", "game", "n", "errors", "played_pct", "quality", "score", "low", "high", "tokens")
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(heads)
        for each in players:
            for suite, figures in each.player.suites.items():
                for game, line in figures.games.items():
                    score = line.score
                    shown = (
                        _value(line.played_pct),
                        _value(line.quality),
                        *((score.value, score.low, score.high) if score is not None else ("", "", "")),
                    )
                    writer.writerow(
                        (each.run.name, each.player.label, suite, game, line.n, line.errors, *shown, line.tokens)
                    )


def _value(figure: Estimate | None) -> float | str:
    return "" if figure is None else figure.value
