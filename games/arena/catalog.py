"""Which games there are: every `clemgame.json` a few folders below the given ones.

Knows names and places only. A game's code is loaded by `harness`, its instances
are read by `instances`.
"""

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from games.errors import UserError

OWN_GAMES = Path(__file__).resolve().parent.parent
_DEPTH = 3
# The folders that clemcore does not search either; they hold a game's insides.
_INSIDES = frozenset({"venv", "__pycache__", "docs", "in", "resources", "utils", "evaluation", "files"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """One playable game.

    Attributes:
        name: its name, unique within a catalog.
        path: the folder with its `master.py`.
        players: how many players it needs.
        instances: name of its instances file in `in/`, without `.json`.
        spec: its entry in `clemgame.json`, as JSON text.
    """

    name: str
    path: Path
    players: int
    instances: str
    spec: str

    @property
    def instances_file(self) -> Path:
        """Where its instances lie, when it brings a file of them."""
        return self.path / "in" / f"{self.instances}.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The games found.

    Attributes:
        games: in the order found; of two with one name, the first.
        unreadable: one sentence per `clemgame.json` that could not be read; the others are not disturbed by it.
    """

    games: tuple[Game, ...]
    unreadable: tuple[str, ...] = ()

    def select(self, names: Sequence[str] = ()) -> tuple[Game, ...]:
        """The games of these names, in their order; without names, all games.

        Raises:
            UserError: a name is unknown, or there is no game at all.
        """
        if not self.games:
            raise UserError(" ".join(("No game was found; name a folder that holds clemgame.json.", *self.unreadable)))
        by_name = {game.name: game for game in self.games}
        for name in names:
            if name not in by_name:
                raise UserError(self._unknown(name, sorted(by_name)))
        return tuple(by_name[name] for name in dict.fromkeys(names)) if names else self.games

    def _unknown(self, name: str, known: list[str]) -> str:
        near = difflib.get_close_matches(name, known, n=5, cutoff=0.4)
        near += [other for other in known if name.lower() in other.lower() and other not in near]
        hint = f"did you mean {' or '.join(near)}?" if near else f"known are {', '.join(known)}."
        return " ".join((f"There is no game {name!r}; {hint}", *self.unreadable))


def find_games(folders: Iterable[Path] = (OWN_GAMES,)) -> Catalog:
    """Searches folders, up to three levels deep.

    Raises:
        UserError: a folder does not exist.
    """
    games: dict[str, Game] = {}
    unreadable: list[str] = []
    for folder in folders:
        if not Path(folder).is_dir():
            raise UserError(f"{folder} is not a folder; name one that holds games.")
        for file in _specs_below(Path(folder), _DEPTH):
            try:
                found = _read(file)
            except UserError as error:
                unreadable.append(str(error))
                continue
            for game in found:
                games.setdefault(game.name, game)
    return Catalog(games=tuple(games.values()), unreadable=tuple(unreadable))


def _specs_below(folder: Path, depth: int) -> list[Path]:
    file = folder / "clemgame.json"
    if file.exists():
        return [file]  # a game does not contain games
    if depth == 0:
        return []
    try:
        inner = sorted(entry for entry in folder.iterdir() if entry.is_dir())
    except PermissionError:
        return []
    searched = (entry for entry in inner if not entry.name.startswith(".") and entry.name not in _INSIDES)
    return [spec for entry in searched for spec in _specs_below(entry, depth - 1)]


def _read(file: Path) -> list[Game]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{file} cannot be read as JSON ({error}); mend or remove it.") from error
    entries = content if isinstance(content, list) else [content]
    return [_game(file, place, entry) for place, entry in enumerate(entries)]


def _game(file: Path, place: int, entry: Any) -> Game:
    where = f"{file}, entry {place}"
    if not isinstance(entry, dict):
        raise UserError(f"{where} is not an object; describe the game there with game_name and players.")
    name, players, instances = entry.get("game_name"), entry.get("players"), entry.get("instances", "instances")
    if not isinstance(name, str) or not name:
        raise UserError(f"{where}: game_name is missing or not a text; give the game a name.")
    if not isinstance(players, int) or isinstance(players, bool) or players < 1:
        raise UserError(f"{where}: players is missing or not a number from 1; say how many play {name}.")
    if not isinstance(instances, str):
        raise UserError(f"{where}: instances is not a text; name the file in in/ without .json.")
    path = file.parent.resolve()
    if not (path / "master.py").is_file():
        raise UserError(f"{path} has no master.py; add the code of {name} or remove its clemgame.json.")
    return Game(
        name=name, path=path, players=players, instances=instances.removesuffix(".json"), spec=json.dumps(entry)
    )
