"""Rendering a chat into token ids so that no message can forge a control token.

Knows the model's own chat template and its markup tokens; knows neither a
weight format nor a context size. The template is rendered with private
sentinels in place of the contents. Control tokens are then looked for in the
template's own text only: what a message says is always encoded as plain text,
`<|im_start|>` and its kin included. For harmless contents the ids equal those
of encoding the whole rendered prompt at once.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn, Protocol

import jinja2
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from agent.errors import UserError
from agent.transcript import Message, Role

JOINT = "\n\n"
"""What stands between consecutive messages of one role."""

_SENTINEL = re.compile("\ue0f0([0-9]+)\ue0f1")


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlToken:
    """A token that the template may write and a message may not.

    Attributes:
        id: the token.
        strips_left: true when it swallows blanks before it.
        strips_right: true when it swallows blanks after it.
    """

    id: int
    strips_left: bool = False
    strips_right: bool = False


class Vocabulary(Protocol):
    """What a tokenizer must offer for a chat to be encoded."""

    @property
    def control(self) -> Mapping[str, ControlToken]:
        """The control tokens by their text."""
        ...

    def encode(self, text: str) -> list[int]:
        """Token ids of plain text; never a control token, nothing added before or after."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of the rendered prompt.

    Attributes:
        text: the characters.
        markup: true where the template wrote it, false where a message did.
    """

    text: str
    markup: bool


def checked(messages: Sequence[Message]) -> tuple[Message, ...]:
    """The chat with consecutive messages of one role joined and notes left out.

    Raises:
        UserError: it is empty or ends with the assistant.
    """
    messages = [message for message in messages if message.role != "note"]
    if not messages:
        raise UserError("The chat is empty: give the model at least one message to answer.")
    if messages[-1].role == "assistant":
        raise UserError("The chat ends with the assistant's own message: there is nothing to answer.")
    joined: list[Message] = []
    for message in messages:
        content = message.content.encode("utf-8", "replace").decode("utf-8")  # lone surrogates have no bytes
        if joined and joined[-1].role == message.role:
            content = joined.pop().content + JOINT + content
        joined.append(Message(role=message.role, content=content))
    return tuple(joined)


def noted(messages: Sequence[Message]) -> str:
    """What is to be said in place of messages that have to be dropped; "" for nothing."""
    return JOINT.join(message.content for message in messages if message.role == "note")


class ChatTemplate:
    """A chat template, rendered safely.

    A template that writes a system prompt of its own where the chat has none is
    given an empty system message first, so that it does not; `keep_default_system`
    leaves the template's own prompt in place. A template that can ask for thoughts before the answer is told not to,
    unless `thinking` is on.
    """

    def __init__(
        self, source: str, *, bos: str = "", eos: str = "", keep_default_system: bool = False, thinking: bool = False
    ) -> None:
        environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
        environment.globals["raise_exception"] = _refuse
        environment.globals["strftime_now"] = lambda pattern: datetime.now().strftime(pattern)
        try:
            self._template = environment.from_string(source)
        except jinja2.TemplateError as error:
            raise UserError(f"The model's chat template cannot be read ({error}): use another model file.") from error
        self._names = {"bos_token": bos, "eos_token": eos, "enable_thinking": thinking}
        self._empty_system = not keep_default_system and self._inserts_system_prompt()

    def render(self, messages: Sequence[Message]) -> list[Piece]:
        """The prompt up to the point where the assistant speaks.

        Raises:
            UserError: the template refuses the chat.
        """
        if self._empty_system and messages[0].role != "system":
            messages = (Message(role="system", content=""), *messages)
        rendered = self._rendered([(message.role, _sealed(i, message.content)) for i, message in enumerate(messages)])
        pieces: list[Piece] = []
        at = 0
        for sentinel in _SENTINEL.finditer(rendered):
            pieces.append(Piece(text=rendered[at : sentinel.start()], markup=True))
            pieces.append(Piece(text=messages[int(sentinel.group(1))].content.strip(), markup=False))
            at = sentinel.end()
        pieces.append(Piece(text=rendered[at:], markup=True))
        return [piece for piece in pieces if piece.text]

    def _rendered(self, chat: Sequence[tuple[Role, str]]) -> str:
        messages = [{"role": role, "content": content} for role, content in chat]
        try:
            return self._template.render(messages=messages, add_generation_prompt=True, **self._names)
        except (jinja2.TemplateError, TypeError) as error:
            raise UserError(f"The model's chat template refuses this chat: {error}") from error

    def _inserts_system_prompt(self) -> bool:
        """True when a chat without a system message gets one that says something."""
        try:
            without = self._rendered([("user", _sealed(1, "x"))])
            given = self._rendered([("system", _sealed(0, "x")), ("user", _sealed(1, "x"))])
        except UserError:
            return False  # a template that knows no system messages inserts none
        before = without.partition(_sealed(1, "x"))[0]
        opening, sentinel, rest = given.partition(_sealed(0, "x"))
        closing = rest.partition(_sealed(1, "x"))[0]
        if not sentinel or not opening or not before.startswith(opening) or not before.endswith(closing):
            return False
        return len(before) > len(opening) + len(closing)


class ChatEncoder:
    """Token ids of a chat: a template and a vocabulary put together."""

    def __init__(self, template: ChatTemplate, vocabulary: Vocabulary, *, bos: int | None = None) -> None:
        """Wires the two.

        Args:
            template: the model's chat template.
            vocabulary: its tokenizer.
            bos: the token that every prompt must begin with, where the model wants one.
        """
        self._template = template
        self._vocabulary = vocabulary
        self._bos = bos
        texts = sorted(vocabulary.control, key=len, reverse=True)
        self._markup = re.compile("|".join(map(re.escape, texts))) if texts else None

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """Token ids of the prompt. `messages` come from `checked`."""
        ids: list[int] = []
        plain = ""
        strip_next = False
        for text, control in self._runs(self._template.render(messages)):
            if control is None:
                plain += text.lstrip() if strip_next and not plain else text
                continue
            if plain:
                ids += self._vocabulary.encode(plain.rstrip() if control.strips_left else plain)
            ids.append(control.id)
            plain, strip_next = "", control.strips_right
        if plain:
            ids += self._vocabulary.encode(plain)
        return ids if self._bos is None or ids[:1] == [self._bos] else [self._bos, *ids]

    def _runs(self, pieces: Sequence[Piece]) -> list[tuple[str, ControlToken | None]]:
        """Plain stretches and control tokens, in order."""
        runs: list[tuple[str, ControlToken | None]] = []
        for piece in pieces:
            at = 0
            if piece.markup and self._markup is not None:
                for found in self._markup.finditer(piece.text):
                    runs.append((piece.text[at : found.start()], None))
                    runs.append((found.group(), self._vocabulary.control[found.group()]))
                    at = found.end()
            runs.append((piece.text[at:], None))
        return runs


def _sealed(index: int, content: str) -> str:
    """A stand-in for a content: its outer blanks stay, so that a template that trims them still does."""
    core = content.strip()
    if not core:
        return content
    start = content.index(core[0])
    return f"{content[:start]}\ue0f0{index}\ue0f1{content[start + len(core) :]}"


def _refuse(reason: str) -> NoReturn:
    raise jinja2.TemplateError(reason)


Encode = Callable[[Sequence[Message]], list[int]]
"""Token ids of a chat, as `ChatEncoder.encode` gives them."""
