"""The catalogue: which practice games there are, and where their parts live."""

import difflib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from games.errors import UserError

if TYPE_CHECKING:
    from games.practice import PracticeMaster  # it imports clemcore, which takes seconds

ROOM = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """One practice game.

    Attributes:
        name: the clemcore game name; it starts with "ludens_" so that no clembench game is shadowed.
        alias: what users may type instead.
        folder: the folder in this room, which is also the package.
        master: where the master's class is, as "module:Class" within the folder.
        drawer: where the drawing function is, as "module:function" within the folder.
        description: one sentence.
        scoring: what an episode is worth.
        instances: name of the default instance file, without ending.
    """

    name: str
    alias: str
    folder: str
    master: str
    drawer: str
    description: str
    scoring: str
    instances: str = "instances"

    @property
    def path(self) -> Path:
        """The folder that holds `clemgame.json` and `master.py`."""
        return ROOM / self.folder

    @property
    def instances_file(self) -> Path:
        """The default instance file."""
        return self.path / "in" / f"{self.instances}.json"

    def master_type(self) -> "type[PracticeMaster]":
        """The master's class."""
        return self._load(self.master)

    def draw(self) -> "Drawer":
        """The function that draws one instance."""
        return self._load(self.drawer)

    def _load(self, place: str) -> Any:
        module, name = place.split(":")
        return getattr(importlib.import_module(f"games.{self.folder}.{module}"), name)


Drawer = Callable[..., dict[str, object]]
"""(rng, split, level, seed, index) -> instance as JSON-ready data."""


def _game(alias: str, folder: str, master: str, drawer: str, instances: str, description: str, scoring: str) -> Game:
    return Game(
        name=f"ludens_{alias}",
        alias=alias,
        folder=folder,
        master=master,
        drawer=drawer,
        instances=instances,
        description=description,
        scoring=scoring,
    )


CATALOGUE: tuple[Game, ...] = (
    _game(
        "taboo",
        "taboo",
        "rules:TabooMaster",
        "drawing:draw_instance",
        "instances",
        "Describe a word without saying it or its closest associations; the other player guesses it.",
        "100/n for a right guess at turn n of 3; a forbidden word loses",
    ),
    _game(
        "wordle",
        "wordle",
        "rules:WordleMaster",
        "drawing:draw_instance",
        "instances",
        "Guess a five-letter word in six tries from letter feedback.",
        "100 up to the third guess of six, then 50, 30, 20",
    ),
    _game(
        "wordle_clue",
        "wordle",
        "rules:WordleClueMaster",
        "drawing:draw_clue_instance",
        "instances_clue",
        "The same with a clue to the word.",
        "100/n for the word at guess n of six",
    ),
    _game(
        "wordle_critic",
        "wordle",
        "rules:WordleCriticMaster",
        "drawing:draw_critic_instance",
        "instances_critic",
        "The same with a clue and a second player who agrees or disagrees with each guess.",
        "100/n for the word at guess n of six",
    ),
    _game(
        "map",
        "maps",
        "rules:ExploreMaster",
        "drawing:draw_instance",
        "instances",
        "Visit every room of an unknown building in few moves and say when done.",
        "harmonic mean of efficiency and completeness",
    ),
    _game(
        "map_graph",
        "maps",
        "rules:GraphMaster",
        "drawing:draw_graph_instance",
        "instances_graph",
        "The same, drawing the map in every reply.",
        "harmonic mean of efficiency and completeness; the likeness of the drawn map is logged",
    ),
    _game(
        "map_room",
        "maps",
        "rules:FindRoomMaster",
        "drawing:draw_room_instance",
        "instances_room",
        "Find a named room in an unknown building and stop there.",
        "100 for stopping in the room that was asked for, else 0",
    ),
    _game(
        "imagegame",
        "grids",
        "image:ImageMaster",
        "drawing:draw_image_instance",
        "instances_image",
        "Instruct another player, step by step, to fill a grid like the target.",
        "F1 of the filled cells",
    ),
    _game(
        "referencegame",
        "grids",
        "reference:ReferenceMaster",
        "drawing:draw_reference_instance",
        "instances_reference",
        "Describe one of three grids so that another player picks it.",
        "100 for the right grid, else 0",
    ),
    _game(
        "matchit",
        "grids",
        "match:MatchMaster",
        "drawing:draw_match_instance",
        "instances_match",
        "Two players see a grid each and find out by talking whether the grids are the same.",
        "100 when both decide rightly, else 0",
    ),
    _game(
        "guesswhat",
        "guesswhat",
        "rules:GuessWhatMaster",
        "drawing:draw_instance",
        "instances",
        "Find out by yes-or-no questions which word of a list another player has in mind.",
        "100 for a right guess up to turn 5 of 8, then 66.7, 33.3, 0",
    ),
    _game(
        "codenames",
        "codenames",
        "rules:CodenamesMaster",
        "drawing:draw_instance",
        "instances",
        "Give one-word clues to your team's words; the other player picks them.",
        "100 for finding all team words before the opponent and without a killer, else 0",
    ),
    _game(
        "privateshared",
        "privateshared",
        "rules:PrivateSharedMaster",
        "drawing:draw_instance",
        "instances",
        "Answer questions about private facts, and say on the side what the other knows by now.",
        "harmonic mean of slot accuracy and the kappa of the probes",
    ),
    _game(
        "adventure",
        "adventure",
        "rules:AdventureMaster",
        "drawing:draw_instance",
        "instances",
        "Bring things to where they belong in a small world of rooms, containers and surfaces.",
        "share of goals that hold at the end",
    ),
    _game(
        "minigames",
        "minigames",
        "rules:MinigameMaster",
        "drawing:draw_instance",
        "instances",
        "One message, one reply: small exercises in following instructions to the letter.",
        "100 for a reply as asked for, else 0",
    ),
)

PROBES: tuple[Game, ...] = (
    _game(
        "probes",
        "probes",
        "rules:ProbeMaster",
        "drawing:draw_instance",
        "instances",
        "Small tests of working memory, flexibility, planning and theory of mind.",
        "share of right answers",
    ),
)
"""Tests of the mind, for measuring only: nobody practises on them unless they are named."""

EVERY = CATALOGUE + PROBES


def find_game(name: str) -> Game:
    """The game of that name or alias.

    Raises:
        UserError: there is none; the message names near matches.
    """
    for game in EVERY:
        if name in (game.name, game.alias):
            return game
    names = [game.alias for game in EVERY]
    close = difflib.get_close_matches(name, names + [game.name for game in EVERY], n=3, cutoff=0.5)
    hint = f" Did you mean {' or '.join(close)}?" if close else ""
    raise UserError(f"There is no practice game '{name}'.{hint} The games are {', '.join(names)}.")
