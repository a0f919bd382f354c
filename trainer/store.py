"""The trajectory store: every finished episode of a folder, in one SQLite file.

One process writes (`open`), any number read (`join`). A trajectory is one short
transaction, so a kill at any instant loses only the episodes that were being played.
Episodes that broke are kept aside with their error: they are no training data, and are
played again. Several rollouts may share a folder as long as one label means one player.
"""

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from agent.errors import UserError
from games.arena.database import Layout, opened, plain_errors, transaction
from games.arena.lock import FolderLock
from trainer.samples import SCHEMA_VERSION, EpisodeId, Trajectory

FILE_NAME = "trajectories.sqlite"
_APPLICATION = 0x4C755472  # "LuTr", in the file's header

_NOTHING = "{path.parent} holds no trajectories; play some with `ludens rollout --out {path.parent}`."

_SCHEMA = """
CREATE TABLE players (
    label TEXT PRIMARY KEY,
    config TEXT NOT NULL             -- JSON object: who plays under this label, and how
);
CREATE TABLE episodes (
    id TEXT PRIMARY KEY,             -- EpisodeId in one line
    game TEXT NOT NULL,
    level TEXT NOT NULL,
    label TEXT NOT NULL REFERENCES players,
    outcome TEXT NOT NULL CHECK (outcome IN ('won', 'lost', 'aborted', 'broken')),
    quality REAL,                    -- 0 to 100; NULL when aborted or broken
    turns INTEGER NOT NULL,
    error TEXT NOT NULL,             -- one line; '' unless broken
    body BLOB                        -- the trajectory as compressed JSON; NULL when broken
);
CREATE INDEX by_game ON episodes (game, label);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How the stored episodes of one game and label ended.

    Attributes:
        game: the game.
        label: who played.
        won, lost, aborted, broken: numbers of episodes.
        quality: mean main score of those that were not aborted or broken; None without any.
        turns: replies in all trajectories.
    """

    game: str
    label: str
    won: int
    lost: int
    aborted: int
    broken: int
    quality: float | None
    turns: int

    @property
    def episodes(self) -> int:
        """Episodes that have an end, however bad."""
        return self.won + self.lost + self.aborted


class TrajectoryStore:
    """The trajectories of one folder. Use `open` or `join`; close it, or use it in a `with` block."""

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: FolderLock | None) -> None:
        self.path = path
        self._connection = connection
        self._lock = lock

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Opens a folder for writing; makes it when it is missing.

        Raises:
            UserError: another process writes it, it cannot be written, or its file is damaged or somebody else's.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{folder} cannot be made ({error.strerror}); choose another folder.") from error
        with contextlib.ExitStack() as undo:
            lock = undo.enter_context(FolderLock(folder))
            connection = undo.enter_context(contextlib.closing(_connect(folder / FILE_NAME, create=True)))
            undo.pop_all()
        return cls(folder / FILE_NAME, connection, lock)

    @classmethod
    def join(cls, folder: Path) -> Self:
        """Opens a folder for reading.

        Raises:
            UserError: it holds no trajectories, or its file is damaged.
        """
        if not (folder / FILE_NAME).is_file():
            raise UserError(_NOTHING.format(path=folder / FILE_NAME))
        return cls(folder / FILE_NAME, _connect(folder / FILE_NAME, create=False), None)

    def close(self) -> None:
        """Closes the file and gives the folder back."""
        self._connection.close()
        if self._lock is not None:
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def introduce(self, label: str, config: Mapping[str, object]) -> None:
        """Notes who plays under a label.

        Raises:
            UserError: somebody else already does in this folder.
        """
        text = json.dumps(dict(config), sort_keys=True)
        with plain_errors(self.path), transaction(self._connection):
            self._connection.execute("INSERT OR IGNORE INTO players VALUES (?, ?)", (label, text))
            (there,) = self._connection.execute("SELECT config FROM players WHERE label = ?", (label,)).fetchone()
        if there != text:
            raise UserError(
                f"{self.path} holds episodes of another player under the label '{label}'; "
                "give --label another name or choose another folder."
            )

    def save(self, trajectory: Trajectory) -> None:
        """Keeps a trajectory; one that is there already stays.

        Raises:
            UserError: the disk is full or the file damaged; earlier trajectories are intact.
        """
        body = zlib.compress(trajectory.model_dump_json().encode())
        self._insert(trajectory.id, trajectory.outcome, trajectory.quality, len(trajectory.turns), "", body)

    def save_broken(self, episode: EpisodeId, error: str) -> None:
        """Notes that an episode broke, and why; a later trajectory takes its place."""
        self._insert(episode, "broken", None, 0, error, None)

    def _insert(
        self, key: EpisodeId, outcome: str, quality: float | None, turns: int, error: str, body: bytes | None
    ) -> None:
        row = (str(key), key.game, key.level, key.label, outcome, quality, turns, error, body)
        with plain_errors(self.path), transaction(self._connection):
            self._connection.execute("DELETE FROM episodes WHERE id = ? AND outcome = 'broken'", row[:1])
            self._connection.execute("INSERT OR IGNORE INTO episodes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def finished(self) -> set[str]:
        """Ids, in one line each, of the episodes that need no playing."""
        with plain_errors(self.path):
            rows = self._connection.execute("SELECT id FROM episodes WHERE outcome != 'broken'").fetchall()
        return {row[0] for row in rows}

    def outcomes(self, label: str) -> dict[str, str]:
        """How the episodes of a label ended ('won', 'lost', 'aborted', 'broken'), by id in one line."""
        with plain_errors(self.path):
            query = "SELECT id, outcome FROM episodes WHERE label = ?"
            return dict(self._connection.execute(query, (label,)).fetchall())

    def tallies(self) -> list[Tally]:
        """How the episodes ended, by game and label, in that order."""
        query = """SELECT game, label, sum(outcome = 'won'), sum(outcome = 'lost'), sum(outcome = 'aborted'),
            sum(outcome = 'broken'), avg(quality), sum(turns) FROM episodes GROUP BY game, label ORDER BY game, label"""
        with plain_errors(self.path):
            rows = self._connection.execute(query).fetchall()
        names = ("game", "label", "won", "lost", "aborted", "broken", "quality", "turns")
        return [Tally(**dict(zip(names, row, strict=True))) for row in rows]

    def errors(self) -> list[tuple[str, str]]:
        """(episode, error) of those that broke."""
        with plain_errors(self.path):
            query = "SELECT id, error FROM episodes WHERE outcome = 'broken' ORDER BY id"
            return self._connection.execute(query).fetchall()

    def trajectories(self, *, game: str | None = None, label: str | None = None) -> Iterator[Trajectory]:
        """Trajectories one by one, in the order of their ids, so that the same store always gives the same sequence."""
        query = """SELECT body FROM episodes WHERE outcome != 'broken'
            AND game = coalesce(?, game) AND label = coalesce(?, label) ORDER BY id"""
        with plain_errors(self.path):
            for (body,) in self._connection.execute(query, (game, label)):
                yield Trajectory.model_validate_json(zlib.decompress(body))


def _connect(path: Path, *, create: bool) -> sqlite3.Connection:
    layout = Layout(
        schema=_SCHEMA,
        application=_APPLICATION,
        version=SCHEMA_VERSION,
        empty=_NOTHING,
        foreign="{path} holds no trajectories of ours; choose another folder.",
        outdated=f"{{path}} has format {{version}}, this version reads {SCHEMA_VERSION}; choose another folder.",
    )
    return opened(path, layout, create=create)
