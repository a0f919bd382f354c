"""The school: the front door of the practice games, for the command line and the trainer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from games.catalogue import CATALOGUE, find_game
from games.errors import UserError
from games.generate import generate
from games.instances import read_rows

GAMES: Mapping[str, tuple[str, Path]] = {game.alias: (game.description, game.path) for game in CATALOGUE}
"""What users type, to description and folder; "ludens_" before it gives the clemcore name."""


def rows(game: str, *, split: str = "validation", count: int, seed: int, corrective: int = 0) -> list[dict[str, Any]]:
    """Instances to play, spread over levels, wordings and reply forms.

    Args:
        game: name or alias.
        split: "train", "validation" or "test".
        count: how many rows.
        seed: the same seed gives the same rows.
        corrective: chances that every reply gets, with the reason of the refusal; 0 leaves it to the instance.

    Returns:
        rows in the shape of clemcore's GameInstances: "game_name", "experiment", "game_instance".

    Raises:
        UserError: unknown game or split, or a count below one.
    """
    entry = find_game(game)
    if count < 1:
        raise UserError(f"{entry.name}: count must be at least 1, got {count}.")
    levels = entry.master_type().levels
    share = -(-count // len(levels))
    experiments = generate(entry.name, split=split, seed=seed, count=share, corrective=corrective)["experiments"]
    found: list[dict[str, Any]] = []
    for place in range(share):
        for experiment in experiments:
            about = {key: value for key, value in experiment.items() if key != "game_instances"}
            instance = experiment["game_instances"][place]
            found.append({"game_name": entry.name, "experiment": about, "game_instance": instance})
    return found[:count]


def rows_from_file(game: str, path: Path) -> list[dict[str, Any]]:
    """Instances from a file, every one checked.

    Raises:
        UserError: the file cannot be used; the message names file and field.
    """
    entry = find_game(game)
    master = entry.master_type()
    return read_rows(path, master.instance_type, game=entry.name, levels=master.levels)
