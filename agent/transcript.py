"""Transcripts: the messages one player has seen and said."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a chat.

    Attributes:
        role: "user" is the game master, "assistant" this player.
        content: the text.
    """

    role: Role
    content: str


Transcript = tuple[Message, ...]
