"""JSON replies: an object shown in a prompt, cut into fixed text and holes.

The top level is flattened, so that an action inside a string becomes fixed
text and a hole; nested values stay whole, as holes with a template.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from constraints.reader.templates import Hole, Piece, Pieces, cut, join, marks, unquote_mark

_LONGEST = 4_000
_KEY = re.compile(r"\s*[\"']([^\"'\n]{1,60})[\"']\s*:\s*")
_DESCRIBES = re.compile(
    r"(?i)^(?:your?\b|my\b|the\b|an?\b|some\b|string$|str$|text$|word$|answer$|value$|\.{3}|…|$|"
    r"list of|one of|a single|explanation|reason|guess$|clue$)"
)


def objects(text: str) -> Iterator[tuple[int, int]]:
    """The outermost brace pairs of a text that look like JSON objects, as (start, end)."""
    at = text.find("{")
    while at >= 0:
        end = closing(text, at)
        if end is not None and _KEY.match(text, at + 1, at + 80):
            yield at, end
            at = text.find("{", end)
        else:
            at = text.find("{", at + 1)


def closing(text: str, start: int) -> int | None:
    """One past the bracket that closes the one at `start`; None when nothing does within reach."""
    depth = 0
    for match in re.finditer(r"[\[\]{}]", text[start : start + _LONGEST]):
        depth += 1 if match.group() in "[{" else -1
        if depth == 0:
            return start + match.end()
    return None


def cut_object(text: str, glossary: Mapping[str, str]) -> Pieces | None:
    """Cuts an object; None when it cannot be read."""
    if not (text.startswith("{") and text.endswith("}")):
        return None
    pieces: list[Piece] = ["{"]
    told = marks(re.sub(r"^\{|\}$", "", text), glossary)  # then plain words are fixed text
    at, end = 1, len(text) - 1
    while at < end:
        key = _KEY.match(text, at, end)
        if key is None:
            break
        value_start = key.end()
        value_end = _value_end(text, value_start, end)
        if len(pieces) > 1:
            pieces.append(", ")
        pieces.append(f'"{key.group(1)}": ')
        pieces.extend(_value(text[value_start:value_end].strip(), key.group(1).lower(), glossary, told))
        comma = text.find(",", value_end, end)
        if comma < 0 or text[value_end:comma].strip():
            at = end
            break
        at = comma + 1
    if len(pieces) == 1:
        return None
    return join([*pieces, "}"])


def _value_end(text: str, start: int, limit: int) -> int:
    """One past the value that begins at `start`."""
    if start >= limit:
        return limit
    first = text[start]
    if first in "[{":
        return min(closing(text, start) or limit, limit)
    if (
        first in "\"'"
        and text[start + 1 : start + 2] in "[{"
        and (end := closing(text, start + 1))
        and text[end : end + 1] in (first, ",", "}")
    ):
        return min(
            end + (text[end : end + 1] == first), limit
        )  # an object within quotation marks, closed in either order
    either = _EITHER.match(text, start, limit)
    if either:
        return either.end()
    if first in "\"'":
        at = start + 1
        while at < limit and text[at] != first:
            at += 2 if text[at] == "\\" else 1
        return min(at + 1, limit)
    stop = re.compile(r"[,}\n]").search(text, start, limit)
    return stop.start() if stop else limit


_TYPES = re.compile(
    r"(?i)^(?:an? |the |<)?(?:(string|str|text)|(integer|int|number|float)|(bool(?:ean)?|true\s?(?:\||/|or)\s?false))"
    r"(>?)(?:\s*(?:\||/|,|or)\s*(null|none))?(?: or null)?$"
)
_EITHER = re.compile(r"[\"'][^\"'\n]{1,40}[\"'](?:\s*(?:\||/|or)\s*[\"'][^\"'\n]{1,40}[\"']){1,19}")
_NUMBERS = re.compile(r"\[\s*-?\d{1,9}(?:\s*,\s*-?\d{1,9}){1,39}\s*\]")


def _typed(text: str, key: str) -> list[Piece]:
    """The pieces of a value that is told by its type, as in a schema; [] when it is not."""
    if _EITHER.fullmatch(text):
        return ['"', Hole(label=re.sub(r"[\"']", "", text), tag=key, inside="string"), '"']
    if _NUMBERS.fullmatch(text):
        return ["[", Hole(label=key, tag=key, sample=text[1:-1].strip()), "]"]
    match = _TYPES.match(text)
    if match is None:
        return []
    if match.group(1):
        return ['"', Hole(label=key, tag=key, inside="string"), '"']
    if match.group(3):
        return [Hole(label=key, tag=key, meaning="one of true, false")]
    if match.group(5) or "null" in text.lower():
        return [Hole(label=key, tag=key, sample="null")]
    return [Hole(label=key, tag=key, inside="json", meaning="number", template="1")]


def _value(text: str, key: str, glossary: Mapping[str, str], told: bool) -> list[Piece]:
    """The pieces of one value."""
    if text[:2] in ('"{', '"[', "'{") and len(text) > 20:
        shown = re.sub(r"([}\]])[\"'](?=[}\]]*$)", r"\1", text.strip("\"'"))
        return [Hole(label=key, tag=key, inside="json", template=shown)]
    if _EITHER.fullmatch(text):
        return _typed(text, key)
    inner = text[1:-1] if len(text) >= 2 and text[0] in "\"'" and text[-1] == text[0] else None
    if inner is not None and inner[:1] in ("{", "[") and inner[-1:] in ("}", "]") and len(inner) > 40:
        return [Hole(label=key, tag=key, inside="json", template=inner)]
    if inner is None:
        typed = _typed(text, key)
        if typed:
            return typed
        if marks(text, glossary) and text[0] not in "{[":
            return [Hole(label=unquote_mark(text), tag=key, inside="json", meaning=glossary.get(text, ""))]
        label = unquote_mark(text) if text[:1] in "{[" and len(text) < 60 and text in glossary else key
        return [Hole(label=label, tag=key, inside="json", meaning=glossary.get(text, ""), template=text or None)]
    found = cut(inner, glossary)
    if any(isinstance(piece, Hole) for piece in found):
        pieces = [
            piece if isinstance(piece, str) else replace(piece, tag=piece.tag or key, inside="string")
            for piece in found
        ]
        return ['"', *pieces, '"']
    if not told and _DESCRIBES.match(inner.strip()):
        return ['"', Hole(label=unquote_mark(inner), tag=key, inside="string"), '"']
    if not told and re.search(r"\||/|\bor\b", inner):
        return ['"', Hole(label=inner, tag=key, inside="string"), '"']
    return [f'"{inner}"']
