"""Mending free replies: each general instruction met by the smallest change of the text."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from constraints import free_units as units
from constraints.free import judge
from constraints.free_counts import paragraphs, sentences
from constraints.morphology import finder, found
from constraints.rulebook import Rule, RuleKind

Mend = Callable[[str, Rule], str]
ROUNDS = 3
"""How often all mends are tried: one may undo another."""
MOST_UNITS = 400
"""More units than these are asked for in jest or in malice; no mend makes them."""


def mend_free(text: str, rules: tuple[Rule, ...]) -> str | None:
    """The text changed until it keeps the rules; None when some rule is out of reach without a model."""
    mended = nearest(text, rules)
    return mended if mended and not judge(mended, rules) else None


def nearest(text: str, rules: tuple[Rule, ...]) -> str:
    """The text changed so that it breaks as few rules as can be had without a model."""
    best = text.strip()
    fewest = len(judge(best, rules))
    mended = best
    for _ in range(ROUNDS):
        if not fewest or not mended:
            break
        mended = _mended(mended, rules)
        left = len(judge(mended, rules))
        if mended and left < fewest:
            best, fewest = mended, left
    return best


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More text that a draft needs.

    Attributes:
        request: what to ask the model for.
        joint: what to put between the draft and its answer.
    """

    request: str
    joint: str


def extension(text: str, rules: tuple[Rule, ...]) -> Extension | None:
    """What to ask for when a draft is too short; None when it is not."""
    for rule in rules:
        short = rule.low is not None and judge(text, (replace(rule, high=None),))
        if rule.kind is RuleKind.TWO_RESPONSES and judge(text, (rule,)):
            request = "Now give a second reply to my request, different from the first. Write only that reply."
            return Extension(request=request, joint=f"\n{rule.words[0]}\n")
        if rule.kind in (RuleKind.WORDS, RuleKind.SENTENCES, RuleKind.PARAGRAPHS) and short:
            request = "Go on with your reply from where it stopped. Write only what follows."
            return Extension(request=request, joint="\n\n" if rule.kind is RuleKind.PARAGRAPHS else " ")
    return None


def _mended(text: str, rules: tuple[Rule, ...]) -> str:
    for kind, mend in _ORDER:
        for rule in rules:
            if rule.kind is kind and text and (rule.low or 0) <= MOST_UNITS and judge(text, (rule,)):
                text = mend(text, rule)
    return text


def _without(text: str, rule: Rule) -> str:
    """The text without the sentences that hold a forbidden word; of a text full of them, without the words."""
    kept = "\n".join(
        " ".join(one for one in sentences(line) if found(one, rule.words) is None) if found(line, rule.words) else line
        for line in text.split("\n")
    ).strip()
    if len(kept) > 0.4 * len(text):
        return kept
    pattern = finder(rule.words)
    for _ in range(200):
        hit = pattern.search(text)
        if hit is None:
            break
        start, end = hit.span()
        while start > 0 and text[start - 1].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum():
            end += 1
        text = text[:start].rstrip(" ") + text[end:]
    return text.strip()


def _to_json(text: str, rule: Rule) -> str:
    """The JSON value within the text, closed where it was cut off; else the text as a value."""
    begin = text.find("{")
    body = text[begin:] if begin >= 0 else ""
    for candidate in (body[: body.rfind("}") + 1], *(_closed(body, cut) for cut in _cuts(body))):
        try:
            if candidate and isinstance(json.loads(candidate), dict):
                return candidate
        except (ValueError, RecursionError):
            continue
    return json.dumps({"response": text}, ensure_ascii=False, indent=1)


def _cuts(body: str) -> list[int]:
    """Where an unfinished value may be broken off, the latest first."""
    return [len(body), *(match.start() for match in reversed(list(re.finditer(",", body[:20_000]))[-12:]))]


def _closed(body: str, cut: int) -> str:
    """The beginning of a value with every open string, list and object closed."""
    ends: list[str] = []
    quoted = escaped = False
    for char in body[:cut]:
        if quoted:
            quoted, escaped = escaped or char != '"', char == "\\" and not escaped
        elif char == '"':
            quoted, escaped = True, False
        elif char in "{[":
            ends.append("}" if char == "{" else "]")
        elif char in "}]" and ends:
            ends.pop()
    return body[:cut].rstrip() + ('"' if quoted else "") + "".join(reversed(ends))


def _two(text: str, rule: Rule) -> str:
    """The two halves of the text, parted by the mark."""
    mark = rule.words[0]
    pieces = [piece.strip() for piece in re.split(re.escape(mark) + r"\**", text) if piece.strip()]
    if len(pieces) < 2:
        parted = re.split(r"(?im)^\W*(?:response|version|answer|option|reply)\W{0,3}(?:2|two|b)\b\W*", text, maxsplit=1)
        pieces = [piece.strip() for piece in parted if piece.strip()]
    pieces = list(dict.fromkeys(pieces))
    if len(pieces) < 2:
        pieces = units.divided(pieces, 2) or pieces
    if len(pieces) < 2:
        return text
    return f"{pieces[0]}\n{mark}\n{' '.join(pieces[1:])}"


def _quoted(text: str, rule: Rule) -> str:
    return '"' + text.strip().strip('"') + '"'


def _ends(text: str, rule: Rule) -> str:
    if len(text) > 1 and text[0] == text[-1] == '"':
        return f'{text[:-1].rstrip()}\n\n{rule.words[0]}"'
    at = text.lower().rfind(rule.words[0].lower())
    if at > 0 and len(text) - at - len(rule.words[0]) < 80:
        return text[: at + len(rule.words[0])]  # a few words too many behind it
    return f"{text.rstrip()}\n\n{rule.words[0]}"


def _paragraph_start(text: str, rule: Rule) -> str:
    place = rule.low or 1
    pieces = units.divided(paragraphs(text, ""), place)
    if pieces is None:
        return text
    first = pieces[place - 1]
    pieces[place - 1] = f"{rule.words[0]} {first[0].lower() + first[1:] if len(first) > 1 else first}"
    return "\n\n".join(pieces)


def _titled(text: str, rule: Rule) -> str:
    words = re.findall(r"[\w'’-]+", text)[:5]
    return f"<<{' '.join(words) or 'title'}>>\n\n{text}"


_ORDER: tuple[tuple[RuleKind, Mend], ...] = (
    (RuleKind.FORBIDDEN_WORDS, _without),
    (RuleKind.SENTENCES, units.other_sentences),
    (RuleKind.WORDS, units.fewer_words),
    (RuleKind.TWO_RESPONSES, _two),
    (RuleKind.PARAGRAPHS, units.other_paragraphs),
    (RuleKind.SECTIONS, units.sections),
    (RuleKind.BULLETS, units.bullets),
    (RuleKind.PARAGRAPH_START, _paragraph_start),
    (RuleKind.KEYWORDS, units.keywords),
    (RuleKind.PLACEHOLDERS, units.placeholders),
    (RuleKind.LETTER_COUNT, units.letters),
    (RuleKind.PHRASES, lambda text, rule: f"{text.rstrip()} {rule.words[0]}"),
    (RuleKind.CAPITAL_WORDS, units.capital_words),
    (RuleKind.HIGHLIGHTS, units.highlights),
    (RuleKind.TITLE, _titled),
    (RuleKind.STARTS, lambda text, rule: f"{rule.words[0]} {text}"),
    (RuleKind.REPEAT_PROMPT, lambda text, rule: f"{rule.words[0].strip()}\n{text}"),
    (RuleKind.POSTSCRIPT, lambda text, rule: f"{text.rstrip()}\n\n{rule.words[0]} Thank you for reading."),
    (RuleKind.ENDS, _ends),
    (RuleKind.NO_COMMAS, lambda text, rule: text.replace(",", "")),
    (RuleKind.LOWERCASE, lambda text, rule: text.lower()),
    (RuleKind.CAPITALS, lambda text, rule: text.upper()),
    (RuleKind.JSON, _to_json),
    (RuleKind.QUOTED, _quoted),
)
