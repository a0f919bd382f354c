"""How a free reply begins and ends: postscripts, closing phrases, fixed answers, repeated requests."""

import re
from collections.abc import Iterator

from constraints.reader.amounts import Found
from constraints.reader.quotation import plain, quotes
from constraints.reader.scan import Page, Sentence
from constraints.reader.words import number
from constraints.rulebook import RuleKind

_ORDINALS = {
    name: place
    for names in ("first second third fourth fifth sixth seventh eighth", "1st 2nd 3rd 4th 5th 6th 7th 8th")
    for place, name in enumerate(names.split(), 1)
}


def read_edges(page: Page, lower: str, sentence: Sentence) -> Iterator[Found]:
    """Beginnings, endings, postscripts, repeated requests, fixed answers."""
    text = sentence.text
    if _POSTSCRIPT.search(lower) and re.search(r"\bpost-?script|\b(?:add|include|end|starting|start|with)\b", lower):
        mark = re.search(r"P\.?\s?P\.?\s?S\.?|P\.?\s?S\.?", text)
        yield RuleKind.POSTSCRIPT, (mark.group().strip() if mark else "P.S.",), None, None
    yield from _beginnings(lower, text)
    ends = _ENDS.search(lower)
    if ends and "quotation marks" not in lower and (_REPLY.search(lower) or _WITH_WORDS.search(lower[ends.start() :])):
        stretch = page.text[sentence.start + ends.start() : sentence.start + ends.start() + 320]
        phrase = _phrase(plain(stretch), stretch)
        if phrase:
            yield RuleKind.ENDS, (phrase,), None, None
    options = _OPTIONS.search(lower)
    if options and re.search(r"\b(?:answer|respond|response|reply|contain|phrases?|options?|choose)\b", lower):
        stretch = plain(page.text[sentence.start + options.start() : sentence.start + options.start() + 400])
        given = [
            entry.text.strip() for entry in quotes(stretch) if entry.text.strip(" ,") and " " in entry.text.strip()
        ]
        given = given or _unquoted_options(page.text[sentence.start + options.start() :])
        if len(given) >= 2:
            yield RuleKind.PHRASES, tuple(dict.fromkeys(given)), None, None
    if _REPEAT.search(lower) and re.search(r"\bfirst|before|word for word|without change|then\b", lower):
        request = _request(page, sentence)
        if request:
            yield RuleKind.REPEAT_PROMPT, (request,), None, None


def _unquoted_options(stretch: str) -> list[str]:
    """Options that stand as sentences behind a colon ("Choose from: It is. It is not.")."""
    match = re.match(r"[^:.\n]{0,60}:\s*([A-Z][^\n]{3,300})", stretch)
    if match is None:
        return []
    told = [piece.strip() for piece in re.findall(r"[A-Z][^.!?\n]{2,60}[.!?]", match.group(1))]
    return told if 2 <= len(told) <= 6 and "".join(told).replace(" ", "") == match.group(1).replace(" ", "") else []


_POSTSCRIPT = re.compile(r"\bpost-?script\b|\bp\.?\s?s\.?\b")
_REPLY = re.compile(
    r"\b(?:response|reply|answer|letter|story|essay|it|poem|your|blog|email|exact|output|phrase|rap|song|"
    r"(?:last|final) (?:line|sentence))\b"
)
_ENDS = re.compile(
    r"\b(?:finish|end|conclude|close|ends|ending|finishing)\w*\b[^.\"']{0,70}\b(?:with|by|is|"
    r"be|saying|phrase)\b|\b(?:very )?(?:last|final) (?:line|sentence|words?|phrase|thing)\b|"
    r"\bexact(?:ly)? (?:this )?(?:ending )?phrase\b|\bvery end\b|"
    r"\bno (?:other )?words (?:should )?(?:follow|come)"
)
_WITH_WORDS = re.compile(
    r"^\w+\b[^.\"':]{0,40}\bwith\b[^.\"':]{0,30}\b(?:sentence|words?|phrase|line|statement|remark)s?:?\s+[\"']"
)
_OPTIONS = re.compile(
    r"\bone of (?:the |these |those )?(?:following|these|those|three|two|four|options|phrases|"
    r"choices|exact)\b|\bchoose (?:your answer )?from\b|\b(?:following|these|"
    r"three) (?:options|phrases|choices|answers)\b|\b(?:say|answer|reply|respond)(?: with)? either [\"']"
)
_REPEAT = re.compile(
    r"\b(?:repeat|say|write|copy|state|restate)\b(?=[^.]{0,60}\b(?:again|repeat|word for word|exactly|without change|"
    r"unchanged|verbatim)|(?<=repeat))[^.]{0,60}\b(?:request|prompt|sentence|question|instruction|text|above|below|"
    r"word for word|exactly)"
)
_ORDINAL = re.compile(
    r"\b(first|second|third|fourth|fifth|sixth|seventh|eighth|[1-8](?:st|nd|rd|th)|"
    r"\d) paragraph\b|\bparagraph (\d)\b"
)
_STARTS = re.compile(r"\b(?:start|begin)s?(?:ning|ing)?\b[^.\"']{0,40}\bwith\b")


def _beginnings(lower: str, text: str) -> Iterator[Found]:
    """How the reply, or one of its paragraphs, begins."""
    starts = _STARTS.search(lower)
    if starts is None:
        return
    ordinal = _ORDINAL.search(lower)
    quoted = [quote for quote in quotes(plain(text)) if quote.text.strip(" ,")]
    if ordinal:
        word = next((quote.text.strip() for quote in quoted if quote.start > starts.start()), None)
        word = word or _word_after(text, starts.end())
        place = _ORDINALS.get(ordinal.group(1) or "", 0) or number(ordinal.group(1) or ordinal.group(2) or "") or 1
        if word:
            yield RuleKind.PARAGRAPH_START, (word,), place, None
    elif len(quoted) >= 2 and re.search(r"['\"]\s*or\s*['\"]", text):
        yield RuleKind.STARTS, tuple(quote.text.strip() for quote in quoted), None, None
    elif len(quoted) == 1 and re.search(r"\w", quoted[0].text) and _TEXTS.search(lower):
        yield RuleKind.STARTS, (quoted[0].text.strip(),), None, None


_TEXTS = re.compile(
    r"\b(?:response|reply|answer|letter|story|essay|it|poem|blog|output|e-?mail|text|message|note|speech|post|article|"
    r"summary|review|description|paper)\b|^(?:please )?(?:start|begin)\b"
)
_TRAILER = re.compile(
    r"(?i)\s*(?:\.\s+|\n|\s)(?:no|nothing|do not|there should|and (?:no|do)|"
    r"without)\b[^\n]{0,80}\b(?:words?|phrase|else|follow|after|text|other)\b.*$",
    re.DOTALL,
)


def _phrase(stretch: str, original: str) -> str | None:
    """The phrase that a reply has to end with: quoted, after a colon, or after "phrase"."""
    quoted = next((quote.text.strip() for quote in quotes(stretch) if len(quote.text.split()) >= 2), None)
    if quoted is not None:
        return quoted
    match = re.match(r"[^:\n]{0,120}:\s*(\S[^\n]{1,120})", original) or re.match(
        r"(?i)[^:\n]{0,90}\bphrase,?\s+(?:of |is |that says )?([A-Z][^\n]{2,120})", original
    )
    if match is None:
        return None
    return _TRAILER.sub("", match.group(1)).strip() or None


def _word_after(text: str, at: int) -> str | None:
    match = re.match(r"\s*(?:the )?(?:word|phrase)?\s*[\"']?([A-Za-z][\w'-]*)", text[at:])
    return match.group(1) if match else None


def _request(page: Page, sentence: Sentence) -> str | None:
    """The request to be repeated: everything before the sentence that asks for it, or after its colon."""
    before, after = page.text[: sentence.start].strip(), page.text[sentence.end :].strip()
    if not before and not after:
        return sentence.text.partition(": ")[2].strip() or None
    if not before or sentence.text.rstrip().endswith(":") or re.search(r"\bbelow\b|following", sentence.lower):
        announced = _ANNOUNCED.search(after)
        if announced is not None:
            return after[announced.end() :].strip() or None
        parts = re.split(r"\n\s*\n", after)
        return parts[-1].strip() if len(parts) > 1 and _ABOUT_REPEATING.search(parts[0].lower()) else after or None
    return before


_ANNOUNCED = re.compile(r"(?i)\b(?:request|prompt|question|text|sentence)\b[^.:\n]{0,40}:\s+")
_ABOUT_REPEATING = re.compile(r"\b(?:repeat\w*|request|answer|before|do not|don't|change|character|word)\b")
