"""Transcripts: the messages one player has seen and said."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a chat.

    Attributes:
        role: "user" is the game master, "assistant" this player; a "note" is no message of the chat but what to say in
            place of messages that the model's window has no room for, and goes unread where there is room.
        content: the text.
    """

    role: Role
    content: str


Transcript = tuple[Message, ...]
