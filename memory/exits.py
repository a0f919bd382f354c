"""Ways on: reading from a stretch of a game's message which moves lead out of a place.

Reads lists behind any label that speaks of ways ("exits: up, left", "You can go
north or east", a bulleted list). Knows no map.
"""

import re
from collections.abc import Iterator, Sequence

from memory.compass import is_direction, is_plain_direction

MAX_EXITS = 12

_ABOUT_WAYS = re.compile(
    r"\b(?:directions?|exits?|ways?|paths?|doors?|doorways?|passages?|passageways?|routes?|moves?|openings?|corridors?"
    r"|stairs?|staircases?|options?|choices|go|gos?|going|continue|walk|proceed|leave|leads?|leading|headed|head|travel|reachable"
    r"|open|available|possible|connections?|neighbou?rs?|links?|onward|out|compass)\b",
    re.IGNORECASE,
)
_NOT_A_WAY = re.compile(
    r"\b(?:no|not|cannot|can't|can’t|blocked|locked|closed|wall|invalid|impossible)\b", re.IGNORECASE
)
_SEPARATOR = re.compile(
    r"[\"'*\])]*\s*(?:[:=→⇒–—]|->|=>|\s-\s|\b(?:are|is|go|lead|leads|leading|towards?|to)\b(?:\s+the\b)?)\s*"
)
_CAN_GO = re.compile(
    r"\b(?:can\s+(?:only\s+)?go|(?:doors?|exits?|ways?|paths?|passages?|corridors?)\s+(?:lead|go|are|is))\s*$",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"\W*(?:the\s+)?(?:exits?|ways?\s+on|doors?|paths?)\s+(?!are\b|is\b|lead|go\b|to\b|of\b|that\b|which\b|you\b|from\b|here\b)"
    r"(?P<list>[^.!?\n]{1,80})",
    re.IGNORECASE,
)
"""A list right behind its label, with nothing between."""
_BREAK = re.compile(r"\s*(?:,|/|\||;|•|&|\+|\band\b|\bor\b)(?:\s*(?:and|or)\b)?\s*", re.IGNORECASE)
_LEAD = re.compile(r"^(?:(?:to|the|a|an|towards?|either|go|only|just|one|one:)\s+)+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)?")
_BULLET = re.compile(r"^\s*(?:[-*•+>]|\d{1,2}[.)])\s+(?P<item>[^\n]{1,60}?)\s*$")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]?")
_TRIM = " \t\r\n\"'`*_[](){}<>.!?:;"


def read_exits(region: str, options: Sequence[str] = ()) -> tuple[str, ...]:
    """The ways on that a stretch of text names, in its order; () when it names none.

    Args:
        region: the text.
        options: what the rulebook understood to be offered, believed where the text bears it out.
    """
    found = next((items for items in _lists(region) if items), ())
    if found and all(is_direction(item) for item in found):
        return found
    if options and _mentions_all(region, options):
        return tuple(dict.fromkeys(options))[:MAX_EXITS]
    return found or _directions_in(region)


def _lists(region: str) -> Iterator[tuple[str, ...]]:
    """Every list of ways in the text, in order."""
    for match in _SENTENCE.finditer(region):
        sentence = match.group()
        for separator in _SEPARATOR.finditer(sentence):
            label, rest = sentence[: separator.start()], sentence[separator.end() :]
            if len(label) > 160 or not _ABOUT_WAYS.search(label + separator.group()):
                continue
            symbol = not separator.group().strip(" \"'*])")[:1].isalpha()
            items = _items(rest) if rest.strip(_TRIM) else _bullets(region[match.end() :])
            free = _CAN_GO.search(label + separator.group()) is not None and all(
                len(item.split()) < 3 for item in items
            )
            if items and (symbol or free or all(is_direction(item) for item in items)):
                yield items
        bare = _BARE.match(sentence)
        items = _items(bare["list"]) if bare is not None else ()
        if items and all(len(item.split()) < 3 for item in items):
            yield items


def _items(rest: str) -> tuple[str, ...]:
    """Splits "north, the east and up." into its items; () when it does not look like a list of short names."""
    items: list[str] = []
    for piece in _BREAK.split(rest):
        item = _LEAD.sub("", piece.strip(_TRIM)).strip(_TRIM)
        if not item:
            continue
        if len(item.split()) > 3 or len(item) > 40:
            return ()
        items.append(item)
    return tuple(dict.fromkeys(items))[:MAX_EXITS]


def _bullets(text: str) -> tuple[str, ...]:
    """The items of a bulleted list at the beginning of the text."""
    items: list[str] = []
    for line in text.lstrip("\n").split("\n", MAX_EXITS)[:MAX_EXITS]:
        match = _BULLET.match(line)
        if match is None:
            break
        items.append(_LEAD.sub("", match["item"].strip(_TRIM)))
    return tuple(dict.fromkeys(item for item in items if item))


def _directions_in(region: str) -> tuple[str, ...]:
    """Common direction words in sentences that speak of ways on and deny none."""
    items: list[str] = []
    for match in _SENTENCE.finditer(region):
        sentence = match.group()
        words = _WORD.findall(sentence)
        here = [word for word in words if is_plain_direction(word)]  # single letters fill boards as well
        if words and any(len(word) > 1 for word in words) and all(is_direction(word) for word in words):
            items += words
        elif (_ABOUT_WAYS.search(sentence) or 2 * len(here) >= len(words)) and not _NOT_A_WAY.search(sentence):
            items += here
    return tuple(dict.fromkeys(items))[:MAX_EXITS]


def _mentions_all(region: str, options: Sequence[str]) -> bool:
    text = region.casefold()
    return all(re.search(rf"(?<!\w){re.escape(option.casefold())}(?!\w)", text) for option in options)
