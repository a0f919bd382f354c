"""Goals: the conditions that a prompt wants to hold in the end.

Reads "the X on the Y" in prose and in lists, "make the X dented", "close the
X", "carry the X". Knows no world and no command.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from memory.world_reading import noun


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One condition.

    Attributes:
        thing: what it is about, in lower case without article.
        place: where the thing shall be; "" for a condition on its state.
        preposition: "in" or "on", as the prompt has it.
        state: what the thing shall be ("open", "dented"); "" for a condition on its place.
    """

    thing: str
    place: str = ""
    preposition: str = ""
    state: str = ""


_WORD = r"[^\W\d_][\w'’-]*"
_NAME = rf"(?:{_WORD})(?: {_WORD}){{0,3}}"
_DET = r"(?:the|a|an|your|my)"
_PLACED = re.compile(
    rf"(?<![\w])(?:{_DET} )(?P<thing>{_NAME}?) (?:(?:is|are|be|should be|must be|shall be|to be|lies?|ends? up|belongs?"
    rf"|goes|back) )?(?P<prep>in|inside|into|on|onto|upon|on top of|to|under) (?:top of )?{_DET} (?P<place>{_NAME}?)"
    r"(?=\s*(?:$|[,.;:!?\n)\"]|\band\b|\bwhen\b|\bbefore\b|\bthen\b|\bor\b|\bas\b|\bfor\b|\bto\b|\bafter\b))",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"^[\W\d]*(?P<thing>{_NAME}?)\s*(?P<prep>in|inside|into|on|onto|→|->|=>)\s*(?:{_DET} )?(?P<place>{_NAME})[.;,!]?$",
    re.IGNORECASE,
)
_PLAIN = rf"the(?: (?!and\b|the\b){_WORD}){{2,4}}"
_MADE = re.compile(
    rf"\b(?:make|turn|get|render)\s+(?P<list>{_PLAIN}(?:(?:\s*,\s*(?:and )?|\s+and\s+){_PLAIN})*)", re.IGNORECASE
)
_SWING = re.compile(
    rf"\b(?P<how>open|close|shut)\s+(?:{_DET}) (?P<thing>{_NAME}?)(?=\s*(?:$|[,.;!\n]|\band\b))", re.IGNORECASE
)
_CUE = re.compile(
    r"\b(?:goals?|objectives?|tasks?|aims?|missions?|achieve|should|must|ensure|see to it|want|need|until|in the end"
    r"|get these|belongs?|put|place|bring|deliver|carry|move|find|tidy|make)\b",
    re.IGNORECASE,
)
_SCENE = re.compile(
    r"^\W*(?:there (?:is|are)|you (?:see|are|find yourself|carry|take|have)|on|in|inside|this is|welcome)\b",
    re.IGNORECASE,
)
_STATES = re.compile(r"\b(?:is|are|lies?)\s+(?:now\s+)?(?:in|on|inside|under)\b", re.IGNORECASE)
_EXAMPLE = re.compile(
    r"^\s*(?:\W*(?:for example|example|e\.g\.|to illustrate)\b|[A-Z]\w{0,12}\s*[:>]|>)", re.IGNORECASE
)
_NO_THING = re.compile(
    r"\b(?:command|reply|line|turn|answer|format|text|message|form|action|thing|things|room|object|place|word|example"
    r"|game|goal|order|top|end|plan|time|moment|inventory|hands?|floor|one|same|following|first|next|single|form)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_CAPITAL = re.compile(r"\b[A-Z]{3,}\b")


@lru_cache(maxsize=256)
def read_goals(prompt: str) -> tuple[Goal, ...]:
    """The conditions stated in a prompt, each once; scenes, examples and lists of commands do not count."""
    found: dict[Goal, None] = {}
    listed: dict[Goal, None] = {}
    for sentence in _SENTENCE.split(prompt[:12000]):
        text = sentence.strip()
        if not text or _CAPITAL.search(text.split(":")[-1]) or re.search(r"[<\[{$]", text):
            continue
        cue = bool(_CUE.search(text))
        if _EXAMPLE.match(text) and not cue:
            continue
        if _SCENE.match(text) or (_STATES.search(text) and not cue):
            continue
        found.update(dict.fromkeys(_placed(text)))
        if cue:
            found.update(dict.fromkeys(_made(text)))
        bare = _BARE.match(text) if re.match(r"^\s*(?:[-*•]|\d+[.)])", text) else None
        if bare and not _placed(text):
            listed.update(dict.fromkeys(_kept(bare)))
    return tuple(found or listed)


def _placed(text: str) -> list[Goal]:
    return [goal for match in _PLACED.finditer(text) for goal in _kept(match)]


def _kept(match: re.Match[str]) -> list[Goal]:
    thing, place = noun(match["thing"]), noun(match["place"])
    if not thing or not place or _NO_THING.search(thing) or _NO_THING.search(place) or thing == place:
        return []
    preposition = "on" if match["prep"].casefold() in ("on", "onto", "upon", "on top of") else "in"
    return [Goal(thing=thing, place=place, preposition=preposition)]


def _made(text: str) -> list[Goal]:
    found: list[Goal] = []
    for match in _MADE.finditer(text):
        for part in re.split(r"\s*,\s*(?:and )?|\s+and\s+", match["list"]):
            words = noun(part).split()
            if len(words) >= 2 and not re.search(r"\b(?:in|on|into|onto|to|inside)\b", part):
                found.append(Goal(thing=" ".join(words[:-1]), state=words[-1]))
    for match in _SWING.finditer(text):
        thing = noun(match["thing"])
        if thing and not _NO_THING.search(thing):
            found.append(Goal(thing=thing, state="open" if match["how"].casefold() == "open" else "closed"))
    return found
