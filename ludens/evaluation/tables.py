"""Tables of an ablation: one row per configuration and game, and the pivot that people read."""

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from games.arena.episode import Outcome
from games.arena.table import Report, summarise
from ludens.evaluation.pairs import scores

COLUMNS = (
    "configuration", "game", "episodes", "errors", "played_pct", "played_low", "played_high",
    "quality", "quality_low", "quality_high", "calls", "tokens", "seconds",
)  # fmt: skip


def write_csv(outcomes: Sequence[Outcome], path: Path, rng: np.random.Generator) -> Report:
    """Writes the figures per configuration and game, with 95% intervals, and gives them back."""
    report = summarise(outcomes, rng)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for game, lines in report.games.items():
            for label, line in lines.items():
                played, quality, usage = line.played_pct, line.quality, line.usage
                figures = [
                    *(("", "", "") if played is None else (played.value, played.low, played.high)),
                    *(("", "", "") if quality is None else (quality.value, quality.low, quality.high)),
                ]
                costs = (usage.calls, usage.tokens, round(usage.seconds, 3))
                writer.writerow([label, game, line.episodes, line.errors, *map(_short, figures), *costs])
    return report


def mean_scores(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Configuration, then game, to the mean score of its episodes (aborted ones count 0), 0 to 100."""
    found: dict[str, dict[str, float]] = {}
    for label, by_instance in scores(outcomes).items():
        games: defaultdict[str, list[float]] = defaultdict(list)
        for (game, _, _), score in by_instance.items():
            games[game].append(score)
        found[label] = {game: sum(values) / len(values) for game, values in sorted(games.items())}
    return found


def markdown(means: dict[str, dict[str, float]], order: Sequence[str]) -> str:
    """The pivot: games down, configurations across, the mean over games at the bottom."""
    names = [name for name in order if name in means]
    games = sorted({game for name in names for game in means[name]})
    lines = ["| game | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    for game in games:
        cells = [f"{means[name][game]:.1f}" if game in means[name] else "–" for name in names]
        lines.append(f"| {game.removeprefix('ludens_')} | " + " | ".join(cells) + " |")
    totals = [f"**{sum(means[name].values()) / len(means[name]):.1f}**" for name in names]
    return "\n".join([*lines, "| **all** | " + " | ".join(totals) + " |"])


def _short(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:.2f}"
