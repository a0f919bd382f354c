"""Where in the transcript something was read: the receipt under every rule."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of one message.

    Attributes:
        message: index of the message in the transcript, counted from 0.
        start: first character of the stretch within the message.
        end: one past its last character.
        text: the characters themselves.
    """

    message: int
    start: int
    end: int
    text: str
