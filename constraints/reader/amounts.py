"""Bounds on how many of something there may be, as sentences state them."""

import re
from collections.abc import Callable
from functools import lru_cache

from constraints.reader.words import NUMBER, number
from constraints.rulebook import RuleKind

Found = tuple[RuleKind, tuple[str, ...], int | None, int | None]
"""A rule as it is found: kind, words, lower bound, upper bound."""
_N = rf"({NUMBER})"


_LEAST = (
    rf"(?:at least|no less than|no fewer than|not less than|a minimum of|minimum of|minimum|"
    rf"min\.?)\s+{_N}|{_N}\s*(?:or more|\+|plus)|{_N} (?=(?:\w+ ){{0,4}}or more)"
)


_OVER = rf"(?<!no )(?<!not )(?:more than|over|greater than|exceeding|above)\s+{_N}"


_MOST = (
    rf"(?:at most|no more than|not more than|a maximum of|maximum of|maximum|max\.?|up to|"
    rf"within)\s+{_N}|{_N}\s*(?:or (?:less|fewer))"
)


_UNDER = rf"(?<!no )(?<!not )(?:less than|fewer than|under|below)\s+{_N}"


_BETWEEN = rf"(?:between|from)\s+{_N}\s*(?:and|to|-)\s*{_N}|\b(\d{{1,4}})\s?[-–]\s?(\d{{1,4}})"


_EXACT = rf"(?:exactly|precisely|only|just)\s+{_N}|\b{_N}"


Relation = Callable[[int], tuple[int | None, int | None]]


def _exactly(count: int) -> tuple[int | None, int | None]:
    return count, count


_RELATIONS: tuple[tuple[str, Relation], ...] = (
    (_LEAST, lambda n: (n, None)),
    (_OVER, lambda n: (n + 1, None)),
    (_MOST, lambda n: (None, n)),
    (_UNDER, lambda n: (None, n - 1)),
    (_EXACT, _exactly),
)


_GAP = r"[\s-]+(?:\w+[\s-]+){0,3}?"


def bounds(lower: str, unit: str) -> tuple[int | None, int | None] | None:
    """The bounds that a sentence sets on the number of some unit, or None."""
    between, related = _patterns(unit)
    match = between.search(lower)
    if match:
        low, high = [number(group) for group in match.groups() if group is not None][:2]
        return low, high
    low = high = None
    told = False
    for pattern, relate in related:
        if told and relate is _exactly:
            break
        match = pattern.search(lower)
        count = number(next(group for group in match.groups() if group is not None)) if match else None
        if count is not None:
            least, most = relate(count)
            low, high, told = least if least is not None else low, most if most is not None else high, True
    return (low, high) if told else None


@lru_cache(maxsize=256)
def _patterns(unit: str) -> tuple[re.Pattern[str], tuple[tuple[re.Pattern[str], Relation], ...]]:
    between = re.compile(rf"(?:{_BETWEEN}){_GAP}(?:{unit})")
    return between, tuple((re.compile(rf"(?:{pattern}){_GAP}(?:{unit})"), relate) for pattern, relate in _RELATIONS)


_BEHIND = r"\s*(?:of (?:them|these|those)\b|in all\b|in total\b|[.,;)]|$)"


def bounds_behind(lower: str) -> tuple[int | None, int | None] | None:
    """Bounds that stand behind the thing they count ("placeholders, at least 3")."""
    for pattern, relate in _RELATIONS[:-1]:
        match = re.search(f"(?:{pattern}){_BEHIND}", lower)
        count = number(next(group for group in match.groups() if group is not None)) if match else None
        if count is not None:
            return relate(count)
    return None


def repeated(lower: str) -> tuple[int | None, int | None] | None:
    """Bounds on how often something occurs ("at least 3 times", "at most once")."""
    found = bounds(lower, r"(?:times?|occurrences?|appearances?)\b")
    if found:
        return found
    match = re.search(
        r"\b(at least|at most|no more than|more than|less than|exactly|only|just)\s+(once|twice|thrice)\b", lower
    )
    if match is None:
        return (2, None) if re.search(r"\btwice\b", lower) else None
    count = number(match.group(2)) or 1
    return {
        "at least": (count, None),
        "more than": (count + 1, None),
        "at most": (None, count),
        "no more than": (None, count),
        "less than": (None, count - 1),
    }.get(match.group(1), (count, count))
