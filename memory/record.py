"""Memory as JSON, and memory played anew from its events.

What enters is checked: strange keys, missing ones and wrong kinds are refused. The
events alone determine everything else (`replayed`), so a record can be verified.
"""

from functools import reduce
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from memory.events import Event
from memory.store import Memory, remember

VERSION: Literal[1] = 1


class MemoryRecord(BaseModel):
    """A memory on paper."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = Field(default=VERSION, description="The layout; another one is refused.")
    memory: Memory = Field(description="Events, facts and sightings, oldest first.")


class RecordError(ValueError):
    """A text is no memory; says where."""


def to_json(memory: Memory, *, indent: int | None = None) -> str:
    """The memory as JSON text."""
    return MemoryRecord(memory=memory).model_dump_json(indent=indent)


def from_json(text: str | bytes) -> Memory:
    """The memory that a JSON text holds.

    Raises:
        RecordError: it is no such text; the message names the first fault and its place.
    """
    try:
        return MemoryRecord.model_validate_json(text).memory
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the top"
        raise RecordError(f"This is no record of a memory: at {place}: {first['msg']}.") from None


def replayed(events: tuple[Event, ...]) -> Memory:
    """The memory that these events make, from nothing."""
    return reduce(remember, events, Memory())
