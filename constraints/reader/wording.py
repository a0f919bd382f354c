"""Words that a free reply must or must not hold, and letters counted in it."""

import re
from collections.abc import Iterator

from constraints.reader.amounts import Found, bounds, repeated
from constraints.reader.quotation import quotes
from constraints.reader.words import split_list, unquote
from constraints.rulebook import RuleKind

_KEYWORD_CUE = re.compile(
    r"\b(?:include|includes|including|contain|contains|mention|use|using|has|have|add|with|employ|feature|work|weave|fit|"
    r"incorporate|make sure|appear|appears|occurs?|insert)\b[^.]{0,50}?\b(?:keywords?|words?|phrases?|"
    r"terms?|names?)\b|\bmention(?:s|ing)?\s+[\"']"
)


_AVOID = re.compile(
    r"\b(?:do not|don't|never|avoid|without|not|exclude|refrain from|no|forbidden|can't|isn't|mustn't|"
    r"steer clear of|(?:stay|keep) (?:away from|off|clear of)|leave out|omit|ban(?:s|ned)?|skip|free of|cannot)\b"
    r"(?:(?! and | but |,)[^.]){0,50}\b(?:keywords?|words?|terms?|phrases?|say|mention)\b|"
    r"\b(?:keywords?|words?)\b[^.]{0,60}\b(?:not allowed|forbidden|should not|must not|"
    r"cannot|can't|avoided)\b"
)


def read_words(lower: str, text: str) -> Iterator[Found]:
    """Letters and hashtags to be counted, words to be used or avoided."""
    yield from _counted_letters(lower)
    listed = _listed_words(lower, text)
    split = _BUT_WITHOUT.search(text)
    if split and listed:
        barred = _listed_words(lower[split.start() :], text[split.start() :])
        listed = tuple(word for word in listed if word not in barred)
        if barred:
            yield RuleKind.FORBIDDEN_WORDS, barred, None, None
        lower = lower[: split.start()]
    if not listed:
        return
    if _AVOID.search(lower) and not re.search(r"\btimes\b", lower):
        yield RuleKind.FORBIDDEN_WORDS, listed, None, None
        return
    times = repeated(lower)
    if times and re.search(r"\bword|keyword|phrase|appear|mention|include", lower):
        for word in listed:
            yield RuleKind.KEYWORDS, (word,), times[0], times[1]
    elif _KEYWORD_CUE.search(lower) and not _ELSEWHERE.search(lower):
        yield RuleKind.KEYWORDS, listed, 1, None


_BUT_WITHOUT = re.compile(r"(?i),? (?:but |and )?(?:without|avoiding|never|but not)\b")
_ELSEWHERE = re.compile(
    r"\b(?:(?:start|begin|end|finish)(?:s|ing)?\b[^.]{0,40}\b(?:words?|phrase|keyword)|"
    r"such as|titled|in between|separated by)\b"
)
_LETTER = re.compile(
    r"\b(?:letters?|characters?|alphabets?)\s+[\"'(]?([a-z#!])[\"')]?(?:'?s)?(?=\W|$)|"
    r"[\"']([a-z#!])[\"'](?:'?s)?\b"
)


def _counted_letters(lower: str) -> Iterator[Found]:
    letter = _LETTER.search(lower)
    if letter and (re.search(r"\btimes?\b|\boccurrences?\b|\btwice\b|\bonce\b", lower) or "letter" in lower):
        mark = re.escape(letter.group(1) or letter.group(2))
        found = repeated(lower) or bounds(lower, rf"(?:letters?\s+)?[\"']?{mark}\b|letters?\b")
        if found is None and re.search(
            rf"(?:\b(?:no|without|avoid|not|never|any)\b|n't\b)[^.]{{0,40}}\bletters?\s+[\"'(]?{mark}", lower
        ):
            found = (None, 0)
        if found and not (found[0] == found[1] == 1):
            yield RuleKind.LETTER_COUNT, (letter.group(1) or letter.group(2),), found[0], found[1]
    hashtags = bounds(lower, r"hash ?tags?\b") if "hash" in lower else None
    if hashtags:
        yield RuleKind.LETTER_COUNT, ("#",), hashtags[0], hashtags[1]


_BARE = re.compile(
    r"(?i)\b(?:the |a )?(?:key)?word\s+[\"']?([a-z][a-z'-]{1,30})[\"']?\s+(?:\(|should|must|has|have|needs?|"
    r"ought|is to|are to|shall|occurs?|appears?|at least|in (?:your|the)|less|more|exactly|for|to appear|twice|once|"
    r"\d)|\b(?:mention|use|say|include|mentioning|using|saying|including)\s+([a-z][a-z'-]{2,30})\s+"
    r"(?:(?:at least|at most|less than|more than|fewer than|exactly|no more than)\s+(?:\w+ times|once|twice)|"
    r"(?:once|twice)\b)"
)


_NOT_WORDS = re.compile(
    r"\b(?:further|other|more|extra|additional) words?\b|\b(?:that|this|one|each|every|same|single) word\b"
)


def _listed_words(lower: str, text: str) -> tuple[str, ...]:
    """The words that a sentence lists: quoted, after a colon, or plainly named."""
    if _NOT_WORDS.search(lower):
        return ()
    quoted = [quote.text.strip(" .,") for quote in quotes(text) if 0 < len(quote.text.split()) <= 4]
    after = re.search(r"(?i)\b(?:key)?words?\b[^:.]{0,60}:\s*([^.\n]{2,300})", text)
    listed = list(split_list(after.group(1))) if after and not quoted and '"' not in after.group(1) else quoted
    listed = [unquote(word) for word in listed if 0 < len(word.split()) <= 4 and re.search(r"\w", word)]
    if not listed and (_AVOID.search(lower) or _KEYWORD_CUE.search(lower)):
        listed = _unquoted_words(text)
    bare = _BARE.search(text)
    if not listed and bare and (bare.group(1) or bare.group(2)).lower() not in _FUNCTION:
        listed = [bare.group(1) or bare.group(2)]
    return tuple(dict.fromkeys(word for word in listed if len(word) > 1))


_UNQUOTED = re.compile(
    r"(?i)\b(?:key)?(?:words?|terms?)\s+((?:[a-z][a-z'-]{2,20}(?:, (?:and |or )?| and |"
    r" or )){0,7}[a-z][a-z'-]{2,20})"
    r"(?=[.,;!?)]|$| in | into | within | somewhere| anywhere| at | from | throughout| should| must| have to| need to)"
)


_FUNCTION = frozenset(
    [
        "alone",
        "them",
        "these",
        "those",
        "one",
        "only",
        "itself",
        "the",
        "and",
        "for",
        "with",
        "that",
        "this",
        "you",
        "your",
        "not",
        "use",
        "are",
        "any",
        "all",
        "from",
        "into",
        "than",
        "then",
        "them",
        "they",
        "when",
        "what",
        "which",
        "who",
        "how",
        "long",
        "only",
        "exactly",
        "following",
        "above",
        "below",
        "count",
        "limit",
        "each",
        "every",
        "can",
        "may",
        "will",
        "should",
        "must",
        "per",
        "such",
        "like",
        "more",
        "less",
        "at",
        "least",
    ]
)


def _unquoted_words(text: str) -> list[str]:
    match = _UNQUOTED.search(text)
    if match is None:
        return []
    items = [item.strip() for item in re.split(r",\s*(?:and |or )?|\s(?:and|or)\s", match.group(1)) if item.strip()]
    return [] if any(item.lower() in _FUNCTION for item in items) else items
