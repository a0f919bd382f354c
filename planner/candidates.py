"""Candidates: the words of which one is meant, the questions that may be asked, and yes and no as the rules write them.

Knows ordinary ways of listing words; knows no game.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from constraints.forms import SlotKind
from planner.session import Session
from planner.slots import verdict_slot

_ITEM = r"[A-Za-z][A-Za-z'’ -]{0,28}"
_LISTS = (
    re.compile(rf"\[\s*(?P<items>[\"']{_ITEM}[\"'](?:\s*,\s*[\"']{_ITEM}[\"'])+)\s*\]"),
    re.compile(
        rf"(?P<items>(?:(?:^|(?<=:))[ \t]*(?:[-*•+]|\d{{1,2}}[.)])[ \t]+{_ITEM}[ \t]*$\n?){{3,60}})", re.MULTILINE
    ),
    re.compile(rf"(?P<items>\b{_ITEM}(?:[ \t]*[,;][ \t]*{_ITEM}){{3,60}})(?=[ \t]*(?:[.\n]|$))"),
)
_NUMBERING = re.compile(r"^[ \t]*(?:[-*•+]|\d{1,2}[.)])[ \t]+", re.MULTILINE)
_SUPPOSED = re.compile(r"\bsuppose|\bexample|\billustrat|\bfor\s+instance|\(the\s+words?\b", re.IGNORECASE)
_LIMIT = (
    re.compile(r"\b(\d{1,2})\s+(?:\w+\s+){0,2}?(?:questions?|queries)\b", re.IGNORECASE),
    re.compile(
        r"\b(?:questions?|queries)\b[^.\n]{0,90}?\b(?:is|up\s+to|at\s+most|than|of|the)\s+(\d{1,2})\b", re.IGNORECASE
    ),
    re.compile(r"\bat\s+most\s+(\d{1,2})\b|\b(?P<n>\d{1,2})\s+(?:of\s+them|at\s+most)\b", re.IGNORECASE),
)
_PAIR = re.compile(r"[\"“'‘]([A-Za-z]+)[\"”'’]\s*(?:or|/|and|,)\s*[\"“'‘]([A-Za-z]+)[\"”'’]")
_DENIES = re.compile(r"^(?:no|nope|false|wrong|incorrect|negative|never|not|n|untrue)$", re.IGNORECASE)


def first_message(session: Session) -> str:
    """The first message of the game; "" when there is none."""
    return session.memory.opening


def listed_words(text: str) -> tuple[str, ...]:
    """The longest list of words in a text that is no example; () when there is none."""
    best: tuple[str, ...] = ()
    for pattern in _LISTS:
        for match in pattern.finditer(text):
            if _SUPPOSED.search(text[max(0, match.start() - 60) : match.start()]):
                continue
            body = _NUMBERING.sub("", match["items"])
            items = [item.strip(" \t\"'") for item in re.split(r"[,;\n]", body)]
            words = tuple(dict.fromkeys(item for item in items if item and len(item.split()) <= 3))
            if len(words) > max(3, len(best)) and sum(len(word.split()) for word in words) <= 1.5 * len(words):
                best = words
        if best:
            return best
    return best


def most_questions(text: str) -> int | None:
    """How many questions may be asked, as the rules say."""
    for pattern in _LIMIT:
        for match in pattern.finditer(text):
            number = int(next(group for group in match.groups() if group))
            if number > 1:
                return number
    return None


Reply = tuple[int, Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Polarity:
    """How yes and no are said.

    Attributes:
        yes: the affirming word.
        no: the denying word.
    """

    yes: str = "yes"
    no: str = "no"

    def read(self, text: str) -> bool | None:
        """Whether an answer affirms; None when it says neither."""
        found = [word.casefold() for word in re.findall(r"[A-Za-z]+", text)]
        for word in found:
            if word == self.no.casefold() or _DENIES.match(word):
                return False
            if word in (self.yes.casefold(), "yes", "yeah", "yep", "true", "correct", "right", "affirmative"):
                return True
        return None


def polarity(session: Session) -> Polarity:
    """Yes and no as a form's choice or the rules' words have it."""
    for form in session.rulebook.forms:
        found = verdict_slot(form)
        if found is not None:
            return Polarity(yes=found[1], no=found[2])
    for first, second in _PAIR.findall(first_message(session)):
        if _DENIES.match(second) and not _DENIES.match(first):
            return Polarity(yes=first, no=second)
        if _DENIES.match(first) and not _DENIES.match(second):
            return Polarity(yes=second, no=first)
    return Polarity()


def polar_replies(session: Session) -> tuple[Reply, Reply] | None:
    """How to say yes and how to say no, as form and fills; None when no yes or no is asked for."""
    forms, said = session.rulebook.forms, polarity(session)
    for index, form in enumerate(forms):
        found = verdict_slot(form)
        if found is not None:
            return (index, {found[0].name: found[1]}), (index, {found[0].name: found[2]})
    fixed = {index: form.render({}).strip() for index, form in enumerate(forms) if not form.slots}
    denying = [index for index, text in fixed.items() if said.read(text) is False]
    affirming = [index for index, text in fixed.items() if said.read(text) is True]
    if len(denying) == len(affirming) == 1:
        return (affirming[0], {}), (denying[0], {})
    one = len(forms) == 1 and len(forms[0].slots) == 1 and forms[0].slots[0].kind in (SlotKind.WORD, SlotKind.TEXT)
    pairs = _PAIR.findall(first_message(session))
    if one and any(_DENIES.match(first) or _DENIES.match(second) for first, second in pairs):
        name = forms[0].slots[0].name
        return (0, {name: said.yes}), (0, {name: said.no})
    return None
