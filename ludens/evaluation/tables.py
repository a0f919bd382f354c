"""Tables of an ablation: figures per configuration and game, what each module is worth, and the pivots people read."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from games.arena.episode import Outcome
from games.arena.table import Report, summarise
from ludens.evaluation.findings import Finding, Findings
from ludens.evaluation.pairs import scores
from ludens.evaluation.plain_words import titled

COLUMNS = (
    "configuration", "game", "episodes", "errors", "played_pct", "played_low", "played_high",
    "quality", "quality_low", "quality_high", "calls", "tokens", "seconds",
)  # fmt: skip
WORTH_COLUMNS = (
    "family", "module", "game", "pairs", "difference", "low", "high", "p_value", "p_adjusted", "significant",
)  # fmt: skip


def write_csv(outcomes: Sequence[Outcome], path: Path, rng: np.random.Generator) -> Report:
    """Writes the figures per configuration and game, with 95% intervals, and gives them back."""
    report = summarise(outcomes, rng)
    rows: list[Sequence[object]] = []
    for game, lines in report.games.items():
        for label, line in lines.items():
            played, quality, usage = line.played_pct, line.quality, line.usage
            figures = [
                *(("", "", "") if played is None else (played.value, played.low, played.high)),
                *(("", "", "") if quality is None else (quality.value, quality.low, quality.high)),
            ]
            costs = (usage.calls, usage.tokens, round(usage.seconds, 3))
            rows.append([label, game, line.episodes, line.errors, *map(_short, figures), *costs])
    _write(path, COLUMNS, rows)
    return report


def write_worth(findings: Findings, path: Path) -> None:
    """Writes every tested difference: modules off, modules off game by game, modules alone."""
    families = [
        *(("off", module, "all", found) for module, found in findings.off.items()),
        *(
            ("off by game", module, game, found)
            for module, games in findings.off_by_game.items()
            for game, found in games.items()
        ),
        *(("alone", module, "all", found) for module, found in findings.alone.items()),
    ]
    _write(path, WORTH_COLUMNS, [(family, module, game, *_tested(found)) for family, module, game, found in families])


def mean_scores(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Configuration, then game, to the mean score of its episodes (aborted ones count 0), 0 to 100."""
    found: dict[str, dict[str, float]] = {}
    for label, by_instance in scores(outcomes).items():
        games: defaultdict[str, list[float]] = defaultdict(list)
        for (game, _, _), score in by_instance.items():
            games[game].append(score)
        found[label] = {game: sum(values) / len(values) for game, values in sorted(games.items())}
    return found


def markdown(means: Mapping[str, Mapping[str, float]], order: Sequence[str]) -> str:
    """The pivot: configurations down, games across, the mean over games at the end."""
    names = [name for name in order if name in means]
    games = sorted({game for name in names for game in means[name]})
    lines = [_row("configuration", *map(titled, games), "all"), "|---|" + "---:|" * (len(games) + 1)]
    for name in names:
        cells = [f"{means[name][game]:.1f}" if game in means[name] else "–" for game in games]
        lines.append(_row(name, *cells, f"**{sum(means[name].values()) / len(means[name]):.1f}**"))
    return "\n".join(lines)


def worth(findings: Findings) -> str:
    """What is lost or gained when a module goes: games down, modules across; starred where it is significant."""
    modules = list(findings.off)
    games = sorted({game for by_game in findings.off_by_game.values() for game in by_game})
    lines = [_row("game", *(f"without {module}" for module in modules)), "|---|" + "---:|" * len(modules)]
    for game in games:
        lines.append(_row(titled(game), *(_cell(findings.off_by_game[module].get(game)) for module in modules)))
    return "\n".join([*lines, _row("**all**", *(_cell(findings.off[module]) for module in modules))])


def _cell(found: Finding | None) -> str:
    if found is None:
        return "–"
    each = found.comparison
    star = " \\*" if found.significant else ""
    return f"{each.difference:+.0f} [{each.low:+.0f}, {each.high:+.0f}]{star}"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _tested(found: Finding) -> Iterator[object]:
    each = found.comparison
    yield each.pairs
    yield from (f"{value:.3f}" for value in (each.difference, each.low, each.high))
    yield from (f"{value:.5f}" for value in (each.p_value, found.p_adjusted))
    yield int(found.significant)


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.2f}"
