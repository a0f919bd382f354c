"""Instances: reading and checking what comes from a file, with errors that name field and file."""

import difflib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from games.errors import UserError
from games.protocol.record import Protocol


class Instance(BaseModel):
    """What every instance of a practice game carries."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    game_id: int
    """Number of the instance, unique within a file."""
    protocol: Protocol
    """How this instance speaks."""


AnyInstance = TypeVar("AnyInstance", bound=Instance)


def load_instance(kind: type[AnyInstance], data: dict[str, Any], *, game: str, file: str = "") -> AnyInstance:
    """Checks one instance.

    Args:
        kind: the record it has to fit.
        data: the instance as read.
        game: the game's name, for the message.
        file: where it was read, for the message.

    Raises:
        UserError: a field is missing, unknown or impossible.
    """
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "(instance)"
        place = f" in {file}" if file else " (see the game's in/ folder or the file given to it)"
        number = data.get("game_id", "?")
        raise UserError(
            f"{game}: instance {number}{place}: field '{field}': {first['msg']}. "
            "Mend the file or generate it anew with the game's instancegenerator.py."
        ) from error


def check_level(game: str, level: object, levels: Sequence[str], *, file: str = "") -> str:
    """Returns the level when the game has it.

    Raises:
        UserError: it has not.
    """
    if isinstance(level, str) and level in levels:
        return level
    close = difflib.get_close_matches(str(level), levels, n=1)
    hint = f" Did you mean '{close[0]}'?" if close else ""
    place = f" in {file}" if file else ""
    raise UserError(f"{game}: unknown level '{level}'{place}.{hint} Its levels are {', '.join(levels)}.")


def read_rows(path: Path, kind: type[Instance], *, game: str, levels: Sequence[str]) -> list[dict[str, Any]]:
    """Reads an instance file into rows in clemcore's shape, every instance checked.

    Raises:
        UserError: the file cannot be read, or an experiment or instance in it is impossible.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{game}: cannot read the instance file {path}: {error}") from error
    experiments = data.get("experiments") if isinstance(data, dict) else None
    if not isinstance(experiments, list) or not experiments:
        raise UserError(f"{game}: {path}: field 'experiments' is missing or empty.")
    rows: list[dict[str, Any]] = []
    for experiment in experiments:
        if not isinstance(experiment, dict) or not isinstance(experiment.get("game_instances"), list):
            raise UserError(f"{game}: {path}: an experiment lacks the field 'game_instances'.")
        check_level(game, experiment.get("name"), levels, file=str(path))
        about = {key: value for key, value in experiment.items() if key != "game_instances"}
        for instance in experiment["game_instances"]:
            if not isinstance(instance, dict):
                raise UserError(f"{game}: {path}: field 'game_instances' holds something that is no object.")
            load_instance(kind, instance, game=game, file=str(path))
            rows.append({"game_name": game, "experiment": about, "game_instance": instance})
    return rows
