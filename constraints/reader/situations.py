"""Which form a phase of the game calls for: "during the night, answer with VOTE", then "Night falls."."""

import re
from collections.abc import Sequence

from constraints.forms import ReplyForm
from constraints.reader.scan import Page

MOST_PHASES = 4
"""Forms that may each have a phase of their own: more are a list of commands, and "in sight" is no phase."""

_PHASE = re.compile(
    r"(?i)\b(?:in|during|at|on|by|for|after|before)\s+(?:the |an? |every |each |your )?((?:[\w'-]+ ){0,3}?[\w'-]+)"
    r"(?=\s+(?:rounds?|phases?|stages?|parts?|turns?|steps?|days?|mode)\b|,|\s+(?:you|write|answer|reply|say|"
    r"respond|use|type|send)\b|$)"
    r"(?:\s+(rounds?|phases?|stages?|parts?|turns?|steps?|mode))?"
)
_COMMON = re.compile(
    r"the|a|an|your|every|each|this|that|any|all|turn|turns|round|rounds|game|phase|stage|part|step|reply|"
    r"message|case|order|you|same|form|format|one|two|first"
)


def situated(active: tuple[ReplyForm, ...], page: Page) -> tuple[ReplyForm, ...]:
    """The forms whose phase the message names, when forms differ by phase and it names one of them only."""
    if len(active) < 2 or any(form.span.message == page.message for form in active):
        return active if len(active) < 2 else _named(active, page, _last_words(page))
    return _named(active, page, page.text[-600:].lower())


def _last_words(page: Page) -> str:
    """The last line of a message, which may name the phase that the rules before it tell of."""
    filled = [line for line in page.lines if line.text]
    return filled[-1].text.lower() if filled and len(filled) > 2 and len(filled[-1].text) < 120 else ""


def _named(active: Sequence[ReplyForm], page: Page, text: str) -> tuple[ReplyForm, ...]:
    phases = [_phase(form.purpose) for form in active]
    if len(active) > MOST_PHASES or not text or sum(bool(phase) for phase in phases) < 2:
        return tuple(active)
    own = [
        phase - set[str]().union(*(other for other in phases if other is not phase and other != phase))
        for phase in phases
    ]
    if any(form.span.text.lower() in text for form in active):
        return tuple(active)
    called = [any(re.search(rf"\b{re.escape(word)}", text) for word in words) for words in own]
    if not any(called) or len({frozenset(words) for words, hit in zip(own, called, strict=True) if hit}) != 1:
        return tuple(active)
    chosen = tuple(form for form, hit, phase in zip(active, called, phases, strict=True) if hit or not phase)
    return chosen or tuple(active)


def _phase(purpose: str) -> set[str]:
    """The words that name the phase in which a form is used."""
    words: set[str] = set()
    for match in _PHASE.finditer(purpose[:160]):
        words |= {word for word in re.findall(r"[a-z]{3,}", match.group(1).lower()) if not _COMMON.fullmatch(word)}
    return words
