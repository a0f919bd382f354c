"""The school: the front door of the practice games, for the command line and the trainer."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from games.catalogue import CATALOGUE, find_game
from games.errors import UserError
from games.generate import generate
from games.instances import read_rows

GAMES: Mapping[str, tuple[str, Path]] = {game.alias: (game.description, game.path) for game in CATALOGUE}
"""What users type, to description and folder; "ludens_" before it gives the clemcore name."""

_POOL = 4
"""How many rows `spread` draws for each that it keeps."""


def rows(
    game: str,
    *,
    split: str = "validation",
    level: str | None = None,
    count: int,
    seed: int,
    start: int = 0,
    corrective: int = 0,
) -> list[dict[str, Any]]:
    """Instances to play; the first rows of a longer list are the same as those of a shorter one.

    Args:
        game: name or alias.
        split: "train", "validation" or "test".
        level: one level; the levels take turns when None.
        count: how many rows.
        seed: the same seed gives the same rows.
        start: how many instances of each level are passed over first.
        corrective: chances that every reply gets, with the reason of the refusal; 0 leaves it to the instance.

    Returns:
        rows in the shape of clemcore's GameInstances: "game_name", "experiment", "game_instance".

    Raises:
        UserError: unknown game, split or level, a count below one, or a negative start.
    """
    entry = find_game(game)
    if count < 1:
        raise UserError(f"{entry.name}: count must be at least 1, got {count}.")
    levels = entry.master_type().levels if level is None else (level,)
    share = -(-count // len(levels))
    drawn = generate(entry.name, split=split, level=level, seed=seed, count=share, start=start, corrective=corrective)[
        "experiments"
    ]
    found: list[dict[str, Any]] = []
    for place in range(share):
        for experiment in drawn:
            about = {key: value for key, value in experiment.items() if key != "game_instances"}
            instance = experiment["game_instances"][place]
            found.append({"game_name": entry.name, "experiment": about, "game_instance": instance})
    return found[:count]


def spread(
    game: str, *, split: str = "train", level: str | None = None, count: int, seed: int, corrective: int = 0
) -> list[dict[str, Any]]:
    """Rows that cover levels, wordings, reply forms and strictness as evenly as a larger draw allows.

    Args and errors are those of `rows`. What is drawn is the same for the same
    arguments; a longer list need not begin with the shorter one.
    """
    pool = rows(game, split=split, level=level, count=_POOL * count, seed=seed, corrective=corrective)
    decks: dict[str, list[dict[str, Any]]] = {}
    for row in pool:
        decks.setdefault(row["experiment"]["name"], []).append(row)
    used: Counter[tuple[str, str]] = Counter()
    chosen: list[dict[str, Any]] = []
    for turn in range(count):
        deck = list(decks.values())[turn % len(decks)]
        row = min(deck, key=lambda own: sum(used[item] for item in _drawn(own)))
        deck.remove(row)
        used.update(_drawn(row))
        chosen.append(row)
    return chosen


def _drawn(row: dict[str, Any]) -> list[tuple[str, str]]:
    """What the generator drew for an instance: wordings, forms, strictness."""
    return list(row["game_instance"]["protocol"]["drawn"].items())


def rows_from_file(game: str, path: Path) -> list[dict[str, Any]]:
    """Instances from a file, every one checked.

    Raises:
        UserError: the file cannot be used; the message names file and field.
    """
    entry = find_game(game)
    master = entry.master_type()
    return read_rows(path, master.instance_type, game=entry.name, levels=master.levels)
