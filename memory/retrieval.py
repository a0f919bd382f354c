"""Retrieval: the passages of earlier messages that go best with what is asked now.

By closeness of sentence vectors where there is an embedder, by shared telling words
where there is none. Knows memory; knows no game and no policy.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from memory.encoder import Embedder, Vectors
from memory.events import Source
from memory.store import Memory

MAX_PASSAGES = 400
"""The newest passages are searched."""

KEPT_TEXTS = 2_048
_LONGEST = 300  # characters of a passage
_SENTENCE = re.compile(r"[^\n.!?]+[.!?]*")
_WORD = re.compile(r"[^\W\d_]{3,}|\d+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of a message.

    Attributes:
        text: the words.
        turn: index of the message.
        source: who said them.
        score: how well they go with the question; comparable within one search only.
    """

    text: str
    turn: int
    source: Source
    score: float = 0.0


@dataclass(slots=True, kw_only=True)
class Retrieval:
    """A search through memory; keeps vectors of texts it has met.

    Attributes:
        embedder: turns texts into vectors; None to go by words alone.
    """

    embedder: Embedder | None = None
    _kept: dict[str, Vectors] = field(default_factory=dict[str, Vectors])

    def find(self, memory: Memory, question: str, *, count: int = 3, since: int = 1) -> tuple[Passage, ...]:
        """The passages that go best with a question, best first; the newest message is not searched.

        Args:
            memory: what is remembered.
            question: what they should go with.
            count: most passages.
            since: index of the first message searched; the one before it holds the rules.
        """
        found = passages(memory, since=since)
        if not found or not question.strip():
            return ()
        scores = self._scores([each.text for each in found], question)
        order: list[int] = np.argsort(-scores, kind="stable")[:count].tolist()
        return tuple(
            Passage(text=found[at].text, turn=found[at].turn, source=found[at].source, score=float(scores[at]))
            for at in order
            if scores[at] > 0
        )

    def _scores(self, texts: Sequence[str], question: str) -> npt.NDArray[np.float64]:
        shared = overlap(texts, question)
        if self.embedder is None:
            return shared
        close = (self._vectors(texts) @ self._vectors([question])[0]).astype(np.float64)
        return close + 0.1 * shared  # words in common break ties between passages that are alike

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        assert self.embedder is not None
        if len(self._kept) > KEPT_TEXTS:
            self._kept.clear()
        missing = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if missing:
            self._kept.update(zip(missing, self.embedder.embed(missing), strict=True))
        return np.stack([self._kept[text] for text in texts])


def passages(memory: Memory, *, since: int = 1) -> tuple[Passage, ...]:
    """Every sentence or line of the messages from `since` up to the one before the newest, each once, oldest first."""
    newest = memory.events[-1].index if memory.events else 0
    found: dict[str, Passage] = {}
    for event in memory.events:
        if since <= event.index < newest:
            for match in _SENTENCE.finditer(event.text):
                text = match.group().strip()[:_LONGEST]
                if len(text.split()) > 1 and _WORD.search(text):  # single words are commands and say nothing
                    found.pop(text, None)  # the newest of equal passages stays
                    found[text] = Passage(text=text, turn=event.index, source=event.source)
    return tuple(found.values())[-MAX_PASSAGES:]


def overlap(texts: Sequence[str], question: str) -> npt.NDArray[np.float64]:
    """The share of a question's words that each text has, rare words counting more; 0 to 1."""
    words = [{match.group().casefold() for match in _WORD.finditer(text)} for text in texts]
    seen = Counter(word for each in words for word in each)
    asked = {match.group().casefold() for match in _WORD.finditer(question)}
    weight = {word: float(np.log(1.0 + len(texts) / (1.0 + seen[word]))) for word in asked}
    total = sum(weight.values())
    if total <= 0:
        return np.zeros(len(texts))
    return np.array([sum(weight[word] for word in asked & each) / total for each in words])
