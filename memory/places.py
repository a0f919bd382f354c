"""Places: reading from a game's message where we are and which ways lead on.

Reads many wordings and hinges on none: where no wording names the place, the
sighting keeps the message's text, and the map compares messages. Knows no
policy and keeps no map.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memory.exits import read_exits

READ_CHARACTERS = 6000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """Where a message says we are.

    Attributes:
        room: the place's name as written; "" when the message names none or only says "another room".
        exits: the ways that lead on, as written.
        turn: index of the message.
        text: the part of the message that was read, without earlier examples.
        refused: true when the message says that the move before it was not possible.
    """

    room: str
    exits: tuple[str, ...]
    turn: int
    text: str
    refused: bool = False


_SEGMENT = re.compile(r"[^.!?;,|\n…]+[.!?;,|\n…]?")
_STATE = (
    r"(?:are|'re|’re|stand|find|wake|start|begin|remain|stay|end|wind|step(?:ped)?|walk(?:ed)?|move[d]?|go|went"
    r"|c[ao]me|arrived?|got|get|made?|make|have|'ve|’ve|return(?:ed)?|turn(?:ed)?|land(?:ed)?|pass(?:ed)?|head(?:ed)?)"
)
_NAME = r"\s+(?P<name>\S[^\n]{0,119})$"
_PATTERNS = tuple(
    re.compile(pattern + (_NAME if "(?P<name>" not in pattern else ""), re.IGNORECASE)
    for pattern in (
        rf"\b(?:you|we|i)(?:\s+(?:now|still|currently|again|then|just|both|all))?\s*{_STATE}\b(?:\s+[\w'’-]{{1,20}}){{0,7}}?\s+(?:into|inside|in|within|onto|at|to|entered|reached)",
        r"\b(?:you|we)(?:\s+(?:have|now|just|then)){0,2}\s+(?:enter|reach|visit)(?:ed)?",
        r"^\W*(?:this|here|that)(?:\s+\w{1,12})?\s+(?:is|lies|must\s+be)",
        r"^\W*it(?:\s+is|'s|’s)",
        r"\b(?:brings?|takes?|leads?|brought|took|led)\s+(?:you|us)\s+(?:on|back)?\s*(?:in)?to",
        r"\bwelcome(?:\s+back)?\s+(?:to|in)",
        r"^\W*(?:(?:ok|okay|now|still|again|back|done|moved|stepped|went|currently|standing|and|then)\b[\s:]*)*"
        r"(?:arrived?(?:\s+(?:in|at))?|arriving|entering|entered|inside|within|in|at|into|reached|reaching)\b\s*:?",
        r"^[\W_]*(?:[\w'’]{1,20}[ _]){0,3}(?:room|location|place|position|area|spot|chamber|site|scene|whereabouts|here"
        r"|at|loc|where|station|stop|square)[\"'*\])]*\s*(?:\bis\b|[:=>→–—-])[\s:=>→–—-]*(?P<name>\S[^\n]{0,119})$",
        r"<(?:\w{1,20}_)?(?:room|location|place|position|area|here)>(?P<name>[^<>\n]{1,80})</",
    )
)
_NOT_NOW = re.compile(
    r"\b(?:can|could|may|might|must|should|need|want|will|would|shall|if|when|once|whenever|until|try|cannot|to\s+(?:move"
    r"|go|get|find|reach)|decide|please|target|goal|destination|replace|answer|reply|use)\b",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:not\s+(?:valid|possible|allowed|available|an?\s+exit|open|work)|invalid|impossible|cannot|can[’']t|could\s*n[o'’]t"
    r"|blocked|no\s+(?:door|exit|way|path|passage|such)|wall|bump|nothing\s+there|still|remain|stays?|stayed"
    r"|locked|closed|illegal|unavailable|did(?:n[’']t|\s+not)\s+(?:move|work|lead)|does(?:n[’']t|\s+not)|failed|stuck)\b",
    re.IGNORECASE,
)
_TAIL = re.compile(
    r"\s+(?:and|with|where|from|which|whose|that|now|again|by|after|but|having|via|when|as|for)\b.*$"
    r"|\s*[(\[{<>=:→].*$|\s+[-–—]+\s.*$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"^(?:(?:the|a|an|your|our|another|some)\s+)+", re.IGNORECASE)
_NAMELESS = re.compile(
    r"^(?:(?:a|an|the|this|that|some|new|next|other|another|different|same|current|starting|start|neighbou?ring|adjacent"
    r"|unknown|first|single|one)\s+)*(?:room|place|location|area|chamber|one|spot|it|there|here|position|steps?|moves?"
    r"|next|turn|form|format|shape|layout|style|manner|game|maze|house|building|map|dungeon|start|exits?|directions?|following|order|total|ways?|which|where)?$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"[(\[]?\b\d{1,3}\s+(?:more\s+)?(?:turn|move|step|repl|tr|round|command|action)\w{0,3}\s+(?:are\s+)?(?:left|remaining|to\s+go)\b[)\]]?",
    re.IGNORECASE,
)
"""Counts of what is left, in which "left" is no way on."""
_HEADING = re.compile(r"\s*(?:[A-Z0-9][\w'’-]*)(?:\s+[\w'’-]+){0,3}\s*$")
_WAYS_FOLLOW = re.compile(r"\s*(?:the\s+)?(?:exits?|ways?|doors?|paths?|directions?|available)\b", re.IGNORECASE)
_ANY = re.compile(r"(?:each|every|all|any|no|which|what|how)\b", re.IGNORECASE)
_TRIM = " \t\r\n\"'“”‘’`*_[](){}.,;:!?|="


def read_sighting(text: str, options: Sequence[str] = (), *, turn: int) -> Sighting | None:
    """Reads the last sighting of a message; None when it speaks of no place and no ways on.

    Args:
        text: the game's message.
        options: what the rulebook understood to be offered in it.
        turn: index of the message.
    """
    tail = _COUNTED.sub(lambda found: " " * len(found.group()), text[-READ_CHARACTERS:])
    names = list(_names(tail))
    for start, end, room in reversed(names):
        exits = read_exits(tail[end:], options) or _before(tail, start, names, options)
        if exits:
            return _sighting(tail, start, room, exits, turn)
    start, room = (names[-1][0], names[-1][2]) if names else (_last_block(tail), "")
    around = max(0, tail.rfind("\n\n", 0, start))
    exits = read_exits(tail[around:], options if room else ())
    if not room and not exits:
        return None
    return _sighting(tail, min(start, around) if exits else start, room, exits, turn)


def _before(tail: str, start: int, names: Sequence[tuple[int, int, str]], options: Sequence[str]) -> tuple[str, ...]:
    """Ways on that stand before the place, on the same line and behind no other place."""
    line = tail.rfind("\n", 0, start) + 1
    if any(line <= other < start for other, _, _ in names):
        return ()
    return read_exits(tail[line:start], options)


def _sighting(tail: str, start: int, room: str, exits: tuple[str, ...], turn: int) -> Sighting:
    before = max(0, tail.rfind("\n\n", 0, start), start - 160)
    refused = turn > 0 and bool(_REFUSED.search(tail[before : start + 80]))
    return Sighting(room=room, exits=exits, turn=turn, text=tail[start:], refused=refused)


def _names(text: str) -> Iterator[tuple[int, int, str]]:
    """Every place named as ours: where the naming starts and ends, and the name ("" for "another room")."""
    for match in _SEGMENT.finditer(text):
        segment = match.group()
        if len(segment) > 300 or segment.endswith("?"):
            continue
        body = segment.rstrip(" .!;,|\n…")
        for pattern in _PATTERNS:
            found = pattern.search(body)
            if found is None or _NOT_NOW.search(body[: found.start("name")]):
                continue
            name, end = clean_name(found["name"])
            if name is not None:
                yield match.start(), match.start() + found.start("name") + end, name
                break
        else:
            if segment[-1] in ";|" and _HEADING.match(body) and _WAYS_FOLLOW.match(text, match.end()):
                yield match.start(), match.end(), body.strip(_TRIM)


def clean_name(written: str) -> tuple[str | None, int]:
    """The name at the beginning of a stretch of text, and how far it was read.

    Returns:
        the name, "" when it only says "another room", None when it is no name; and the characters read.
    """
    cut = _TAIL.search(written.rstrip(_TRIM), 1)
    end = cut.start() if cut is not None else len(written)
    name = _ARTICLE.sub("", written[:end].strip(_TRIM)).strip(_TRIM)
    if _ANY.match(name):
        return None, end
    if _NAMELESS.match(written[:end].strip(_TRIM)):
        generic = re.search(r"\b(?:room|place|location|area|chamber|spot)\b", written[:end], re.IGNORECASE)
        return ("" if generic else None), end
    if not name or len(name.split()) > 5 or not any(letter.isalnum() for letter in name):
        return None, end
    return name, end


def _last_block(text: str) -> int:
    """Where the last paragraph starts that has words in it."""
    stripped = text.rstrip()
    return max(0, stripped.rfind("\n\n"))
