"""The SQLite file under the episode store: its schema, its pragmas, and what its errors mean to a user."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from games.errors import UserError

FILE_NAME = "episodes.sqlite"
SCHEMA_VERSION = 1
_APPLICATION = 0x4C756465  # "Lude", in the file's header
_PATIENCE_S = 60.0  # how long a writer waits for the others

_SCHEMA = """
CREATE TABLE runs (
    run INTEGER PRIMARY KEY,
    config TEXT NOT NULL,            -- JSON object, keys sorted
    seed INTEGER NOT NULL,
    versions TEXT NOT NULL,          -- JSON object
    created TEXT NOT NULL            -- ISO 8601; data, not a score
);
CREATE TABLE experiments (
    digest TEXT PRIMARY KEY,
    body TEXT NOT NULL               -- JSON object; shared by the episodes of the experiment
);
CREATE TABLE episodes (
    run INTEGER NOT NULL REFERENCES runs,
    game TEXT NOT NULL,
    experiment TEXT NOT NULL,
    game_id INTEGER NOT NULL,
    label TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('played', 'aborted', 'error')),
    played INTEGER,                  -- 1, 0; NULL for an error
    success INTEGER,                 -- 1, 0; NULL for an error
    quality REAL,                    -- 0 to 100; NULL where the game gives none
    calls INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    tokens INTEGER NOT NULL,         -- generated
    seconds REAL NOT NULL,           -- in the models
    scores TEXT NOT NULL,            -- JSON object
    interactions TEXT NOT NULL,      -- JSON object, as `clem score` reads it
    requests TEXT NOT NULL,          -- JSON object: player -> calls with prompts and response objects
    instance TEXT NOT NULL,          -- JSON object
    experiment_digest TEXT NOT NULL REFERENCES experiments,
    digest TEXT NOT NULL,            -- of experiment and instance
    error TEXT NOT NULL,             -- one line; '' unless status is error
    traceback TEXT NOT NULL,
    started TEXT NOT NULL,
    finished TEXT NOT NULL,
    PRIMARY KEY (game, experiment, game_id, label)
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What tells one kind of database from another, with the words for what is wrong; `{path}` stands for the file.

    Attributes:
        schema: the statements that make it.
        application: the mark in the file's header.
        version: of the schema.
        empty: said when there is nothing in the file and it is only to be read.
        foreign: said when the mark is another.
        outdated: said when the version is another, which `{version}` stands for.
    """

    schema: str
    application: int
    version: int
    empty: str
    foreign: str
    outdated: str


_EPISODES = Layout(
    schema=_SCHEMA,
    application=_APPLICATION,
    version=SCHEMA_VERSION,
    empty="{path} is no episode database; choose another folder.",
    foreign="{path} is no episode database; choose another folder.",
    outdated=f"{{path}} has format {{version}}, this version writes format {SCHEMA_VERSION}; choose another folder.",
)


def connect(path: Path, *, create: bool) -> sqlite3.Connection:
    """Opens an episode database.

    Args:
        path: the file.
        create: make it when it is missing or empty, and examine it thoroughly when it is not.

    Raises:
        UserError: it is missing, damaged, somebody else's or of another version. The file is left as it is.
    """
    if not create and not path.is_file():
        raise UserError(f"{path} does not exist; play something into {path.parent} first.")
    connection = opened(path, _EPISODES, create=create)
    with plain_errors(path):
        try:
            if create:
                (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                if verdict != "ok":
                    raise UserError(_damaged(path, verdict))
            connection.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            connection.close()
            raise
    return connection


def opened(path: Path, layout: Layout, *, create: bool) -> sqlite3.Connection:
    """Opens a database of one layout, made when it is missing or empty and `create` is set.

    Raises:
        UserError: it is damaged, empty, somebody else's or of another version. The file is left as it is.
    """
    with plain_errors(path):
        # Transactions are opened by hand: `isolation_level=None` keeps the module from opening its own.
        connection = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
        try:
            _examine(connection, path, layout, create=create)
        except BaseException:
            connection.close()
            raise
    return connection


def _examine(connection: sqlite3.Connection, path: Path, layout: Layout, *, create: bool) -> None:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not tables and create:
        connection.execute("PRAGMA journal_mode = WAL")
        marks = f"PRAGMA application_id = {layout.application}; PRAGMA user_version = {layout.version};"
        connection.executescript(f"BEGIN IMMEDIATE; {marks} {layout.schema} COMMIT;")
    elif not tables:
        raise UserError(layout.empty.format(path=path))
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application != layout.application:
        raise UserError(layout.foreign.format(path=path))
    if version != layout.version:
        raise UserError(layout.outdated.format(path=path, version=version))
    connection.execute("PRAGMA synchronous = NORMAL")  # with WAL: safe against a kill, not against a power cut


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """One write transaction. Takes the write lock at once, so that it cannot fail half-way for want of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turns what the user can mend about a database into a UserError."""
    try:
        yield
    except sqlite3.Error as error:
        message = _explain(error, path)
        if message is None:
            raise
        raise UserError(message) from error


def _explain(error: sqlite3.Error, path: Path) -> str | None:
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    match code & 0xFF:
        case sqlite3.SQLITE_FULL | sqlite3.SQLITE_IOERR:
            return (
                f"{path} cannot be written ({error}); make room on the disk and start the same run again, "
                "the episodes stored so far are intact."
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return _damaged(path, str(error))
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return f"{path} cannot be opened for writing ({error}); check its permissions or choose another folder."
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return f"{path} is kept locked by another program ({error}); close that program and start again."
        case _:
            return None


def _damaged(path: Path, reason: str) -> str:
    reason = " ".join(reason.split())
    return f"{path} is damaged ({reason}) and was left as it is; restore it, move it away or choose another folder."
