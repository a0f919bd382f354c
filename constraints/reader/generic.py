"""Instructions of the general kind: counts, layout, letter case, language.

They bind a free reply as a whole. Games state their rules elsewhere
(`constraints.reader.rules`).
"""

import re
from collections.abc import Iterator

from constraints.reader.amounts import Found, bounds, bounds_behind, repeated
from constraints.reader.edges import read_edges
from constraints.reader.letters import read_letters
from constraints.reader.regions import Region
from constraints.reader.scan import Page, Sentence
from constraints.reader.wording import read_words
from constraints.reader.words import NUMBER, number
from constraints.rulebook import Rule, RuleKind


def read_generic(page: Page) -> list[Rule]:
    """The general instructions of a message."""
    found: list[Rule] = []
    for sentence in page.sentences:
        if sentence.region is not Region.RULE or len(sentence.text) > 1100:
            continue
        for kind, told, low, high in _read(page, sentence):
            if any(rule.kind is kind and (rule.words == told or kind in _ONCE) for rule in found):
                continue
            found.append(
                Rule(
                    kind=kind,
                    span=page.span(sentence.start, sentence.end),
                    confidence=0.8,
                    words=told,
                    low=low,
                    high=high,
                )
            )
    if not any(rule.kind is RuleKind.PARAGRAPHS for rule in found):
        span = page.span(0, len(page.text))
        found += [
            Rule(kind=kind, span=span, confidence=0.6, words=told, low=low, high=high)
            for kind, told, low, high in _divided(page)
        ]
    phrases = {phrase.strip(" .,") for rule in found if rule.kind is RuleKind.PHRASES for phrase in rule.words}
    found = [
        rule
        for rule in found
        if rule.kind not in (RuleKind.KEYWORDS, RuleKind.FORBIDDEN_WORDS)
        or not phrases.intersection(map(_plain, rule.words))
    ]
    if any(rule.kind is RuleKind.CAPITAL_WORDS and rule.high is not None for rule in found):
        found = [rule for rule in found if rule.kind is not RuleKind.CAPITALS]
    return found


def _plain(word: str) -> str:
    return word.strip(" .,")


_ONCE = frozenset((RuleKind.REPEAT_PROMPT, RuleKind.LANGUAGE, RuleKind.ENDS))
"""What can be demanded only once; the first sentence that does so is believed."""


_QUESTION = re.compile(
    r"(?:why|what|which|who|whom|whose|when|where|how|is|are|was|were|do|does|did|has|have|had|should)\b[^.!]*\?$"
)
_OF_REPLY = re.compile(r"\b(?:your|you|answer|reply|response|respond)\b|\bwithout\b|\busing (?:only|no|at|exactly)\b")


def _read(page: Page, sentence: Sentence) -> Iterator[Found]:
    lower = sentence.lower
    if _QUESTION.match(lower) and not _OF_REPLY.search(lower):
        yield from _counts(lower)
        return  # it asks about letters, languages, phrases; it does not ask for them
    yield from _counts(lower)
    yield from _parted(page, lower)
    yield from _sections(page, lower)
    yield from _layout(lower, sentence.text)
    yield from read_letters(lower)
    yield from read_words(lower, sentence.text)
    yield from read_edges(page, lower, sentence)
    yield from _language(lower)


def _counts(lower: str) -> Iterator[Found]:
    if re.search(r"\bwords?\b", lower):
        found = bounds(
            lower,
            r"words?\b(?! (?:in|with|that are|written|should|being|of) (?:all |in all |in |"
            r"only )*(?:capital|caps|upper))(?! limit)(?! capital)",
        ) or _word_limit(lower)
        if found and _large(found):
            yield RuleKind.WORDS, (), *(_loosely(*found) if _ABOUT.search(lower) else found)
    if "sentence" in lower and not re.search(
        r"\b(?:each|every|per|first|last|following|this|second|one) sentences?\b|sentences? above", lower
    ):
        found = bounds(lower, r"sentences?\b")
        if found:
            yield RuleKind.SENTENCES, (), *found
    if "bullet" in lower:
        found = bounds(lower, r"bullet(?:ed)?(?:[ -]?points?| lists? items?|s)?\b") or bounds(
            lower, r"(?:thoughts|ideas|points|reasons|items|tips|things|facts|lines|examples|steps)\b"
        )
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
        found = bounds(lower, r"placeholders?\b") or bounds_behind(lower) or repeated(lower) or (1, None)
        yield RuleKind.PLACEHOLDERS, (), found[0] or 1, None


_DIVIDER = re.compile(r"(?<!\*)\*\*\*(?!\*)|\b(?:three|3) asterisks\b|markdown divider")


def _parted(page: Page, lower: str) -> Iterator[Found]:
    """Paragraphs, parted by blank lines or by a divider of three asterisks."""
    if not re.search(r"\b(?:paragraph|part|stanza|verse|section|chapter|piece|stories|version)", lower):
        return
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


def _divided(page: Page) -> Iterator[Found]:
    """How many pieces a divider of three asterisks parts, whatever they are called ("two songs")."""
    for place, sentence in enumerate(page.sentences):
        if sentence.region is Region.RULE and _DIVIDER.search(sentence.lower) and _PARTS.search(sentence.lower):
            for near in (sentence, *page.sentences[max(0, place - 1) : place], *page.sentences[place + 1 : place + 2]):
                counted = _PIECES.search(near.lower)
                count = number(counted.group(1)) if counted else None
                if count is not None and 2 <= count <= 20:
                    yield RuleKind.PARAGRAPHS, ("***",), count, count
                    return


_PARTS = re.compile(r"\b(?:separat\w*|between|divid\w*|split|part(?:ed)?)\b")
_PIECES = re.compile(
    rf"(?<![\w*])({NUMBER})\s+(?!asterisks?\b|stars?\b|words?\b|sentences?\b|times\b)(?:[a-z]+\s+){{0,2}}?[a-z]+s\b"
)


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


_ABOUT = re.compile(r"\b(?:about|around|approximately|roughly|approx\.?|some|nearly|circa)\s+(?:a )?\d+[\s-]+words?\b")


def _loosely(low: int | None, high: int | None) -> tuple[int | None, int | None]:
    """Bounds that are meant as a rough size, a fifth wider."""
    return (low * 4 // 5 if low is not None else None), (high * 6 // 5 if high is not None else None)


def _large(found: tuple[int | None, int | None]) -> bool:
    """Whether a bound on words speaks of a whole reply rather than of a name or a phrase."""
    return max(found[0] or 0, found[1] or 0) >= 8


_NO_COMMAS = re.compile(
    r"(?:\b(?:no|without|avoid(?:ing)?|not|never|refrain(?:ing)? from|zero|absence of|exclude|free (?:of|from)|any|"
    r"leav(?:e|ing) out|omit(?:ting)?|skip(?:ping)?|remove|drop|steer clear of|stay away from|ban)\b|n't\b)[^.]{0,50}"
    r"\bcommas?\b|\bcomma-(?:free|less)\b|"
    r"\bcommas?\b[^.]{0,30}(?:\b(?:not|forbidden|avoided|prohibited|excluded|banned|left out|off[- ]limits|never|"
    r"taboo|unwelcome)\b|n't\b)"
)


_QUOTES = re.compile(
    r"\bquote (?:your|the) (?:entire|whole)\b|\b(?:wrap(?:ped)?|enclosed?|surround(?:ed)?|put|in|inside|within|with|"
    r"using|between|start|begin|last character|use)\b[^.]{0,90}\b(?:double )?quot(?:ation marks?|ation|es|e marks?)\b"
)


def _layout(lower: str, text: str) -> Iterator[Found]:
    if re.search(r"\btitled?\b|\bheadline|\bname\b", lower) and re.search(
        r"<<|double angular|double angle|angular brackets", lower
    ):
        yield RuleKind.TITLE, (), None, None
    if _QUOTES.search(lower) and re.search(
        r"\b(?:entire|whole|response|reply|answer|output|everything|letter|your)\b", lower
    ):
        yield RuleKind.QUOTED, (), None, None
    if _NO_COMMAS.search(lower) and not re.search(r"comma[- ]separated|separated by", lower):
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


_LANGUAGES = dict(
    pair.split("=")
    for pair in [
        "english=en",
        "german=de",
        "french=fr",
        "spanish=es",
        "italian=it",
        "portuguese=pt",
        "dutch=nl",
        "russian=ru",
        "japanese=ja",
        "korean=ko",
        "chinese=zh",
        "hindi=hi",
        "arabic=ar",
        "bengali=bn",
        "urdu=ur",
        "persian=fa",
        "farsi=fa",
        "turkish=tr",
        "thai=th",
        "vietnamese=vi",
        "finnish=fi",
        "swedish=sv",
        "polish=pl",
        "bulgarian=bg",
        "kannada=kn",
        "marathi=mr",
        "gujarati=gu",
        "punjabi=pa",
        "tamil=ta",
        "telugu=te",
        "nepali=ne",
        "swahili=sw",
        "hebrew=he",
        "greek=el",
        "ukrainian=uk",
    ]
)


_IN_LANGUAGE = re.compile(
    r"^(?:please |now |can you |could you )?(?:answer|explain|write|tell|describe|summari[sz]e|respond|reply|give|list|"
    r"translate|compose|discuss|generate)\b.{0,300}\bin (" + "|".join(_LANGUAGES) + r")(?: only| language)*[.?!]?$"
)
"""A request that ends with the language it is to be met in."""


def _language(lower: str) -> Iterator[Found]:
    match = re.search(r"\b(?:in|using|only)(?: the| only)* (" + "|".join(_LANGUAGES) + r")\b", lower)
    asked = _IN_LANGUAGE.search(lower)
    asked = asked or re.search(
        r"(?:,|\bentirely|\bcompletely|\bwholly|\bonly) in (" + "|".join(_LANGUAGES) + r")[.!]?$", lower
    )
    if asked and asked.group(1) != "english":
        yield RuleKind.LANGUAGE, (_LANGUAGES[asked.group(1)],), None, None
        return
    if (
        match
        and re.search(r"\b(?:entire|only|no other language|language|response|reply|answer|write|written|your)\b", lower)
        and match.group(1) != "english"
    ):
        yield RuleKind.LANGUAGE, (_LANGUAGES[match.group(1)],), None, None
