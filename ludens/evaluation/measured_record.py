"""What a measurement found: the record that `ludens eval --out DIR` writes as `DIR/eval.json`.

Plain data, checked when written and when read. It knows nothing of how figures come about
(`measure`) nor of how they are shown (`measured_table`). Everything is on a scale of 0 to 100
unless said otherwise; figures that do not exist are null, never NaN.
"""

import json
import os
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from games.errors import UserError

FILE_NAME = "eval.json"
FORMAT = 1

SuiteName = Literal["games", "static", "cognitive"]
SUITES: tuple[SuiteName, ...] = ("games", "static", "cognitive")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Estimate(_Record):
    """A mean and its 95% bootstrap interval."""

    value: float = Field(description="The mean, not rounded.")
    low: float = Field(description="Lower end of the interval.")
    high: float = Field(description="Upper end of the interval.")


class GameFigures(_Record):
    """One player's figures in one game, static suite or cognitive ability."""

    n: int = Field(ge=0, description="Scored episodes, played or aborted.")
    errors: int = Field(default=0, ge=0, description="Episodes that broke; they count in no figure.")
    played_pct: Estimate | None = Field(description="Share of scored episodes that were played to their end.")
    quality: Estimate | None = Field(description="Mean main score of the episodes that have one; clembench's quality.")
    score: Estimate | None = Field(
        description="Mean main score with 0 for an aborted episode: accuracy, where an episode is right or wrong."
    )
    success_pct: float | None = Field(default=None, description="Share of scored episodes whose goal was reached.")
    calls: int = Field(default=0, ge=0, description="Replies asked for.")
    tokens: int = Field(default=0, ge=0, description="Tokens generated.")
    seconds: float = Field(default=0.0, ge=0, description="Seconds spent in the model.")
    instances_sha256: str = Field(
        default="", description="Fingerprint of the instances played; equal ones were equal. Empty when not known."
    )


class SuiteFigures(_Record):
    """One player's figures in one suite."""

    games: dict[str, GameFigures] = Field(description="Game, static suite or ability to its figures.")
    played_pct: Estimate | None = Field(description="Mean over games.")
    quality: Estimate | None = Field(description="Mean over the games that have one.")
    score: Estimate | None = Field(description="Mean played_pct times mean quality over 100, not rounded.")
    clem_score: float | None = Field(
        description="The same, rounded at every step as `clem eval` does: clemscore of games, statscore of static."
    )
    episodes: str | None = Field(default=None, description="Run folder with the episodes, beside this file.")


class TaskFigures(_Record):
    """One player's figures in one task of lm-evaluation-harness."""

    n: int = Field(ge=0, description="Documents answered.")
    metric: str = Field(description="The task's first metric, as the harness names it.")
    score: Estimate = Field(description="Its value in percent for shares, as it is for other metrics.")
    metrics: dict[str, float] = Field(description="Every metric as the harness reports it, not scaled.")


class Seat(_Record):
    """One player: "bare", "ludens", or a model of a clem results folder."""

    suites: dict[SuiteName, SuiteFigures] = Field(default_factory=dict, description="Suites that it went through.")
    tasks: dict[str, TaskFigures] = Field(default_factory=dict, description="Tasks of lm-evaluation-harness.")
    clemscore: float | None = Field(default=None, description="Of the games, as `clem eval` and `playpen eval` say it.")
    statscore: float | None = Field(default=None, description="Of the static suites, as `playpen eval` says it.")
    cogscore: float | None = Field(default=None, description="Of the cognitive probes, computed in the same way.")


class PairedDifference(_Record):
    """How much better the second player is, on the instances that both have a score for."""

    pairs: int = Field(ge=0, description="Instances compared.")
    difference: float = Field(description="Mean score of the second minus that of the first.")
    low: float = Field(description="Lower end of its 95% bootstrap interval.")
    high: float = Field(description="Upper end.")
    p_value: float = Field(ge=0, le=1, description="Two-sided, from sign flips of the paired differences.")
    better: int = Field(ge=0, description="Instances on which the second player scores higher.")
    worse: int = Field(ge=0, description="Instances on which it scores lower.")


class PairedSuite(_Record):
    """Two players compared on one suite."""

    suite: str = Field(description='"games", "static", "cognitive" or "lm_eval".')
    first: str = Field(description="The player compared with, usually the bare one.")
    second: str = Field(description="The player that is compared.")
    total: PairedDifference = Field(description="Over all games, each of which weighs the same.")
    games: dict[str, PairedDifference] = Field(description="Game by game.")


class MeasuredModel(_Record):
    """The language model behind the players."""

    spec: str = Field(description='As the user named it: "embedded", a path, a hub id, a URL, or a folder of results.')
    files: dict[str, str] = Field(
        default_factory=dict, description="Weight file to its SHA-256; empty where the weights are not local."
    )
    sha256: str = Field(
        default="", description="SHA-256 of the weights (of the only file, or of the sorted list of all); else empty."
    )


class MeasuredRecord(_Record):
    """A whole measurement."""

    format: Literal[1] = Field(default=FORMAT, description="Version of this record.")
    created: str = Field(description="When it was written, ISO 8601, UTC.")
    versions: dict[str, str] = Field(description="Distribution to version: ludens, clemcore, and what computed.")
    configuration: dict[str, Any] = Field(description="Everything that the episodes depend on.")
    seed: int = Field(ge=0, description="Of instances, samplers and intervals.")
    model: MeasuredModel
    seats: dict[str, Seat] = Field(description='Player to figures: "bare", "ludens", or a model of a results folder.')
    comparisons: list[PairedSuite] = Field(default_factory=list, description="Bare against Ludens, suite by suite.")

    @property
    def errors(self) -> int:
        """How many episodes broke, over all players."""
        return sum(
            game.errors
            for seat in self.seats.values()
            for suite in seat.suites.values()
            for game in suite.games.values()
        )


def write_record(record: MeasuredRecord, folder: Path) -> Path:
    """Writes `eval.json` into a folder, whole or not at all.

    Raises:
        UserError: the folder cannot be written.
    """
    path = folder / FILE_NAME
    draft = folder / f".{FILE_NAME}.{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        draft.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); choose another folder.") from error
    return path


def read_record(place: Path) -> MeasuredRecord:
    """Reads `eval.json`, given itself or its folder.

    Raises:
        UserError: it is missing, no JSON, of another version, or lacks a field.
    """
    path = place / FILE_NAME if place.is_dir() else place
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UserError(f"There is no measurement at {path}; run `ludens eval --out {place}` first.") from error
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); check the path and its permissions.") from error
    except ValueError as error:  # not JSON, or not UTF-8
        raise UserError(f"{path} is not JSON ({error}); measure again.") from error
    version = content.get("format") if isinstance(content, dict) else None
    if version != FORMAT:
        raise UserError(f"{path} has format {version!r}, this version reads {FORMAT}; measure again.")
    try:
        return MeasuredRecord.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UserError(f"{path} is unusable at '{where}': {first['msg']}; measure again.") from error
