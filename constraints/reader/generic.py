"""Instructions of the general kind: counts, keywords, letter case, layout, endings.

They bind a free reply as a whole. Games state their rules elsewhere
(`constraints.reader.rules`).
"""

import re
from collections.abc import Callable, Iterator

from constraints.reader.scan import Page, Region, Sentence, plain, quotes
from constraints.reader.words import NUMBER, number, split_list, unquote
from constraints.rulebook import Rule, RuleKind

Found = tuple[RuleKind, tuple[str, ...], int | None, int | None]

_N = rf"({NUMBER})"
_LEAST = (
    rf"(?:at least|no less than|no fewer than|not less than|a minimum of|minimum of|minimum|"
    rf"min\.?)\s+{_N}|{_N}\s*(?:or more|\+|plus)|{_N} (?=(?:\w+ ){{0,4}}or more)"
)
_OVER = rf"(?:more than|over|greater than|exceeding|above)\s+{_N}"
_MOST = (
    rf"(?:at most|no more than|not more than|a maximum of|maximum of|maximum|max\.?|up to|"
    rf"within)\s+{_N}|{_N}\s*(?:or (?:less|fewer))"
)
_UNDER = rf"(?:less than|fewer than|under|below)\s+{_N}"
_BETWEEN = rf"(?:between|from)\s+{_N}\s*(?:and|to|-)\s*{_N}|\b(\d{{1,4}})\s?[-–]\s?(\d{{1,4}})"
_EXACT = rf"(?:exactly|precisely|only|just)\s+{_N}|\b{_N}"
_RELATIONS: tuple[tuple[str, Callable[[int], tuple[int | None, int | None]]], ...] = (
    (_LEAST, lambda n: (n, None)),
    (_OVER, lambda n: (n + 1, None)),
    (_MOST, lambda n: (None, n)),
    (_UNDER, lambda n: (None, n - 1)),
    (_EXACT, lambda n: (n, n)),
)
_GAP = r"[\s-]+(?:\w+[\s-]+){0,3}?"


def read_generic(page: Page) -> list[Rule]:
    """The general instructions of a message."""
    found: list[Rule] = []
    for sentence in page.sentences:
        if sentence.region is not Region.RULE or len(sentence.text) > 1100:
            continue
        for kind, words, low, high in _read(page, sentence):
            if any(rule.kind is kind and rule.words == words for rule in found):
                continue
            found.append(
                Rule(
                    kind=kind,
                    span=page.span(sentence.start, sentence.end),
                    confidence=0.8,
                    words=words,
                    low=low,
                    high=high,
                )
            )
    return found


def _read(page: Page, sentence: Sentence) -> Iterator[Found]:
    lower = sentence.lower
    yield from _counts(lower)
    yield from _parted(page, lower)
    yield from _sections(page, lower)
    yield from _layout(lower, sentence.text)
    yield from _letters(lower)
    yield from _words(lower, sentence.text)
    yield from _edges(page, lower, sentence)
    yield from _language(lower)


def bounds(lower: str, unit: str) -> tuple[int | None, int | None] | None:
    """The bounds that a sentence sets on the number of some unit, or None."""
    between = re.search(rf"(?:{_BETWEEN}){_GAP}(?:{unit})", lower)
    if between:
        low, high = [number(group) for group in between.groups() if group is not None][:2]
        return low, high
    low = high = None
    told = False
    for pattern, relate in (
        _RELATIONS[:-1]
        if re.search(rf"(?:{_LEAST}|{_OVER}|{_MOST}|{_UNDER}){_GAP}(?:{unit})", lower)
        else _RELATIONS[-1:]
    ):
        match = re.search(rf"(?:{pattern}){_GAP}(?:{unit})", lower)
        count = number(next(group for group in match.groups() if group is not None)) if match else None
        if count is not None:
            least, most = relate(count)
            low, high, told = least if least is not None else low, most if most is not None else high, True
    return (low, high) if told else None


def _counts(lower: str) -> Iterator[Found]:
    if re.search(r"\bwords?\b", lower):
        found = bounds(
            lower,
            r"words?\b(?! (?:in|with|that are|written|should|being|of) (?:all |in all |in |"
            r"only )*(?:capital|caps|upper))(?! limit)(?! capital)",
        ) or _word_limit(lower)
        if found and _large(found):
            yield RuleKind.WORDS, (), *found
    if "sentence" in lower and not re.search(
        r"\b(?:each|every|per|first|last|following|this|second|one) sentences?\b|sentences? above", lower
    ):
        found = bounds(lower, r"sentences?\b")
        if found:
            yield RuleKind.SENTENCES, (), *found
    if "bullet" in lower:
        found = bounds(lower, r"bullet(?:ed)?(?:[ -]?points?| lists? items?|s)?\b")
        if found:
            yield RuleKind.BULLETS, (), *found
    if re.search(r"highlight|italic", lower):
        found = bounds(lower, r"(?:\w+ )?(?:sections?|parts?|phrases?|words?|texts?|highlight(?:s|ed)?\b|italic)") or (
            1,
            None,
        )
        if re.search(r"\bhighlight|\bitalic", lower):
            yield RuleKind.HIGHLIGHTS, (), found[0] or 1, None
    if "placeholder" in lower:
        found = bounds(lower, r"placeholders?\b") or (1, None)
        yield RuleKind.PLACEHOLDERS, (), found[0] or 1, None


_DIVIDER = re.compile(r"(?<!\*)\*\*\*(?!\*)|\b(?:three|3) asterisks\b|markdown divider")


def _parted(page: Page, lower: str) -> Iterator[Found]:
    """Paragraphs, parted by blank lines or by a divider of three asterisks."""
    divided = bool(_DIVIDER.search(page.text))
    units = (
        r"(?:paragraphs?|parts?|stanzas?|verses?|sections?|chapters?|pieces?|stories|versions)\b"
        if divided
        else r"paragraphs?\b"
    )
    if not re.search(units, lower) or re.search(r"highlight|italic", lower):
        return
    found = bounds(lower, units)
    if found and (found[0] or found[1] or 0) > 1:
        yield RuleKind.PARAGRAPHS, ("***",) if divided else (), *found


_SPLITTER = re.compile(
    r"\b(SECTION|Section|section|PARAGRAPH|Paragraph|DAY|Day|CHAPTER|Chapter|PART|Part|STEP|Step|"
    r"ROUND|Round|AUDIENCE|Audience|SCENE|Scene)\s+(?:X|1|I)\b"
)


def _sections(page: Page, lower: str) -> Iterator[Found]:
    if not re.search(r"\b(?:sections?|parts|chapters|days|rounds|steps|scenes)\b", lower) or re.search(
        r"highlight|italic", lower
    ):
        return
    found = bounds(lower, r"(?:sections?|parts|chapters|days|rounds|steps|scenes)\b")
    name = _SPLITTER.search(page.text)
    if found and name and (found[0] or 0) <= 20:
        yield RuleKind.SECTIONS, (name.group(1),), found[0], None


def _word_limit(lower: str) -> tuple[int | None, int | None] | None:
    match = re.search(
        r"\bword (?:limit|count|maximum)\b[^.]{0,30}?(\d{2,4})|(\d{2,4})[- ]word (?:limit|maximum)", lower
    )
    return (None, int(match.group(1) or match.group(2))) if match else None


def _large(found: tuple[int | None, int | None]) -> bool:
    """Whether a bound on words speaks of a whole reply rather than of a name or a phrase."""
    return max(found[0] or 0, found[1] or 0) >= 8


def _layout(lower: str, text: str) -> Iterator[Found]:
    if "title" in lower and re.search(r"<<|double angular|double angle|angular brackets", lower):
        yield RuleKind.TITLE, (), None, None
    if re.search(
        r"\b(?:wrap(?:ped)?|enclosed?|surround(?:ed)?|put|in|inside|within|with|using|between|"
        r"start|begin)\b[^.]{0,90}\b(?:double )?quot(?:ation marks?|ation|es|e marks?)\b",
        lower,
    ) and re.search(r"\b(?:entire|whole|response|reply|answer|output|everything|letter|your)\b", lower):
        yield RuleKind.QUOTED, (), None, None
    if re.search(
        r"\b(?:no|without|avoid(?:ing)?|not|n't|never|refrain(?:ing)? from|zero|absence of|"
        r"exclude|free of|any)\b[^.]{0,50}\bcommas?\b|\bcomma-free\b|"
        r"\bcommas?\b[^.]{0,30}\b(?:not|n't|forbidden|avoided|prohibited|excluded|banned)\b",
        lower,
    ) and not re.search(r"comma[- ]separated|separated by", lower):
        yield RuleKind.NO_COMMAS, (), None, None
    if (
        re.search(r"\bjson\b", lower)
        and re.search(r"\b(?:format|output|wrap|valid|entire|response|in json|as json|using json)\b", lower)
        and "{" not in text
    ):
        yield RuleKind.JSON, (), None, None
    if re.search(r"\*{6}|\b(?:six|6)[^.]{0,12}(?:asterisk|star)", lower) and re.search(
        r"separat|between|divid|\b(?:two|2)\b|different", lower
    ):
        yield RuleKind.TWO_RESPONSES, ("******",), 2, 2


def _letters(lower: str) -> Iterator[Found]:
    whole = r"\b(?:entire|whole|response|reply|answer|output|all|your|english|only|everything|be|letters)\b"
    if re.search(
        r"\b(?:all |entirely |only |in )?(?:lower-?\s?case(?:d)?)\b|\bsmall letters\b|"
        r"\bno capital letters?\b|\bno capitals\b",
        lower,
    ) and re.search(whole, lower):
        yield RuleKind.LOWERCASE, (), None, None
        return
    capitals = re.search(r"\b(?:all[- ]cap(?:s|ital)?|capital letters?|upper-?case|capitalized|all capital)\b", lower)
    if capitals and re.search(
        r"\bwords?\b[^.]{0,60}\b(?:times|at least|less than|more than|fewer|at most|no more)\b|"
        r"\b(?:at least|less than|more than|fewer than|at most|no more than|"
        r"exactly)\b[^.]{0,60}\bwords?\b",
        lower,
    ):
        found = bounds(lower, r"(?:times|words?|all[- ]cap|capital|upper)")
        if found:
            yield RuleKind.CAPITAL_WORDS, (), *found
    elif (
        capitals
        and re.search(whole, lower)
        and not re.search(r"\b(?:some|first letter|headings?|titles?|highlight|the word|a few)\b", lower)
    ):
        yield RuleKind.CAPITALS, (), None, None


_KEYWORD_CUE = re.compile(
    r"\b(?:include|includes|including|contain|contains|mention|use|using|has|have|add|with|"
    r"incorporate|make sure|appear|appears|insert)\b[^.]{0,50}?\b(?:keywords?|words?|phrases?|"
    r"terms?|names?)\b"
)
_AVOID = re.compile(
    r"\b(?:do not|don't|never|avoid|without|not|exclude|refrain from|no|forbidden|can't|"
    r"cannot)\b(?:(?! and | but |,)[^.]){0,50}\b(?:keywords?|words?|terms?|phrases?|say|"
    r"mention)\b|\b(?:keywords?|words?)\b[^.]{0,60}\b(?:not allowed|forbidden|should not|must not|"
    r"cannot|can't|avoided)\b"
)


def _words(lower: str, text: str) -> Iterator[Found]:
    letter = re.search(
        r"\b(?:letters?|characters?|alphabets?)\s+[\"'(]?([a-z#!])[\"')]?(?:'?s)?(?=\W|$)|"
        r"[\"']([a-z#!])[\"'](?:'?s)?\b",
        lower,
    )
    if letter and (re.search(r"\btimes?\b|\boccurrences?\b|\btwice\b|\bonce\b", lower) or "letter" in lower):
        mark = re.escape(letter.group(1) or letter.group(2))
        found = _repeated(lower) or bounds(lower, rf"(?:letters?\s+)?[\"']?{mark}\b|letters?\b")
        if found is None and re.search(
            rf"\b(?:no|without|avoid|not|n't|never|any)\b[^.]{{0,40}}\bletters?\s+[\"'(]?{mark}", lower
        ):
            found = (None, 0)
        if found and not (found[0] == found[1] == 1):
            yield RuleKind.LETTER_COUNT, (letter.group(1) or letter.group(2),), *found
    hashtags = bounds(lower, r"hash ?tags?\b") if "hash" in lower else None
    if hashtags:
        yield RuleKind.LETTER_COUNT, ("#",), *hashtags
    quoted = [quote.text.strip(" .,") for quote in quotes(text) if 0 < len(quote.text.split()) <= 4]
    after = re.search(r"(?i)\b(?:key)?words?\b[^:.]{0,60}:\s*([^.\n]{2,300})", text)
    listed = list(split_list(after.group(1))) if after and not quoted else quoted
    listed = [unquote(word) for word in listed if 0 < len(word.split()) <= 4 and re.search(r"\w", word)]
    if not listed and (_AVOID.search(lower) or _KEYWORD_CUE.search(lower)):
        listed = _unquoted_words(text)
    bare = re.search(
        r"(?i)\b(?:the |a )?(?:key)?word\s+[\"']?([a-z][a-z'-]{1,30})[\"']?\s+(?:\(|should|must|"
        r"appears?|at least|in (?:your|the)|less|more|exactly|for|to appear|twice|once|\d)",
        text,
    )
    if (
        not listed
        and bare
        and bare.group(1).lower() not in ("count", "limit", "should", "must", "for", "that", "is", "in", "at")
    ):
        listed = [bare.group(1)]
    listed = [word for word in listed if len(word) > 1]
    if not listed:
        return
    if _AVOID.search(lower) and not re.search(r"\btimes\b", lower):
        yield RuleKind.FORBIDDEN_WORDS, tuple(dict.fromkeys(listed)), None, None
        return
    times = _repeated(lower)
    if times and re.search(r"\bword|keyword|phrase|appear|mention|include", lower):
        for word in listed:
            yield RuleKind.KEYWORDS, (word,), *times
    elif _KEYWORD_CUE.search(lower) and not re.search(
        r"\b(?:(?:start|begin|end|finish)(?:s|ing)?\b[^.]{0,40}\b(?:words?|phrase|keyword)|"
        r"such as|titled|in between|separated by)\b",
        lower,
    ):
        yield RuleKind.KEYWORDS, tuple(dict.fromkeys(listed)), 1, None


_UNQUOTED = re.compile(
    r"(?i)\b(?:key)?(?:words?|terms?)\s+((?:[a-z][a-z'-]{2,20}(?:, (?:and |or )?| and |"
    r" or )){0,7}[a-z][a-z'-]{2,20})(?=[.,;!?)]|$| in | anywhere| at | from | throughout| should|"
    r" must)"
)
_FUNCTION = frozenset(
    [
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


def _repeated(lower: str) -> tuple[int | None, int | None] | None:
    """Bounds on how often something occurs ("at least 3 times", "at most once")."""
    found = bounds(lower, r"(?:times?|occurrences?|appearances?)\b")
    if found:
        return found
    match = re.search(
        r"\b(at least|at most|no more than|more than|less than|exactly|only|just)\s+(once|twice|thrice)\b", lower
    )
    if match is None:
        return (2, None) if re.search(r"\btwice\b", lower) else None
    count = number(match.group(2)) or 1
    return {
        "at least": (count, None),
        "more than": (count + 1, None),
        "at most": (None, count),
        "no more than": (None, count),
        "less than": (None, count - 1),
    }.get(match.group(1), (count, count))


_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "1st": 1,
    "2nd": 2,
    "3rd": 3,
    "4th": 4,
    "5th": 5,
    "6th": 6,
    "7th": 7,
    "8th": 8,
}


def _edges(page: Page, lower: str, sentence: Sentence) -> Iterator[Found]:
    """Beginnings, endings, postscripts, repeated requests, fixed answers."""
    text = sentence.text
    if re.search(r"\bpost-?script\b|\bp\.?\s?s\.?\b", lower) and re.search(
        r"\bpost-?script|\b(?:add|include|end|starting|start|with)\b", lower
    ):
        mark = re.search(r"P\.?\s?P\.?\s?S\.?|P\.?\s?S\.?", text)
        yield RuleKind.POSTSCRIPT, (mark.group().strip() if mark else "P.S.",), None, None
    ordinal = re.search(
        r"\b(first|second|third|fourth|fifth|sixth|seventh|eighth|[1-8](?:st|nd|rd|th)|"
        r"\d) paragraph\b|\bparagraph (\d)\b",
        lower,
    )
    starts = re.search(r"\b(?:start|begin)s?(?:ning|ing)?\b[^.\"']{0,40}\bwith\b", lower)
    quoted = [quote for quote in quotes(plain(text)) if quote.text.strip(" ,")]
    if ordinal and starts:
        word = next((quote.text.strip() for quote in quoted if quote.start > starts.start()), None) or _word_after(
            text, starts.end()
        )
        place = _ORDINALS.get(ordinal.group(1) or "", 0) or number(ordinal.group(1) or ordinal.group(2) or "") or 1
        if word:
            yield RuleKind.PARAGRAPH_START, (word,), place, None
    elif starts and len(quoted) >= 2 and re.search(r"['\"]\s*or\s*['\"]", text):
        yield RuleKind.STARTS, tuple(quote.text.strip() for quote in quoted), None, None
    elif (
        starts
        and quoted
        and re.search(r"\b(?:response|reply|answer|letter|story|essay|it|poem|blog|output|email)\b", lower)
        and len(quoted) == 1
    ):
        yield RuleKind.STARTS, (quoted[0].text.strip(),), None, None
    ends = re.search(
        r"\b(?:finish|end|conclude|close|ends|ending|finishing)\w*\b[^.\"']{0,70}\b(?:with|by|is|"
        r"be|saying|phrase)\b|\b(?:very )?(?:last|final) (?:line|sentence|words?|phrase|thing)\b|"
        r"\bexact(?:ly)? (?:this )?(?:ending )?phrase\b|\bvery end\b|"
        r"\bno (?:other )?words (?:should )?(?:follow|come)",
        lower,
    )
    if ends and not re.search(r"quotation marks", lower):
        stretch = plain(page.text[sentence.start + ends.start() : sentence.start + ends.start() + 320])
        phrase = _phrase(stretch, page.text[sentence.start + ends.start() : sentence.start + ends.start() + 320])
        if phrase and re.search(
            r"\b(?:response|reply|answer|letter|story|essay|it|poem|your|blog|email|exact|output|phrase|rap|song)\b",
            lower,
        ):
            yield RuleKind.ENDS, (phrase,), None, None
    options = re.search(
        r"\bone of (?:the |these |those )?(?:following|these|those|three|two|four|options|phrases|"
        r"choices|exact)\b|\bchoose (?:your answer )?from\b|\b(?:following|these|"
        r"three) (?:options|phrases|choices|answers)\b",
        lower,
    )
    if options and re.search(r"\b(?:answer|respond|response|reply|contain|phrases?|options?|choose)\b", lower):
        stretch = plain(page.text[sentence.start + options.start() : sentence.start + options.start() + 400])
        given = [
            quote.text.strip() for quote in quotes(stretch) if quote.text.strip(" ,") and len(quote.text.split()) >= 2
        ]
        if len(given) >= 2:
            yield RuleKind.PHRASES, tuple(dict.fromkeys(given)), None, None
    if re.search(
        r"\brepeat\b[^.]{0,60}\b(?:request|prompt|sentence|question|instruction|text|above|below|"
        r"word for word|exactly)",
        lower,
    ) and re.search(r"\bfirst|before|word for word|without change|then\b", lower):
        request = _request(page, sentence)
        if request:
            yield RuleKind.REPEAT_PROMPT, (request,), None, None


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
    if sentence.text.rstrip().endswith(":") or re.search(r"\bbelow\b|following", sentence.lower):
        rest = page.text[sentence.end :].strip()
        return rest or None
    before = page.text[: sentence.start].strip()
    return before or None


_LANGUAGES = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt", "dutch": "nl", "russian": "ru", "japanese": "ja",
    "korean": "ko", "chinese": "zh", "hindi": "hi", "arabic": "ar", "bengali": "bn", "urdu": "ur", "persian": "fa", "farsi": "fa", "turkish": "tr",
    "thai": "th", "vietnamese": "vi", "finnish": "fi", "swedish": "sv", "polish": "pl", "bulgarian": "bg", "kannada": "kn", "marathi": "mr",
    "gujarati": "gu", "punjabi": "pa", "tamil": "ta", "telugu": "te", "nepali": "ne", "swahili": "sw", "hebrew": "he", "greek": "el", "ukrainian": "uk",
}  # fmt: skip


def _language(lower: str) -> Iterator[Found]:
    match = re.search(r"\b(?:in|using|only)(?: the| only)* (" + "|".join(_LANGUAGES) + r")\b", lower)
    if (
        match
        and re.search(r"\b(?:entire|only|no other language|language|response|reply|answer|write|written|your)\b", lower)
        and match.group(1) != "english"
    ):
        yield RuleKind.LANGUAGE, (_LANGUAGES[match.group(1)],), None, None


__all__ = ["bounds", "plain", "read_generic"]
