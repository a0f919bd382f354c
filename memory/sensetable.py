"""The sense table: what words of one length can mean, laid out to be searched by a clue at once.

Built once from a dictionary and an embedder, and kept in a file. Knows no policy and no wording of any game.
"""

import hashlib
import os
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from pathlib import Path

import numpy as np
import numpy.typing as npt

from memory.dictionary import Dictionary, Sense
from memory.encoder import Embedder, Vectors
from memory.wording import stem, stems

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int32]

MENTIONS = ("remark", "words", "kind", "example")
"""Where a sense can mention a word: its definition and examples, its synonyms, what it is a kind of, what is one."""

MOST_SENSES = 8
"""Senses of a word that are kept, the most usual ones."""

_LIKE_EXAMPLES = ("example", "like", "part", "member")
_UNSEEN_RARITY = 1.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mentioned:
    """Which senses mention a stem.

    Attributes:
        stems: all stems, sorted.
        bounds: where each stem's rows begin in `rows`, and the end of the last; shape (stems + 1,).
        rows: sense rows, stem by stem.
    """

    stems: tuple[str, ...]
    bounds: Indices
    rows: Indices

    def by(self, wanted: str) -> Indices:
        """Rows of the senses that mention a stem."""
        place = bisect_left(self.stems, wanted)
        if place == len(self.stems) or self.stems[place] != wanted:
            return self.rows[:0]
        return self.rows[self.bounds[place] : self.bounds[place + 1]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SenseTable:
    """The senses of some words.

    Attributes:
        words: the words, most likely first.
        word_vectors: their meanings, shape (words, d).
        owner: which word each sense row belongs to, shape (rows,).
        order: how unusual the sense is for the word, 0 for the most usual, shape (rows,).
        gloss: the row of `vectors` with the sense's definition, shape (rows,).
        vectors: meanings of the definitions, shape (definitions, d).
        mentioned: for each of `MENTIONS`, which sense rows mention a stem.
        rarity: how telling a stem is, 0 for one in every definition, about 1 for one in a single definition.
        by_stem: the words of each stem.
    """

    words: tuple[str, ...]
    word_vectors: Vectors
    owner: Indices
    order: Indices
    gloss: Indices
    vectors: Vectors
    mentioned: Mapping[str, Mentioned]
    rarity: Mapping[str, float]
    by_stem: Mapping[str, tuple[int, ...]]

    def told(self, stem_: str) -> float:
        """How telling a stem is."""
        return self.rarity.get(stem_, _UNSEEN_RARITY)

    def best(self, values: Floats, empty: float) -> Floats:
        """The largest value among each word's senses, shape (words,); `empty` for words without senses."""
        result = np.full(len(self.words), empty)
        np.maximum.at(result, self.owner, values)
        return result


def build(words: Sequence[str], word_vectors: Vectors, dictionary: Dictionary, embedder: Embedder) -> SenseTable:
    """The table of some words with their vectors; encodes each definition once."""
    rows = [(number, key, order) for number, word in enumerate(words) for key, order in _senses_of(word, dictionary)]
    keys = sorted({key for _, key, _ in rows})
    place = {key: number for number, key in enumerate(keys)}
    senses = [dictionary.sense(key) for key in keys]
    told = {
        "remark": [stems(sense.remark) for sense in senses],
        "words": [_name_stems(sense.words) for sense in senses],
        "kind": [_name_stems(_names(sense, dictionary, ("kind",))) for sense in senses],
        "example": [_name_stems(_names(sense, dictionary, _LIKE_EXAMPLES)) for sense in senses],
    }
    of_rows = np.array([place[key] for _, key, _ in rows], dtype=np.int32)
    return SenseTable(
        words=tuple(words),
        word_vectors=word_vectors,
        owner=np.array([number for number, _, _ in rows], dtype=np.int32),
        order=np.array([order for _, _, order in rows], dtype=np.int32),
        gloss=of_rows,
        vectors=embedder.embed([sense.definition for sense in senses]),
        mentioned={name: _inverted(told[name], of_rows) for name in MENTIONS},
        rarity=_rarities(dictionary),
        by_stem=_by_stem(words),
    )


def _senses_of(word: str, dictionary: Dictionary) -> list[tuple[str, int]]:
    """Senses of a word and of what it is a form of, each with how unusual it is."""
    own = list(enumerate(dictionary.senses(word)))
    for base, part in dictionary.bases(word):
        own += list(enumerate(key for key in dictionary.senses(base) if key[0] == part))
    usual = sorted(own, key=lambda pair: pair[0])[:MOST_SENSES]
    return [(key, order) for order, key in usual]


def _names(sense: Sense, dictionary: Dictionary, relations: tuple[str, ...]) -> list[str]:
    return [word for key in sense.linked(*relations) for word in dictionary.sense(key).words]


def _name_stems(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(stem(part) for name in names for part in name.split()))


def _inverted(told: Sequence[tuple[str, ...]], of_rows: Indices) -> Mentioned:
    found: dict[str, list[int]] = {}
    senses: list[int] = of_rows.tolist()
    for row, sense in enumerate(senses):
        for said in told[sense]:
            found.setdefault(said, []).append(row)
    ordered = sorted(found)
    lengths = [len(found[said]) for said in ordered]
    rows = np.array([row for said in ordered for row in found[said]], dtype=np.int32)
    return Mentioned(stems=tuple(ordered), bounds=np.cumsum([0, *lengths], dtype=np.int32), rows=rows)


def _rarities(dictionary: Dictionary) -> dict[str, float]:
    """How telling each stem is, by the number of definitions it occurs in."""
    counts: Counter[str] = Counter()
    total = 0
    for sense in dictionary.all_senses():
        counts.update(stems(sense.remark))
        total += 1
    return {said: log(total / (1 + count)) / log(total) for said, count in counts.items() if count > 1}


def _by_stem(words: Sequence[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for number, word in enumerate(words):
        found.setdefault(stem(word), []).append(number)
    return {said: tuple(numbers) for said, numbers in found.items()}


def table_path(folder: Path, words: Sequence[str], embedder: Embedder) -> Path:
    """Where the table of some words is kept: named after the words and a sample of the embedder's own output."""
    digest = hashlib.blake2b("\n".join(("senses 1", *words)).encode(), digest_size=8)
    digest.update(np.round(embedder.embed(["meaning"]), 2).tobytes())
    return folder / f"senses-{digest.hexdigest()}.npz"


def save(table: SenseTable, path: Path) -> None:
    """Writes whole or not at all, so that a kill in between leaves no broken file."""
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "words": _joined(table.words),
        "word_vectors": table.word_vectors.astype(np.float16),
        "owner": table.owner,
        "order": table.order,
        "gloss": table.gloss,
        "vectors": table.vectors.astype(np.float16),
        "rare": _joined(table.rarity),
        "rarity": np.array(list(table.rarity.values()), dtype=np.float32),
    }
    for name, mentioned in table.mentioned.items():
        arrays |= {f"{name}.stems": _joined(mentioned.stems), f"{name}.bounds": mentioned.bounds}
        arrays[f"{name}.rows"] = mentioned.rows
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.partial")
    with partial.open("wb") as file:
        np.savez(file, **arrays)  # pyright: ignore[reportArgumentType]
    partial.replace(path)


def load(path: Path) -> SenseTable:
    """The table that `save` wrote."""
    with np.load(path) as kept:
        words = _split(kept["words"])
        return SenseTable(
            words=words,
            word_vectors=kept["word_vectors"].astype(np.float32),
            owner=kept["owner"],
            order=kept["order"],
            gloss=kept["gloss"],
            vectors=kept["vectors"].astype(np.float32),
            mentioned={
                name: Mentioned(
                    stems=_split(kept[f"{name}.stems"]), bounds=kept[f"{name}.bounds"], rows=kept[f"{name}.rows"]
                )
                for name in MENTIONS
            },
            rarity=dict(zip(_split(kept["rare"]), kept["rarity"].tolist(), strict=True)),
            by_stem=_by_stem(words),
        )


def _joined(texts: Iterable[str]) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(texts).encode("utf-8"), dtype=np.uint8)


def _split(raw: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    text = raw.tobytes().decode("utf-8")
    return tuple(text.split("\n")) if text else ()
