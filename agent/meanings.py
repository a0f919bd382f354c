"""Where the agent's sense of word meanings comes from: a sentence encoder beside the model, the model, or nothing."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent.cache_folder import cache_folder
from agent.config import EmbedderKind
from agent.models.language_model import LanguageModel
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


def meanings_of(kind: EmbedderKind, model: LanguageModel, tally: Tally) -> Meanings | None:
    """The sense of meanings that a configuration asks for; nothing is encoded or opened before it is needed.

    Args:
        kind: who knows.
        model: the language model.
        tally: the bill that the encoder's time goes on.
    """
    encoders: dict[EmbedderKind, Callable[[], Embedder | None]] = {
        "sentences": SentenceEncoder.installed,
        "model": lambda: model,
        "none": lambda: None,
    }
    encoder = encoders[kind]()
    return None if encoder is None else Meanings(BilledEncoder(encoder=encoder, tally=tally), cache_folder("meanings"))
