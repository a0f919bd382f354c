"""Which letters a reply may have: small ones, capital ones, some words in capitals."""

import re
from collections.abc import Iterator

from constraints.reader.amounts import Found, bounds, bounds_behind
from constraints.rulebook import RuleKind

_SMALL = re.compile(
    r"\b(?:lower-?\s?cased?|small letters?|lower letters?|small case|(?:letters?|characters?|words?|everything) "
    r"(?:must|should|has to|have to|needs? to|is to|are to|shall) (?:all )?be small)\b"
)
_CAPITAL = re.compile(
    r"\b(?:(?:all|full)[- ]cap(?:s|itals?|italized)?|capital letters?|capitals|caps|upper-?\s?case|capitali[sz]\w*|"
    r"(?:every|each|all) letters? (?:\w+ ){0,4}capital)\b"
)
_NOT_BEFORE = re.compile(
    r"(?:\b(?:no|not|never|avoid\w*|without|refrain|forbid\w*|cannot)\b|n't\b)(?:(?!\band\b|\bbut\b|[,;.]).){0,40}$"
)
_NOT_AFTER = re.compile(
    r"^(?:(?!\band\b|\bbut\b)[^,;.]){0,20}(?:\b(?:not|never|forbidden|prohibited|banned|off limits)\b|n't\b)"
)
_WHOLE = re.compile(
    r"\b(?:entire|whole|response|reply|answer|output|all|your|english|only|everything|every|each|be|letters|it|write|use)\b"
)
_PART = re.compile(
    r"\b(?:some|first letters?|headings?|titles?|highlight|the word|a word|its letters|a few|names?|initials?)\b"
)
_AMOUNT = re.compile(
    r"\bwords?\b[^.]{0,60}\b(?:times|at least|less than|more than|fewer|at most|no more)\b|"
    r"\b(?:at least|less than|more than|fewer than|at most|no more than|exactly)\b[^.]{0,60}\bwords?\b|"
    r"\bwords?\b.{0,60}\b(?:at least|fewer than|less than|at most)\b"
)


def read_letters(lower: str) -> Iterator[Found]:
    """Letter case, as one sentence demands it."""
    capital, small = _CAPITAL.search(lower), _SMALL.search(lower)
    if capital and _AMOUNT.search(lower):
        found = bounds(lower, r"(?:times|words?|all[- ]cap|capital|upper)") or bounds_behind(lower)
        if found:
            yield RuleKind.CAPITAL_WORDS, (), *found
        return
    if any(_PART.search(_clause(lower, named)) for named in (capital, small) if named):
        return
    if small and not _barred(lower, small):
        if _WHOLE.search(lower):
            yield RuleKind.LOWERCASE, (), None, None
    elif capital and _barred(lower, capital):
        yield RuleKind.LOWERCASE, (), None, None
    elif (small and _barred(lower, small)) or (capital and _WHOLE.search(lower)):
        yield RuleKind.CAPITALS, (), None, None


def _clause(lower: str, named: re.Match[str]) -> str:
    """The part of the sentence, between commas, that speaks of these letters."""
    begin = max(lower.rfind(mark, 0, named.start()) for mark in ",;:") + 1
    ends = [at for mark in ",;" if (at := lower.find(mark, named.end())) >= 0]
    return lower[begin : min(ends, default=len(lower))]


def _barred(lower: str, named: re.Match[str]) -> bool:
    """Whether a sentence names these letters to bar them."""
    return bool(_NOT_BEFORE.search(lower[: named.start()]) or _NOT_AFTER.match(lower[named.end() :]))
