"""The record of one played episode."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Json = Mapping[str, Any]


class Status(StrEnum):
    """How an episode ended."""

    PLAYED = "played"  # to its end, won or lost
    ABORTED = "aborted"  # the game master gave up on the players
    ERROR = "error"  # something broke; there is no score


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class EpisodeKey:
    """What tells one episode of a run from the others.

    Attributes:
        game: name of the game.
        experiment: name of the experiment.
        game_id: number of the instance within the experiment.
        label: who plays ("bare", "ludens").
    """

    game: str
    experiment: str
    game_id: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What the models of an episode cost; programmatic players cost nothing.

    Attributes:
        calls: replies asked for.
        prompt_tokens: tokens read, as far as the models report it.
        tokens: tokens generated, as far as the models report it.
        seconds: time spent in the models.
    """

    calls: int = 0
    prompt_tokens: int = 0
    tokens: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            tokens=self.tokens + other.tokens,
            seconds=self.seconds + other.seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one episode came out, in figures.

    Attributes:
        key: which episode.
        status: how it ended.
        success: whether the goal was reached; None for an error.
        quality: the game's main score, 0 to 100; None where the game gives none.
        usage: what it cost.
        error: what broke, in one line; "" unless the status is error.
    """

    key: EpisodeKey
    status: Status
    success: bool | None = None
    quality: float | None = None
    usage: Usage = Usage()
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One episode as it is kept: the figures, and everything needed to score it again.

    Attributes:
        outcome: the figures.
        experiment: the experiment without its instances.
        game_instance: the instance that was played.
        digest: fingerprint of those two.
        interactions: what `clem score` reads.
        requests: per player, every prompt and raw response object.
        scores: what the game's scorer made of the interactions, NaN as None.
        traceback: of the exception that ended it; "" when none did.
        started: wall-clock time of its first moment, ISO 8601. Data, not a score.
        finished: of its last moment.
    """

    outcome: Outcome
    experiment: Json = field(repr=False)
    game_instance: Json = field(repr=False)
    digest: str
    interactions: Json = field(repr=False)
    requests: Json = field(repr=False)
    scores: Json = field(repr=False)
    traceback: str = field(default="", repr=False)
    started: str = ""
    finished: str = ""
