"""The folder of a run: its configuration, ledger, checkpoints, milestones and result.

run.json          what is trained, and from what; a run goes on only with the same
ledger.jsonl      every token counted before its use
checkpoints/      the newest place to go on from
milestones/       the weights after a share of the budget, with their score
best/ final/      the weights with the best held-out loss (or score), and the last ones
result.json       what came of it; written last
"""

import fcntl
import json
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from pydantic import BaseModel, ConfigDict, Field

from agent.errors import UserError
from trainer.checkpoints import Seal, latest, write_whole
from trainer.ledger import Ledger, Opening, Replay, verify
from trainer.run_config import RunConfig


class Result(BaseModel):
    """What came of a run."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    objective: str = Field(description="sft, dpo, grpo or retrospect.")
    steps: int = Field(description="Steps done.")
    tokens: int = Field(description="Tokens in the ledger at the end.")
    seconds: float = Field(description="Wall time of training, over all its restarts.")
    stopped: str = Field(description="Why it ended.")
    loss: float | None = Field(description="Training loss of the last step.")
    held_out: float | None = Field(default=None, description="Best held-out loss.")
    score: float | None = Field(default=None, description="Best practice score.")
    head: str = Field(description="The ledger's last hash.")
    model: str = Field(description="The weights it began with.")
    weights: str = Field(description="Folder of the last weights.")
    best: str = Field(description="Folder of the best weights; the last ones where nothing was compared.")


class RunFolder:
    """A run's folder, held by one process."""

    def __init__(self, path: Path, lock: IO[str] | None) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def open(cls, config: RunConfig, *, objective: str, data: str, main: bool = True) -> "RunFolder":
        """Takes the folder, new or of the same run.

        Args:
            config: the run.
            objective: its name.
            data: fingerprint of what is learnt from.
            main: whether this process writes; others only look.

        Raises:
            UserError: the folder holds another run, is in use, or cannot be written.
        """
        path = config.out
        if not main:
            return cls(path, None)
        identity = {"objective": objective, "config": config.fingerprint(), "data": data}
        try:
            path.mkdir(parents=True, exist_ok=True)
            lock = (path / ".lock").open("w")
        except OSError as error:
            raise UserError(f"{path} cannot be written ({error.strerror}): choose another folder.") from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise UserError(f"Another run is using {path}: wait for it or choose another folder.") from error
        try:
            cls._identify(path / "run.json", identity, config)
        except BaseException:
            lock.close()
            raise
        return cls(path, lock)

    @staticmethod
    def _identify(file: Path, identity: Mapping[str, str], config: RunConfig) -> None:
        if not file.exists():
            write_whole(file, json.dumps({**identity, "settings": config.model_dump(mode="json")}, indent=1))
            return
        try:
            known: Any = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UserError(f"{file} is damaged: choose another folder for the run.") from error
        for name, value in identity.items():
            if known.get(name) != value:
                what = {"data": "other data", "config": "other settings"}.get(name, "another objective")
                raise UserError(f"{file.parent} holds a run with {what}: choose another folder or restore the old one.")

    @property
    def checkpoints(self) -> Path:
        """Where checkpoints lie."""
        return self.path / "checkpoints"

    def checkpoint(self) -> tuple[Path, Seal] | None:
        """Where to go on from."""
        return latest(self.checkpoints)

    def result(self) -> Result | None:
        """What came of the run, once it has ended."""
        file = self.path / "result.json"
        return Result.model_validate_json(file.read_text(encoding="utf-8")) if file.exists() else None

    def finish(self, result: Result, history: list[dict[str, Any]]) -> None:
        """Notes the end."""
        write_whole(self.path / "history.json", json.dumps(history, indent=1))
        write_whole(self.path / "result.json", result.model_dump_json(indent=1))

    def ledger_path(self, config: RunConfig) -> Path:
        """Where the ledger lies."""
        return config.ledger or self.path / "ledger.jsonl"

    def ledger(self, config: RunConfig, opening: Opening, *, replay: Replay) -> Ledger | None:
        """The ledger at the place to go on from; None when its stage was closed and only the result is missing.

        Raises:
            UserError: it is damaged, in use, or belongs to another run.
        """
        path, found = self.ledger_path(config), self.checkpoint()
        if found is None:
            return Ledger.start(path, opening, replay=replay)
        if _closed(path, opening.stage):
            return None
        return Ledger.resume(path, found[1].mark, replay=replay)

    def release(self) -> None:
        """Gives the folder back."""
        if self._lock is not None:
            self._lock.close()


def _closed(path: Path, stage: str) -> bool:
    """Whether the ledger's last stage is this one, and ended."""
    account = verify(path)
    return account.closed and account.stages[-1].name == stage
