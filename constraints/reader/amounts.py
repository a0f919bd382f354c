"""Bounds on how many of something there may be, as sentences state them."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from constraints.reader.words import NUMBER, number
from constraints.rulebook import RuleKind

Found = tuple[RuleKind, tuple[str, ...], int | None, int | None]
"""A rule as it is found: kind, words, lower bound, upper bound."""
Bounds = tuple[int | None, int | None]
"""Lower and upper bound, inclusive; None for none."""
Relation = Callable[[int], Bounds]
Related = tuple[tuple[re.Pattern[str], Relation], ...]

_N = rf"({NUMBER})"
_LEAST = (
    rf"(?:at least|no less than|no fewer than|not less than|a minimum of|minimum of|minimum|"
    rf"min\.?)\s+{_N}|{_N}\s*(?:or more|\+|plus)|{_N} (?=(?:\w+ ){{0,4}}or more)"
)
_OVER = rf"(?:more than|over|greater than|longer than|exceed(?:s|ing)?|above|beyond)\s+{_N}"
_MOST = (
    rf"(?:at most|no longer than|a maximum of|maximum of|maximum|max\.?|up to|within|(?:limit|cap|ceiling) of|"
    rf"\b(?:cap|limit|restrict)(?:ped|ed|s)?\b[^.,;]{{0,30}}? (?:at|to))\s+{_N}|{_N}\s*(?:or (?:less|fewer))"
)
_UNDER = rf"(?:less than|fewer than|shorter than|under|below)\s+{_N}"
_BETWEEN = (
    rf"(?:between|from)\s+{_N}\s*(?:and|to|-)\s*{_N}|\b(\d{{1,4}})\s?[-–]\s?(\d{{1,4}})|"
    rf"(?<!least )(?<!most )(?<!than )\b{_N} (?:to|or) {_N}"
)
_EXACT = rf"(?:exactly|precisely|only|just)\s+{_N}|\b{_N}"


def _at_least(count: int) -> Bounds:
    return count, None


def _at_most(count: int) -> Bounds:
    return None, count


def _more(count: int) -> Bounds:
    return count + 1, None


def _fewer(count: int) -> Bounds:
    return None, count - 1


def _exactly(count: int) -> Bounds:
    return count, count


_RELATIONS: tuple[tuple[str, Relation], ...] = (
    (_LEAST, _at_least),
    (_OVER, _more),
    (_MOST, _at_most),
    (_UNDER, _fewer),
    (_EXACT, _exactly),
)
_BEHIND_UNIT: tuple[tuple[str, Relation], ...] = (
    (r"(?:or|and) (?:more|over|above|upwards?)\b|at (?:the )?(?:least|minimum)\b|(?:as a )?minimum\b", _at_least),
    (
        r"(?:or|and) (?:fewer|less|under|below)\b|at (?:the )?(?:very )?(?:most|maximum)\b|(?:as a )?max(?:imum)?\b|"
        r"tops\b",
        _at_most,
    ),
)
"""Relations that stand behind the unit ("60 words or fewer")."""
_TURNED: dict[Relation, Relation] = {_more: _at_most, _fewer: _at_least}
"""What a denial makes of a relation: not more than 5 is at most 5."""
_DENIED = re.compile(
    r"(?:\b(?:not|never|no|cannot|nothing|none)|n't)(?: [a-z]+){0,3} $|"
    r"^(?:anything|everything|whatever|texts?|answers?)(?: (?:that|which) (?:is|are|has|have))? $"
)
_GAP = r"[\s-]+(?:\w+[\s-]+){0,3}?"
_BEHIND = r"\s*(?:of (?:them|these|those)\b|in all\b|in total\b|[.,;)]|$)"


def bounds(lower: str, unit: str) -> Bounds | None:
    """The bounds that a sentence sets on the number of some unit, or None."""
    between, behind, related = _patterns(unit)
    match = between.search(lower)
    if match:
        low, high = [number(group) for group in match.groups() if group is not None][:2]
        return low, high
    low = high = None
    told = False
    for count, relate in _related(lower, (*behind, *related)):
        if told and relate is _exactly:
            break
        least, most = relate(count)
        low, high, told = least if least is not None else low, most if most is not None else high, True
    return (low, high) if told else None


def _related(lower: str, related: Related) -> Iterator[tuple[int, Relation]]:
    """The counts that a sentence names, each with what it bounds; denials turn relations round."""
    for pattern, relate in related:
        match = pattern.search(lower)
        count = number(next(group for group in match.groups() if group is not None)) if match else None
        if match is not None and count is not None:
            denied = _DENIED.search(lower[: match.start()])
            yield count, (_TURNED.get(relate, relate) if denied else relate)


@lru_cache(maxsize=256)
def _patterns(unit: str) -> tuple[re.Pattern[str], Related, Related]:
    """How bounds on a unit are told: between two numbers, with the relation behind the unit, and before the number."""
    between = re.compile(rf"(?:{_BETWEEN}){_GAP}(?:{unit})")
    behind = tuple((re.compile(rf"\b{_N}{_GAP}(?:{unit}),? (?:{told})"), relate) for told, relate in _BEHIND_UNIT)
    before = tuple((re.compile(rf"(?:{told}){_GAP}(?:{unit})"), relate) for told, relate in _RELATIONS)
    return between, behind, before


def bounds_behind(lower: str) -> Bounds | None:
    """Bounds that stand behind the thing they count ("placeholders, at least 3")."""
    for told, relate in _RELATIONS[:-1]:
        match = re.search(f"(?:{told}){_BEHIND}", lower)
        count = number(next(group for group in match.groups() if group is not None)) if match else None
        if match is not None and count is not None:
            denied = _DENIED.search(lower[: match.start()])
            return (_TURNED.get(relate, relate) if denied else relate)(count)
    return None


def repeated(lower: str) -> Bounds | None:
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
