"""A language model that several configurations ask: what one of them asked for already is not computed again.

Greedy decoding and scoring are functions of what is asked, and configurations of one agent ask for much alike: the
first reply to a prompt is the bare model's own in every one of them that has no stage left to steer it. Sampled
replies are not kept; they go through unchanged.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from agent.models.language_model import Completion, LanguageModel, Request, Sampling
from agent.transcript import Message
from constraints.grammar import Grammar

Kept = TypeVar("Kept")
CAPACITY = 20_000
"""Answers kept of each kind; a few kilobytes each at most."""


class _Recent(Generic[Kept]):
    """Answers by what was asked; the least recently used one goes first."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._answers: OrderedDict[bytes, Kept] = OrderedDict()

    def get(self, key: bytes) -> Kept | None:
        if key not in self._answers:
            return None
        self._answers.move_to_end(key)
        return self._answers[key]

    def put(self, key: bytes, answer: Kept) -> None:
        self._answers[key] = answer
        while len(self._answers) > self._capacity:
            self._answers.popitem(last=False)


class SharedModel:
    """A language model in front of another, which is asked only what was not asked before.

    A completion that is handed out again carries the figures of its first time (tokens, seconds), so that bills
    compare what configurations would have cost by themselves.
    """

    def __init__(self, model: LanguageModel, *, capacity: int = CAPACITY) -> None:
        """Stands before `model`, keeping up to `capacity` answers of each kind."""
        self._model = model
        self.name = str(getattr(model, "name", ""))
        self._completions: _Recent[Completion] = _Recent(capacity)
        self._scores: _Recent[tuple[float, ...]] = _Recent(capacity)

    def complete(self, messages: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> Completion:
        """See `LanguageModel.complete`."""
        if not _repeatable(sampling):
            return self._model.complete(messages, grammar, sampling)
        known = self._known((messages, grammar), sampling)
        if known is None:
            known = self._model.complete(messages, grammar, sampling)
            self._keep((messages, grammar), sampling, known)
        return known

    def complete_batch(self, requests: Sequence[Request], sampling: Sampling) -> list[Completion]:
        """See `BatchLanguageModel.complete_batch`; each completion's time is that of the whole batch."""
        together = getattr(self._model, "complete_batch", None)
        if together is None:
            alone = [self.complete(messages, grammar, sampling) for messages, grammar in requests]
            return _billed_together(alone)
        if not _repeatable(sampling):
            return together(requests, sampling)
        keys = [_key(each, sampling) for each in requests]
        asked = dict(zip(keys, requests, strict=True))
        found = {key: known for key, each in asked.items() if (known := self._known(each, sampling)) is not None}
        fresh = {key: each for key, each in asked.items() if key not in found}
        made = together(list(fresh.values()), sampling) if fresh else []
        for (key, request), completion in zip(fresh.items(), made, strict=True):
            found[key] = share = replace(completion, seconds=completion.seconds / len(fresh))
            self._keep(request, sampling, share)
        return _billed_together([found[key] for key in keys])

    def score(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[float]:
        """See `LanguageModel.score`."""
        key = _digest((tuple(messages), tuple(continuations)))
        scores = self._scores.get(key)
        if scores is None:
            scores = tuple(self._model.score(messages, continuations))
            self._scores.put(key, scores)
        return list(scores)

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """See `LanguageModel.embed`."""
        return self._model.embed(texts)

    def _known(self, request: Request, sampling: Sampling) -> Completion | None:
        """A completion of the same chat; a note in it counts only where room was short, else it went unread."""
        unread = self._completions.get(_key(_without_notes(request), sampling))
        if unread is not None and not (unread.truncated_messages or unread.shortened_messages):
            return unread
        return self._completions.get(_key(request, sampling))

    def _keep(self, request: Request, sampling: Sampling, completion: Completion) -> None:
        short = completion.truncated_messages or completion.shortened_messages
        self._completions.put(_key(request if short else _without_notes(request), sampling), completion)


def _repeatable(sampling: Sampling) -> bool:
    return sampling.temperature == 0 and sampling.seconds is None


def _billed_together(completions: Sequence[Completion]) -> list[Completion]:
    """Completions that each say how long all of them took."""
    whole_s = sum(each.seconds for each in completions)
    return [replace(each, seconds=whole_s) for each in completions]


def _without_notes(request: Request) -> Request:
    messages, grammar = request
    return tuple(message for message in messages if message.role != "note"), grammar


def _key(request: Request, sampling: Sampling) -> bytes:
    messages, grammar = request
    return _digest((tuple(messages), grammar, sampling.max_tokens))


def _digest(asked: object) -> bytes:
    return hashlib.sha256(repr(asked).encode("utf-8", "backslashreplace")).digest()
