"""One reply in the making, token by token, whatever computes the logits.

Knows how a token is chosen, what a grammar forces and forbids, and when a reply
is over. Knows neither weights nor caches.
"""

from codecs import getincrementaldecoder
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agent.models.candidate_trie import Trie
from agent.models.language_model import Sampling
from agent.models.steering import Steering

_LOOKED_AT = 200  # likeliest tokens that are tried one by one before a mask of all that may come next is asked for
_PREFERRED = 16  # the model's favourites tried first when a cut reply is brought to a legal end


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenFacts:
    """What a reply must know of its model's tokens.

    Attributes:
        ends: tokens that end a message.
        banned: tokens that a reply may never hold (control tokens that do not end it), as ids.
        text: the bytes of a token sequence, control tokens left out.
    """

    ends: frozenset[int]
    banned: npt.NDArray[np.int64]
    text: Callable[[Sequence[int]], bytes]


class Reply:
    """A reply under construction."""

    def __init__(self, *, facts: TokenFacts, steering: Steering | None, sampling: Sampling, stream: int = 0) -> None:
        """Begins an empty reply.

        Args:
            facts: the model's tokens.
            steering: a fresh walk through the grammar; None for free text.
            sampling: how to decode.
            stream: which of several replies drawn with the same seed this one is.
        """
        self._facts = facts
        self._steering = steering
        self._sampling = sampling
        self._random = np.random.default_rng([sampling.seed, stream])
        self._last: tuple[npt.NDArray[np.float32], npt.NDArray[np.int64] | None] | None = None
        self._given: str | None = None
        self.tokens: list[int] = []
        self.sampled = 0
        self.done = False
        self.finished = False

    @classmethod
    def settled(cls, text: str, facts: TokenFacts) -> "Reply":
        """A reply that needs no decoding."""
        reply = cls(facts=facts, steering=None, sampling=Sampling())
        reply.done = reply.finished = True
        reply._given = text
        return reply

    def begin(self) -> list[int]:
        """The tokens that are settled before the model is asked; the reply may be done with them."""
        if not self._steering:
            if self._sampling.max_tokens <= 0:
                self.done = True
            return []
        return self._follow(self._steering, [])

    def step(self, logits: npt.NDArray[np.float32]) -> list[int]:
        """Chooses the next token.

        Args:
            logits: the model's row after everything so far; the reply may overwrite it.

        Returns:
            The tokens to go on from: the chosen one and those the grammar forces after it; [] when done.
        """
        if self._steering is None:
            logits[self._facts.banned] = -np.inf
            token = self._choose(logits, None)
        else:
            favourite = int(logits.argmax())
            permitted = self._steering.permits(favourite)
            self._last = (logits, None)
            if not permitted and self._steering.is_left_by(self._facts.text([favourite])):
                self.done = self.finished = True
                return []
            greedy = self._sampling.temperature <= 0
            best = (favourite if permitted else self._best(self._steering, logits)) if greedy else None
            token = best if best is not None else self._drawn(self._steering, logits)
        self.sampled += 1
        if token in self._facts.ends:
            self.done = self.finished = True
            return []
        if self._steering is None:
            self.tokens.append(token)
            self.done = len(self.tokens) >= self._sampling.max_tokens
            return [] if self.done else [token]
        self._steering.take(token)
        return self._follow(self._steering, [token])

    def cut(self) -> None:
        """Ends the reply at a limit; a constrained one is brought to a legal end where one is near."""
        self.done = True
        if self._steering is None:
            return
        ending = self._steering.ending(self._favourites())
        self.finished = ending is not None
        self.tokens += ending or []

    @property
    def text(self) -> str:
        """What was said; a character that was cut in half is left out."""
        if self._given is not None:
            return self._given
        return getincrementaldecoder("utf-8")("replace").decode(self._facts.text(self.tokens))

    def _follow(self, steering: Steering, taken: list[int]) -> list[int]:
        """Adds what is taken and what it forces; settles whether the reply is over."""
        taken += steering.forced()
        self.tokens += taken
        if steering.stopped:
            self.done = self.finished = True
        elif len(self.tokens) >= self._sampling.max_tokens:
            self.cut()
        return [] if self.done else taken

    def _best(self, steering: Steering, logits: npt.NDArray[np.float32]) -> int | None:
        """The likeliest token that may come next, when it is among the likeliest of all."""
        count = min(_LOOKED_AT, len(logits) - 1)
        likeliest = np.sort(np.argpartition(-logits, count)[:count])
        for token in likeliest[np.argsort(-logits[likeliest], kind="stable")].tolist():
            if steering.permits(token):
                return token
        return None

    def _drawn(self, steering: Steering, logits: npt.NDArray[np.float32]) -> int:
        """A token chosen among all that may come next."""
        allowed = steering.allowed()
        self._last = (logits, allowed)
        return self._choose(logits[allowed], allowed)

    def _choose(self, row: npt.NDArray[np.float32], ids: npt.NDArray[np.int64] | None) -> int:
        """Draws one token; `ids` names the tokens of the row where it is not the whole vocabulary."""
        if self._sampling.temperature <= 0:
            index = int(row.argmax())
        else:
            scaled = row.astype(np.float64) / self._sampling.temperature
            shares = np.cumsum(np.exp(scaled - scaled.max()))
            index = int(np.searchsorted(shares, self._random.random() * shares[-1], side="right"))
            index = min(index, len(row) - 1)
        return index if ids is None else int(ids[index])

    def _favourites(self) -> list[int]:
        """The tokens that the model liked best when it was last asked, best first; not all need be legal."""
        if self._last is None:
            return []
        logits, allowed = self._last
        best = np.argsort(-logits if allowed is None else -logits[allowed])[:_PREFERRED]
        return (best if allowed is None else allowed[best]).tolist()


def log_normaliser(logits: npt.NDArray[np.float32]) -> float:
    """What to subtract from a row of logits to get log-probabilities in nats."""
    row = logits.astype(np.float64)
    top = row.max()
    return float(top + np.log(np.exp(row - top).sum()))


def path_scores(
    trie: Trie, candidates: Sequence[Sequence[int]], root: npt.NDArray[np.float32], rows: npt.NDArray[np.float32]
) -> list[float]:
    """Log-probability in nats of each member of a trie.

    Args:
        trie: the trie.
        candidates: the whole list that its members are numbers of.
        root: logits after the prompt.
        rows: logits after each node.
    """
    normalisers = [log_normaliser(row) for row in rows]
    at_root = log_normaliser(root)
    scores: list[float] = []
    for member, path in zip(trie.members, trie.rows, strict=True):
        total = 0.0
        for node, token in zip(path, candidates[member], strict=True):
            total += float(root[token]) - at_root if node < 0 else float(rows[node][token]) - normalisers[node]
        scores.append(total)
    return scores
