"""The catalogue: which practice games there are, and where their parts live."""

import difflib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from games.errors import UserError
from games.practice import PracticeMaster

ROOM = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """One practice game.

    Attributes:
        name: the clemcore game name; it starts with "ludens_" so that no clembench game is shadowed.
        alias: what users may type instead.
        folder: the folder in this room, which is also the package.
        master: class name of the master in the folder's rules module.
        drawer: name of the drawing function in the folder's drawing module.
        description: one sentence.
        instances: name of the default instance file, without ending.
    """

    name: str
    alias: str
    folder: str
    master: str
    drawer: str
    description: str
    instances: str = "instances"

    @property
    def path(self) -> Path:
        """The folder that holds `clemgame.json` and `master.py`."""
        return ROOM / self.folder

    @property
    def instances_file(self) -> Path:
        """The default instance file."""
        return self.path / "in" / f"{self.instances}.json"

    def master_type(self) -> type[PracticeMaster]:
        """The master's class."""
        return getattr(importlib.import_module(f"games.{self.folder}.rules"), self.master)

    def draw(self) -> "Drawer":
        """The function that draws one instance."""
        return getattr(importlib.import_module(f"games.{self.folder}.drawing"), self.drawer)


Drawer = Callable[..., dict[str, object]]
"""(rng, split, level, seed, index) -> instance as JSON-ready data."""


def _game(
    alias: str, folder: str, master: str, description: str, drawer: str = "draw_instance", instances: str = "instances"
) -> Game:
    return Game(
        name=f"ludens_{alias}",
        alias=alias,
        folder=folder,
        master=master,
        drawer=drawer,
        description=description,
        instances=instances,
    )


CATALOGUE: tuple[Game, ...] = (
    _game(
        "taboo",
        "taboo",
        "TabooMaster",
        "Describe a word without saying it or its closest associations; the other player guesses it.",
    ),
    _game("wordle", "wordle", "WordleMaster", "Guess a five-letter word in six tries from letter feedback."),
    _game(
        "wordle_clue",
        "wordle",
        "WordleClueMaster",
        "The same with a clue to the word.",
        drawer="draw_clue_instance",
        instances="instances_clue",
    ),
    _game(
        "wordle_critic",
        "wordle",
        "WordleCriticMaster",
        "The same with a clue and a second player who agrees or disagrees with each guess.",
        drawer="draw_critic_instance",
        instances="instances_critic",
    ),
    _game("map", "maps", "ExploreMaster", "Visit every room of an unknown building in few moves and say when done."),
    _game(
        "map_graph",
        "maps",
        "GraphMaster",
        "The same, drawing the map in every reply.",
        drawer="draw_graph_instance",
        instances="instances_graph",
    ),
    _game(
        "map_room",
        "maps",
        "FindRoomMaster",
        "Find a named room in an unknown building and stop there.",
        drawer="draw_room_instance",
        instances="instances_room",
    ),
)


def find_game(name: str) -> Game:
    """The game of that name or alias.

    Raises:
        UserError: there is none; the message names near matches.
    """
    for game in CATALOGUE:
        if name in (game.name, game.alias):
            return game
    names = [game.alias for game in CATALOGUE]
    close = difflib.get_close_matches(name, names + [game.name for game in CATALOGUE], n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    raise UserError(f"There is no practice game '{name}'.{hint} The games are {', '.join(names)}.")
