"""Writing episodes of a run folder in clemcore's layout, so that `clem score` and `clem eval` can judge them, too."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from games.arena import Episode, Status
from games.errors import UserError


def write_clem_folder(episodes: Iterable[Episode], folder: Path) -> int:
    """Writes `LABEL/GAME/EXPERIMENT/instance_NNNNN/` for every episode that did not break; how many there were.

    Scores are not written: `clem score -r FOLDER` makes them from the interactions.

    Args:
        episodes: as `EpisodeStore.episodes` gives them.
        folder: the results folder, for `clem score -r` and `clem eval -r`.

    Raises:
        UserError: the folder cannot be written, or a name in an episode is no name of a folder.
    """
    written = 0
    for episode in episodes:
        key = episode.outcome.key
        if episode.outcome.status is Status.ERROR:
            continue
        experiment = folder / _name(key.label) / _name(key.game) / _name(key.experiment)
        models = episode.interactions.get("player_models")
        about = {**episode.experiment, "game_name": key.game, "player_models": models, "timestamp": episode.started}
        instance = experiment / f"instance_{key.game_id:05d}"
        _write(
            experiment / "experiment.json", {name: value for name, value in about.items() if name != "game_instances"}
        )
        _write(instance / "instance.json", episode.game_instance)
        _write(instance / "interactions.json", episode.interactions)
        for player, requests in episode.requests.items():
            _write(instance / f"{_name(player).lower().replace(' ', '_')}.requests.json", requests)
        written += 1
    return written


def _name(text: str) -> str:
    """A label, game, experiment or player as the name of a folder or file."""
    if not text or text in (".", "..") or "/" in text or "\0" in text:
        raise UserError(f"'{text}' cannot be the name of a folder; rename it to write the episodes as files.")
    return text


def _write(path: Path, content: Mapping[str, Any]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); choose another folder.") from error
