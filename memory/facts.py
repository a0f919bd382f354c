"""Facts: what the game's messages state, each with the place it was read from.

Reads labelled lines ("clue: utility", `<target>x</target>`, `"word": "x"`) and
plain statements ("the target word is x"), in any labels. Newer values supersede
older ones. Knows no game.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from memory.events import Event, Source

MAX_PER_MESSAGE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One statement.

    Attributes:
        relation: the label in lower case ("clue", "target word").
        value: what it is said to be, as written, without surrounding quotes.
        turn: index of the message that says so.
        start: first character of the statement within the message.
        end: one past its last character.
        subject: what it is about; "" for the game as a whole, "self" for what this player said.
        labelled: true for a labelled line, false for a statement in prose, which is less certain.
    """

    relation: str
    value: str
    turn: int
    start: int
    end: int
    subject: str = ""
    labelled: bool = True


_LABEL = r"[A-Za-z][\w'’]{0,24}(?:[ \-/][\w'’]{1,24}){0,4}"
_LABELLED = re.compile(
    rf"^[ \t>*#•\-\[({{\"']*(?P<label>{_LABEL})[\"'*]*[ \t]*"
    r"(?::|=>?|->|>>|→|⇒|–|—| - )[ \t]*(?P<value>[^\n]{1,400})$",
    re.MULTILINE,
)
_BRACKETED = re.compile(rf"^[ \t>*#•-]*[(\[](?P<label>{_LABEL})[)\]][ \t]+(?P<value>\S[^\n]{{0,400}})$", re.MULTILINE)
_TAGGED = re.compile(r"<(?P<label>[A-Za-z][\w-]{0,40})>(?P<value>[^<>\n]{1,400})</(?P=label)>")
_QUOTED = re.compile(r"\"(?P<label>[A-Za-z][\w -]{0,40})\"[ \t]*:[ \t]*\"(?P<value>[^\"\n]{1,400})\"")
_STATED = re.compile(
    r"\b(?:[Tt]he|[Yy]our|[Mm]y|[Oo]ur)[ ](?P<label>[a-z][\w'’-]{0,24}(?:[ ][a-z][\w'’-]{0,24}){0,2}?)[ ]"
    r"(?:is|was|reads|will[ ]be)(?:[ ]called)?[ :]*(?P<value>\"[^\"\n]{1,200}\"|[^.,;!?\n\"]{1,80})"
)
_COPULA = re.compile(r" (?:is|was|are|were|reads)$")
_PATTERNS = ((_LABELLED, True), (_BRACKETED, True), (_TAGGED, True), (_QUOTED, True), (_STATED, False))
_PAIRS = frozenset(
    {('"', '"'), ("'", "'"), ("“", "”"), ("‘", "’"), ("«", "»"), ("`", "`"), ("*", "*"), ("_", "_")}
    | {("[", "]"), ("(", ")"), ("{", "}"), ("<", ">")}
)
_OPENERS = {closer: opener for opener, closer in _PAIRS}


def read_facts(event: Event) -> tuple[Fact, ...]:
    """The facts stated in one message, in the order of the message; our own messages state what we filled in."""
    if event.source is Source.SELF:
        return tuple(
            Fact(relation=name.casefold(), value=value, turn=event.index, start=0, end=len(event.text), subject="self")
            for name, value in event.fills
        )
    found: dict[tuple[int, str], Fact] = {}
    for pattern, labelled in _PATTERNS:
        for match in pattern.finditer(event.text):
            value = bare(match["value"])
            if value and (match.start("value"), value) not in found:
                found[match.start("value"), value] = Fact(
                    relation=_COPULA.sub("", " ".join(match["label"].casefold().replace("_", " ").split())),
                    value=value,
                    turn=event.index,
                    start=match.start(),
                    end=match.end(),
                    labelled=labelled,
                )
    return tuple(sorted(found.values(), key=lambda fact: (fact.start, fact.end)))[-MAX_PER_MESSAGE:]


def bare(value: str) -> str:
    """A value without the quotes, brackets and full stop around it; inner ones stay."""
    text = value
    while True:
        before = text
        text = text.strip().rstrip(",;")
        if len(text) > 1 and (text[0], text[-1]) in _PAIRS:
            text = text[1:-1]
        elif (text.endswith(".") and not text.endswith("..")) or _dangles(text):
            text = text[:-1]
        if text == before:
            return text


def _dangles(text: str) -> bool:
    """Whether the text ends in a closing mark that nothing opened."""
    if not text or text[-1] not in _OPENERS or text[-1] in "'’":
        return False
    opener = _OPENERS[text[-1]]
    return text.count(opener) % 2 == 1 if opener == text[-1] else opener not in text


def latest(facts: Sequence[Fact], relations: Iterable[str], subject: str | None = "") -> Fact | None:
    """The newest fact whose label is, or ends in, one of the given words; within a message labelled lines win.

    Args:
        facts: facts, oldest first.
        relations: words in lower case; one fact is sought for all of them together.
        subject: only facts about this; None for any.
    """
    words = tuple(relations)
    best: Fact | None = None
    for fact in facts:
        if subject is not None and fact.subject != subject:
            continue
        if not any(fact.relation == word or fact.relation.endswith(f" {word}") for word in words):
            continue
        if best is None or (fact.turn, fact.labelled, fact.start) >= (best.turn, best.labelled, best.start):
            best = fact
    return best


def standing(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """The facts that hold: the newest of each label and subject, within a message the labelled one; oldest first."""
    newest: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        key = (fact.subject, fact.relation)
        old = newest.get(key)
        if old is None or (fact.turn, fact.labelled, fact.start) >= (old.turn, old.labelled, old.start):
            newest[key] = fact
    return tuple(sorted(newest.values(), key=lambda fact: (fact.turn, fact.start, fact.end)))


def superseded(facts: Sequence[Fact]) -> tuple[tuple[Fact, Fact], ...]:
    """Facts that no longer hold, each with the one that took its place; oldest first."""
    now = {(fact.subject, fact.relation): fact for fact in standing(facts)}
    pairs = [(fact, now[fact.subject, fact.relation]) for fact in facts]
    return tuple((old, new) for old, new in pairs if old is not new and old.value != new.value)
