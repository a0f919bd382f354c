"""The seat of a person: a clemcore model whose replies are typed."""

import queue
from collections.abc import Callable
from typing import Any

from clemcore.backends import Model, ModelSpec


class GameLeft(Exception):
    """The game was closed while somebody was expected to speak."""


class Seat(Model):
    """A player whose replies come from outside, one at a time."""

    def __init__(self, expect: Callable[[str], None]) -> None:
        """Takes a seat.

        Args:
            expect: told what was said to this player when a reply is wanted.
        """
        super().__init__(ModelSpec.from_dict({"model_name": "human", "backend": "ludens"}))
        self.set_gen_args(temperature=0.0, max_tokens=0)
        self._expect = expect
        self._replies: queue.SimpleQueue[str | None] = queue.SimpleQueue()

    def say(self, reply: str) -> None:
        """Gives the reply that is waited for."""
        self._replies.put(reply)

    def leave(self) -> None:
        """Ends the wait for good."""
        self._replies.put(None)

    def generate_response(self, messages: list[dict[str, Any]]) -> tuple[Any, Any, str]:
        """Waits for the person's reply."""
        self._expect(str(messages[-1]["content"]))
        reply = self._replies.get()
        if reply is None:
            raise GameLeft
        return {"messages": len(messages)}, {"usage": {}}, reply
