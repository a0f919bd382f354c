"""Ludens as a playpen agent (`playpen.agents.ClemAgent`).

Importable where the playpen harness is installed. Its base class remembers the
observations only, so this one remembers its own replies beside them. An
observation that is not to be memorised is answered and forgotten, with its answer.
"""

from typing import Any

from playpen.agents import ClemAgent, ClemObservation  # pyright: ignore[reportMissingImports]

from agent.agent import Agent
from agent.transcript import Message


class LudensAgent(ClemAgent):
    """A playpen agent that decides as Ludens does."""

    def __init__(self, agent: Agent, *, system_prompt: str | None = None) -> None:
        """Plays with `agent`.

        Args:
            agent: the agent; may be shared between players and episodes.
            system_prompt: put before every transcript, as playpen's base class would.
        """
        super().__init__(system_prompt=system_prompt)
        self._agent = agent
        self._replies: dict[int, str] = {}

    def reset(self) -> None:
        """Forgets the episode."""
        super().reset()
        self._replies.clear()

    def act(self, last: ClemObservation) -> str:
        """The reply to the newest observation.

        Raises:
            ModelError: the language model failed.
        """
        memorised = bool(self.observations) and self.observations[-1] is last
        messages = self._transcript()
        if not memorised:
            messages.append(_message(last))
        reply = self._agent.act(messages).reply
        if memorised:
            self._replies[len(self.observations) - 1] = reply
        return reply

    def _transcript(self) -> list[Message]:
        messages: list[Message] = []
        if self.system_prompt:
            messages.append(Message(role="system", content=self.system_prompt))
        for position, observation in enumerate(self.observations):
            messages.append(_message(observation))
            if position in self._replies:
                messages.append(Message(role="assistant", content=self._replies[position]))
        return messages


def _message(observation: Any) -> Message:
    return Message(role="user", content=str(observation.content))
