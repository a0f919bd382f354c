"""Kinds: what kind of thing a word names, for questions that anybody can answer.

A word is of a kind when the dictionary says so of one of its usual senses, directly or over other kinds. Knows no game.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from memory.dictionary import Dictionary
from memory.lexicon import spoken_words

USUAL = 3
"""Senses of a noun that people think of."""

SURE, UNSURE = 2.0, 0.5
"""How clearly a word is of a kind by its first sense, and by a later one only."""

HEARD = 3e-6
"""Frequency in speech above which the name of a kind is known to everybody."""

_VAGUE = frozenset(
    """
    entity object whole thing unit artifact artefact matter abstraction instrumentality part cause group relation
    attribute causal agent agency being substance content cognition communication event act action activity state
    condition portion product creation commodity good goods covering set collection change process property quality
    measure abstract organism creature implement system structure way form kind type sort item piece individual
    someone somebody mortal soul body instrument equipment ware consumer device fitting sphere
    """.split()  # noqa: SIM905
)
_ASKED = (
    re.compile(r"\b(?:kinds?|types?|sorts?|forms?|pieces?|items?|classes|class)\s+of\s+(?P<what>[^?]+)", re.IGNORECASE),
    re.compile(
        r"\b(?:is|are|was|be)\s+(?:it|this|that|they|(?:the|your)\s+(?:\w+\s+)?(?:word|thing|object|item))\s+"
        r"(?:\w+ly\s+|considered\s+|often\s+)?(?:an?\s+|some\s+)?(?P<what>[^?]+)",
        re.IGNORECASE,
    ),
)
_PARTED = re.compile(r"\s+or\s+|,|/", re.IGNORECASE)
_LEADING = re.compile(r"^(?:(?:an?|the|some|any|kinds?|types?|sorts?|of|something|either)\s+)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinds:
    """What words are kinds of.

    Attributes:
        dictionary: what words can mean.
        known: kinds of words looked up before.
        heads: of these kinds, the names that come first in the dictionary.
    """

    dictionary: Dictionary
    known: dict[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    heads: set[str] = field(default_factory=set[str])

    def of(self, word: str) -> Mapping[str, float]:
        """The kinds that a word is of, each with how clearly; its own synonyms included."""
        name = word.casefold()
        if name not in self.known:
            found: dict[str, float] = {}
            for place, key in enumerate(self._nouns(name)):
                for kind in self._above(key):
                    found.setdefault(kind, SURE if place == 0 else UNSURE)
            self.known[name] = found
        return self.known[name]

    def strength(self, question: str, word: str) -> float:
        """How clearly a question for kinds is true of a word; negative when it is false, 0 when it asks for none."""
        asked = [name for name in asked_kinds(question) if self._nouns(name)]
        own = self.of(word)
        if not asked or not own:
            return 0.0
        return max((own.get(name, 0.0) for name in asked), default=0.0) or -SURE

    def question(self, words: Sequence[str], asked: Sequence[str]) -> str:
        """The question for a kind, or two, that halves some words best, each word clearly on one side; "" for none."""
        sides: dict[tuple[bool, ...], str] = {}
        heard = spoken_words()
        kinds = {name for word in words for name in self.of(word)} & self.heads
        names = sorted(kinds, key=lambda name: -heard.get(name, 0.0))
        for name in names:
            if name in _VAGUE or heard.get(name, 0.0) < HEARD or any(name == word.casefold() for word in words):
                continue
            marks = [self.of(word).get(name, 0.0 if self.of(word) else UNSURE) for word in words]
            if all(mark in (0.0, SURE) for mark in marks) and sum(mark > 0 for mark in marks) > 1:
                sides.setdefault(tuple(mark > 0 for mark in marks), name)
        whole = len(words)
        options = [(abs(whole - 2 * sum(side)), 1, f"Is it a kind of {name}?") for side, name in sides.items()]
        pairs = [
            (tuple(a or b for a, b in zip(one, other, strict=True)), f"Is it a kind of {name} or {second}?")
            for one, name in sides.items()
            for other, second in sides.items()
            if name < second and not any(a and b for a, b in zip(one, other, strict=True))
        ]
        options += [(abs(whole - 2 * sum(side)), 2, text) for side, text in pairs]
        useful = sorted(option for option in options if option[0] < whole and option[2] not in asked)
        return useful[0][2] if useful and useful[0][0] <= whole // 2 else ""

    def _nouns(self, name: str) -> tuple[str, ...]:
        """The usual senses of a noun, of its base form when it is a plural."""
        own = [key for key in self.dictionary.senses(name) if key[0] == "n"]
        for base, part in () if own else self.dictionary.bases(name):
            own += [key for key in self.dictionary.senses(base) if part == "n" and key[0] == "n"]
        return tuple(own[:USUAL])

    def _above(self, key: str) -> dict[str, None]:
        """The words of a sense and of everything it is a kind of."""
        found: dict[str, None] = {}
        waiting, seen = [key], {key}
        for one in waiting:
            sense = self.dictionary.sense(one)
            found.update(dict.fromkeys(sense.words))
            self.heads.add(sense.words[0])
            waiting += [kind for kind in sense.linked("kind") if kind not in seen]
            seen.update(waiting)
        return found


def asked_kinds(question: str) -> list[str]:
    """The kinds that a question asks about, alternatives apart, in lower case."""
    for pattern in _ASKED:
        match = pattern.search(question)
        if match is not None:
            parts = (_LEADING.sub("", part.strip(" \"'”“.!").casefold()) for part in _PARTED.split(match["what"]))
            return [part for part in parts if part]
    return []
