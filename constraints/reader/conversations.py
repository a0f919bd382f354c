"""A conversation that a message quotes as matter to judge: what its people say states no form."""

import re
from collections import Counter

from constraints.reader.regions import Region
from constraints.reader.scan import Page

_NAMED = re.compile(r"^\W{0,2}([A-Z][a-z'’.-]+(?: [A-Z][a-z'’.-]*){0,2})\W{0,2}:\W{0,3}\s(?=\S)")
_MARKED = re.compile(r"[<\[{]\s?[\w' -]{1,30}\s?[>\]}]\s*$|\$[A-Za-z]")
_ROLE = re.compile(
    r"(?i)\b(?:question|answer|input|output|example|note|rules?|reply|response|guess|clue|hint|word|player|you|game|master|"
    r"feedback|target|explanation|options|context|task|format)\b"
)
_FEWEST_LINES = 3


def conversation(page: Page) -> frozenset[int]:
    """Indices of the lines of quoted conversations, what stands between their lines included.

    A conversation has at least three lines behind names, of at least two people, one of whom speaks twice.
    """
    lines: set[int] = set()
    run: list[tuple[int, str]] = []
    for line in page.lines:
        if not line.text or line.region is Region.EXAMPLE:
            lines |= _spoken(run)
            run = []
            continue
        match = _NAMED.match(line.text)
        name = match.group(1) if match else ""
        if match and not _ROLE.search(name) and not _is_template(line.text[match.end() :]):
            run.append((line.index, name))
    return frozenset(lines | _spoken(run))


def _is_template(said: str) -> bool:
    """Whether what stands behind a name is a placeholder and nothing else."""
    return bool(_MARKED.search(said)) and len(said.split()) <= 4


def _spoken(run: list[tuple[int, str]]) -> set[int]:
    """The lines from the first to the last of one run, when it is a conversation."""
    spoken = Counter(name for _, name in run)
    if len(run) < _FEWEST_LINES or len(spoken) < 2 or max(spoken.values()) < 2:
        return set()
    return set(range(run[0][0], run[-1][0] + 1))
