"""Small readings that everything else uses: numbers written out, lists in running text."""

import re

_NUMBERS = {
    word: number
    for number, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "hundred": 100,
    "single": 1,
    "once": 1,
    "twice": 2,
    "thrice": 3,
    "couple": 2,
}

NUMBER = r"(?:\d{1,5}|" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r")"
"""A number in digits or words, as a pattern without groups."""

_SEPARATOR = re.compile(r"[,;|/]\s*(?:(?:and|or|and/or)\s+)?|\s+(?:and|or|and/or)\s+|\n", re.IGNORECASE)
_COMMA = re.compile(r"[,;]\s*(?:(?:and|or|and/or)\s+)?", re.IGNORECASE)
_ARTICLE = re.compile(r"^(?:the|an?|either|to the|to|going|say|and|or|simply|just)\s+", re.IGNORECASE)


def number(text: str) -> int | None:
    """The number a word or digits stand for."""
    text = text.strip().lower()
    if text.isascii() and text.isdigit():
        return int(text)
    return _NUMBERS.get(text)


def unquote(text: str) -> str:
    """The text without quotation marks, emphasis and blanks around it."""
    previous = None
    while text != previous:
        previous = text
        text = text.strip().strip("*_").strip()
        if len(text) >= 2 and text[0] in "\"'`“‘«" and text[-1] in "\"'`”’»":
            text = text[1:-1]
    return text


def split_list(text: str, *, articles: bool = False) -> tuple[str, ...]:
    """The items of a list in running text ("north, south or west"), each without quotation marks.

    Args:
        text: the list.
        articles: whether a leading article is dropped from every item.
    """
    text = text.strip()
    if text[:1] in "[({" and text[-1:] in "])}":
        text = text[1:-1]
    pattern = _COMMA if text.count(",") + text.count(";") >= 2 and not _mixed(text) else _SEPARATOR
    items: list[str] = []
    for raw in pattern.split(text):
        item = unquote(raw.strip(" .\t"))
        if articles:
            item = _ARTICLE.sub("", item)
        if item and item not in items:
            items.append(item)
    return tuple(items)


def _mixed(text: str) -> bool:
    """Whether a comma list ends in "and X" without a comma before it."""
    return bool(re.search(r"[^,;]\s(?:and|or)\s\S+\s?\S*$", text.strip(" ."), re.IGNORECASE))


def looks_like_items(items: tuple[str, ...], most_words: int = 4) -> bool:
    """Whether these could be the items of an option list rather than pieces of a sentence."""
    if not 2 <= len(items) <= 400:
        return False
    return all(len(item) <= 48 and 0 < len(item.split()) <= most_words for item in items)


_STEM = re.compile(r"(?:\(?e?s\)?|ies|y|ed|ing)$")


def noun_stem(word: str) -> str:
    """A rough stem by which a placeholder and the label of a list are compared ("directions", "direction")."""
    word = word.lower().strip("<>[]{}$_ ").replace("_here", "")
    if len(word) <= 3:
        return word
    return _STEM.sub("", word).rstrip("e") or word
