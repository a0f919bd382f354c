"""Loading clemcore and its games without their side effects.

Importing clemcore takes seconds, opens `clembench.log` in the working directory and
redirects the root logger there. A library must do neither, so clemcore is loaded
here: late, and with its logging configuration held back.
"""

import importlib
import json
import logging
import logging.config
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from games.arena.catalog import Game
from games.errors import UserError

if TYPE_CHECKING:
    from clemcore.clemgame import GameBenchmark


def load_clemcore() -> None:
    """Imports clemcore, leaving logging and the working directory alone. Does nothing when it is loaded."""
    if "clemcore.clemgame" in sys.modules:
        return
    configure = logging.config.dictConfig
    logging.config.dictConfig = lambda config: None
    try:
        importlib.import_module("clemcore.clemgame")
    finally:
        logging.config.dictConfig = configure
    _hush("clemcore")


@contextmanager
def loaded(game: Game) -> Iterator["GameBenchmark"]:
    """A game's code, for the length of a `with` block.

    Modules from the game's own folder are forgotten afterwards, because games share module names such as
    `utils`. Libraries that a game was the first to import stay (clemcore would drop those too, and numpy, for
    one, cannot be imported twice).

    Raises:
        UserError: the code cannot be loaded.
    """
    load_clemcore()
    from clemcore.clemgame import GameBenchmark, GameSpec  # late: see the module's docstring

    path, before = list(sys.path), set(sys.modules)
    try:
        spec = GameSpec(**json.loads(game.spec) | {"game_path": str(game.path)})
        try:
            benchmark = GameBenchmark.load_from_spec(spec)
        except Exception as error:
            message = f"The code of {game.name} in {game.path} cannot be loaded ({type(error).__name__}: {error})"
            raise UserError(f"{message}; install what it needs or mend it.") from error
        finally:
            sys.path[:] = path
        _hush(game.name, *_own_modules(game, before))
        yield benchmark
    finally:
        for name in _own_modules(game, before):
            sys.modules.pop(name, None)


def _own_modules(game: Game, before: set[str]) -> list[str]:
    """Modules loaded since, whose top-level package lies in the game's folder or is a sibling by name."""
    homes = [game.path]
    if game.path.name.startswith(game.path.parent.name):
        homes.append(game.path.parent)  # clemcore's convention for families of games
    own: list[str] = []
    for name in set(sys.modules) - before:
        top = sys.modules.get(name.partition(".")[0])
        file = getattr(top, "__file__", None) or next(iter(getattr(top, "__path__", ())), None)
        if file is not None and any(Path(file).resolve().is_relative_to(home) for home in homes):
            own.append(name)
    return own


def _hush(*names: str) -> None:
    """Keeps warnings of these loggers off the terminal, unless somebody has configured logging."""
    for name in names:
        logger = logging.getLogger(name)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
