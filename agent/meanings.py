"""Where the agent's sense of word meanings comes from: a sentence encoder beside the model, or nothing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from agent.cache_folder import cache_folder
from agent.ranking import Tally
from memory.encoder import Embedder, SentenceEncoder, Vectors
from memory.meanings import Meanings


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledEncoder:
    """An encoder whose time goes on the bill of the models, not on that of the symbolic part.

    Attributes:
        encoder: what encodes.
        tally: the running bill.
    """

    encoder: Embedder
    tally: Tally

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per text, shape (len(texts), d)."""
        began = time.perf_counter()
        vectors = self.encoder.embed(texts)
        self.tally.seconds += time.perf_counter() - began
        return vectors


def installed_meanings(tally: Tally) -> Meanings | None:
    """Meanings by the sentence encoder, when its weights are installed; nothing is encoded before it is needed.

    Args:
        tally: the bill that its time goes on.
    """
    encoder = SentenceEncoder.installed()
    return None if encoder is None else Meanings(BilledEncoder(encoder=encoder, tally=tally), cache_folder("meanings"))
