"""Self-checks against one's own past: the same failure, the same question, another story.

Pure functions from a session and an utterance to violations. A repetition is a
mistake only where nothing has changed or where new information is the point.
"""

import re

from agent.utterance import Exchange, Utterance, Value, exchanges, newest, plain
from constraints.checks import Violation
from constraints.forms import SlotKind
from planner.session import Session
from planner.wordgame import read_situation

_ANSWERS = re.compile(r"answer|reply|response|agree|verdict|aside|choice|decision|opinion|vote|judg")
_GUESSES = re.compile(r"guess|attempt|\btry\b|solution|clue|hint|description")
_QUESTIONS = re.compile(r"question|query|enquiry|inquiry|\bask")
_CONFIRM = re.compile(
    r"\b(?:agree\w*|disagree\w*|confirm\w*|final\w*|critic\w*|verdict|opinion|insist|keep|stay|stick|sure|approv\w*"
    r"|accept\w*|reject\w*|vote\w*|doubt\w*|advice|again|repeat|re-?send|form(?:at)?)\b",
    re.I,
)
_WAVERING = re.compile(
    r"\b(?:know\w*|aware|next|now|currently?|already|yet|still|guess\w*|move|turn|action|instruction|command|do|go|try"
    r"|if|would|could|have|has|had|did|been|inform\w*|mention\w*|again|this\s+(?:time|one|round)|more|else|say|told|shared?)\b",
    re.I,
)
_YES = re.compile(r"^\W*(?:yes|yeah|true|correct|right)\b", re.I)
_NO = re.compile(r"^\W*(?:no|nope|false|incorrect|wrong)\b", re.I)
_STATED = re.compile(
    r"\b(?P<whose>my|our|the)[ ](?P<what>(?:[a-z][\w-]{0,24}[ ]){0,2}[a-z][\w-]{0,24})[ ](?:is|are|was)[ ]"
    r"(?P<not>not[ ])?(?P<value>[\w'-]{1,30})",
    re.I,
)


def repeats_failure(session: Session, said: Utterance) -> list[Violation]:
    """What the game refused a moment ago, while nothing has changed since."""
    if _is_answer(said):
        return []
    for exchange in reversed(exchanges(session)):
        if not exchange.failed:
            break  # something worked in the meantime: the state may be another
        if exchange.said.key == said.key:
            hint = "That has just failed and nothing has changed since; try something else."
            return [Violation(kind="repeated_failure", text=said.text[:200], hint=hint)]
    return []


def _is_answer(said: Utterance) -> bool:
    """Whether a reply says yes or no to a question of the game, which it may well do twice."""
    own = [value for value in said.values if not value.explains]
    return bool(own) and all(_YES.match(value.text) or _NO.match(value.text) for value in own)


def repeats_asked(session: Session, said: Utterance) -> list[Violation]:
    """A question that was answered, a guess that was wrong, a clue that did not help, once more."""
    values = [value for value in said.written if not value.explains and _seeks(value)]
    if not values:
        return []
    past = exchanges(session)
    for value in values:
        if _was_said(session, past, value):
            hint = f'You have said "{value.text[:80]}" before and learnt nothing new by it; say something else.'
            return [Violation(kind="repeated_attempt", text=value.text[:200], hint=hint)]
    return []


def _seeks(value: Value) -> bool:
    """Whether new information is the point of a value."""
    if value.kind is SlotKind.JSON or len(value.text) > 400:
        return False
    return bool(
        _GUESSES.search(value.name)
        or _QUESTIONS.search(value.name)
        or (not _ANSWERS.search(value.name) and value.text.rstrip().endswith("?"))
    )


def _was_said(session: Session, past: list[Exchange], value: Value) -> bool:
    key = plain(value.text)
    guess = _GUESSES.search(value.name) is not None
    if guess and (session.rulebook.legend is not None or session.rulebook.letters is not None):
        return key in read_situation(session).tried  # a guess may wait for its marks
    if guess and _CONFIRM.search(newest(session)):
        return False
    return any(
        plain(other.text) == key and not _CONFIRM.search(exchange.answer)
        for exchange in past
        for other in exchange.said.written
        if _same_slot(other, value)
    )


def _same_slot(one: Value, other: Value) -> bool:
    return one.name == other.name or not one.name or not other.name


def contradicts_itself(session: Session, said: Utterance) -> list[Violation]:
    """Another answer to the same question, or another story than the one told before."""
    past = exchanges(session)
    broken = _other_answer(session, past, said) or _other_story(past, said)
    if broken is None:
        return []
    hint = f'You have said "{broken[:80]}" before; do not contradict it.'
    return [Violation(kind="contradiction", text=said.text[:200], hint=hint)]


def _other_answer(session: Session, past: list[Exchange], said: Utterance) -> str | None:
    """What was answered to the question now asked again, when it was something else."""
    question = _question(newest(session))
    if question is None or not past:
        return None
    told = not _is_answer(past[-1].said)  # something that may have changed a yes into a no
    for exchange in reversed(past[:-1]):  # asked again at once, the game wants another answer
        if _question(exchange.asked) == question and not exchange.failed and _opposed(exchange.said, said):
            return None if told and _is_answer(said) else exchange.said.text
        told = told or not _is_answer(exchange.said)
    return None


def _question(text: str) -> str | None:
    """The last question of a message, when its answer cannot change with time."""
    asked = re.findall(r"[^.!?\n]{8,200}\?", text[-2_000:])
    if not asked or _WAVERING.search(asked[-1]) or not re.search(r"\byour?\b", asked[-1], re.I):
        return None
    words = plain(asked[-1])
    return words if len(words.split()) >= 2 else None


def _opposed(one: Utterance, other: Utterance) -> bool:
    mine = " ".join(value.text for value in one.values if not value.explains)
    theirs = " ".join(value.text for value in other.values if not value.explains)
    if (_YES.match(mine) and _NO.match(theirs)) or (_NO.match(mine) and _YES.match(theirs)):
        return True
    words, others = (
        {word for value in each.written if not value.explains for word in plain(value.text).split()}
        for each in (one, other)
    )
    return 0 < len(words) <= 3 and 0 < len(others) <= 3 and not words & others


def _other_story(past: list[Exchange], said: Utterance) -> str | None:
    """An earlier statement that this one denies."""
    now = [statement for value in said.written for statement in _statements(value.text)]
    if not now:
        return None
    for exchange in past:
        for value in exchange.said.written:
            for before in _statements(value.text):
                if any(_deny(before, statement) for statement in now):
                    return value.text
    return None


def _statements(text: str) -> list[tuple[str, bool, str, bool]]:
    """What a text states: of what, whether it is denied, the value, whether it speaks of the speaker's own."""
    return [
        (match["what"].casefold(), bool(match["not"]), match["value"], match["whose"].casefold() != "the")
        for match in _STATED.finditer(text[:2_000])
    ]


def _deny(one: tuple[str, bool, str, bool], other: tuple[str, bool, str, bool]) -> bool:
    if one[0] != other[0]:
        return False
    if one[2].casefold() == other[2].casefold():
        return one[1] != other[1]
    named = all(value[:1].isupper() or value.isdecimal() for value in (one[2], other[2]))
    return named and one[3] and other[3] and not one[1] and not other[1]
