"""What goes over the wire to a server: messages made harmless, grammars in its dialect. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from openai.types.chat import ChatCompletionMessageParam

from agent.transcript import Message
from constraints.grammar import Grammar

Dialect = Literal["structured_outputs", "guided", "response_format", "none"]
"""How the server takes grammars: vLLM from 0.12 on, older vLLM, OpenAI's JSON schemas only, not at all."""

_BREAK = "\u200b"  # zero width space
_CONTROL = re.compile(
    r"<(?=[|｜])|[|｜](?=>)"  # <|im_start|> and every kin
    r"|<(?=(?:/?s|/?(?:start|end)_of_turn|[be]os|pad|unk|mask|/?think|/?tool_call|</?SYS>)>)"
    r"|<(?=(?:repo_?name|file_sep|filename|gh_stars|issue_\w+|jupyter_\w+|empty_output|fim_\w+)>)"
    r"|\[(?=/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_RESULTS|TOOL_CALLS)\])"
)


def neutral(text: str) -> str:
    """The text with everything that a server might take for a control token broken up, invisibly."""
    return _CONTROL.sub(lambda found: found.group() + _BREAK, text)


def sent_messages(chat: Sequence[Message]) -> list[ChatCompletionMessageParam]:
    """The chat as it goes over the wire."""
    sent: list[ChatCompletionMessageParam] = []
    for message in chat:
        content = neutral(message.content)
        if message.role == "system":
            sent.append({"role": "system", "content": content})
        elif message.role == "user":
            sent.append({"role": "user", "content": content})
        else:
            sent.append({"role": "assistant", "content": content})
    return sent


def steering(grammar: Grammar | None, dialect: Dialect) -> dict[str, Any]:
    """The request's extra fields that keep the reply inside a grammar."""
    if grammar is None or dialect == "none":
        return {}
    schema = None if grammar.json_schema is None else json.loads(grammar.json_schema)
    if dialect == "response_format":
        if schema is None:
            return {}
        shape = {"name": "reply", "strict": True, "schema": schema}
        return {"response_format": {"type": "json_schema", "json_schema": shape}}
    notation: Mapping[str, Any]
    if grammar.choices is not None:
        notation = {"choice": list(grammar.choices)}
    elif schema is not None:
        notation = {"json": schema}
    elif grammar.regex is not None:
        notation = {"regex": grammar.regex}
    else:
        notation = {"grammar": grammar.lark}
    if dialect == "guided":
        return {f"guided_{key}": value for key, value in notation.items()}
    return {"structured_outputs": dict(notation)}


def template_switches(dialect: Dialect, *, thinking: bool) -> dict[str, Any]:
    """The request's extra fields for the chat template; only vLLM takes any."""
    if dialect not in ("structured_outputs", "guided"):
        return {}
    return {"chat_template_kwargs": {"enable_thinking": thinking}}
