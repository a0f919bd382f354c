"""Events: what happened, in the order in which this player saw it."""

from dataclasses import dataclass
from enum import StrEnum


class Source(StrEnum):
    """Who speaks."""

    GAME = "game"  # the game master, possibly passing on a partner's words
    SELF = "self"  # this player


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One message, with what the rulebook already understood of it.

    Attributes:
        index: position of the message in the transcript, counted from 0.
        source: who speaks.
        text: the message.
        options: what the game offered in this message ("Currently available directions: …"), in its order.
        fills: how this player filled the slots of the reply form, as (slot name, value); () for game messages.
    """

    index: int
    source: Source
    text: str
    options: tuple[str, ...] = ()
    fills: tuple[tuple[str, str], ...] = ()
