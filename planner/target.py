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
    r"|\b(?:room|place)\s+(?:to\s+(?:find|reach|look\s+for|go\s+to)|you\s+(?:seek|want|need|are\s+looking\s+for))\s+(?:is|was)\s+"
    r"(?P<find>[^\n.,;!?|]{1,60})"
    r"|\b(?:target|goal|destination)\b[\"'*\])]*\s*[:=→-]+\s*[\"'*\[(]*(?P<label>[^\n.,;!?|]{1,60})",
    re.IGNORECASE,
)
_LIKELY = re.compile(
    r"\b(?:find|reach|locate|(?:look|search|head|aim|make)\s+for|(?:get|go|walk|way|travel|navigate|come)\s+to|arrive\s+(?:at|in)"
    r"|looking\s+for|searching\s+for|you\s+want)\s+(?P<name>[^\n.,;!?|:]{1,60})",
    re.IGNORECASE,
)
_NAMED = re.compile(r"^\s*(?:the\s+)?(?:room|place)\s+(?:named|called)\s+|^\s*is\s+", re.IGNORECASE)
_VAGUE = re.compile(
    r"(?:(?:target|goal|room|rooms|place|the|a|an|it|them|this|that|right|correct|named|given|specific|certain"
    r"|way|out|all|every|new|end|exit|next|another|one|other|neighbouring|neighboring|adjacent|your|you"
    r"|where|and|destination|location|is|each|any|some|unvisited|done|stop|finish|what|which|there|here|no"
    r"|more|nothing)(?:\s+|$))+$",
    re.IGNORECASE,
)


def target_room(memory: Memory) -> str | None:
    """The name of the place to reach; None when the game names none."""
    return _target(tuple(event.text for event in memory.events if event.source is Source.GAME))


@lru_cache(maxsize=64)
def _target(texts: tuple[str, ...]) -> str | None:
    for pattern in (_SURE, _LIKELY):
        for text in reversed(texts):
            names = [name for match in pattern.finditer(text) if (name := _named(match)) is not None]
            if names:
                return names[-1]
    return None


def _named(match: re.Match[str]) -> str | None:
    written = next(group for group in match.groups() if group is not None)
    name, _ = clean_name(_NAMED.sub("", written))
    if not name or name.casefold().startswith("to ") or _VAGUE.match(name):
        return None
    return name
