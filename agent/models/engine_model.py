"""A language model out of an engine: the loop that turns chats into replies, scores and vectors.

An engine reads token ids into cached sequences and hands out logits (llama.cpp's
and transformers' do). Everything between a chat and token ids is here, so both
speak, forbid, cut, score and embed alike.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from agent.models.candidate_trie import tries
from agent.models.chat import checked, noted
from agent.models.engine import SCORED, Parts, Reading, Rows
from agent.models.language_model import Completion, Request, Sampling
from agent.models.meaning import TokenMeanings
from agent.models.reply import Reply, path_scores
from agent.models.thinking import Thinking, without_thoughts
from agent.models.window import Window, fit
from agent.transcript import Message
from constraints.grammar import Grammar
from memory.lexicon import spoken_words

_RESERVE = 8  # tokens kept free beyond prompt and reply


@dataclass(slots=True, kw_only=True)
class _Job:
    """A request on its way.

    Attributes:
        window: the prompt; None when the reply was settled without it.
        reply: what is said so far.
        begun: the part of it that was settled before the model was asked.
        cached: tokens of the prompt that came from the cache.
        free: whether no grammar holds the reply.
        thoughts: tokens of thoughts, which stand between prompt and reply and are no part of it.
        thought: how many of them were decoded.
    """

    window: Window | None
    reply: Reply
    begun: list[int]
    cached: int = 0
    free: bool = False
    thoughts: list[int] = field(default_factory=list[int])
    thought: int = 0


class EngineModel:
    """A language model over an engine. One call at a time: further threads wait."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._meanings = TokenMeanings(encode=parts.vocabulary.encode, rows=parts.embeddings, frequencies=spoken_words)

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
            if self._parts.thinking is not None:
                self._think(jobs, self._parts.thinking, sampling, started)
            for group in self._groups(jobs, sampling):
                self._answer(group, deadline)
        return [_completion(job, time.monotonic() - started) for job in jobs]

    def score(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[float]:
        """Log-probability of each continuation as the reply so far; see `LanguageModel.score`."""
        chat = checked(messages)
        with self._lock:
            candidates = [
                self._parts.vocabulary.encode(text)[: self._parts.window_tokens // 2] for text in continuations
            ]
            if not any(candidates):
                return [0.0] * len(candidates)
            window = self._window(chat, max(SCORED, *(len(ids) for ids in candidates)))
            reading = self._parts.engine.read(window.ids, prompt=len(window.ids))
            try:
                scores = np.zeros(len(candidates))
                for trie in tries(candidates, max_nodes=SCORED, max_branches=self._parts.engine.branches):
                    rows = self._parts.engine.follow(reading.slot, trie)
                    assert reading.logits is not None
                    scores[trie.members] = path_scores(trie, candidates, reading.logits, rows)
            finally:
                self._parts.engine.release(reading.slot)
        return scores.tolist()

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """One unit vector per text; see `agent.models.meaning`."""
        with self._lock:
            return self._meanings.embed(texts)

    def close(self) -> None:
        """Frees weights and caches; the model cannot be used afterwards."""
        with self._lock:
            self._parts.engine.close()

    def _job(self, request: Request, sampling: Sampling, stream: int) -> _Job:
        """Prepares a request as far as it goes without the model."""
        messages, grammar = request
        chat = checked(messages)
        if grammar is not None and grammar.only_reply is not None:
            return _Job(window=None, reply=Reply.settled(grammar.only_reply, self._parts.facts), begun=[])
        steering = None if grammar is None else self._parts.grammars.steer(grammar)
        reply = Reply(facts=self._parts.facts, steering=steering, sampling=sampling, stream=stream)
        begun = reply.begin()
        if reply.done:
            return _Job(window=None, reply=reply, begun=begun)
        thinking = self._parts.thinking
        window = self._window(
            chat, sampling.max_tokens + self._thinking_tokens(sampling), noted(messages), thinking=thinking
        )
        return _Job(window=window, reply=reply, begun=begun, free=grammar is None)

    def _window(
        self, chat: Sequence[Message], reply_tokens: int, note: str = "", *, thinking: Thinking | None = None
    ) -> Window:
        budget = self._parts.window_tokens - min(reply_tokens, self._parts.window_tokens // 2) - _RESERVE
        return fit(
            chat,
            budget=budget,
            encode=(thinking or self._parts).chat.encode,
            count=lambda text: len(self._parts.vocabulary.encode(text)),
            note=note,
        )

    def _thinking_tokens(self, sampling: Sampling) -> int:
        """Most tokens of thoughts: together with the reply no more than half a window."""
        thinking = self._parts.thinking
        half = self._parts.window_tokens // 2
        return 0 if thinking is None else min(thinking.max_tokens, half - min(sampling.max_tokens, half // 2))

    def _think(self, jobs: Sequence[_Job], thinking: Thinking, sampling: Sampling, started: float) -> None:
        """Has the model think before each reply that it is asked for."""
        freely = replace(thinking.sampling(sampling), max_tokens=self._thinking_tokens(sampling))
        deadline = None if freely.seconds is None else started + freely.seconds
        facts = self._parts.facts
        facts = replace(
            facts,
            ends=facts.ends | {thinking.close_id},
            banned=facts.banned[facts.banned != thinking.close_id],
        )
        thinkers: list[_Job] = []
        for stream, job in enumerate(jobs):
            if job.window is not None:
                thoughts = Reply(facts=facts, steering=None, sampling=freely, stream=stream)
                begun = thinking.begun(job.window.ids)
                thinkers.append(_Job(window=job.window, reply=thoughts, begun=begun))
        for group in self._groups(thinkers, freely):
            self._answer(group, deadline)
        for job, thinker in zip((job for job in jobs if job.window is not None), thinkers, strict=True):
            job.thoughts = [*thinker.begun, *thinker.reply.tokens, *thinking.closing]
            job.thought = thinker.reply.sampled

    def _groups(self, jobs: Sequence[_Job], sampling: Sampling) -> Iterator[list[_Job]]:
        """Jobs that fit into the cache together."""
        group: list[_Job] = []
        cells = 0
        for job in jobs:
            if job.window is None:
                continue
            settled = len(job.window.ids) + len(job.thoughts) + len(job.begun)
            need = min(settled + sampling.max_tokens + _RESERVE, self._parts.window_tokens)
            if group and (cells + need > self._parts.engine.cells or len(group) == self._parts.engine.sequences):
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
                settled = ids + job.thoughts + job.begun
                readings.append(self._parts.engine.read(settled, prompt=len(ids), deadline=deadline))
                job.cached = min(readings[-1].cached, len(ids))
            working = [(job, reading.slot, reading.logits) for job, reading in zip(group, readings, strict=True)]
            while working:
                growing = [(job, slot, self._grown(job, logits, deadline)) for job, slot, logits in working]
                growing = [(job, slot, tokens) for job, slot, tokens in growing if tokens]
                rows = self._parts.engine.extend([(slot, tokens) for _, slot, tokens in growing])
                working = [(job, slot, row) for (job, slot, _), row in zip(growing, rows, strict=True)]
        finally:
            for reading in readings:
                self._parts.engine.release(reading.slot)

    def _grown(self, job: _Job, logits: Rows | None, deadline: float | None) -> list[int]:
        """One step of a reply: the tokens to feed; [] when it is done."""
        assert job.window is not None
        late = deadline is not None and time.monotonic() >= deadline
        length = len(job.window.ids) + len(job.thoughts) + len(job.reply.tokens)
        full = length + _RESERVE > self._parts.window_tokens
        if logits is None or late or full:
            job.reply.cut()
            return []
        return job.reply.step(logits)


def _completion(job: _Job, seconds: float) -> Completion:
    window = job.window or Window(ids=[])
    return Completion(
        text=without_thoughts(job.reply.text) if job.free else job.reply.text,
        finished=job.reply.finished,
        prompt_tokens=len(window.ids),
        cached_tokens=job.cached,
        generated_tokens=job.reply.sampled + job.thought,
        seconds=seconds,
        truncated_messages=window.dropped,
        shortened_messages=window.shortened,
    )
