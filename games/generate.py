"""Generating instances: deterministic in game, split, level and seed."""

import json
import random
from pathlib import Path
from typing import Any

from games.catalogue import EVERY, Game, find_game
from games.errors import UserError
from games.instances import check_level
from games.splits import check_split

DEFAULT_SEED = 1
_DEFAULT_PER_LEVEL = 4


def generate(
    game: str, *, split: str, level: str | None = None, seed: int, count: int, start: int = 0, corrective: int = 0
) -> dict[str, Any]:
    """Generates instances.

    Args:
        game: name or alias.
        split: "train", "validation" or "test"; they share no material.
        level: one level, or None for all of them.
        seed: other seeds give other instances; the same seed gives the same.
        count: instances per level.
        start: place of the first one in the level's endless deck; what comes before it is left out.
        corrective: chances that every reply gets, with the reason of the refusal; 0 leaves it to the instance.

    Returns:
        the content of an instances file: `{"experiments": [{"name": level, "game_instances": [...]}]}`.

    Raises:
        UserError: unknown game, split or level, a count below one, or a negative start.
    """
    entry = find_game(game)
    levels = entry.master_type().levels
    known = check_split(split)
    wanted = levels if level is None else (check_level(entry.name, level, levels),)
    if count < 1:
        raise UserError(f"{entry.name}: count must be at least 1, got {count}.")
    if start < 0:
        raise UserError(f"{entry.name}: start must be at least 0, got {start}.")
    places = range(start, start + count)
    experiments = [
        {"name": name, "split": known, "seed": seed, "game_instances": _instances(entry, known, name, seed, places)}
        for name in wanted
    ]
    if corrective:
        experiments = [{"corrective": corrective, **experiment} for experiment in experiments]
    _number(experiments, start)
    return {"experiments": experiments}


def _instances(entry: Game, split: str, level: str, seed: int, places: range) -> list[dict[str, Any]]:
    draw = entry.draw()
    deck = f"{entry.name}|{split}|{level}|{seed}"
    return [draw(random.Random(f"{deck}|{index}"), split, level, deck, index) for index in places]


def _number(experiments: list[dict[str, Any]], start: int) -> None:
    """Numbers instances in the order of play, levels taking turns: unique, and the same however many are drawn."""
    for place, experiment in enumerate(experiments):
        for index, instance in enumerate(experiment["game_instances"], start=start):
            instance["game_id"] = index * len(experiments) + place


def default_instances(entry: Game) -> dict[str, Any]:
    """What the committed instance file of a game holds."""
    return generate(entry.name, split="validation", seed=DEFAULT_SEED, count=_DEFAULT_PER_LEVEL)


def write_default_instances(folder: Path) -> list[Path]:
    """Writes the instance files of all games in a folder."""
    written: list[Path] = []
    for entry in EVERY:
        if entry.path.resolve() == folder.resolve():
            entry.instances_file.parent.mkdir(exist_ok=True)
            text = json.dumps(default_instances(entry), indent=1, ensure_ascii=False) + "\n"
            entry.instances_file.write_text(text, encoding="utf-8")
            written.append(entry.instances_file)
    return written
