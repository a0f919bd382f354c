"""The files that an ablation leaves: a page with the findings, tables (CSV), plots (PNG)."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from games.arena import EpisodeStore
from games.arena.episode import Outcome, Status
from games.errors import UserError
from ludens.evaluation.configurations import GRID
from ludens.evaluation.findings import find
from ludens.evaluation.plain_text import in_markdown
from ludens.evaluation.plain_words import paragraph
from ludens.evaluation.plots import bars, heat_map
from ludens.evaluation.tables import markdown, mean_scores, worth, write_csv, write_worth

PAGE, TABLE, WORTH = "ablation.md", "ablation.csv", "ablation-worth.csv"
BARS, HEAT = "ablation-bars.png", "ablation-games.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where things are written.

    Attributes:
        page: the Markdown file; tables go beside it.
        images: folder of the plots.
    """

    page: Path
    images: Path

    @classmethod
    def inside(cls, folder: Path) -> "Places":
        """Everything in one folder."""
        return cls(page=folder / PAGE, images=folder)

    @classmethod
    def of_page(cls, page: Path) -> "Places":
        """A page as documentation keeps it: plots in `img` beside it."""
        return cls(page=page, images=page.parent / "img")

    def link(self, name: str) -> str:
        """A plot's address as the page gives it."""
        return Path(os.path.relpath(self.images / name, self.page.parent)).as_posix()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUp:
    """What was written.

    Attributes:
        text: the page.
        errors: broken episodes; they count nowhere.
        files: every file.
    """

    text: str
    errors: int
    files: tuple[Path, ...]


def write_up(outcomes: Sequence[Outcome], places: Places, *, about: str, seed: int = 0) -> WriteUp:
    """Writes tables, plots and the page with the findings.

    Args:
        outcomes: the episodes; their labels are configurations.
        places: where to write.
        about: a sentence or two on what was played.
        seed: of the intervals and tests.

    Raises:
        UserError: something cannot be written, or matplotlib is not installed.
    """
    rng = np.random.default_rng(seed)
    found = find(outcomes, rng)
    means = mean_scores(outcomes)
    errors = sum(each.status is Status.ERROR for each in outcomes)
    broken = f"\n\n{errors} episodes broke and count nowhere." if errors else ""
    text = (
        f"# Ablation\n\n{about}{broken}\n\n{paragraph(found)}\n\n"
        f"![clemscore by configuration]({places.link(BARS)})\n\n"
        "## What each module is worth\n\nPoints lost (−) or gained (+) when a module is switched off, on the same "
        "instances, with 95% bootstrap interval; \\* significant at 5% among all cells of the table (Holm). A game's "
        "score is the quality of an episode, and 0 when it was aborted.\n\n"
        f"{worth(found)}\n\n## All configurations\n\n{markdown(means, GRID)}\n\n"
        f"![mean score by game]({places.link(HEAT)})\n"
    )
    tables = places.page.parent
    try:
        for folder in (tables, places.images):
            folder.mkdir(parents=True, exist_ok=True)
        report = write_csv(outcomes, tables / TABLE, rng)
        write_worth(found, tables / WORTH)
        bars(report, GRID, places.images / BARS)
        heat_map(means, GRID, places.images / HEAT)
        places.page.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{error.filename} cannot be written ({error.strerror}); choose another place.") from error
    files = (places.page, tables / TABLE, tables / WORTH, places.images / BARS, places.images / HEAT)
    return WriteUp(text=text, errors=errors, files=files)


def write_up_run(run: Path, places: Places) -> WriteUp:
    """Writes up what a run folder holds by now; nothing is played.

    Raises:
        UserError: it holds no ablation, is damaged or of another version, or something cannot be written.
    """
    with EpisodeStore.join(run) as store:
        stored, outcomes = store.configuration(), store.outcomes()
    if not stored["config"].get("ablation"):
        raise UserError(f"{run} holds no ablation; name a folder that `ludens ablate` wrote.")
    known = [each for each in outcomes if each.key.label in GRID]
    if not known:
        raise UserError(f"{run} holds no finished episode yet; play with `ludens ablate --out {run}` first.")
    return write_up(known, places, about=about_run(stored, known))


def about_run(stored: Mapping[str, Any], outcomes: Sequence[Outcome]) -> str:
    """What was played, out of the run's own record."""
    plan = stored["config"]
    games, labels = ({getattr(each.key, part) for each in outcomes} for part in ("game", "label"))
    wanted = len(games) * len(labels) * plan["instances"] * len(plan["seeds"])
    whole = "" if len(outcomes) == wanted else f" **{len(outcomes):,} of {wanted:,} episodes are played so far.**"
    seeds = ", ".join(map(str, plan["seeds"]))
    versions = ", ".join(f"{name} {number}" for name, number in stored["versions"].items())
    return (
        f"{len(games)} practice games, {plan['instances']} instances each ({plan['split']} split, seed {seeds}), "
        f"{len(labels)} configurations, {len(outcomes):,} episodes. Language model: {in_markdown(plan['model'])}, "
        f"greedy, at most {plan['agent']['max_reply_tokens']} tokens a reply. {versions}.{whole}"
    )
