"""Hints: what partners said about a word, and which words somebody quotes.

Reads labels, quotation marks and plain messages in any wording. Knows no game.
"""

import re

from memory.events import Source
from planner.session import Session

HINT_LABELS = (
    "clue", "clues", "hint", "hints", "cue", "tip", "description", "describer", "says", "said", "partner", "message",
    "riddle", "definition", "meaning", "speaker", "giver", "statement", "describes", "shouts", "calls", "writes",
)  # fmt: skip
_ABOUT = "|".join(HINT_LABELS)
_LABELLED = re.compile(
    rf"^[\s\W]{{0,4}}(?:[\w'’]{{1,14}}\s){{0,4}}?(?:{_ABOUT})(?:\s[\w#]{{1,8}}){{0,2}}[\"'*\])]{{0,2}}\s*"
    r"(?:\bis\b|[:=→»-]|>>?|->)[\s:=>»-]*(?P<value>\S.*)$",
    re.IGNORECASE,
)
_TAGGED = re.compile(rf"<(?P<tag>(?:\w{{1,12}}_)?(?:{_ABOUT}))>(?P<value>[^<>\n]+)</(?P=tag)>", re.IGNORECASE)
_QUOTED_HINT = re.compile(rf"\b(?:{_ABOUT})\b[^\"“\n]{{0,30}}[\"“](?P<value>[^\"”\n]{{2,300}})[\"”]", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“'‘]([A-Za-z][A-Za-z '’-]{0,40}[A-Za-z])[\"”'’]")
_META = re.compile(
    r"\b(?:tries|try|attempts?|guess(?:es|ed)?|turns?|rounds?|left|remaining|wrong|incorrect|reply|answer|form|word\s+is"
    r"|your\s+(?:turn|move|guess)|begin|start|please|score|luck|score)\b|\?\s*$|[<$]\w|_HERE",
    re.IGNORECASE,
)


def heard_hints(session: Session) -> tuple[str, ...]:
    """Every hint of the partner's, oldest first; of the rules only what stands behind any example."""
    found: list[str] = []
    for event in session.memory.events:
        if event.source is Source.GAME:
            hint = hint_in(event.text, first=event.index == 0)
            if hint:
                found.append(hint)
    return tuple(dict.fromkeys(found))


def hint_in(text: str, *, first: bool) -> str:
    """The hint that a message carries; "" when it carries none.

    Args:
        text: the message.
        first: whether it holds the rules as well, so that only its end can be a hint.
    """
    block = text.strip()[-2_000:].split("\n\n")[-1] if first else text.strip()[-2_000:]
    for pattern in (_TAGGED, _QUOTED_HINT):
        matches = [match["value"] for match in pattern.finditer(block)]
        if matches:
            return _plain(matches[-1])
    labelled = [_plain(match["value"]) for line in block.split("\n") if (match := _LABELLED.match(line)) is not None]
    labelled = [value for value in labelled if value and not re.search(r"[<$]\w|_HERE", value)]
    if labelled:
        return labelled[-1]
    plain = [line.strip() for line in block.split("\n") if line.strip() and not _META.search(line)]
    return " ".join(plain) if 0 < len(plain) <= 3 and (not first or len(text) > len(block)) else ""


def _plain(value: str) -> str:
    return value.strip().strip("\"“”'‘’[](){}<>").strip()


def quoted_words(text: str) -> list[str]:
    """Short phrases in quotation marks, in order."""
    return [match.group(1) for match in _QUOTED.finditer(text)]
