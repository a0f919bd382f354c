"""Cautions: what is odd about the rules that were read, said in the trace and nowhere else.

Rules that contradict each other, that nobody can fulfil, and orders that come
from another player. None of them changes a reply: the stated form holds.
"""

import re
from collections.abc import Iterator

from constraints.forms import SlotKind
from constraints.reader.regions import line_tag
from constraints.rulebook import Rule, Rulebook, RuleKind
from memory.events import Source
from planner.session import Session

_ONE_ANSWER = (RuleKind.STARTS, RuleKind.ENDS, RuleKind.LANGUAGE, RuleKind.LETTERS)
_COUNTED = (
    RuleKind.LETTERS,
    RuleKind.WORDS,
    RuleKind.SENTENCES,
    RuleKind.LINES,
    RuleKind.PARAGRAPHS,
    RuleKind.BULLETS,
    RuleKind.CAPITAL_WORDS,
)
_USURPS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,40}"
    r"\b(?:rules?|instructions?|previous|above|prompts?|everything|form(?:at)?)\b"
    r"|\b(?:from\s+now\s+on|new\s+(?:rules?|instructions?|form(?:at)?)|system\s*(?:prompt|message|:)|you\s+are\s+now)\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\b(?:you\s+(?:must|have\s+to)|(?:reply|respond|answer)\s+(?:only\s+)?(?:with|in)|reveal|tell\s+me\s+your"
    r"|the\s+game\s+is\s+over)\b",
    re.IGNORECASE,
)
_ZERO = re.compile(r"\b(?:zero|0)[ -](?:letters?|words?|sentences?|lines?)\b", re.IGNORECASE)
_DEMANDED = re.compile(r"\b(?:repl\w+|answer\w*|guess\w*|word|writ\w+|respon\w+|exactly|of)\b", re.I)
_READ_CHARACTERS = 8_000


def cautions(session: Session) -> tuple[str, ...]:
    """One sentence for each oddity, in a fixed order."""
    rulebook = session.rulebook
    found = (*_contradictions(rulebook), *_impossible(rulebook), *_zero(session), *_orders(session))
    return tuple(dict.fromkeys(found))[:8]


def _contradictions(rulebook: Rulebook) -> Iterator[str]:
    kinds = {rule.kind for rule in rulebook.rules}
    if {RuleKind.LOWERCASE, RuleKind.CAPITALS} <= kinds:
        yield "The rules demand small letters only and capital letters only."
    for kind in _COUNTED:
        rules = rulebook.of(kind)
        low, high = _widest(rules)
        if low is not None and high is not None and low > high and len(rules) > 1:
            yield f"The rules contradict each other about {kind.value}: at least {low} and at most {high}."
    for kind in _ONE_ANSWER:
        said = tuple(dict.fromkeys(rule.words for rule in rulebook.of(kind) if rule.words))
        if len(said) > 1:
            words = " and ".join(f'"{one[0][:40]}"' for one in said)
            yield f"The rules contradict each other about {kind.value}: {words}."
    banned = {word.casefold() for rule in rulebook.of(RuleKind.FORBIDDEN_WORDS) for word in rule.words}
    for kind in (RuleKind.KEYWORDS, RuleKind.STARTS, RuleKind.ENDS):
        for rule in rulebook.of(kind):
            for word in rule.words:
                if word.casefold() in banned and rule.high != 0:
                    yield f'The rules demand and forbid "{word[:40]}".'


def _widest(rules: tuple[Rule, ...]) -> tuple[int | None, int | None]:
    lows = [rule.low for rule in rules if rule.low is not None and not rule.slot]
    highs = [rule.high for rule in rules if rule.high is not None and not rule.slot]
    return max(lows, default=None), min(highs, default=None)


def _impossible(rulebook: Rulebook) -> Iterator[str]:
    for rule in rulebook.rules:
        if rule.low is not None and rule.high is not None and rule.low > rule.high:
            yield f"Nothing can have {rule.kind.value} between {rule.low} and {rule.high}."
        if rule.high is not None and rule.high <= 0 and rule.kind in _COUNTED[:4]:
            yield f"No reply can have {rule.high} {rule.kind.value}."
    for form in rulebook.forms:
        for slot in form.slots:
            if slot.letters is not None and slot.letters <= 0:
                yield f'No word for "{slot.name}" can have {slot.letters} letters.'
            if slot.low is not None and slot.high is not None and slot.low > slot.high:
                yield f'Nothing for "{slot.name}" lies between {slot.low} and {slot.high}.'
            if slot.kind is SlotKind.CHOICE and not slot.options:
                yield f'There is nothing to choose from for "{slot.name}".'


def _zero(session: Session) -> Iterator[str]:
    """Demands for nothing at all, which are no rule that can be read."""
    for event in session.memory.events[:1]:
        for match in _ZERO.finditer(event.text[:_READ_CHARACTERS]):
            if _DEMANDED.search(event.text[max(0, match.start() - 60) : match.end() + 20]):
                yield f'The rules ask for the impossible: "{match.group()}".'


def _orders(session: Session) -> Iterator[str]:
    """Orders in what another player said; rules come from the game's master alone."""
    rulebook = session.rulebook
    newest = session.memory.newest(Source.GAME)
    if newest is None:
        return
    for line in newest.text[:_READ_CHARACTERS].splitlines():
        tag = line_tag(line)
        if tag is None or tag in rulebook.masters:
            continue
        passed_on = tag in rulebook.partners
        match = (_USURPS.search(line) if passed_on or rulebook.heard > 1 else None) or (
            _ORDERS.search(line) if passed_on else None
        )
        if match is not None:
            yield f'Another player gives an order, which is not followed: "{match.group()}".'
