"""Wrapping that a whole prompt wears and no reply does: elements around its parts, a prefix before every line."""

import re
from collections import Counter
from collections.abc import Sequence

_OPEN = re.compile(r"\s*<([A-Za-z][\w-]{0,30})(?: [^<>\n]{0,80})?>")
_CLOSE = re.compile(r"</([A-Za-z][\w-]{0,30})>\s*$")
_PREFIX = re.compile(r"\s*(?:\[[^\[\]\n]{1,24}\]|<[^<>/\n]{1,24}>|\(?[A-Z][\w ]{0,18}\)?:|\||>|//|#)(?=\s|$)\s?")
_MASTER = re.compile(r"(?i)game ?master|moderator|master|host|system|narrator|referee|dealer|judge|gm\b|[|>/#]")
_LONG = 12
"""Words from which on the inside of an element is a part of the prompt rather than a shape of a reply."""


def unwrapped(lines: Sequence[str]) -> list[tuple[str, tuple[int, int]]]:
    """Every line with the stretch of it that is left when wrapping is taken off.

    Structural are elements that hold other elements or many words; a prefix is
    wrapping when most lines begin with it and it names no player.
    """
    bounds = [(0, len(line)) for line in lines]
    prefix = _shared_prefix(lines)
    if prefix:
        bounds = [
            ((match.end(), len(line)) if (match := _PREFIX.match(line)) and match.group().strip() == prefix else bound)
            for line, bound in zip(lines, bounds, strict=True)
        ]
    for name, first, last in _elements(lines):
        if first == last:
            opened, closed = _OPEN.match(lines[first]), _CLOSE.search(lines[first])
            if opened and closed:
                bounds[first] = (opened.end(), closed.start())
            continue
        for index, pattern in ((first, _OPEN), (last, _CLOSE)):
            match = pattern.match(lines[index]) if pattern is _OPEN else pattern.search(lines[index])
            if match is None or match.group(1) != name:
                continue
            start, end = bounds[index]
            bounds[index] = (max(start, match.end()), end) if pattern is _OPEN else (start, min(end, match.start()))
    return list(zip(lines, bounds, strict=True))


def _shared_prefix(lines: Sequence[str]) -> str:
    """The prefix that at least four of five lines begin with, three lines at least; "" for none."""
    filled = [line for line in lines if line.strip()]
    heads = Counter(match.group().strip() for line in filled if (match := _PREFIX.match(line)))
    if not heads:
        return ""
    head, count = heads.most_common(1)[0]
    return head if count >= 3 and 5 * count >= 4 * len(filled) and _MASTER.search(head) else ""


def _elements(lines: Sequence[str]) -> list[tuple[str, int, int]]:
    """The structural elements: name, first and last line."""
    if not any("</" in line for line in lines):
        return []
    stack: list[tuple[str, int]] = []
    found: list[tuple[str, int, int]] = []
    for index, line in enumerate(lines):
        opened = _OPEN.match(line)
        closed = _CLOSE.search(line)
        if opened and closed and opened.group(1) == closed.group(1):
            inner = line[opened.end() : closed.start()]
            if (
                len(inner.split()) >= 5
                and "<" not in inner
                and (len(inner.split()) >= _LONG or inner.rstrip().endswith((".", "!", "?")))
            ):
                found.append((opened.group(1), index, index))
            continue
        if opened:
            stack.append((opened.group(1), index))
        if closed:
            match = next((place for place in reversed(range(len(stack))) if stack[place][0] == closed.group(1)), None)
            if match is not None:
                name, first = stack[match]
                words = sum(len(entry.split()) for entry in lines[first : index + 1])
                del stack[match:]
                if words >= _LONG + 4:
                    found.append((name, first, index))
    return found
