"""The files that an ablation leaves beside its episodes: table, plots, findings."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from games.arena.episode import Outcome, Status
from ludens.evaluation.findings import find
from ludens.evaluation.plots import bars, heat_map
from ludens.evaluation.tables import markdown, mean_scores, write_csv

TABLE, BARS, HEAT, TEXT = "ablation.csv", "ablation-bars.png", "ablation-games.png", "ablation.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUp:
    """What was written.

    Attributes:
        text: the Markdown page.
        errors: broken episodes; they count nowhere.
        files: every file.
    """

    text: str
    errors: int
    files: tuple[Path, ...]


def write_up(outcomes: Sequence[Outcome], order: Sequence[str], folder: Path, *, about: str, seed: int = 0) -> WriteUp:
    """Writes the table (CSV), the two plots (PNG) and a page with both and the findings (Markdown).

    Args:
        outcomes: the episodes.
        order: configurations in the order of the columns.
        folder: where to write.
        about: one sentence on what was played.
        seed: of the intervals and tests.
    """
    rng = np.random.default_rng(seed)
    report = write_csv(outcomes, folder / TABLE, rng)
    means = mean_scores(outcomes)
    bars(report, order, folder / BARS)
    heat_map(means, order, folder / HEAT)
    errors = sum(each.status is Status.ERROR for each in outcomes)
    broken = f"\n\n{errors} episodes broke and count nowhere." if errors else ""
    text = (
        f"# Ablation\n\n{about}{broken}\n\n{find(outcomes, rng).text}\n\n"
        "Mean score per game: an episode's quality, and 0 when it was aborted.\n\n"
        f"{markdown(means, order)}\n\n![clemscore by configuration]({BARS})\n\n![mean score by game]({HEAT})\n"
    )
    (folder / TEXT).write_text(text, encoding="utf-8")
    return WriteUp(text=text, errors=errors, files=tuple(folder / name for name in (TABLE, BARS, HEAT, TEXT)))
