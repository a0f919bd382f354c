"""Forbidden words and everything a strict game master would count as one of them.

A word forbids itself inside longer words, its inflections and its common
derivations. The same few patterns judge a finished text and steer decoding, so
that the two can never disagree.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from constraints.families import CLIPPED, CLOSED, COMMON_PARTS, FAMILIES, SUFFIXES

LETTERS = "A-Za-zÀ-ÖØ-öø-ɏͰ-ϿЀ-ӿԱ-ևא-תؠ-يऀ-ॿ぀-ヿ一-鿿가-힣"
"""What counts as a letter, as the inside of a character class that Python and the grammar read alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What one forbidden word forbids.

    Attributes:
        anywhere: patterns that may occur nowhere, not even inside a word.
        openings: texts that no word may begin with.
        stems: texts that may not stand as a word, with or without an ending.
        clipped: texts that may not stand with an ending that begins with a vowel ("bak" of "bake").
        wholes: texts that may not stand as a word.
    """

    anywhere: tuple[str, ...] = ()
    openings: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    clipped: tuple[str, ...] = ()
    wholes: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def family(word: str) -> Family:
    """Everything that a forbidden word or phrase forbids."""
    word = " ".join(word.lower().split())
    if " " in word or "-" in word:
        joined = re.sub(r"[ -]+", "[ -]?", re.escape(word).replace("\\ ", " ").replace("\\-", "-"))
        return Family(anywhere=(joined,))
    if not word.isalpha():
        return Family(anywhere=(re.escape(word),))
    if len(word) <= 2:
        return Family(wholes=(word, word + "s"))
    kin = {member for members in FAMILIES if word in members for member in members if len(member) > 2}
    openings: set[str] = set()
    stems: set[str] = set()
    clipped: set[str] = set()
    for root in _roots(word):
        if len(root) >= 6 or (len(root) == 5 and root + "e" != word):
            openings.add(root)
            continue
        stems.add(root)
        if root[-1] == "y":
            stems.add(root[:-1] + "i")
        if root[-1] == "e" and len(root) >= 4:
            clipped.add(root[:-1])
        if root[-1] not in "aeiouywx" and len(root) <= 4:
            clipped.add(root + root[-1])
    return Family(
        anywhere=(word,) if len(word) >= 5 else (),
        openings=tuple(sorted(entry for entry in openings if word not in entry)),
        stems=tuple(sorted(stems)),
        clipped=tuple(sorted(clipped)),
        wholes=tuple(sorted({word, *kin, *(member + "s" for member in kin), *_parts(word)})),
    )


def _parts(word: str) -> set[str]:
    """The long pieces that a long word begins or ends with ("class" of "classroom")."""
    if len(word) < 8:
        return set()
    sizes = range(5, len(word) - 2)
    return {piece for size in sizes for piece in (word[:size], word[-size:])} - set(COMMON_PARTS)


def _roots(word: str) -> set[str]:
    """The stems that the forms of a word share."""
    root = stem(word)
    roots = {root}
    if root == word:
        return roots
    for ending in ("ies", "ied", "ier", "iest", "ily", "iness", "ying"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return {word[: -len(ending)] + "y"}
    if word.endswith(("ed", "es")) and len(word) == 4:
        roots = {word[:-1]}
    elif len(root) < 6 and root[-1] not in "aeiouy":
        roots.add(root + "e")
    shorter = stem(root)
    return roots | ({shorter} if shorter != root and len(shorter) >= 4 else set[str]())


def stem(word: str) -> str:
    """The word without its commonest ending; at least three letters remain."""
    for suffix in SUFFIXES:
        if not word.endswith(suffix) or len(word) - len(suffix) < 3:
            continue
        root = word[: -len(suffix)]
        if (suffix == "s" and word.endswith(("ss", "us", "is"))) or (suffix in _WEAK and len(root) < 4):
            continue
        doubled = len(root) >= 4 and root[-1] == root[-2] and root[-1] not in "lsfz"
        return root[:-1] if doubled and suffix in ("ing", "ed", "er", "est", "y", "ings", "ers") else root
    return word[:-1] if word.endswith("e") and len(word) >= 5 else word


_WEAK = frozenset({"y", "al", "ic", "en", "ate", "ent", "ant", "ion", "er", "or", "ive", "ors"})


def _collected(words: Sequence[str]) -> Family:
    """The families of several words as one."""
    families = [family(word) for word in words if word.strip()]

    def all_of(entries: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(sorted({entry for several in entries for entry in several}))

    return Family(
        anywhere=all_of(one.anywhere for one in families),
        openings=all_of(one.openings for one in families),
        stems=all_of(one.stems for one in families),
        clipped=all_of(one.clipped for one in families),
        wholes=all_of(one.wholes for one in families),
    )


def _standing(kin: Family) -> str:
    """A pattern of the words that may not stand by themselves; "" when there are none."""
    parts: list[str] = []
    if kin.stems:
        parts.append(f"({'|'.join(kin.stems)})({'|'.join(CLOSED)})?")
    if kin.clipped:
        parts.append(f"({'|'.join(kin.clipped)})({'|'.join(CLIPPED)})")
    if kin.wholes:
        parts.append("|".join(kin.wholes))
    return "|".join(parts)


@lru_cache(maxsize=512)
def finder(words: tuple[str, ...]) -> re.Pattern[str]:
    """Finds the first stretch of a text that the words forbid."""
    kin = _collected(words)
    parts: list[str] = []
    if kin.anywhere:
        parts.append("|".join(kin.anywhere))
    if kin.openings:
        parts.append(f"(?<![{LETTERS}])(?:{'|'.join(kin.openings)})")
    standing = _standing(kin)
    if standing:
        parts.append(f"(?<![{LETTERS}])(?:{standing})(?![{LETTERS}])")
    return re.compile("|".join(parts) if parts else r"(?!)", re.IGNORECASE | re.ASCII)


@lru_cache(maxsize=512)
def exclusion(words: tuple[str, ...]) -> str | None:
    """A pattern, in the syntax of the grammar, of all texts that hold a forbidden stretch; None when there is none."""
    kin = _collected(words)
    parts: list[str] = []
    if kin.anywhere:
        parts.append(".*(" + "|".join(kin.anywhere) + ").*")
    if kin.openings:
        parts.append(f"(.*[^{LETTERS}])?({'|'.join(kin.openings)}).*")
    standing = _standing(kin)
    if standing:
        parts.append(f"(.*[^{LETTERS}])?({standing})([^{LETTERS}].*)?")
    return "(?is:" + "|".join(parts) + ")" if parts else None


def found(text: str, words: tuple[str, ...]) -> str | None:
    """The first forbidden stretch of a text, or None."""
    if not words:
        return None
    match = finder(words).search(text)
    return match.group() if match else None
