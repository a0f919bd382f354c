"""Targets: which place the game wants us to reach, if it names one.

Reads labels and prose in many wordings; the newest and surest naming wins.
"""

import re
from functools import lru_cache

from memory.events import Source
from memory.places import clean_name
from memory.store import Memory

_SURE = re.compile(
    r"\b(?:target|goal|destination|wanted|sought|secret|hidden|treasure|final)\b[ \w]{0,24}?"
    r"(?:\s*[:=→]\s*|\s+(?:is|was|would\s+be|lies\s+in|called|named)(?:\s+called|\s+named)?[\s:]+)(?P<name>[^\n.,;!?|]{1,60})"
    r"|\b(?:room|place)\s+(?:to\s+(?:find|reach|look\s+for|go\s+to)|you\s+(?:seek|want|need|are\s+looking\s+for))[\"'*\])]*"
    r"\s*(?:is|was|[:=→-]+)\s*(?P<find>[^\n.,;!?|]{1,60})"
    r"|\b(?:find|reach|seek|locate)\s+(?:the|this|a)\s+(?:room|place)[\"'*\])]*\s*[:=→-]+\s*(?P<sought>[^\n.,;!?|]{1,60})"
    r"|\b(?:target|goal|destination)\b[\"'*\])]*\s*[:=→-]+\s*[\"'*\[(]*(?P<label>[^\n.,;!?|]{1,60})",
    re.IGNORECASE,
)
_LIKELY = re.compile(
    r"\b(?:find|reach|locate|(?:look|search|head|aim|make)\s+for|(?:get|go|walk|way|travel|navigate|come)\s+to|arrive\s+(?:at|in)"
    r"|looking\s+for|searching\s+for|you\s+want|until\s+you\s+(?:are|stand|arrive)\s+(?:in|at)"
    r"|\bsomewhere\b[^.!?\n]{0,40}?\b(?:is|lies))\s+(?P<name>[^\n.,;!?|:\"=<>({$]{1,60})",
    re.IGNORECASE,
)
_EXAMPLE = re.compile(r"\bexamples?\b|illustrat|for\s+instance|might\s+go\s+like", re.IGNORECASE)
_START = re.compile(r"\b(?:let\s+us|let[’']s)\s+(?:start|begin|go)\b", re.IGNORECASE)
_NAMED = re.compile(r"^\s*(?:the\s+)?(?:room|place)\s+(?:named|called)\s+|^\s*is\s+", re.IGNORECASE)
_VAGUE = re.compile(
    r"(?:(?:target|goal|room|rooms|place|the|a|an|it|them|this|that|right|correct|named|given|specific|certain"
    r"|way|out|all|every|new|end|exit|next|another|one|other|neighbouring|neighboring|adjacent|your|you"
    r"|where|and|destination|location|is|each|any|some|unvisited|done|stop|finish|what|which|there|here|no"
    r"|more|nothing)(?:\s+|$))+$",
    re.IGNORECASE,
)

_NEXT_DOOR = re.compile(
    r"(?:an?\s+|the\s+)?(?:neighbou?ring|adjacent|next|adjoining|nearby|other|another)\b", re.IGNORECASE
)


def target_room(memory: Memory) -> str | None:
    """The name of the place to reach; None when the game names none."""
    return _target(tuple(event.text for event in memory.events if event.source is Source.GAME))


@lru_cache(maxsize=64)
def _target(texts: tuple[str, ...]) -> str | None:
    """The surest naming: the message's end before its rules, rules before examples, labels before prose."""
    best: tuple[float, int, int, str] | None = None
    for number, text in enumerate(texts):
        starts = [match.start() for match in _START.finditer(text)]
        end = max(0, text.rstrip().rfind("\n\n"), *starts[-1:])
        example = _EXAMPLE.search(text)
        for sure, pattern in ((1.0, _SURE), (0.0, _LIKELY)):
            for match in pattern.finditer(text):
                name = _named(match)
                if name is None:
                    continue
                last = end > 0 and match.start() >= end
                shown = example is not None and match.start() > example.start() and not last
                found = (sure + 2.0 * last - 2.0 * shown, number, match.start(), name)
                best = found if best is None or found[:3] >= best[:3] else best
    return best[3] if best is not None else None


def _named(match: re.Match[str]) -> str | None:
    written = next(group for group in match.groups() if group is not None)
    name, _ = clean_name(_NAMED.sub("", written))
    if not name or name.casefold().startswith("to ") or _VAGUE.match(name) or _NEXT_DOOR.match(name):
        return None
    return name
