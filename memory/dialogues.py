"""Dialogues shown as examples: what rules quote to show how a game might go, which is no part of this game.

Knows ordinary ways of leading up to an example and of telling speakers apart; knows no game.
"""

import itertools
import re

_LEAD = re.compile(
    r"\bexamples?\b|\billustrat|\bmight\s+(?:go|look|run|start|begin)|\bcould\s+(?:go|look|run)|\bfor\s+instance\b"
    r"|\bsample\b|\bimagine\b|\bsuppose\b|\bfictitious\b|\bhere\s+is\s+how\b",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"^\W{0,3}(?:you|me|game(?:\s*master)?|gm|master|host|player(?:\s*\w)?|partner|user|assistant|system|answer|reply|a|b|q)"
    r"\W{0,2}[\]>:»-]",
    re.IGNORECASE,
)
_LEAST_SPOKEN = 2


def without_dialogues(text: str) -> str:
    """The text without the dialogues that it shows as examples; what leads up to them goes as well."""
    kept: list[str] = []
    led = False
    for block in re.split(r"(\n[ \t]*\n)", text):
        lines = block.split("\n")
        start = next((place for place, line in enumerate(lines) if _opens(line)), None)
        end = _spoken_until(lines, start + 1 if start is not None else 0)
        if end and (start is not None or led):
            kept.append("\n".join([*lines[: start or 0], *lines[end:]]))
        else:
            kept.append(block)
        led = _opens(lines[-1]) if block.strip() else led
    return "".join(kept)


def _opens(line: str) -> bool:
    """Whether a line leads up to an example."""
    return line.rstrip().rstrip("*_").endswith((":", "…", "...")) and _LEAD.search(line) is not None


def _spoken_until(lines: list[str], start: int) -> int:
    """Where a dialogue that begins at `start` ends; 0 when there is none."""
    spoken = [place for place in range(start, len(lines)) if _SPOKEN.match(lines[place]) is not None]
    if len(spoken) < _LEAST_SPOKEN:
        return 0
    longest = max(later - earlier for earlier, later in itertools.pairwise(spoken))
    return min(len(lines), spoken[-1] + min(longest, 2))
