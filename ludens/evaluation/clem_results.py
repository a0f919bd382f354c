"""Reading what `clem run` and `clem score` left in a results folder, as outcomes of episodes.

The layout is `MODEL/GAME/EXPERIMENT/EPISODE/scores.json`, at any depth below the given folder.
Like `clem eval`, only the scores are read. A folder of `playpen eval` has two of them, `clem` and `static`.
"""

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from games.arena.episode import EpisodeKey, Outcome, Status
from games.errors import UserError
from ludens.evaluation.measured_record import SuiteName

SCORES = "scores.json"
_PLAYPEN: Mapping[str, SuiteName] = {"clem": "games", "static": "static"}
_METRICS = {"aborted": "Aborted", "success": "Success", "main": "Main Score", "played": "Played"}


def suites_of(folder: Path, suite: SuiteName = "games") -> dict[SuiteName, Path]:
    """Which suites lie in a folder: `clem` and `static` of `playpen eval`, or else one.

    Args:
        folder: a results folder.
        suite: what it holds, when it is not `playpen eval`'s.

    Raises:
        UserError: there is no such folder.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is not a folder; name one that `clem run` or `playpen eval` wrote.")
    inner: dict[SuiteName, Path] = {name: folder / sub for sub, name in _PLAYPEN.items() if (folder / sub).is_dir()}
    others = [entry for entry in folder.iterdir() if entry.is_dir() and entry.name not in _PLAYPEN]
    return inner if inner and not others else {suite: folder}


def read_results(folder: Path) -> list[Outcome]:
    """Every scored episode below a folder; its label is the model's name.

    Raises:
        UserError: there is no scored episode, or a file of scores is damaged or lacks a metric.
    """
    files = sorted(folder.rglob(f"*{SCORES}"))
    if not files:
        played = next(folder.rglob("interactions.json"), None)
        mend = f"run `clem score -r {folder}` first" if played else "name a folder that `clem run` wrote"
        raise UserError(f"{folder} holds no {SCORES}; {mend}.")
    found: dict[EpisodeKey, Outcome] = {}
    for file in files:
        outcome = _outcome(folder, file)
        if outcome.key in found:
            raise UserError(f"{folder} holds two scores of {outcome.key}; keep one of the two copies.")
        found[outcome.key] = outcome
    return [found[key] for key in sorted(found)]


def _outcome(folder: Path, file: Path) -> Outcome:
    parts = file.relative_to(folder.parent).parts
    if len(parts) < 5:
        raise UserError(f"{file} does not lie in MODEL/GAME/EXPERIMENT/EPISODE; name the folder above the models.")
    model, game, experiment, episode = parts[-5:-1]
    figures = _figures(file)
    number = re.search(r"\d+", episode)
    if number is None:
        raise UserError(f"{file.parent} has no number in its name; restore the name that `clem run` gave it.")
    aborted = _number(file, figures, "aborted")
    main = _number(file, figures, "main", needed=False)
    return Outcome(
        key=EpisodeKey(game=game, experiment=experiment, game_id=int(number.group()), label=model),
        status=Status.ABORTED if aborted else Status.PLAYED,
        success=bool(_number(file, figures, "success", needed=False)),
        quality=main,
    )


def _figures(file: Path) -> Mapping[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{file} cannot be read as JSON ({error}); score the episode again.") from error
    figures = content.get("episode scores") if isinstance(content, dict) else None
    if not isinstance(figures, dict):
        raise UserError(f"{file} has no 'episode scores'; score the episode again.")
    if _METRICS["played"] in figures:
        raise UserError(f"{file} has a metric 'Played', which `clem eval` computes itself; mend the game's scorer.")
    return figures


def _number(file: Path, figures: Mapping[str, Any], name: str, *, needed: bool = True) -> float | None:
    """A metric; None where it is absent (and need not be there), null, or not a number."""
    metric = _METRICS[name]
    value: Any = figures.get(metric)
    if value is None and not needed:
        return None
    try:
        number = float("" if value is None else value)  # texts too: clem eval makes numbers of them
    except (TypeError, ValueError):
        raise UserError(f"{file}: '{metric}' is {value!r}, not a number; score the episode again.") from None
    return number if math.isfinite(number) else None
