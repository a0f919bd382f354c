"""Hints: what partners said about a word, and which word we are to describe.

Reads labels and rules in any wording. Knows memory and rulebook; knows no game.
"""

import re

from constraints.rulebook import RuleKind
from memory.events import Event, Source
from memory.facts import Fact
from planner.session import Session

HINT_LABELS = (
    "clue", "clues", "hint", "cue", "tip", "description", "describer", "says", "said", "partner", "message", "riddle",
    "definition", "meaning", "speaker", "giver", "explanation", "statement", "describes",
)  # fmt: skip
TARGET_LABELS = ("target word", "secret word", "word to describe", "target", "secret", "your word", "the word", "word")
_QUOTED = re.compile(r"[\"“'‘]([A-Za-z][A-Za-z '’-]{0,40}[A-Za-z])[\"”'’]")
_SINGLE = re.compile(r"[A-Za-z][A-Za-z'’-]*")


def heard_hints(session: Session) -> tuple[str, ...]:
    """Every hint of the partner's, oldest first; of the rules only the last one, after any example."""
    own = {slot.name for form in session.rulebook.forms for slot in form.slots}
    hints: list[str] = []
    for event in session.memory.events:
        if event.source is Source.GAME:
            found = [
                fact.value
                for fact in session.memory.facts
                if fact.turn == event.index and fact.labelled and _is_hint(fact, own)
            ]
            found = [value for value in found if _says_something(value)]
            hints += found[-1:] if found else _unlabelled(event)
    return tuple(dict.fromkeys(hints))


def _is_hint(fact: Fact, own: set[str]) -> bool:
    return fact.relation not in own and fact.relation.split()[-1] in HINT_LABELS


def _says_something(value: str) -> bool:
    """Whether a value is no placeholder like "<some text>"."""
    return bool(value) and not (value[0] in "<[$" and value[-1] in ">].") and "HERE" not in value


def _unlabelled(event: Event) -> list[str]:
    """A later message that is short and carries no label is taken for the hint itself."""
    text = event.text.strip()
    return [text] if event.index > 0 and 0 < len(text) <= 240 and "\n" not in text else []


def target_word(session: Session) -> str | None:
    """The word we are to make a partner say; None when there is none."""
    rules = session.rulebook.of(RuleKind.FORBIDDEN_WORDS)
    forbidden = [word for rule in rules for word in rule.words]
    for label in TARGET_LABELS:
        fact = session.memory.recall(label)
        if fact is not None and fact.labelled and _SINGLE.fullmatch(fact.value) and fact.value not in HINT_LABELS:
            known = {word.casefold() for word in forbidden}
            if not forbidden or fact.value.casefold() in known:
                return fact.value
    single = [rule.words[0] for rule in rules if len(rule.words) == 1]
    return single[0] if single else forbidden[0] if forbidden else None


def forbidden_words(session: Session) -> tuple[str, ...]:
    """Words that must not be said, in any form."""
    rules = session.rulebook.of(RuleKind.FORBIDDEN_WORDS)
    return tuple(dict.fromkeys(word for rule in rules for word in rule.words))


def quoted_words(text: str) -> list[str]:
    """Short phrases in quotation marks, in order."""
    return [match.group(1) for match in _QUOTED.finditer(text)]
