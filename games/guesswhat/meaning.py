"""What a question about meaning is true of, as far as a small table of properties tells.

It serves the game's own judgement only: dense rewards and the scripted
answerer. Questions outside the table are nobody's fault and count as unknown.
"""

import re
from functools import lru_cache

from games.lexicon import kinds, properties

_NEGATIONS = frozenset({"not", "isn", "doesn", "never", "without", "cannot", "can't", "neither"})


def named(text: str, candidates: tuple[str, ...]) -> list[str]:
    """The candidates that a text names, plural forms included."""
    words = set(re.findall(r"[a-z]+", text.casefold()))
    return [word for word in candidates if words & {word, word + "s", word + "es"}]


@lru_cache(maxsize=1)
def _kind_of() -> dict[str, frozenset[str]]:
    """The kinds that each thing belongs to, over all splits."""
    found: dict[str, set[str]] = {}
    for table in kinds().values():
        for kind, things in table.items():
            for thing in things:
                found.setdefault(thing, set()).add(kind)
    return {thing: frozenset(own) for thing, own in found.items()}


def kinds_of(word: str) -> frozenset[str]:
    """The kinds that a thing belongs to."""
    return _kind_of().get(word, frozenset())


def asked_about(question: str, candidates: tuple[str, ...]) -> list[str] | None:
    """The candidates for which the answer is yes; None when the table does not tell.

    A question that names candidates is about these. Else its words are looked
    up: the kinds that most of them are true of are meant, and with an "or"
    between them all that any is true of.
    """
    by_name = named(question, candidates)
    if by_name:
        return by_name
    words = set(re.findall(r"[a-z]+(?:'t)?", question.casefold()))
    if words & _NEGATIONS:
        return None
    singular = words | {word.removesuffix("s") for word in words}
    hits = {kind: len(singular & own) for kind, own in properties().items()}
    most = max(hits.values())
    if not most:
        return None
    least = 1 if "or" in words else most
    meant = {kind for kind, count in hits.items() if count >= least}
    return [word for word in candidates if kinds_of(word) & meant]
