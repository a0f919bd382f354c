"""Clues: how likely each word of a length is meant by a crossword-like clue.

A weighted sum of what can be seen of clue and word: closeness of meaning to the word and to its definitions, the
clue's words in the dictionary's entry of the word and the other way round, number and tense. Knows no game.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from memory.dictionary import Dictionary
from memory.encoder import Vectors
from memory.lexicon import english
from memory.meanings import Meanings, same_family
from memory.sensetable import MENTIONS, Floats, SenseTable, build, load, save, table_path
from memory.wording import content_words, stems

MOST_WORDS = 6_000
"""Words of a length that are weighed, the likeliest first."""

KEPT_CLUES = 256
USUAL_SENSES = 3

# Weights of a conditional logit (the answer is chosen among 4,500 five-letter words), fitted on 303 clues in the manner
# of crosswords, written by hand for words drawn at random. In fourfold cross-validation the answer comes first for 27%
# of them (12% by closeness to the word and commonness), among the first five for 47% (36%); its median rank is 6 (18).
COMMONNESS = 0.58
"""Exponent on how likely a word was before the clue."""

WEIGHTS: Mapping[str, float] = {
    "word": 0.65,
    "definition": 0.75,
    "undefined": -0.45,
    "remark": 1.55,
    "words": 1.68,
    "kind": 2.21,
    "example": 2.02,
    "explains": 1.80,
    "family": -6.42,
    "odd plural": -3.47,
    "past": 0.37,
    "odd past": -0.82,
}

PLAIN_COMMONNESS = 0.78
PLAIN_WEIGHTS: Mapping[str, float] = {"word": 1.17, "family": -6.61, "plural": 0.40, "odd plural": -2.85, "past": 1.85}
"""The same, fitted without a dictionary."""

_ORDER_COST = 0.01
_ORDER_DISCOUNT = 0.15
_PLURAL = re.compile(r"[^\W\d_]{2,}(?<![s'’])s\b", re.IGNORECASE)
_PAST = re.compile(r"[^\W\d_]{2,}ed\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """Judges words by clues.

    Attributes:
        meanings: words and texts as vectors.
        dictionary: what words can mean; None to go by vectors alone.
        tables: the tables made so far, by length.
        judged: scores of clues met before, by clue and length.
    """

    meanings: Meanings
    dictionary: Dictionary | None = None
    tables: dict[int, SenseTable] = field(default_factory=dict[int, SenseTable])
    judged: dict[tuple[str, int], dict[str, float]] = field(default_factory=dict[tuple[str, int], dict[str, float]])

    def reweigh(self, clue: str, words: Sequence[str], weights: Floats) -> Floats:
        """How likely each of some words of one length is under a clue, if it was as likely as `weights` before."""
        if not len(words):
            return weights
        scores = self.scores(clue, len(words[0]))
        usual = float(np.median(list(scores.values()))) if scores else 0.0
        gains = np.array([scores.get(word, usual) for word in words])
        commonness = PLAIN_COMMONNESS if self.dictionary is None else COMMONNESS
        return np.maximum(weights, 1e-30) ** commonness * np.exp(gains - gains.max())

    def scores(self, clue: str, length: int) -> dict[str, float]:
        """The log-likelihood of every common word of a length, up to a constant, its commonness aside."""
        known = self.judged.get((clue, length))
        if known is None:
            if len(self.judged) >= KEPT_CLUES:
                self.judged.clear()
            words, seen = self.features(clue, length)
            weights = PLAIN_WEIGHTS if self.dictionary is None else WEIGHTS
            total = np.zeros(len(words))
            for name, weight in weights.items():
                total += weight * seen[name]
            known = dict(zip(words, total.tolist(), strict=True))
            self.judged[clue, length] = known
        return known

    def features(self, clue: str, length: int) -> tuple[tuple[str, ...], dict[str, Floats]]:
        """What can be seen of a clue and each word of a length: the words, and for each feature a value per word."""
        goal = self.meanings.of([clue])[0]
        if self.dictionary is None:
            words = english(length).words[:MOST_WORDS]
            seen = {"word": standard((self.meanings.of(words) @ goal).astype(np.float64))} if words else {"word": _NONE}
            return words, seen | _forms(clue, words)
        table = self.table(length, self.dictionary)
        seen = {"word": standard((table.word_vectors @ goal).astype(np.float64))}
        seen |= _defined(table, goal) | _mentioned(table, clue)
        seen["explains"] = _explained(table, clue, self.dictionary)
        return table.words, seen | _forms(clue, table.words)

    def table(self, length: int, dictionary: Dictionary) -> SenseTable:
        """The senses of the words of a length; built when first asked for, unless it was kept."""
        if length not in self.tables:
            words = english(length).words[:MOST_WORDS]
            folder = self.meanings.cache
            path = table_path(folder, words, self.meanings.embedder) if folder is not None else None
            if path is not None and path.exists():
                self.tables[length] = load(path)
            else:
                self.tables[length] = build(words, self.meanings.of(words), dictionary, self.meanings.embedder)
                if path is not None:
                    save(self.tables[length], path)
        return self.tables[length]


_NONE: Floats = np.zeros(0)


def standard(values: Floats) -> Floats:
    """Values as standard deviations from their mean."""
    spread = float(values.std()) if len(values) else 0.0
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros(len(values))


def _defined(table: SenseTable, goal: Vectors) -> dict[str, Floats]:
    """How close the nearest definition of each word is; the more unusual the sense, the less."""
    close = (table.vectors @ goal).astype(np.float64)[table.gloss] - _ORDER_COST * np.minimum(table.order, 6)
    best = table.best(close, -1.0)
    has = best > -1.0
    result = np.zeros(len(best))
    result[has] = standard(best[has])
    return {"definition": result, "undefined": (~has).astype(np.float64)}


def _mentioned(table: SenseTable, clue: str) -> dict[str, Floats]:
    """Which part of the clue stands in an entry of each word: as definition, synonym, kind or example."""
    told = stems(clue)
    total = max(1.0, sum(table.told(said) for said in told))
    found: dict[str, Floats] = {}
    for name in MENTIONS:
        per_row = np.zeros(len(table.owner))
        for said in told:
            per_row[table.mentioned[name].by(said)] += table.told(said)
        found[name] = table.best(per_row / (1.0 + _ORDER_DISCOUNT * table.order), 0.0) / total
    return found


def _explained(table: SenseTable, clue: str, dictionary: Dictionary) -> Floats:
    """How telling each word is as a word that explains a word of the clue."""
    result = np.zeros(len(table.words))
    for word in content_words(clue):
        bases = [word, *dict.fromkeys(base for base, _ in dictionary.bases(word))]
        keys = dict.fromkeys(key for base in bases for key in dictionary.senses(base)[:USUAL_SENSES])
        for said in {said for key in keys for said in stems(dictionary.sense(key).remark)}:
            for number in table.by_stem.get(said, ()):
                result[number] = max(result[number], table.told(said))
    return result


def _forms(clue: str, words: Sequence[str]) -> dict[str, Floats]:
    """Agreement in number and tense, and words that the clue gives away or would not."""
    told = content_words(clue)
    plural, past = _PLURAL.search(clue) is not None, _PAST.search(clue) is not None
    in_s = np.array([word.endswith("s") and not word.endswith("ss") for word in words], dtype=np.float64)
    in_ed = np.array([word.endswith("ed") for word in words], dtype=np.float64)
    family = np.array([any(same_family(word, other) for other in told) for word in words], dtype=np.float64)
    return {
        "family": family,
        "plural": in_s * plural,
        "odd plural": in_s * (not plural),
        "past": in_ed * past,
        "odd past": in_ed * (not past),
    }
