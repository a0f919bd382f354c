"""The trace of a decision: typed events, append-only, with a schema version.

Replay, scoring, the viewer and training data read this one record.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    at_ms: float = Field(description="Milliseconds since the turn began.")


class RulesRead(_Event):
    """What the rulebook holds when the turn begins."""

    kind: Literal["rules_read"] = "rules_read"
    forms: tuple[str, ...] = Field(description="Legal reply forms, slots in angle brackets.")
    rules: tuple[str, ...] = Field(description="Hard rules in force, with their words or bounds.")
    options: tuple[str, ...] = Field(description="What the newest message offers to choose from.")


class Assisted(_Event):
    """What of the rulebook the language model read, because the deterministic reader was at a loss."""

    kind: Literal["assisted"] = "assisted"
    forms: tuple[str, ...] = Field(description="Reply forms it read, slots in angle brackets.")
    rules: tuple[str, ...] = Field(description="Hard rules it read, with their words or bounds.")
    generated_tokens: int = Field(description="Tokens decoded for it in this turn; 0 when it was read before.")


class Cautioned(_Event):
    """What is odd about the rules: contradictions, impossible demands, another player's orders."""

    kind: Literal["cautioned"] = "cautioned"
    cautions: tuple[str, ...] = Field(description="One sentence each.")


class Remembered(_Event):
    """What memory holds when the turn begins."""

    kind: Literal["remembered"] = "remembered"
    events: int = Field(description="Messages remembered.")
    digest: str = Field(description="The memory in a few lines: what is stated, places, own words.")


class Proposed(_Event):
    """What the planner thinks worth saying."""

    kind: Literal["proposed"] = "proposed"
    policy: str = Field(description="The way of playing; empty when none fits.")
    options: tuple[str, ...] = Field(description="Rendered options, best first, at most five.")
    reason: str = Field(description="Why the best one is best.")
    beliefs: tuple[tuple[str, float], ...] = Field(
        default=(), description="What the policy still holds possible with its weight, heaviest first, at most twelve."
    )


class Constrained(_Event):
    """What the decoder was allowed to emit."""

    kind: Literal["constrained"] = "constrained"
    grammar: str = Field(description="The grammar's text; empty for free decoding.")
    only_reply: bool = Field(description="Whether just one reply was legal, so that nothing was decoded.")


class Drafted(_Event):
    """What the model, or the form itself, said."""

    kind: Literal["drafted"] = "drafted"
    text: str = Field(description="The draft, not stripped.")
    source: Literal["model", "form", "repair", "cheapest"] = Field(description="Who wrote it.")
    generated_tokens: int = Field(default=0, description="Tokens decoded for it.")
    finished: bool = Field(default=True, description="False when a token or time limit cut it.")


class Rejected(_Event):
    """Why a draft may not leave the agent."""

    kind: Literal["rejected"] = "rejected"
    text: str = Field(description="The draft.")
    violations: tuple[str, ...] = Field(description="The rules broken, each with a hint.")


class Hurried(_Event):
    """The deadline shortened the turn."""

    kind: Literal["hurried"] = "hurried"
    seconds_left: float = Field(description="Seconds left for this reply when it was noticed.")


class Unsteered(_Event):
    """The decoder could not follow the grammar, so the draft was decoded freely and only checked."""

    kind: Literal["unsteered"] = "unsteered"
    error: str = Field(description="What the decoder said.")


class Said(_Event):
    """What left the agent."""

    kind: Literal["said"] = "said"
    reply: str = Field(description="The reply.")
    legal: bool = Field(description="Whether every check that was switched on accepted it.")


TraceEvent = Annotated[
    RulesRead
    | Assisted
    | Cautioned
    | Remembered
    | Proposed
    | Constrained
    | Drafted
    | Rejected
    | Hurried
    | Unsteered
    | Said,
    Field(discriminator="kind"),
]


class Trace(BaseModel):
    """All events of one turn, oldest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = Field(default=SCHEMA_VERSION, description="Version of the event types.")
    events: tuple[TraceEvent, ...] = Field(default=(), description="What happened, oldest first.")
