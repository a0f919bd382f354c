"""Counting the units of a free reply: words, sentences, paragraphs, bullets and their like.

Where people count differently ("don't" is one word or two), a bound holds only if it holds
either way.
"""

import re

from constraints.rulebook import Rule, RuleKind

SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]*]*(?:\s|$)")
BULLET = re.compile(r"^[ \t]*(?:\*(?!\*)|-)[ \t]*\S", re.MULTILINE)
_HIGHLIGHT = re.compile(r"\*[^\n*]+\*")
_PLACEHOLDER = re.compile(r"\[[^\[\]\n]+\]")
WORD = re.compile(r"[\w'’-]+")
_PIECE = re.compile(r"\w+")
_SHORTENED = re.compile(r"(?i)(?:^|[\s(])(?:mr|mrs|ms|dr|prof|st|jr|sr|vs|etc|e\.g|i\.e|no|p\.s|p\.p\.s|[a-z])\.$")


def ways(text: str, rule: Rule) -> tuple[int, int]:
    """How many of the rule's units a text has: by the way of counting that finds least, and most."""
    kind = rule.kind
    if kind is RuleKind.WORDS:
        counts = len(WORD.findall(text)), len(_PIECE.findall(text)), len(text.split())
        if rule.low == rule.high:
            return counts[0], counts[0]
        return min(counts), max(counts)
    if kind is RuleKind.SENTENCES:
        pieces = sentences(text)
        sure = sum(not _SHORTENED.search(piece) and re.search(r"[^\W\d_]{2}", piece) is not None for piece in pieces)
        return (len(pieces), len(pieces)) if rule.low == rule.high else (sure, len(pieces))
    if kind is RuleKind.CAPITAL_WORDS:
        words = [word for word in re.findall(r"[\w'-]+", text) if word.isupper()]
        parts = [word for word in re.findall(r"\w+", text) if word.isupper()]
        return min(len(words), len(parts)), max(len(words), len(parts))
    number = _plainly(text, rule)
    return number, number


def _plainly(text: str, rule: Rule) -> int:
    kind = rule.kind
    if kind is RuleKind.PARAGRAPHS:
        return len(paragraphs(text, rule.words[0] if rule.words else ""))
    if kind is RuleKind.BULLETS:
        return len(BULLET.findall(text))
    if kind is RuleKind.HIGHLIGHTS:
        return len(_HIGHLIGHT.findall(text))
    if kind is RuleKind.PLACEHOLDERS:
        return len(_PLACEHOLDER.findall(text))
    if kind is RuleKind.SECTIONS:
        return len(re.findall(rf"\b{re.escape(rule.words[0])}\s?\d+", text))
    return 0


def sentences(text: str) -> list[str]:
    """The sentences of a text, with their stops."""
    out: list[str] = []
    begin = 0
    for stop in SENTENCE_END.finditer(text):
        out.append(text[begin : stop.end()].strip())
        begin = stop.end()
    out.append(text[begin:].strip())
    return [piece for piece in out if re.search(r"\w", piece)]


def paragraphs(text: str, mark: str) -> list[str]:
    """The paragraphs of a text, parted by a mark or by blank lines."""
    pieces = re.split(r"\s?\*\*\*\s?", text) if mark == "***" else re.split(r"\n\s*\n", text)
    return [piece.strip() for piece in pieces if piece.strip()]
