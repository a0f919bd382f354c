"""The llama.cpp backend: a GGUF file as a language model.

One set of weights, one context, several cached sequences: every request goes
on from the longest beginning that any earlier one left behind, so the turns of
a chat and the two interleaved players of a self-play are read only once.
Several requests can be decoded side by side. Greedy replies are the same alone,
in a batch, with and without a warm cache, except where two tokens are so close
that the order of floating-point sums decides.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from agent.models import gguf_file
from agent.models.candidate_trie import tries
from agent.models.chat import checked
from agent.models.language_model import Completion, Request, Sampling
from agent.models.llama_context import LlamaContext, quiet
from agent.models.llama_engine import SCORED, LlamaEngine, Reading, Rows
from agent.models.meaning import Meanings
from agent.models.reply import Reply, path_scores
from agent.models.window import Window, fit
from agent.transcript import Message
from constraints.grammar import Grammar

_RESERVE = 8  # tokens kept free beyond prompt and reply


@dataclass(slots=True, kw_only=True)
class _Job:
    """A request on its way.

    Attributes:
        window: the prompt; None when the reply was settled without it.
        reply: what is said so far.
        begun: the part of it that was settled before the model was asked.
        cached: tokens of the prompt that came from the cache.
    """

    window: Window | None
    reply: Reply
    begun: list[int]
    cached: int = 0


class LlamaCppModel:
    """A chat model in a GGUF file. One call at a time: further threads wait."""

    def __init__(
        self,
        path: str | Path,
        *,
        context_tokens: int = 8192,
        sequences: int = 16,
        threads: int = 1,
        keep_default_system: bool = False,
    ) -> None:
        """Loads the weights.

        Args:
            path: the GGUF file.
            context_tokens: longest chat, reply included, and tokens cached over all chats; no more of one chat is
                read than the model was trained for.
            sequences: cached beginnings, and requests decoded side by side.
            threads: CPU threads; more than one helps on an idle machine only.
            keep_default_system: leave the system prompt that the chat template itself may insert.

        Raises:
            UserError: the file is missing, damaged or no chat model.
        """
        self._lock = threading.Lock()
        self._weights = gguf_file.open_gguf(Path(path), threads=threads)
        self._vocabulary = gguf_file.GgufVocabulary(self._weights)
        self._facts = self._vocabulary.facts()
        self._chat = gguf_file.chat_encoder(self._weights, self._vocabulary, keep_default_system=keep_default_system)
        self._grammars = gguf_file.grammars(self._weights, self._vocabulary)
        self._window_tokens = min(context_tokens, self._weights._model.n_ctx_train())
        context = LlamaContext(self._weights._model, cells=context_tokens, threads=threads)
        self._engine = LlamaEngine(context, sequences=sequences)
        self._meanings = Meanings(encode=self._vocabulary.encode, states=self._engine.states)

    def complete(self, messages: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> Completion:
        """Continues the chat with one assistant message; see `LanguageModel.complete`."""
        return self.complete_batch([(messages, grammar)], sampling)[0]

    def complete_batch(self, requests: Sequence[Request], sampling: Sampling) -> list[Completion]:
        """Answers several chats side by side.

        A greedy reply equals that of `complete`. When sampling, the n-th reply draws from a random stream of its own,
        so equal requests give different replies; the first equals that of `complete`.

        Args:
            requests: chats, each with its grammar or None.
            sampling: how to decode; its time limit is that of the whole batch.

        Raises:
            UserError: a chat is empty or ends with the assistant.
            ModelError: the backend failed.
        """
        started = time.monotonic()
        deadline = None if sampling.seconds is None else started + sampling.seconds
        with self._lock:
            jobs = [self._job(request, sampling, stream) for stream, request in enumerate(requests)]
            for group in self._groups(jobs, sampling):
                self._answer(group, deadline)
        return [_completion(job, time.monotonic() - started) for job in jobs]

    def score(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[float]:
        """Log-probability of each continuation as the reply so far; see `LanguageModel.score`."""
        chat = checked(messages)
        with self._lock:
            candidates = [self._vocabulary.encode(text)[: self._window_tokens // 2] for text in continuations]
            if not any(candidates):
                return [0.0] * len(candidates)
            window = self._window(chat, max(len(ids) for ids in candidates))
            reading = self._engine.read(window.ids, prompt=len(window.ids))
            try:
                scores = np.zeros(len(candidates))
                for trie in tries(candidates, max_nodes=SCORED, max_branches=self._engine.branches):
                    rows = self._engine.follow(reading.slot, trie)
                    assert reading.logits is not None
                    scores[trie.members] = path_scores(trie, candidates, reading.logits, rows)
            finally:
                self._engine.release(reading.slot)
        return scores.tolist()

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One unit vector per text; see `agent.models.meaning`."""
        with self._lock:
            return self._meanings.embed(texts)

    def close(self) -> None:
        """Frees weights and caches; the model cannot be used afterwards."""
        with self._lock, quiet():
            self._engine.close()
            self._weights.close()

    def _job(self, request: Request, sampling: Sampling, stream: int) -> _Job:
        """Prepares a request as far as it goes without the model."""
        messages, grammar = request
        chat = checked(messages)
        if grammar is not None and grammar.only_reply is not None:
            return _Job(window=None, reply=Reply.settled(grammar.only_reply, self._facts), begun=[])
        steering = None if grammar is None else self._grammars.steer(grammar)
        reply = Reply(facts=self._facts, steering=steering, sampling=sampling, stream=stream)
        begun = reply.begin()
        window = None if reply.done else self._window(chat, sampling.max_tokens)
        return _Job(window=window, reply=reply, begun=begun)

    def _window(self, chat: Sequence[Message], reply_tokens: int) -> Window:
        budget = self._window_tokens - min(reply_tokens, self._window_tokens // 2) - _RESERVE
        return fit(chat, budget=budget, encode=self._chat.encode, count=lambda text: len(self._vocabulary.encode(text)))

    def _groups(self, jobs: Sequence[_Job], sampling: Sampling) -> Iterator[list[_Job]]:
        """Jobs that fit into the cache together."""
        group: list[_Job] = []
        cells = 0
        for job in jobs:
            if job.window is None:
                continue
            need = min(len(job.window.ids) + sampling.max_tokens + len(job.begun) + _RESERVE, self._window_tokens)
            if group and (cells + need > self._engine.cells or len(group) == self._engine.sequences):
                yield group
                group, cells = [], 0
            group.append(job)
            cells += need
        if group:
            yield group

    def _answer(self, group: Sequence[_Job], deadline: float | None) -> None:
        """Decodes a group of replies to their end."""
        readings: list[Reading] = []
        try:
            for job in group:
                assert job.window is not None
                ids = job.window.ids
                readings.append(self._engine.read(ids + job.begun, prompt=len(ids), deadline=deadline))
                job.cached = min(readings[-1].cached, len(ids))
            working = [(job, reading, reading.logits) for job, reading in zip(group, readings, strict=True)]
            while working:
                growing: list[tuple[_Job, Reading, list[int]]] = []
                for job, reading, logits in working:
                    tokens = self._grown(job.reply, reading, logits, deadline)
                    if tokens:
                        growing.append((job, reading, tokens))
                rows = self._engine.extend([(reading.slot, tokens) for _, reading, tokens in growing])
                working = [(job, reading, row) for (job, reading, _), row in zip(growing, rows, strict=True)]
        finally:
            for reading in readings:
                self._engine.release(reading.slot)

    def _grown(self, reply: Reply, reading: Reading, logits: Rows | None, deadline: float | None) -> list[int]:
        """One step of a reply: the tokens to feed; [] when it is done."""
        late = deadline is not None and time.monotonic() >= deadline
        if logits is None or late or len(reading.slot.tokens) + _RESERVE > self._window_tokens:
            reply.cut()
            return []
        return reply.step(logits)


def _completion(job: _Job, seconds: float) -> Completion:
    window = job.window or Window(ids=[])
    return Completion(
        text=job.reply.text,
        finished=job.reply.finished,
        prompt_tokens=len(window.ids),
        cached_tokens=job.cached,
        generated_tokens=job.reply.sampled,
        seconds=seconds,
        truncated_messages=window.dropped,
        shortened_messages=window.shortened,
    )
