"""Fields: what we were told about ourselves, which field a question is about, and which were passed on.

Reads blocks of labelled lines; matches questions by words, kinds of value and
meaning. Knows memory and meanings; knows no game.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from memory.commitments import grounding
from memory.events import Event, Source
from memory.facts import Fact
from memory.meanings import Meanings, same_family
from memory.store import Memory

_SPEAKERS = frozenset(
    ("you", "game", "player", "gm", "me", "partner", "q", "a", "user", "assistant", "master", "your mate")
)
_QUESTION_WORDS = frozenset(("what", "which", "why", "is", "are", "was", "do", "does", "did"))
_ORDINARY = {
    "from": r"from\b|origin|depart|leav|start|coming",
    "to": r"destination|\bgo(?:ing)?\b(?!.*\bfrom\b)|arriv|visit|head|travel(?:l?ing)?\s+to|trip\s+to|\bto\s*\?",
    "by": r"transport|means|vehicle|\bmode\b|\bhow\b(?!\s+(?:many|much|long|old))|\bby\b",
    "when": r"\bwhen\b|\bdate|\bday\b|\btime\b|month|week|schedule",
    "where": r"\bwhere\b|place|locat",
    "who": r"\bwho\b|person|people|name",
    "with": r"\bwith\b|company|companion|accompan",
    "for": r"\bfor\b|purpose",
}
"""Other words that ask for a field whose label is a function word."""
_A_DATE = re.compile(
    r"\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday"
    r"|thursday|friday|saturday|sunday|today|tomorrow|tonight|next|noon|midnight|morning|evening|anytime|now"
    r"|immediately|asap|in\s+\w+\s+(?:days?|weeks?|months?|years?)|\d{1,2}(?::\d\d|\s*[ap]m))s?\b",
    re.IGNORECASE,
)
_A_SPAN = re.compile(r"(?<!in )\b\w+\s+(?:years?|months?|weeks?|days?|hours?|minutes?)\b", re.IGNORECASE)
_DATED = re.compile(r"availab|\bdate|\btime\b|\bday\b|when|schedule|start", re.IGNORECASE)
_ASKS_DATE = re.compile(
    r"\bwhen\b|\bdates?\b|\bdays?\b|available|availability|\bstart(?:ing)?\b|\bhow\s+soon\b", re.IGNORECASE
)
_ASKS_SPAN = re.compile(r"\bhow\s+(?:long|many\s+(?:years|months|weeks|days|hours))\b|\bduration", re.IGNORECASE)
NAMED, TOLD, VALUED = 0.15, 0.25, 0.15
"""How much the closeness of a question to a field's label, to both, and to its value counts."""
_ASKS_MEANS = re.compile(r"\bhow\b[^?]*\b(?:get|go|travel|reach|come|arrive)", re.IGNORECASE)
_MEANS = re.compile(r"transport|travel\b|\bby\b|means|vehicle", re.IGNORECASE)
_PLACE = re.compile(r"district|place|location|destination|city|town|address|where|area|lodging|country", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"[<$?]|_HERE\b")
_OBJECT = re.compile(r"\{[^{}]{3,1500}\}")
_PAIR = re.compile(r"\"([A-Za-z][\w -]{0,60})\"\s*:\s*\"([^\"\n]{1,80})\"")
_STATED = re.compile(r"(?:the\s+|your\s+)?(?P<label>\S.{1,70}?)\s+(?:is|are|=)\s+(?P<value>\S.{0,60})", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing we know and may be asked about.

    Attributes:
        label: what it is called, in lower case.
        value: what it is.
    """

    label: str
    value: str


def own_fields(memory: Memory, form_labels: Sequence[str]) -> tuple[Field, ...]:
    """What the first message tells us about ourselves, in whichever layout tells most.

    Args:
        memory: what was said.
        form_labels: names of slots and the words before them, in lower case.
    """
    first = next((event for event in memory.events if event.source is Source.GAME), None)
    if first is None:
        return ()
    facts = [fact for fact in memory.facts if fact.turn == first.index and fact.labelled and not fact.subject]
    layouts = (_lines(first.text, facts, form_labels), _json(first.text), _prose(first.text))
    best = max(layouts, key=len)
    known = tuple(field for field in best if field.label not in _QUESTION_WORDS)
    return known if len(known) >= 2 else ()


def _lines(text: str, facts: Sequence[Fact], form_labels: Sequence[str]) -> list[Field]:
    """The longest block of adjacent labelled lines; labels of reply forms end a block."""
    block: list[Field] = []
    best: list[Field] = []
    end = -1
    for fact in facts:
        usable = (
            fact.relation not in form_labels
            and (len(fact.relation) == 1 or fact.relation not in _SPEAKERS)
            and not _PLACEHOLDER.search(fact.value)
            and len(fact.value) <= 80
        )
        adjacent = end >= 0 and not text[end : fact.start].strip(" \t\n-*•>")
        block = [*(block if adjacent else []), Field(label=fact.relation, value=fact.value)] if usable else []
        best = block if len(block) > len(best) else best
        end = fact.end
    return best


def _json(text: str) -> list[Field]:
    """The largest JSON object of plain texts."""
    best: list[Field] = []
    for match in _OBJECT.finditer(text):
        pairs = _PAIR.findall(match.group())
        fields = [Field(label=label.casefold().replace("_", " "), value=value) for label, value in pairs]
        if len(fields) > len(best) and not any(_PLACEHOLDER.search(field.value) for field in fields):
            best = fields
    return best


def _prose(text: str) -> list[Field]:
    """The longest row of "the … is …; the … is …"."""
    best: list[Field] = []
    for line in text.split("\n"):
        parts = [_STATED.fullmatch(part.strip(" .")) for part in line.split(";")]
        if len(parts) > 1 and all(parts):
            fields = [Field(label=part["label"].casefold(), value=part["value"]) for part in parts if part is not None]
            best = fields if len(fields) > len(best) else best
    return best


def told_fields(events: Sequence[Event], fields: Sequence[Field]) -> frozenset[str]:
    """Labels of the fields whose values we have said."""
    status = grounding(events, {field.label: field.value for field in fields})
    return frozenset(each.label for each in status if each.turn is not None)


def match_question(
    question: str, fields: Sequence[Field], meanings: Meanings | None, unlikely: frozenset[str] = frozenset()
) -> list[tuple[Field, float]]:
    """Which field a question is about, likeliest first, with scores.

    Args:
        question: the question.
        fields: what may be asked about.
        meanings: words as vectors; None to go by words alone.
        unlikely: labels of fields that were dealt with and are hardly asked for again.
    """
    labels = frozenset(word for field in fields for word in _label_words(field.label))
    scores = np.array([_by_words(question, field, labels) for field in fields])
    if meanings is not None and fields:
        named = [" ".join(_label_words(field.label)) for field in fields]
        asked = meanings.of([question])[0]
        told = [f"{name}: {field.value}" for name, field in zip(named, fields, strict=True)]
        values = [field.value for field in fields]
        for texts, weight in ((named, NAMED), (told, TOLD), (values, VALUED)):
            close = (meanings.of(texts) @ asked).astype(np.float64)
            spread = float(close.std())
            if spread > 1e-6:
                scores = scores + weight * (close - close.mean()) / spread
    scores = scores - 0.7 * np.array([field.label in unlikely for field in fields])
    order: list[int] = np.argsort(-scores, kind="stable").tolist()
    return [(fields[number], float(scores[number])) for number in order]


def _label_words(label: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(label)]


def _by_words(question: str, field: Field, labels: frozenset[str]) -> float:
    """How strongly the words of a question point to a field; words that are in `labels` stand for themselves only."""
    asked = [word.casefold() for word in _WORD.findall(question)]
    score = 0.0
    words = _label_words(field.label)
    for word in words:
        if len(word) == 1:
            score += 2.0 * (word in asked) * (0.8 if word in ("a", "i") else 1.0)
        elif word in _ORDINARY:
            score += 1.2 * bool(re.search(_ORDINARY[word], question, re.IGNORECASE)) / len(words)
        elif word in asked:
            score += 2.0 / len(words)
        elif any(same_family(word, other) for other in asked if len(other) > 3 and other not in labels):
            score += 1.5 / len(words)
    date = bool(_A_DATE.search(field.value)) or bool(_DATED.search(field.label))
    span = bool(_A_SPAN.search(field.value))
    where = re.search(r"\bwhere\b", question, re.IGNORECASE) is not None
    score += 1.6 * (date and not where and bool(_ASKS_DATE.search(question)))
    score += 1.6 * (span and not date and bool(_ASKS_SPAN.search(question)))
    score += 1.2 * (bool(_MEANS.search(field.label)) and bool(_ASKS_MEANS.search(question)))
    score += 0.6 * (where and bool(_PLACE.search(field.label)))
    if field.value[:1].isdigit() and re.search(r"\bhow\s+(?:many|much)\b", question, re.IGNORECASE):
        score += 0.5
    return score
