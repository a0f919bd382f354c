"""Reading scenes: what a description says of rooms, ways, things and where they are.

Reads many wordings of plain statements ("the X is on the Y", "on the Y: X, Z",
"the Y is closed", "you carry: X"). Knows no goal, no command and no game.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Says(StrEnum):
    """What a statement is about."""

    HERE = "here"  # we are in room `subject`
    WAYS = "ways"  # rooms `things` can be reached from here
    SEEN = "seen"  # `things` are here
    INSIDE = "inside"  # `things` are in or on `subject`, with `preposition`
    HELD = "held"  # we carry `things`
    ONLY_HELD = "only_held"  # we carry `things` and nothing else
    OPEN = "open"  # `subject` is open
    CLOSED = "closed"  # `subject` is closed
    STATE = "state"  # `subject` has become `things[0]`


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One thing that a description says.

    Attributes:
        says: what it is about.
        subject: the room or place; "" where there is none.
        things: what is there, in lower case without articles.
        preposition: "in" or "on" for INSIDE.
    """

    says: Says
    subject: str = ""
    things: tuple[str, ...] = ()
    preposition: str = ""


FLOOR = "floor"
_NP = r"(?P<{0}>[^;:.!?\n]{{1,60}}?)"
_MANY = r"(?P<things>[^;:.!?\n]{1,600}?)"
_IN = r"(?P<prep>in|inside|on|upon|on top of|within|under|atop)"
_WAY = r"(?:passage(?:way)?|door(?:way)?|exit|way|path|corridor|opening|archway|hallway|connection)s?"
_SPLIT = re.compile(r"(?<=[.!?])\s+|\n+")
_LIST = re.compile(r"\s*,\s*(?:and\s+|or\s+)?|\s+and\s+|\s+or\s+|\s*;\s*")
_ARTICLE = re.compile(r"^(?:(?:the|a|an|some|your|my|one|another|also|only|just|still|now)\s+)+")
_TAIL = re.compile(
    r"\s+(?:here|now|nearby|there|again|already|from here|in (?:the|this) room|next door|as well|too|inside it|on it"
    r"|in it|currently|in (?:your|the) (?:hands?|inventory)|with you)$"
)
_NOTHING = re.compile(r"^(?:no\b.*|nothing.*|none|empty|not .*|-+)$")
_HANDS = re.compile(r"^(?:your |my )?(?:hands?|inventory|bag|backpack|pockets?|possession)$")
_GROUND = re.compile(r"^(?:floor|ground|carpeted floor)$")
_STATUS = re.compile(r"^(?P<how>open|opened|closed|shut|locked)\s+(?P<name>.+)$")
_DENIED = re.compile(r"\b(?:not|cannot|never|no longer|unable)\b|n't\b|n’t\b")
_PREPOSITIONS = {"inside": "in", "within": "in", "upon": "on", "on top of": "on", "atop": "on"}


def _compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern) for pattern in patterns)


_WAYS = _compiled(
    rf"^(?:(?:there|here) (?:is|are) )?(?:(?!no )\w+ )?{_WAY}(?: here)?(?: (?:that )?(?:lead|leads|leading"
    rf"|go|goes|take you))?(?: (?:on|out|from here))?(?: (?:to|into|towards))? ?:? ?(?:is |are )?{_MANY}$",
    rf"^(?:from here,? )?(?:you|one) (?:can|could|may)(?: also)? (?:reach|go|walk|get|enter|move|visit|head"
    rf"|pass)(?: on)?"
    rf"(?: from here)?(?: (?:to|into))? ?:? {_MANY}$",
    rf"^(?:\w+ )?(?:next door|neighbou?ring(?: rooms)?|adjacent(?: rooms)?|connected(?: rooms)?"
    rf"|nearby(?: rooms)?)(?: are| is)?"
    rf" ?:? {_MANY}$",
    rf"^{_MANY} (?:is|are|lies?) (?:next door|through the door|adjacent)$",
    rf"^(?:next to|beside|adjoining|adjacent to) (?:this|the|your) (?:room|place|one)(?: (?:is|are|lies?))?"
    rf" ?:? {_MANY}$",
)
_HERE = _compiled(
    rf"^(?:ok(?:ay)?,? )?you(?: are|'re|’re| stand| find yourself| end up| have arrived| arrive| wake up"
    rf"| remain)(?: now| still"
    rf"| back| already| again| standing)*(?: in| at| inside| within| on) {_NP.format('room')}$",
    rf"^(?:you|we)(?: now| have)? (?:enter|entered|reach|reached|(?:walk|step|go|move|come|return"
    rf"|get)(?: back)? (?:in)?to) {_NP.format('room')}$",
    rf"^(?:this|here) is {_NP.format('room')}$",
    rf"^(?:\w+ )?(?:room|location|place|where you are) ?: ?{_NP.format('room')}$",
    rf"^welcome (?:back )?(?:to|in) {_NP.format('room')}$",
)
_INSIDE = _compiled(
    rf"^{_NP.format('subject')} (?:is|stands?|lies|sits|hangs)(?: (?:here|there|nearby|open))* ?[;,] ?{_IN} it"
    rf" ?(?:: ?|(?:there )?(?:is|are|lies?|you see) ){_MANY}$",
    rf"^{_NP.format('subject')} (?:is|stands?) (?:here|there|nearby)(?: open)?,? and (?:contains?|holds?)"
    rf"(?: ?:)? {_MANY}$",
    rf"^(?:there is|there are|you see|you find|you notice|here is|here stands) {_NP.format('subject')} ?[;,] ?{_IN} it"
    rf" ?(?:: ?|(?:there )?(?:is|are|lies?|you see) ){_MANY}$",
    rf"^{_IN} {_NP.format('subject')}(?: ?: ?|,? (?:there )?(?:is|are|lies?|sits?|stands?|you (?:can )?(?:see"
    rf"|find|notice|spot)):? )"
    rf"{_MANY}$",
    rf"^{_NP.format('subject')} (?:(?:is|stands) open and )?(?:contains?|holds?|has inside)(?: ?:)? {_MANY}$",
    rf"^(?:there (?:is|are|lies?)|you (?:can )?(?:see|find|notice|spot)) {_MANY} {_IN} {_NP.format('subject')}$",
    rf"^{_MANY} (?:is|are|lies?|sits?|stands?|rests?|hangs?)(?: now| still| lying"
    rf"| placed)? {_IN} {_NP.format('subject')}$",
    rf"^{_NP.format('subject')} (?P<prep>is) (?P<things>empty)$",
)
_HELD = _compiled(
    rf"^(?:in your (?:hands?|inventory|bag)|you (?:now |currently )?(?:carry|hold|are carrying|are holding)"
    rf"|inventory|carrying"
    rf"|holding)(?: you have| there (?:is|are))? ?:? {_MANY}$",
)
_TAKEN = _compiled(
    rf"^(?:taken|got|grabbed|picked up|in hand) ?: ?{_MANY}$",
    rf"^(?:you|ok,? you) (?:now )?(?:have|take|took|pick up|picked up|grab|grabbed|get|got) {_MANY}$",
    rf"^{_MANY} (?:is|are)(?: already| now)? in your (?:hands?|inventory|possession)(?: now| as .*)?$",
)
_SWUNG = _compiled(
    rf"^(?:there is|there are|you see|you find|you notice) {_NP.format('subject')} ?[;,] ?(?:it"
    rf"|which) is (?P<how>open|closed|shut|locked)$",
    rf"^{_NP.format('subject')} (?:is|are|stands?)(?: now| still| already| currently)? (?P<how>open|closed|shut"
    rf"|locked)(?: now)?(?: and .*)?$",
    rf"^you (?P<how>open|close|shut|unlock)(?: up)? {_NP.format('subject')}$",
    rf"^(?P<how>open|closed) (?:it is|now),? {_NP.format('subject')}$",
    rf"^(?P<how>opened|open|closed|shut) ?: ?{_NP.format('subject')}$",
)
_BECAME = _compiled(
    rf"^{_NP.format('subject')} (?:is|are|becomes?|has become|turns?)(?: now)? (?P<state>[\w-]{{2,30}})(?: now)?$"
)
_SEEN = _compiled(
    rf"^(?:there (?:is|are|lies?)|you (?:can )?(?:see|find|notice|spot)|lying (?:about|around|here)|here (?:is"
    rf"|are|lies?))"
    rf" ?:? {_MANY}$",
)


def noun(text: str) -> str:
    """A thing's name: lower case, without article, quotes and "here"."""
    name = re.sub(r"[\"'“”‘’`*_()\[\]{}]", "", text.casefold()).strip(" .,;:!?-")
    while True:
        before = name
        name = _TAIL.sub("", _ARTICLE.sub("", name)).strip(" .,;:!?-")
        if name == before:
            return name


def nouns(text: str) -> tuple[str, ...]:
    """The things of a list in prose; () for "nothing"."""
    names = (noun(part) for part in _LIST.split(text))
    return tuple(name for name in names if name and not _NOTHING.match(name) and len(name.split()) <= 5)


@lru_cache(maxsize=4096)
def read_scene(text: str) -> tuple[Statement, ...]:
    """What a message states, in its order."""
    found: list[Statement] = []
    for sentence in sentences(text):
        found += _read(sentence)
    return tuple(found)


def sentences(text: str) -> list[str]:
    """The sentences of a message, lower case, without the mark at the end and remarks in brackets."""
    parts = (re.sub(r"\s*\([^)]*\)", "", part) for part in _SPLIT.split(text.casefold()[:8000]))
    return [clean for part in parts if (clean := " ".join(part.split()).strip(" .!*->#"))]


def denied(sentence: str) -> bool:
    """Whether the sentence says that something is not so."""
    return _DENIED.search(sentence) is not None


def _read(sentence: str) -> list[Statement]:
    if denied(sentence) or sentence.endswith("?") or len(sentence) > 800:
        return []
    for read in (_read_ways, _read_held, _read_swung, _read_here, _read_inside, _read_seen, _read_became):
        statements = read(sentence)
        if statements:
            return statements
    return []


def _first(patterns: tuple[re.Pattern[str], ...], sentence: str) -> re.Match[str] | None:
    return next((match for pattern in patterns if (match := pattern.match(sentence))), None)


def _read_ways(sentence: str) -> list[Statement]:
    match = _first(_WAYS, sentence)
    things = nouns(match["things"]) if match else ()
    return [Statement(says=Says.WAYS, things=things)] if things else []


def _read_held(sentence: str) -> list[Statement]:
    match = _first(_HELD, sentence)
    if match:
        return [Statement(says=Says.ONLY_HELD, things=nouns(match["things"]))]
    match = _first(_TAKEN, sentence)
    things = nouns(match["things"]) if match else ()
    return [Statement(says=Says.HELD, things=things)] if things else []


def _read_swung(sentence: str) -> list[Statement]:
    match = _first(_SWUNG, sentence)
    if match is None:
        return []
    says = Says.OPEN if match["how"].startswith(("open", "unlock")) else Says.CLOSED
    name = _named(match["subject"])
    found = [Statement(says=Says.SEEN, things=(name,)), Statement(says=says, subject=name)]
    rest = re.search(r" and (?:contains?|holds?) (.+)$", sentence)
    if rest:
        found.append(Statement(says=Says.INSIDE, subject=name, things=nouns(rest[1]), preposition="in"))
    return found


def _read_inside(sentence: str) -> list[Statement]:
    match = _first(_INSIDE, sentence)
    if match is None:
        return []
    preposition = _PREPOSITIONS.get(match.groupdict().get("prep") or "in", match.groupdict().get("prep") or "in")
    subject, things = noun(match["subject"]), nouns(match["things"])
    if _HANDS.match(subject):
        return [Statement(says=Says.HELD, things=things)]
    if _GROUND.match(subject):
        return [Statement(says=Says.SEEN, things=things)] if things else []
    found: list[Statement] = []
    status = _STATUS.match(subject)
    if status:
        subject = status["name"]
        found.append(Statement(says=_swing(status["how"]), subject=subject))
    if not subject or " is " in f" {subject} ":
        return []
    preposition = "in" if preposition == "is" else preposition
    return [*found, Statement(says=Says.INSIDE, subject=subject, things=things, preposition=preposition)]


def _read_here(sentence: str) -> list[Statement]:
    match = _first(_HERE, sentence)
    room = noun(match["room"]) if match else ""
    return [Statement(says=Says.HERE, subject=room)] if room and len(room.split()) <= 5 else []


def _read_seen(sentence: str) -> list[Statement]:
    match = _first(_SEEN, sentence)
    found: list[Statement] = []
    for thing in nouns(match["things"]) if match else ():
        status = _STATUS.match(thing)
        found.append(Statement(says=Says.SEEN, things=(status["name"] if status else thing,)))
        if status:
            found.append(Statement(says=_swing(status["how"]), subject=status["name"]))
    return found


def _read_became(sentence: str) -> list[Statement]:
    match = _first(_BECAME, sentence)
    subject = noun(match["subject"]) if match else ""
    if match is None or not subject or len(subject.split()) > 4:
        return []
    return [Statement(says=Says.STATE, subject=subject, things=(match["state"],))]


def _swing(how: str) -> Says:
    return Says.OPEN if how.startswith("open") else Says.CLOSED


def _named(text: str) -> str:
    """A thing's name without "closed" before it."""
    name = noun(text)
    status = _STATUS.match(name)
    return status["name"] if status else name
