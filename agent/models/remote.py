"""The remote backend: a model on an OpenAI-compatible server such as vLLM.

The server renders and tokenises by itself, and most read control tokens out of
message texts. So what looks like one is broken by an invisible character before
it is sent (`wire.neutral`). The server counts tokens by itself too: a chat is fitted
into the window by a cautious guess from its characters.
"""

import contextlib
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
import openai

from agent.errors import ModelError, UserError
from agent.models.chat import checked, noted
from agent.models.language_model import Completion, Request, Sampling
from agent.models.thinking import without_thoughts
from agent.models.window import Window, fit
from agent.models.wire import Dialect, neutral, sent_messages, steering, template_switches
from agent.transcript import Message
from constraints.grammar import Grammar

_CHARACTERS_PER_TOKEN = 3  # a cautious guess: most texts have four
_MESSAGE_TOKENS = 8  # what a message costs beyond its content
_DEFAULT_WINDOW = 8192
_NAMES_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What the server said.

    Attributes:
        text: the reply.
        finished: false when a limit cut it.
        prompt: tokens of the prompt, as the server counts them.
        cached: how many of them it had cached.
        generated: tokens of the reply.
    """

    text: str
    finished: bool
    prompt: int = 0
    cached: int = 0
    generated: int = 0


class RemoteModel:
    """A model behind an address. May be used from several threads at once."""

    def __init__(
        self,
        address: str,
        name: str,
        *,
        api_key: str | None = None,
        dialect: Dialect = "structured_outputs",
        context_tokens: int | None = None,
        parallel: int = 16,
        thinking_tokens: int = 0,
    ) -> None:
        """Looks the model up on its server.

        Args:
            address: the server's base address, usually ending in /v1.
            name: the model's name there.
            api_key: for servers that want one; the environment's OPENAI_API_KEY by default.
            dialect: how the server takes grammars.
            context_tokens: longest chat, reply included; what the server says by default.
            parallel: requests of a batch in flight at once.
            thinking_tokens: most tokens of thoughts before a reply, of a model that can think; 0 for no thoughts.

        Raises:
            UserError: no server answers there, it refuses the key, or it has no such model.
        """
        self._address, self._name = address, name
        self.name = f"{address}#{name}"
        self._dialect: Dialect = dialect
        self._parallel = parallel
        self._thinking_tokens = thinking_tokens
        key = api_key or os.environ.get("OPENAI_API_KEY") or "none"
        self._client = openai.OpenAI(base_url=address, api_key=key)
        self._window_tokens = context_tokens or self._looked_up() or _DEFAULT_WINDOW

    def complete(self, messages: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> Completion:
        """Continues the chat with one assistant message; see `LanguageModel.complete`.

        A grammar is sent in the strongest notation that the dialect has for it: choices, JSON schema, regular
        expression (a superset), Lark. Where the time limit is reached, what has arrived is returned.
        """
        chat = checked(messages)
        started = time.monotonic()
        window = Window(ids=[])
        if grammar is not None and grammar.only_reply is not None:
            answer = _Answer(text=grammar.only_reply, finished=True)
        elif sampling.seconds is not None and sampling.seconds <= 0:
            answer = _Answer(text="", finished=False)
        else:
            window = self._window(chat, sampling.max_tokens + self._thinking_tokens, noted(messages))
            with self._failing():
                answer = self._asked(window.messages, grammar, sampling)
        return Completion(
            text=answer.text if grammar is not None else without_thoughts(answer.text),
            finished=answer.finished,
            prompt_tokens=answer.prompt,
            cached_tokens=answer.cached,
            generated_tokens=answer.generated,
            seconds=time.monotonic() - started,
            truncated_messages=window.dropped,
            shortened_messages=window.shortened,
        )

    def complete_batch(self, requests: Sequence[Request], sampling: Sampling) -> list[Completion]:
        """Answers several chats at once; the n-th draws with the n-th seed after `sampling.seed`."""
        for messages, _ in requests:
            checked(messages)  # before anything is sent
        with ThreadPoolExecutor(max_workers=self._parallel) as pool:
            waiting = [
                pool.submit(self.complete, *request, replace(sampling, seed=sampling.seed + i))
                for i, request in enumerate(requests)
            ]
            return [each.result() for each in waiting]

    def score(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[float]:
        """Log-probability of each continuation as the reply so far; see `LanguageModel.score`.

        Raises:
            UserError: the server does not tell the log-probabilities of a prompt's tokens (vLLM does).
        """
        chat = self._window(checked(messages), self._window_tokens // 2).messages
        with self._failing():
            asked = self._prompt_logprobs(chat, None)
            with ThreadPoolExecutor(max_workers=self._parallel) as pool:
                rows = list(pool.map(lambda text: self._prompt_logprobs(chat, text) if text else asked, continuations))
        return [float(sum(row[len(asked) :])) for row in rows]

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One unit vector per text, where the server makes vectors.

        Raises:
            UserError: it does not.
        """
        try:
            found = self._client.embeddings.create(model=self._name, input=list(texts))
        except openai.APIStatusError as error:
            raise UserError(f"The server at {self._address} cannot embed texts with {self._name}.") from error
        except openai.APIConnectionError as error:
            raise ModelError(f"the server at {self._address} does not answer: {error}") from error
        vectors = np.array([item.embedding for item in found.data], dtype=np.float32)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()

    def _looked_up(self) -> int | None:
        """The model's window as the server tells it, after making sure that the model is there."""
        try:
            models = list(self._client.models.list())
        except openai.APIConnectionError as error:
            raise UserError(f"No server answers at {self._address}: start it or mend the address.") from error
        except openai.AuthenticationError as error:
            raise UserError(f"The server at {self._address} refuses the key: set OPENAI_API_KEY.") from error
        except (openai.APIError, ValueError):
            return None  # it keeps no list: the first request will tell
        names = [model.id for model in models]
        if self._name not in names:
            known = ", ".join(names[:_NAMES_SHOWN]) or "none"
            raise UserError(f"The server at {self._address} has no model {self._name}; it has: {known}.")
        told = getattr(models[names.index(self._name)], "max_model_len", None)
        return told if isinstance(told, int) else None

    def _window(self, chat: Sequence[Message], reply_tokens: int, note: str = "") -> Window:
        def encode(messages: Sequence[Message]) -> list[int]:
            return [0] * sum(_guess(message.content) + _MESSAGE_TOKENS for message in messages)

        budget = self._window_tokens - min(reply_tokens, self._window_tokens // 2)
        return fit(chat, budget=budget, encode=encode, count=_guess, note=note)

    def _asked(self, chat: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> _Answer:
        """One request: whole without a time limit, streamed with one."""
        if sampling.seconds is not None:
            return self._streamed(chat, grammar, sampling, sampling.seconds)
        reply = self._client.chat.completions.create(
            model=self._name,
            messages=sent_messages(chat),
            max_tokens=sampling.max_tokens + self._thinking_tokens,
            temperature=sampling.temperature,
            seed=sampling.seed,
            extra_body=self._extras(grammar),
        )
        choice = reply.choices[0]
        answer = _Answer(text=choice.message.content or "", finished=choice.finish_reason == "stop")
        return _counted(answer, reply.usage)

    def _streamed(
        self, chat: Sequence[Message], grammar: Grammar | None, sampling: Sampling, seconds: float
    ) -> _Answer:
        deadline = time.monotonic() + seconds
        answer = _Answer(text="", finished=False)
        try:
            with self._client.with_options(timeout=seconds, max_retries=0).chat.completions.create(
                model=self._name,
                messages=sent_messages(chat),
                max_tokens=sampling.max_tokens + self._thinking_tokens,
                temperature=sampling.temperature,
                seed=sampling.seed,
                extra_body=self._extras(grammar),
                stream=True,
                stream_options={"include_usage": True},
            ) as stream:
                for chunk in stream:
                    for choice in chunk.choices[:1]:
                        text = answer.text + (choice.delta.content or "")
                        finished = answer.finished or choice.finish_reason == "stop"
                        answer = replace(answer, text=text, finished=finished, generated=answer.generated + 1)
                    if chunk.usage is not None:
                        answer = _counted(answer, chunk.usage)
                    if time.monotonic() >= deadline:
                        break
        except (openai.APITimeoutError, httpx.TimeoutException):
            pass  # the time limit: what has arrived is the answer
        return answer

    def _prompt_logprobs(self, chat: Sequence[Message], continuation: str | None) -> list[float]:
        """Log-probabilities of the prompt's tokens, with the beginning of a reply at its end or without."""
        messages = sent_messages(chat)
        body: dict[str, Any] = {"prompt_logprobs": 0}
        if continuation is not None:
            messages.append({"role": "assistant", "content": neutral(continuation)})
            body |= {"add_generation_prompt": False, "continue_final_message": True}
        reply = self._client.chat.completions.create(
            model=self._name, messages=messages, max_tokens=1, temperature=0, extra_body=body
        )
        told = getattr(reply, "prompt_logprobs", None)
        if not isinstance(told, list):
            raise UserError(f"This backend cannot score: the server at {self._address} tells no prompt_logprobs.")
        return [min(float(entry["logprob"]) for entry in row.values()) if row else 0.0 for row in told]

    def _extras(self, grammar: Grammar | None) -> dict[str, Any]:
        return steering(grammar, self._dialect) | template_switches(self._dialect, thinking=self._thinking_tokens > 0)

    @contextlib.contextmanager
    def _failing(self) -> Iterator[None]:
        """Turns the client's errors into ours."""
        try:
            yield
        except openai.APIConnectionError as error:
            raise ModelError(f"the server at {self._address} does not answer: {error}") from error
        except openai.NotFoundError as error:
            raise ModelError(f"the server at {self._address} has no model {self._name}") from error
        except (openai.OpenAIError, httpx.HTTPError) as error:
            raise ModelError(f"the server at {self._address} failed: {error}") from error


def _counted(answer: _Answer, usage: openai.types.CompletionUsage | None) -> _Answer:
    """The answer with the server's own counts, where it tells them."""
    if usage is None:
        return answer
    details = usage.prompt_tokens_details
    cached = (details.cached_tokens or 0) if details is not None else 0
    return replace(answer, prompt=usage.prompt_tokens, cached=cached, generated=usage.completion_tokens)


def _guess(text: str) -> int:
    return len(text) // _CHARACTERS_PER_TOKEN + 1
