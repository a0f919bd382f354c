"""The arena: plays any clemcore game with any clemcore model, and keeps every episode.

`catalog` finds games, `instances` reads what to play, `play` plays it, `store` keeps
the episodes, `table` counts them. Importing this package does not import clemcore,
which takes seconds; the functions that need it load it through `harness`.
"""

from games.arena.catalog import Catalog, Game, find_games
from games.arena.episode import Episode, EpisodeKey, Outcome, Status, Usage
from games.arena.events import ArenaEvent, EpisodeEnded, EpisodeSkipped, EpisodeStarted, TurnTaken
from games.arena.instances import Row, load_rows, rows_of
from games.arena.play import Tally, play
from games.arena.store import EpisodeStore
from games.arena.table import Report, as_json, render, summarise

__all__ = [
    "ArenaEvent",
    "Catalog",
    "Episode",
    "EpisodeEnded",
    "EpisodeKey",
    "EpisodeSkipped",
    "EpisodeStarted",
    "EpisodeStore",
    "Game",
    "Outcome",
    "Report",
    "Row",
    "Status",
    "Tally",
    "TurnTaken",
    "Usage",
    "as_json",
    "find_games",
    "load_rows",
    "play",
    "render",
    "rows_of",
    "summarise",
]
