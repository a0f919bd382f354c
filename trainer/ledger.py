"""The ledger: every training token counted before it is used, in an append-only file that can be checked by anyone.

One file accompanies one model through all stages of its training. A batch is noted and
flushed to the disk first and trained on afterwards, so a kill can leave at most batches
that were counted and not used, never the reverse. `docs/adr` says what happens then.
"""

import fcntl
import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, Self

from agent.errors import BudgetExceeded, UserError
from trainer.ledger_chain import Again, Batch, Body, Closing, Entry, Mark, Opening, State, batch_digest, walk

Replay = Literal["exact", "again"]

__all__ = ["Account", "Ledger", "Mark", "Opening", "Stage", "batch_digest", "verify"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage of training, counted.

    Attributes:
        name: its name.
        model: what it began with.
        batches: batches counted.
        tokens: tokens consumed.
        trained: those that carried loss.
        restarts: how often it went on from a checkpoint with other batches.
        closed: whether it has ended.
        weights: what it ended with, where that was noted.
    """

    name: str
    model: str = ""
    batches: int = 0
    tokens: int = 0
    trained: int = 0
    restarts: int = 0
    closed: bool = False
    weights: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a ledger that holds together says.

    Attributes:
        stages: in their order.
        state: totals, budget and head.
    """

    stages: tuple[Stage, ...]
    state: State

    @property
    def closed(self) -> bool:
        """Whether training has ended; only then does the ledger show that nothing was cut off its end."""
        return bool(self.stages) and not self.state.open_stage


def verify(path: Path, mark: Mark | None = None) -> Account:
    """Checks a ledger from its first byte to its last.

    Args:
        path: the file.
        mark: a place that it must contain, as noted elsewhere (in a checkpoint, beside published weights).

    Raises:
        UserError: it cannot be read, was changed anywhere, or does not contain the mark.
    """
    stages: list[Stage] = []
    state, found = State(), mark is None or mark == State().mark
    with _lines(path) as lines, _named(path):
        for entry, state in walk(lines):
            _add(stages, entry.body)
            found = found or state.mark == mark
    if mark is not None and not found:
        raise UserError(f"{path} does not contain entry {mark.entries} with head {mark.head}; it is another ledger.")
    if not stages:
        raise UserError(f"{path} is empty; name the ledger of a training run.")
    return Account(stages=tuple(stages), state=state)


class Ledger:
    """A ledger that is being written. Use `start` or `resume`; close the stage with `close`, the file with `release`.

    Not for several processes: one of them counts for all.
    """

    def __init__(self, path: Path, file: BinaryIO, state: State, pending: deque[Entry]) -> None:
        self.path = path
        self._file = file
        self._state = state
        self._pending = pending

    @classmethod
    def start(cls, path: Path, opening: Opening, *, replay: Replay = "exact") -> Self:
        """Begins a ledger, or the next stage of one whose last stage is closed.

        A stage that was opened in the same words and never closed is begun again: the run was killed before its first
        checkpoint. `replay` is then what it is for `resume`.

        Raises:
            UserError: another stage is still open, the file is damaged or in use, or its tokens pass the budget.
        """
        if opening.budget_tokens < 1:
            raise UserError(f"A budget of {opening.budget_tokens} tokens trains nothing; give at least 1.")
        file, entries = _open(path, create=True)
        states = [State(), *(state for _, state in entries)]
        at = len(entries)
        if states[-1].open_stage:
            at = max(index for index, (entry, _) in enumerate(entries) if isinstance(entry.body, Opening))
            if entries[at][0].body != opening:
                _refuse(file, f"{path}: stage '{states[-1].open_stage}' was not ended; resume it from its checkpoint.")
        if at < len(entries) and replay == "again":
            return cls._again(path, file, states, states[at + 1].mark)
        ledger = cls(path, file, states[at], deque(entry for entry, _ in entries[at:]))
        if opening.budget_tokens < ledger.total_tokens:
            spent = ledger.total_tokens
            _refuse(file, f"{path} holds {spent} tokens already; the budget of {opening.budget_tokens} is too small.")
        ledger._note(opening)
        return ledger

    @classmethod
    def resume(cls, path: Path, mark: Mark, *, replay: Replay = "exact") -> Self:
        """Goes on from a checkpoint.

        Args:
            path: the file.
            mark: what the checkpoint remembers.
            replay: what to do with batches that were counted after the checkpoint. "exact": the run is deterministic
                and will consume them again; each must be the one that stands there, and is not counted twice.
                "again": other batches will come; the old ones stay counted.

        Raises:
            UserError: the file is damaged, in use, does not contain the mark, or its last stage is closed.
        """
        file, entries = _open(path, create=False)
        states = [State(), *(state for _, state in entries)]
        if mark.entries >= len(states) or states[mark.entries].mark != mark:
            _refuse(
                file, f"{path} does not contain the checkpoint's entry {mark.entries}; it is another ledger or cut."
            )
        if not states[-1].open_stage:
            _refuse(file, f"{path}: the last stage is closed; start a new stage instead of resuming.")
        if replay == "again":
            return cls._again(path, file, states, mark)
        return cls(path, file, states[mark.entries], deque(entry for entry, _ in entries[mark.entries :]))

    @classmethod
    def _again(cls, path: Path, file: BinaryIO, states: Sequence[State], mark: Mark) -> Self:
        ledger = cls(path, file, states[-1], deque())
        if mark != states[-1].mark:
            ledger._note(Again(checkpoint=mark.entries))
        return ledger

    @property
    def mark(self) -> Mark:
        """Where it stands: to be kept in every checkpoint."""
        return self._state.mark

    @property
    def total_tokens(self) -> int:
        """Tokens consumed up to here, in all stages."""
        return self._state.total_tokens

    @property
    def left_tokens(self) -> int:
        """Tokens that may still be consumed."""
        return self._state.budget_tokens - self._state.total_tokens

    def count(self, *, tokens: int, trained: int, digest: str) -> Mark:
        """Notes a batch. Call it before the batch goes through the model.

        Args:
            tokens: how many go through the model, without padding.
            trained: how many of them carry loss.
            digest: `batch_digest` of the token ids.

        Raises:
            BudgetExceeded: the batch would pass the budget; nothing was noted, and it must not be used.
            UserError: a replayed batch is not the one that was counted before, or the disk is full.
        """
        if tokens > self.left_tokens:
            raise BudgetExceeded("training tokens", self.total_tokens + tokens, self._state.budget_tokens)
        self._note(Batch(tokens=tokens, trained=trained, digest=digest))
        return self.mark

    def close(self, weights: str = "") -> Mark:
        """Ends the stage; `weights` names or fingerprints what came of it."""
        self._note(Closing(weights=weights))
        self.release()
        return self.mark

    def release(self) -> None:
        """Gives the file back without ending the stage. May be called twice."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.release()

    def _note(self, body: Body) -> None:
        entry = self._state.entry(body)
        state = self._state.after(entry)
        if self._pending:
            if self._pending[0] != entry:
                raise UserError(
                    f"{self.path}: entry {entry.number} was counted before the run was stopped and comes out otherwise "
                    "now, so the run is not the same; undo what was changed, or begin with a new ledger."
                )
            self._pending.popleft()
        else:
            self._append(entry.line())
        self._state = state

    def _append(self, line: bytes) -> None:
        try:
            while line:  # the file is unbuffered, so a write may take less than it was given
                line = line[self._file.write(line) :]
            os.fsync(self._file.fileno())
        except OSError as error:
            self.release()
            raise UserError(f"{self.path} cannot be written ({error.strerror}); make room and resume.") from error


def _open(path: Path, *, create: bool) -> tuple[BinaryIO, list[tuple[Entry, State]]]:
    """Takes the file for writing, checks it, and cuts off a line that a kill left unfinished."""
    try:
        if create:
            path.parent.mkdir(parents=True, exist_ok=True)
        file = os.fdopen(os.open(path, os.O_RDWR | (os.O_CREAT if create else 0), 0o644), "r+b", buffering=0)
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); check the path of the ledger.") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise UserError(f"Another run is writing {path}; wait for it or name another ledger.") from error
    try:
        content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        with _named(path):
            entries = list(walk(whole.splitlines(keepends=True)))
        if len(whole) < len(content):  # its batch was not used yet: the line had not been written through
            file.truncate(len(whole))
        file.seek(len(whole))
        _sync_folder(path.parent)
    except BaseException:
        file.close()
        raise
    return file, entries  # pyright: ignore[reportReturnType]


def _refuse(file: BinaryIO, message: str) -> None:
    file.close()
    raise UserError(message)


def _add(stages: list[Stage], body: Body) -> None:
    """Counts one entry into the stages."""
    if isinstance(body, Opening):
        stages.append(Stage(name=body.stage, model=body.model))
        return
    stage = stages[-1]
    is_batch = isinstance(body, Batch)
    stages[-1] = Stage(
        name=stage.name,
        model=stage.model,
        batches=stage.batches + is_batch,
        tokens=stage.tokens + (body.tokens if isinstance(body, Batch) else 0),
        trained=stage.trained + (body.trained if isinstance(body, Batch) else 0),
        restarts=stage.restarts + isinstance(body, Again),
        closed=isinstance(body, Closing),
        weights=body.weights if isinstance(body, Closing) else "",
    )


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _lines(path: Path) -> Iterator[BinaryIO]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); check the path of the ledger.") from error
    with file:
        yield file


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except UserError as error:
        raise UserError(f"{path} is no sound ledger: {error}; do not trust it.") from None
