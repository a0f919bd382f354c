"""The tables of a report, as Markdown: what was read, scores, comparisons, the leaderboard, correlations."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ludens.evaluation.correlations import Coefficient, Correlation
from ludens.evaluation.leaderboard import Leaderboard
from ludens.evaluation.measured_record import Estimate, GameFigures, PairedDifference, PairedSuite, SuiteName
from ludens.evaluation.pairs import LEVEL, holm
from ludens.evaluation.plain_text import in_markdown
from ludens.evaluation.sources import Player, Run

TOTALS: Mapping[SuiteName, str] = {"games": "clemscore", "static": "statscore", "cognitive": "cogscore"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A player under the name it has in the report.

    Attributes:
        name: its label, with the run's name before it when there are several runs.
        run: the run.
        player: its figures.
    """

    name: str
    run: Run
    player: Player


def named(runs: Sequence[Run]) -> list[Named]:
    """All players of all runs."""
    prefix = len(runs) > 1
    return [
        Named(name=f"{run.name}: {player.label}" if prefix else player.label, run=run, player=player)
        for run in runs
        for player in run.players
    ]


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, texts: int = 1) -> str:
    """A Markdown table; the first `texts` columns are texts, the others numbers."""
    rule = "|".join("---" if place < texts else "---:" for place in range(len(heads)))
    lines = [f"| {' | '.join(heads)} |", f"|{rule}|", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)


def runs_table(runs: Sequence[Run]) -> str:
    """What was read."""
    rows = [
        (
            in_markdown(run.name),
            run.kind,
            in_markdown(run.model) or "–",
            str(sum(_episodes(player) for player in run.players)),
            str(sum(_errors(player) for player in run.players)),
            in_markdown(run.about),
        )
        for run in runs
    ]
    heads = ("run", "kind", "model", "episodes", "broken", "made with")
    return table(heads, rows, texts=3)


def totals_table(suite: SuiteName, players: Sequence[Named]) -> str:
    """One suite: a row per player, over all its games."""
    rows: list[Sequence[str]] = []
    for each in players:
        figures = each.player.suites[suite]
        score = "–" if figures.clem_score is None else f"{figures.clem_score:.2f}"
        parts = (figures.played_pct, figures.quality, figures.score)
        counts = (str(len(figures.games)), str(sum(game.n for game in figures.games.values())))
        rows.append((in_markdown(each.name), *counts, *map(estimate, parts), score))
    return table(("player", "games", "episodes", "% played", "quality", "score", TOTALS[suite]), rows)


def games_table(suite: SuiteName, players: Sequence[Named]) -> str:
    """One suite: every game and player, with intervals."""
    games = sorted({game for each in players for game in each.player.suites[suite].games})
    rows = [
        (in_markdown(game) if first else "", in_markdown(each.name), *_cells(each.player.suites[suite].games[game]))
        for game in games
        for first, each in _marked([one for one in players if game in one.player.suites[suite].games])
    ]
    return table((suite, "player", "n", "% played", "quality", "score (aborted is 0)", "tokens"), rows, texts=2)


def tasks_table(players: Sequence[Named]) -> str:
    """Tasks of lm-evaluation-harness."""
    rows = [
        (in_markdown(task), in_markdown(each.name), str(line.n), in_markdown(line.metric), estimate(line.score))
        for task in sorted({task for each in players for task in each.player.tasks})
        for each in players
        if (line := each.player.tasks.get(task)) is not None
    ]
    return table(("task", "player", "n", "metric", "score"), rows, texts=2)


def pairs_table(comparisons: Sequence[PairedSuite], *, games: bool) -> str:
    """Paired differences; starred where they are significant among all of the table (Holm).

    Args:
        comparisons: the comparisons.
        games: a row for every game instead of one for all games.
    """
    lines = [line for each in comparisons for line in _lines(each, games)]
    adjusted = holm({place: one.p_value for place, (_, _, one) in enumerate(lines)})
    rows = [
        (
            in_markdown(what),
            in_markdown(where),
            str(one.pairs),
            f"{one.difference:+.1f} [{one.low:+.1f}, {one.high:+.1f}]{_star(adjusted[place])}",
            _chance(one.p_value),
            f"{one.better} / {one.worse}",
        )
        for place, (what, where, one) in enumerate(lines)
    ]
    return table(("compared", "on", "pairs", "difference", "p", "better / worse"), rows, texts=2)


def board_table(board: Leaderboard, players: Sequence[Named]) -> str:
    """The leaderboard with our players in between, best first."""
    rows: list[tuple[float, Sequence[str]]] = [
        (
            each.clemscore,
            (
                f"{in_markdown(each.model)}{f' ({in_markdown(each.team)})' if each.team else ''}",
                in_markdown(each.base),
                *(
                    f"{value:.2f}"
                    for value in (
                        each.clemscore,
                        each.statscore,
                        each.in_domain_clemscore,
                        each.out_of_domain_clemscore,
                    )
                ),
            ),
        )
        for each in board.models
    ]
    for each in players:
        games, static = _on_board(board, each.player, "games"), _on_board(board, each.player, "static")
        shown = (_bold(games), _bold(static), "–", "–")
        rows.append((games or 0.0, (f"**{in_markdown(each.name)}**", in_markdown(each.run.model) or "–", *shown)))
    rows.sort(key=lambda row: -row[0])
    heads = ("model", "made from", "clemscore", "statscore", "in domain", "out of domain")
    return table(heads, [row for _, row in rows], texts=2)


def correlations_table(correlations: Sequence[Correlation]) -> str:
    """Pairs of measures."""
    rows = [
        (
            in_markdown(f"{each.first} and {each.second}"),
            str(each.players),
            _coefficient(each.spearman),
            _coefficient(each.pearson),
        )
        for each in correlations
    ]
    return table(("measures", "n", "Spearman", "Pearson"), rows)


def estimate(figure: Estimate | None) -> str:
    """A figure with its interval."""
    return "–" if figure is None else f"{figure.value:.1f} [{figure.low:.0f}, {figure.high:.0f}]"


def _on_board(board: Leaderboard, player: Player, suite: SuiteName) -> float | None:
    """A player's score on a suite, if it is over just what the board's is over."""
    figures = player.suites.get(suite)
    return figures.clem_score if figures is not None and board.covers(suite, frozenset(figures.games)) else None


def _bold(score: float | None) -> str:
    return "–" if score is None else f"**{score:.2f}**"


def _marked(players: Sequence[Named]) -> Iterator[tuple[bool, Named]]:
    """Each player, and whether it is the first."""
    for place, each in enumerate(players):
        yield place == 0, each


def _cells(line: GameFigures) -> tuple[str, ...]:
    broken = f" ({line.errors} broken)" if line.errors else ""
    return (f"{line.n}{broken}", *map(estimate, (line.played_pct, line.quality, line.score)), str(line.tokens))


def _lines(comparison: PairedSuite, games: bool) -> list[tuple[str, str, PairedDifference]]:
    what = f"{comparison.second} less {comparison.first}"
    if not games:
        return [(what, comparison.suite, comparison.total)]
    return [(what, game, one) for game, one in sorted(comparison.games.items())]


def _star(p_adjusted: float) -> str:
    return " \\*" if p_adjusted < LEVEL else ""


def _chance(p_value: float) -> str:
    return "< 0.001" if p_value < 0.001 else f"{p_value:.3f}"


def _coefficient(each: Coefficient | None) -> str:
    return "–" if each is None else f"{each.value:+.2f} [{each.low:+.2f}, {each.high:+.2f}]"


def _episodes(player: Player) -> int:
    return sum(game.n for figures in player.suites.values() for game in figures.games.values())


def _errors(player: Player) -> int:
    return sum(game.errors for figures in player.suites.values() for game in figures.games.values())
