"""Cautions: what is odd about the rules that were read, said in the trace and nowhere else.

Rules that contradict each other, that nobody can fulfil, and orders that come
from another player. None of them changes a reply: the stated form holds.
"""

import re
from collections.abc import Iterator

from agent.utterance import READ_CHARACTERS, rules_text, sentences
from constraints.forms import SlotKind
from constraints.reader.regions import line_tag
from constraints.reader.words import NUMBER, number
from constraints.rulebook import Rule, Rulebook, RuleKind
from memory.events import Source
from planner.session import Session

_COUNTED = (
    RuleKind.LETTERS,
    RuleKind.WORDS,
    RuleKind.SENTENCES,
    RuleKind.LINES,
    RuleKind.PARAGRAPHS,
    RuleKind.BULLETS,
    RuleKind.KEYWORDS,
    RuleKind.LETTER_COUNT,
    RuleKind.CAPITAL_WORDS,
)
_NEEDED = _COUNTED[:4]
"""Of these a reply has at least one."""

_USURPS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,40}"
    r"\b(?:rules?|instructions?|previous|above|prompts?|everything|form(?:at)?)\b"
    r"|\b(?:from\s+now\s+on|new\s+(?:rules?|instructions?|form(?:at)?)|system\s*(?:prompt|message|:)|you\s+are\s+now)\b",
    re.IGNORECASE,
)
_ORDERS = re.compile(
    r"\b(?:you\s+(?:must|have\s+to|need\s+to)\s+(?:now\s+|always\s+|only\s+|just\s+){0,2}"
    r"(?:say|write|print|output|send|type|obey|reveal|ignore|forget|(?:reply|respond|answer|follow)\s+"
    r"(?:only|now|with|in|as|like|exactly|my|me|these?|this|the))"
    r"|(?:reply|respond|answer)\s+(?:only\s+)?(?:with|in)"
    r"|reveal\s+(?:your|the|all|me)\s+(?:\w+\s+)?(?:secrets?|words?|prompts?|rules?|passwords?|role|instructions?|target|answer)"
    r"|tell\s+me\s+your|the\s+game\s+is\s+over)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(
    r"\b(?P<how>exactly|precisely|at\s+least|at\s+most|no\s+(?:more|fewer|less)\s+than|(?:more|fewer|less)\s+than|up\s+to)\s+"
    rf"(?P<size>{NUMBER})\s+(?P<unit>word|sentence|line|letter|paragraph)s?\b",
    re.IGNORECASE,
)
_SMALL = re.compile(r"\b(?:all|only|entire\w*)\b[^.\n]{0,30}\b(?:lower\s?case|small\s+letters)\b", re.IGNORECASE)
_CAPITAL = re.compile(
    r"\b(?:all|only|entire\w*)\b[^.\n]{0,40}\b(?:upper\s?case|capitals|capital\s+letters|all\s+caps)\b", re.IGNORECASE
)
_ZERO = re.compile(r"\b(?:zero|0)[ -](?:letters?|words?|sentences?|lines?)\b", re.IGNORECASE)
_DEMANDED = re.compile(r"\b(?:repl\w+|answer\w*|guess\w*|word|writ\w+|respon\w+|has|have|exactly|of)\b", re.I)


def cautions(session: Session) -> tuple[str, ...]:
    """One sentence for each oddity, in a fixed order."""
    rulebook = session.rulebook
    found = (*_contradictions(session), *_impossible(rulebook), *_zero(session), *_orders(session))
    return tuple(dict.fromkeys(found))[:8]


def _contradictions(session: Session) -> Iterator[str]:
    rulebook = session.rulebook
    yield from _amounts(rules_text(session))
    if _SMALL.search(rules_text(session)) and _CAPITAL.search(rules_text(session)):
        yield "The rules demand small letters only and capital letters only."
    sizes = {slot.letters for form in rulebook.forms for slot in form.slots if slot.letters is not None}
    if rulebook.letters is not None and sizes and rulebook.letters not in sizes:
        yield f"The rules contradict each other about letters: {rulebook.letters} and {min(sizes)}."
    for kind in (RuleKind.STARTS, RuleKind.ENDS, RuleKind.LANGUAGE):
        said = tuple(dict.fromkeys(rule.words[0] for rule in rulebook.of(kind) if rule.words))
        if len(said) > 1:
            words = " and ".join(f'"{word[:40]}"' for word in said)
            yield f"The rules contradict each other about {kind.value}: {words}."
    banned = {word.casefold() for rule in rulebook.of(RuleKind.FORBIDDEN_WORDS) for word in rule.words}
    for kind in (RuleKind.KEYWORDS, RuleKind.STARTS, RuleKind.ENDS):
        for rule in rulebook.of(kind):
            for word in rule.words:
                if word.casefold() in banned and rule.high != 0:
                    yield f'The rules demand and forbid "{word[:40]}".'


def _amounts(text: str) -> Iterator[str]:
    """Amounts demanded of the reply that no reply has; the reader keeps the first of them only."""
    bounds: dict[str, tuple[int, int]] = {}
    for sentence in sentences(text):
        if not _DEMANDED.search(sentence):
            continue
        for match in _AMOUNT.finditer(sentence):
            size, how, unit = number(match["size"]), match["how"].lower(), match["unit"].lower()
            if size is None:
                continue
            low, high = bounds.get(unit, (0, 1_000_000))
            if how.startswith(("exactly", "precisely", "at least", "no fewer", "no less", "more")):
                low = max(low, size + how.startswith("more"))
            if how.startswith(("exactly", "precisely", "at most", "no more", "up to", "fewer", "less")):
                high = min(high, size - how.startswith(("fewer", "less")))
            bounds[unit] = low, high
    for unit, (low, high) in bounds.items():
        if low > high:
            yield f"The rules contradict each other about {unit}s: at least {low} and at most {high}."


def _impossible(rulebook: Rulebook) -> Iterator[str]:
    for rule in rulebook.rules:
        if rule.low is not None and rule.high is not None and rule.low > rule.high:
            yield f"Nothing can have {rule.kind.value} between {rule.low} and {rule.high}."
        if rule.high is not None and rule.high <= 0 and rule.kind in _NEEDED:
            yield f"No reply can have {rule.high} {rule.kind.value}."
    yield from _apart(rulebook)
    for form in rulebook.forms:
        for slot in form.slots:
            if slot.letters is not None and slot.letters <= 0:
                yield f'No word for "{slot.name}" can have {slot.letters} letters.'
            if slot.low is not None and slot.high is not None and slot.low > slot.high:
                yield f'Nothing for "{slot.name}" lies between {slot.low} and {slot.high}.'
            if slot.kind is SlotKind.CHOICE and not slot.options:
                yield f'There is nothing to choose from for "{slot.name}".'


def _apart(rulebook: Rulebook) -> Iterator[str]:
    """Rules of one kind whose bounds nothing can meet together."""
    bounds: dict[tuple[RuleKind, str, tuple[str, ...]], list[Rule]] = {}
    for rule in rulebook.rules:
        if rule.low is not None or rule.high is not None:
            bounds.setdefault((rule.kind, rule.slot, rule.words), []).append(rule)
    for (kind, _, _), rules in bounds.items():
        low = max((rule.low for rule in rules if rule.low is not None), default=None)
        high = min((rule.high for rule in rules if rule.high is not None), default=None)
        if len(rules) > 1 and kind in _COUNTED and low is not None and high is not None and low > high:
            yield f"The rules contradict each other about {kind.value}: at least {low} and at most {high}."


def _zero(session: Session) -> Iterator[str]:
    """Demands for nothing at all, which are no rule that can be read."""
    for sentence in sentences(rules_text(session)):
        match = _ZERO.search(sentence)
        if match is not None and _DEMANDED.search(sentence):
            yield f'The rules ask for the impossible: "{match.group()}".'


def _orders(session: Session) -> Iterator[str]:
    """Orders in what another player said; rules come from the game's master alone."""
    rulebook = session.rulebook
    newest = session.memory.newest(Source.GAME)
    if newest is None:
        return
    for line in newest.text[:READ_CHARACTERS].splitlines():
        tag = line_tag(line)
        if tag is None or tag in rulebook.masters:
            continue
        passed_on = tag in (*rulebook.partners, *rulebook.passed)
        match = (_USURPS.search(line) if passed_on or rulebook.heard > 1 else None) or (
            _ORDERS.search(line) if passed_on else None
        )
        if match is not None:
            yield f'Another player gives an order, which is not followed: "{match.group()}".'
