"""Forbidden words and everything a strict game master would count as one of them.

A word forbids itself anywhere inside other words, its inflections and its
common derivations. The same few patterns judge a finished text and steer
decoding, so the two can never disagree.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from constraints.families import CLOSED, COMMON_PARTS, FAMILIES, SUFFIXES

LETTERS = "A-Za-zÀ-ÖØ-öø-ɏͰ-ϿЀ-ӿԱ-ևא-תؠ-يऀ-ॿ぀-ヿ一-鿿가-힣"
"""What counts as a letter, as the inside of a character class that Python and the grammar read alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What one forbidden word forbids.

    Attributes:
        anywhere: texts that may occur nowhere, not even inside a word.
        openings: texts that no word may begin with.
        wholes: texts that may not stand as a word.
    """

    anywhere: tuple[str, ...] = ()
    openings: tuple[str, ...] = ()
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
    wholes: set[str] = {word, *(form for member in kin for form in (member, member + "s")), *_parts(word)}
    for root in _roots(word):
        if len(root) >= 6 or (len(root) == 5 and root + "e" != word):
            openings.add(root)
        else:
            wholes |= _inflected(root)
    if len(word) == 4:
        openings.add(word)
    anywhere = (word,) if len(word) >= 5 else ()
    wholes = {
        entry
        for entry in wholes
        if not any(entry.startswith(opening) for opening in openings) and not any(text in entry for text in anywhere)
    }
    openings = {entry for entry in openings if not any(text in entry for text in anywhere)}
    return Family(anywhere=anywhere, openings=tuple(sorted(openings)), wholes=tuple(sorted(wholes)))


def _parts(word: str) -> set[str]:
    """The long pieces that a long word begins or ends with ("class" of "classroom")."""
    if len(word) < 8:
        return set()
    sizes = range(5, len(word) - 2)
    return {piece for size in sizes for piece in (word[:size], word[-size:])} - COMMON_PARTS


def _roots(word: str) -> set[str]:
    """The stems that the forms of a word share."""
    root = stem(word)
    if root == word:
        return {word, word[:-1] + "i"} if word[-1] == "y" and len(word) > 3 else {word}
    if word[len(root) :][:1] == "i" and word.endswith(("iness", "iest", "ier", "ied", "ily", "ies", "ily")):
        return {root + "y", root + "i"}
    return {root, root + "e"} if len(root) < 6 and root[-1] not in "aeiouy" else {root}


def _inflected(root: str) -> set[str]:
    """The forms of a short stem."""
    forms = {root, *(root + suffix for suffix in CLOSED)}
    if root[-1] not in "aeiouywx" and len(root) <= 4:
        forms |= {root + root[-1] + suffix for suffix in ("ed", "ing", "er", "ers", "y")}
    if root[-1] == "e":
        forms |= {
            root[:-1] + suffix for suffix in ("ing", "ings", "able", "ation", "ion", "y", "al", "ive", "or", "ors")
        }
    if root[-1] == "y":
        forms |= {root[:-1] + suffix for suffix in ("ies", "ied", "ier", "iest", "ily", "iness")}
    return forms


def stem(word: str) -> str:
    """The word without its commonest ending; at least three letters remain."""
    for suffix in SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            if suffix == "s" and word.endswith(("ss", "us", "is")):
                continue
            root = word[: -len(suffix)]
            if suffix in ("y", "al", "ic", "en", "ate", "ent", "ant", "ion", "er", "or") and len(root) < 4:
                continue
            if (
                len(root) >= 4
                and root[-1] == root[-2]
                and root[-1] not in "lsfz"
                and suffix in ("ing", "ed", "er", "est", "y")
            ):
                root = root[:-1]
            return root
    return word[:-1] if word.endswith("e") and len(word) >= 5 else word


def _alternatives(families: Iterable[Family], whole_first: str, whole_last: str) -> list[str]:
    anywhere = sorted({entry for one in families for entry in one.anywhere})
    openings = sorted({entry for one in families for entry in one.openings})
    wholes = sorted({entry for one in families for entry in one.wholes})
    parts: list[str] = []
    if anywhere:
        parts.append("(?:" + "|".join(anywhere) + ")")
    if openings:
        parts.append(whole_first + "(?:" + "|".join(openings) + ")")
    if wholes:
        parts.append(whole_first + "(?:" + _trie(wholes) + ")" + whole_last)
    return parts


def _trie(words: list[str]) -> str:
    """Alternatives with common beginnings written once, so that many of them stay cheap."""
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[:3], []).append(word[3:])
    return "|".join(
        re.escape(head) + ("(?:" + "|".join(re.escape(tail) for tail in tails) + ")" if tails != [""] else "")
        for head, tails in groups.items()
    )


@lru_cache(maxsize=512)
def finder(words: tuple[str, ...]) -> re.Pattern[str]:
    """Finds the first stretch of a text that the words forbid."""
    families = [family(word) for word in words if word.strip()]
    parts = _alternatives(families, f"(?<![{LETTERS}])", f"(?![{LETTERS}])")
    return re.compile("|".join(parts) if parts else r"(?!)", re.IGNORECASE | re.ASCII)


@lru_cache(maxsize=512)
def exclusion(words: tuple[str, ...]) -> str | None:
    """A pattern, in the syntax of the grammar, of all texts that hold a forbidden stretch; None when there is none."""
    families = [family(word) for word in words if word.strip()]
    parts: list[str] = []
    anywhere = sorted({entry for one in families for entry in one.anywhere})
    openings = sorted({entry for one in families for entry in one.openings})
    wholes = sorted({entry for one in families for entry in one.wholes})
    if anywhere:
        parts.append(".*(" + "|".join(anywhere) + ").*")
    if openings:
        parts.append(f"(.*[^{LETTERS}])?(" + "|".join(openings) + ").*")
    if wholes:
        parts.append(f"(.*[^{LETTERS}])?(" + _trie(wholes).replace("(?:", "(") + f")([^{LETTERS}].*)?")
    return "(?is:" + "|".join(parts) + ")" if parts else None


def found(text: str, words: tuple[str, ...]) -> str | None:
    """The first forbidden stretch of a text, or None."""
    if not words:
        return None
    match = finder(words).search(text)
    return match.group() if match else None
