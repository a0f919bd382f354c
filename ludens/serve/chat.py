"""Requests and replies of the chat completions interface, as far as they are kept."""

import time
import uuid
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.decision import Decision
from agent.errors import UserError
from agent.models.language_model import Sampling
from agent.transcript import Message

_ROLES = {"system": "system", "developer": "system", "user": "user", "assistant": "assistant"}


class ChatMessage(BaseModel):
    """One message; content may come as text or as a list of text parts."""

    model_config = ConfigDict(extra="ignore")

    role: str
    content: str | list[dict[str, Any]] | None = None

    def as_message(self) -> Message:
        """The message as the agent reads it.

        Raises:
            UserError: its role or its content is of a kind that Ludens does not take.
        """
        role = _ROLES.get(self.role)
        if role is None:
            raise UserError(f"Messages of role '{self.role}' are not taken; use system, user or assistant.")
        return Message(role=role, content=self._text())  # pyright: ignore[reportArgumentType]

    def _text(self) -> str:
        if isinstance(self.content, str):
            return self.content
        parts = self.content or []
        if any(part.get("type") != "text" for part in parts):
            raise UserError("Only text is taken; leave images and sounds out.")
        return "\n".join(str(part.get("text", "")) for part in parts)


class ChatRequest(BaseModel):
    """What a client asks for; fields that change nothing here are let through."""

    model_config = ConfigDict(extra="ignore")

    model: str = "ludens"
    messages: list[ChatMessage] = Field(min_length=1)
    max_tokens: int | None = Field(default=None, ge=1)
    max_completion_tokens: int | None = Field(default=None, ge=1)
    temperature: float | None = Field(default=None, ge=0)
    seed: int | None = Field(default=None, ge=0)
    n: int = 1
    stream: bool = False
    tools: list[Any] | None = None

    def transcript(self) -> tuple[Message, ...]:
        """The messages.

        Raises:
            UserError: something is asked for that Ludens does not do.
        """
        if self.n != 1:
            raise UserError(f"One reply at a time: n is {self.n}; ask {self.n} times with different seeds.")
        if self.tools:
            raise UserError("Tools are not called; leave them out, or describe them in a message.")
        return tuple(message.as_message() for message in self.messages)

    def sampling(self, default: Sampling) -> Sampling:
        """How to decode; what the request leaves open is as configured."""
        most = self.max_completion_tokens or self.max_tokens
        return Sampling(
            max_tokens=default.max_tokens if most is None else most,
            temperature=default.temperature if self.temperature is None else self.temperature,
            seed=default.seed if self.seed is None else self.seed,
        )


def completion(name: str, decision: Decision) -> dict[str, Any]:
    """The reply object of a decision; its trace stands beside it under `ludens`."""
    usage = decision.usage
    return _head(name, "chat.completion") | {
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": decision.reply},
                "finish_reason": _finish(decision),
            }
        ],
        "usage": {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.generated_tokens,
            "total_tokens": usage.prompt_tokens + usage.generated_tokens,
        },
        "ludens": {"seconds": usage.seconds, "trace": decision.trace.model_dump(mode="json")},
    }


def pieces(name: str, decision: Decision) -> list[dict[str, Any]]:
    """The same as the pieces of a stream: a reply is checked before it is sent, so it comes in one."""
    head = _head(name, "chat.completion.chunk")
    said = {"index": 0, "delta": {"role": "assistant", "content": decision.reply}, "finish_reason": None}
    end = {"index": 0, "delta": {}, "finish_reason": _finish(decision)}
    return [head | {"choices": [said]}, head | {"choices": [end]}]


def _finish(decision: Decision) -> Literal["stop", "length"]:
    drafts = [event for event in decision.trace.events if event.kind == "drafted"]
    return "length" if drafts and not drafts[-1].finished else "stop"


def _head(name: str, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex}", "object": kind, "created": int(time.time()), "model": name}
