"""The episode store: every finished episode of a run, in one SQLite file.

One process opens the run (`open`) and holds its folder; its helpers and any reader
`join` it. An episode is one short transaction, so a kill at any instant loses only
the episodes that were still being played.
"""

import contextlib
import hashlib
import json
import math
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from games.arena.database import FILE_NAME, connect, plain_errors, transaction
from games.arena.episode import Episode, EpisodeKey, Outcome, Status, Usage
from games.arena.lock import FolderLock
from games.errors import UserError

_FIGURES = "game, experiment, game_id, label, status, success, quality, calls, prompt_tokens, tokens, seconds, error"
_BODY = "experiments.body, instance, episodes.digest, interactions, requests, scores, traceback, started, finished"

_SAVE = """
INSERT INTO episodes (run, game, experiment, game_id, label, status, played, success, quality,
    calls, prompt_tokens, tokens, seconds, scores, interactions, requests, instance, experiment_digest,
    digest, error, traceback, started, finished)
VALUES (:run, :game, :experiment, :game_id, :label, :status, :played, :success, :quality,
    :calls, :prompt_tokens, :tokens, :seconds, :scores, :interactions, :requests, :instance, :experiment_digest,
    :digest, :error, :traceback, :started, :finished)
ON CONFLICT (game, experiment, game_id, label) DO UPDATE SET run = excluded.run,
    status = excluded.status, played = excluded.played, success = excluded.success, quality = excluded.quality,
    calls = excluded.calls, prompt_tokens = excluded.prompt_tokens, tokens = excluded.tokens,
    seconds = excluded.seconds, scores = excluded.scores, interactions = excluded.interactions,
    requests = excluded.requests, instance = excluded.instance, experiment_digest = excluded.experiment_digest,
    digest = excluded.digest, error = excluded.error, traceback = excluded.traceback,
    started = excluded.started, finished = excluded.finished
WHERE episodes.status = 'error'
"""


class EpisodeStore:
    """The episodes of one run folder. Use `open` or `join`; close it, or use it in a `with` block."""

    def __init__(self, path: Path, connection: sqlite3.Connection, run: int, lock: FolderLock | None) -> None:
        self.path = path
        self._connection = connection
        self._run = run
        self._lock = lock

    @classmethod
    def open(
        cls, folder: Path, *, config: Mapping[str, Any], seed: int, versions: Mapping[str, str] | None = None
    ) -> Self:
        """Starts a run in a folder, or continues the one that is there.

        Args:
            folder: where the run is kept; made when missing.
            config: everything that the episodes depend on, as JSON values.
            seed: of the run.
            versions: of the software, for the record; another version may continue a run, another config may not.

        Raises:
            UserError: another run is using the folder, it holds a run of another configuration, its database is
                damaged, or it cannot be written.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{folder} cannot be made ({error.strerror}); choose another folder.") from error
        path = folder / FILE_NAME
        with contextlib.ExitStack() as undo:
            lock = undo.enter_context(FolderLock(folder))
            connection = undo.enter_context(contextlib.closing(connect(path, create=True)))
            with plain_errors(path):
                run = _enter_run(connection, folder, _canonical(config), seed, _canonical(versions or {}))
            undo.pop_all()
        return cls(path, connection, run, lock)

    @classmethod
    def join(cls, folder: Path) -> Self:
        """Reads a run, or helps to play it from another process.

        Raises:
            UserError: there is no run, or its database is damaged.
        """
        path = folder / FILE_NAME
        connection = connect(path, create=False)
        with plain_errors(path):
            row = connection.execute("SELECT max(run) FROM runs").fetchone()
        if row[0] is None:
            connection.close()
            raise UserError(f"{path} holds no run; play something into {folder} first.")
        return cls(path, connection, row[0], None)

    def close(self) -> None:
        """Closes the file and gives the folder back."""
        self._connection.close()
        if self._lock is not None:
            self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def save(self, episode: Episode) -> bool:
        """Keeps an episode; false when a finished one is there already, which is never replaced.

        Raises:
            UserError: the disk is full or the file damaged; earlier episodes are intact.
        """
        values = _to_row(episode) | {"run": self._run}
        body = json.dumps(episode.experiment)
        values["experiment_digest"] = hashlib.sha256(body.encode()).hexdigest()
        with plain_errors(self.path), transaction(self._connection):
            self._connection.execute(
                "INSERT OR IGNORE INTO experiments VALUES (?, ?)", (values["experiment_digest"], body)
            )
            return self._connection.execute(_SAVE, values).rowcount > 0

    def finished(self, game: str, label: str) -> dict[tuple[str, int], tuple[Outcome, str]]:
        """Episodes that need no playing: (experiment, game id) to outcome and digest. Errors are not among them."""
        query = f"SELECT {_FIGURES}, digest FROM episodes WHERE status != 'error' AND game = ? AND label = ?"
        with plain_errors(self.path):
            rows = self._connection.execute(query, (game, label)).fetchall()
        return {(row[1], row[2]): (_to_outcome(row[:-1]), row[-1]) for row in rows}

    def outcomes(self) -> list[Outcome]:
        """The figures of every stored episode, errors included, in the order of their keys."""
        with plain_errors(self.path):
            rows = self._connection.execute(f"SELECT {_FIGURES} FROM episodes ORDER BY 1, 2, 3, 4").fetchall()
        return [_to_outcome(row) for row in rows]

    def episodes(self, *, game: str | None = None, label: str | None = None) -> Iterator[Episode]:
        """Whole episodes, one by one, in the order of their keys."""
        query = f"""SELECT {_FIGURES}, {_BODY} FROM episodes JOIN experiments
            ON experiments.digest = experiment_digest
            WHERE game = coalesce(?, game) AND label = coalesce(?, label) ORDER BY 1, 2, 3, 4"""
        figures = _FIGURES.count(",") + 1
        with plain_errors(self.path):
            for row in self._connection.execute(query, (game, label)):
                yield _to_episode(_to_outcome(row[:figures]), row[figures:])

    def configuration(self) -> dict[str, Any]:
        """What the run was started with: config, seed, versions, created."""
        query = "SELECT config, seed, versions, created FROM runs WHERE run = ?"
        with plain_errors(self.path):
            config, seed, versions, created = self._connection.execute(query, (self._run,)).fetchone()
        return {"config": json.loads(config), "seed": seed, "versions": json.loads(versions), "created": created}


def _enter_run(connection: sqlite3.Connection, folder: Path, config: str, seed: int, versions: str) -> int:
    with transaction(connection):
        last = connection.execute("SELECT run, config, seed, versions FROM runs ORDER BY run DESC LIMIT 1").fetchone()
        if last is not None and (last[1], last[2]) != (config, seed):
            there = {**json.loads(last[1]), "seed": last[2]}
            here = {**json.loads(config), "seed": seed}
            raise UserError(
                f"{folder} holds a run of another configuration ({_differences(there, here)}); "
                "repeat that configuration to continue it, or choose another folder."
            )
        if last is not None and last[3] == versions:
            return last[0]
        now = datetime.now(UTC).isoformat()
        cursor = connection.execute(
            "INSERT INTO runs (config, seed, versions, created) VALUES (?, ?, ?, ?)", (config, seed, versions, now)
        )
        assert cursor.lastrowid is not None
        return cursor.lastrowid


def _differences(there: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    keys = sorted(key for key in {*there, *here} if there.get(key) != here.get(key))
    return "; ".join(f"{key}: {_brief(there.get(key))} there, {_brief(here.get(key))} here" for key in keys)


def _brief(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _canonical(value: Mapping[str, Any]) -> str:
    return json.dumps(dict(value), sort_keys=True)


def _to_row(episode: Episode) -> dict[str, Any]:
    outcome, key, usage = episode.outcome, episode.outcome.key, episode.outcome.usage
    broken = outcome.status is Status.ERROR
    assert outcome.quality is None or math.isfinite(outcome.quality)
    return {
        "game": key.game,
        "experiment": key.experiment,
        "game_id": key.game_id,
        "label": key.label,
        "status": outcome.status.value,
        "played": None if broken else int(outcome.status is Status.PLAYED),
        "success": None if outcome.success is None else int(outcome.success),
        "quality": outcome.quality,
        "calls": usage.calls,
        "prompt_tokens": usage.prompt_tokens,
        "tokens": usage.tokens,
        "seconds": usage.seconds,
        "scores": json.dumps(episode.scores),
        "interactions": json.dumps(episode.interactions),
        "requests": json.dumps(episode.requests),
        "instance": json.dumps(episode.game_instance),
        "digest": episode.digest,
        "error": outcome.error,
        "traceback": episode.traceback,
        "started": episode.started,
        "finished": episode.finished,
    }


def _to_outcome(row: tuple[Any, ...]) -> Outcome:
    game, experiment, game_id, label, status, success, quality, calls, prompt_tokens, tokens, seconds, error = row
    return Outcome(
        key=EpisodeKey(game=game, experiment=experiment, game_id=game_id, label=label),
        status=Status(status),
        success=None if success is None else bool(success),
        quality=quality,
        usage=Usage(calls=calls, prompt_tokens=prompt_tokens, tokens=tokens, seconds=seconds),
        error=error,
    )


def _to_episode(outcome: Outcome, body: tuple[Any, ...]) -> Episode:
    experiment, instance, digest, interactions, requests, scores, traceback, started, finished = body
    return Episode(
        outcome=outcome,
        experiment=json.loads(experiment),
        game_instance=json.loads(instance),
        digest=digest,
        interactions=json.loads(interactions),
        requests=json.loads(requests),
        scores=json.loads(scores),
        traceback=traceback,
        started=started,
        finished=finished,
    )
