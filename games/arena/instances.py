"""What to play: rows of (experiment, game instance), read from a file or given by the caller."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from games.arena.catalog import Game
from games.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One instance of a game, as clemcore hands it to the game master.

    Attributes:
        experiment: the experiment without its instances; has a "name".
        game_instance: the instance; has a "game_id".
        origin: where it was read, for messages to the user.
    """

    experiment: Mapping[str, Any] = field(repr=False)
    game_instance: Mapping[str, Any] = field(repr=False)
    origin: str = "instance"

    @property
    def identity(self) -> tuple[str, int]:
        """What tells it from the other instances of its game: experiment name and game id."""
        return self.experiment["name"], self.game_instance["game_id"]

    def digest(self) -> str:
        """A fingerprint of the content: equal for equal JSON, whatever the order of keys."""
        both = {"experiment": self.experiment, "game_instance": self.game_instance}
        return hashlib.sha256(json.dumps(both, sort_keys=True).encode()).hexdigest()


def load_rows(game: Game, file: Path | str | None = None) -> list[Row]:
    """Reads the instances of a game.

    Args:
        game: the game.
        file: a path, or the name of a file in the game's `in/` folder; its own instances file when None.

    Raises:
        UserError: the file is missing, is no JSON, or lacks a field; names file, place and field.
    """
    path = _locate(game, file)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"{game.name} has no instances at {path}; generate them or name another file.") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); check the path and its permissions.") from error
    except ValueError as error:  # not JSON, or not UTF-8
        raise UserError(f"{path} is not JSON ({error}); generate the instances again.") from error
    return rows_of(content, str(path))


def rows_of(instances: Any, source: str = "the instances") -> list[Row]:
    """Flattens the content of an instances file (`{"experiments": [{"name", …, "game_instances": […]}]}`).

    Raises:
        UserError: a field is missing or impossible; names source, place and field.
    """
    rows: list[Row] = []
    seen: dict[tuple[str, int], str] = {}
    for position, experiment in enumerate(_list(instances, "experiments", source)):
        place = f"{source}, experiments[{position}]"
        _text(experiment, "name", place)
        shared = {key: value for key, value in experiment.items() if key != "game_instances"}
        for index, instance in enumerate(_list(experiment, "game_instances", place, empty=True)):
            origin = f"{place}.game_instances[{index}]"
            _number(instance, "game_id", origin)
            row = Row(experiment=shared, game_instance=instance, origin=origin)
            if row.identity in seen:
                number = instance["game_id"]
                raise UserError(f"{origin}: game_id {number} is taken by {seen[row.identity]}; renumber it.")
            seen[row.identity] = f"game_instances[{index}]"
            rows.append(row)
    if not rows:
        raise UserError(f"{source} holds no game instance; generate some.")
    return rows


def _locate(game: Game, file: Path | str | None) -> Path:
    if file is None:
        return game.instances_file
    path = Path(file)
    if path.is_absolute() or path.exists():
        return path
    return game.path / "in" / f"{str(file).removesuffix('.json')}.json"


def _object(value: Any, place: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UserError(f"{place} is {_kind(value)}, not an object; generate the instances again.")
    return value


def _list(value: Any, field: str, place: str, *, empty: bool = False) -> list[Any]:
    content = _object(value, place).get(field)
    if not isinstance(content, list):
        raise UserError(f"{place}: {field} {_complaint(value, field, 'a list')}.")
    if not content and not empty:
        raise UserError(f"{place}: {field} is empty; generate some instances.")
    return content


def _text(value: Any, field: str, place: str) -> None:
    content = _object(value, place).get(field)
    if not isinstance(content, str) or not content:
        raise UserError(f"{place}: {field} {_complaint(value, field, 'a text')}.")


def _number(value: Any, field: str, place: str) -> None:
    content = _object(value, place).get(field)
    if not isinstance(content, int) or isinstance(content, bool) or not 0 <= content < 2**63:
        raise UserError(f"{place}: {field} {_complaint(value, field, 'a whole number from 0')}.")


def _complaint(value: dict[str, Any], field: str, wanted: str) -> str:
    return f"is {_kind(value[field])}, not {wanted}" if field in value else f"is missing; it must be {wanted}"


def _kind(value: Any) -> str:
    shown = json.dumps(value, default=str)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."
