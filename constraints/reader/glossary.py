"""What a placeholder stands for: definitions in the prompt, and what they make of a slot.

"Replace DIRECTION with one of [north, south]" defines DIRECTION. A meaning
("a single word of five letters") becomes the kind and bounds of a slot.
"""

import re
from dataclasses import dataclass

from constraints.forms import SlotKind
from constraints.reader.regions import Region
from constraints.reader.scan import Page
from constraints.reader.words import (
    NUMBER,
    looks_like_items,
    number,
    split_list,
    unquote,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a slot may hold, as far as words say.

    Attributes:
        kind: what may stand there; None when the words do not tell.
        options: values to choose from.
        letters: length of a word.
        low: least number, count of items or of words.
        high: greatest of the same.
        sentence: whether a sentence is wanted, so that a full stop may follow a choice.
    """

    kind: SlotKind | None = None
    options: tuple[str, ...] = ()
    letters: int | None = None
    low: int | None = None
    high: int | None = None
    sentence: bool = False


UNKNOWN = Meaning()

_ONE_OF = re.compile(
    r"\b(?:(?:exactly |only |just )?(?:one|any) (?:of|from|out of)|either|choose (?:from|between)|among|chosen from|"
    r"from the (?:set|list|options)|the options?|must be|can be|may be)\b[^\[\"'\n:]{0,40}?[:\s]\s*"
    r"(\[[^\]\n]{1,400}\]|\([^)\n]{1,300}\)|[^\n]{1,300})",
    re.IGNORECASE,
)
_YES_NO = re.compile(r"""(?i)["'<]?\byes\b["'>]?[,.]?\s*(?:/|\bor\b|\||,)\s*["'<]?\bno\b""")
_TRUE_FALSE = re.compile(r"""(?i)["'<]?\btrue\b["'>]?\s*(?:/|\bor\b|\||,)\s*["'<]?\bfalse\b""")
_IF_ELSE = re.compile(
    r"(?i)[\"'`“]([^\"'`”\n]{1,30})[\"'`”] (?:if|when|in case)\b.{2,120}?,? (?:else|otherwise|"
    r"if not|or)\s*,? (?:say |write |with )?[\"'`“]([^\"'`”\n]{1,30})[\"'`”]"
)
_RANGE = re.compile(
    rf"(?i)(?:between|from|in the range|range)\s+(?:of\s+)?({NUMBER})\s*(?:and|to|-|"
    rf"–)\s*({NUMBER})|(\d{{1,4}})\s?[-–]\s?(\d{{1,4}})"
)
_LETTERS = re.compile(
    rf"(?i)\b({NUMBER})[\s-](?:lower-?\s?case\s|upper-?\s?case\s|english\s)?letters?\b(?! (?:in|of) the)|"
    rf"\bword (?:of|with|has|having|that has|"
    rf"consisting of) (?:exactly )?({NUMBER}) (?:lower-?case |upper-?case )?(?:letters|characters)"
)
_WORD = re.compile(
    r"(?i)(?:^|\b(?:an?|one|single|your|the|my|this|next|new|another|only|target|secret|hidden|guessed|five-letter|"
    r"letter|english|valid|code|clue))[\s-](?:\w+ ){0,2}?word\b(?!s)|\bsingle[- ]word\b|"
    r"\bone[- ]word\b|^word$|^noun$|\bexactly one word\b"
)
_LIST = re.compile(
    r"(?i)\bcomma[- ]separated|separated by commas?|\blist of\b.{0,60}\b(?:words?|items?|targets?|"
    r"guess)|\bcommas? between"
)
_REPEATED = re.compile(r"(?i)<?\[?([a-z]{3,20}) ?[1a]?\]?>?(?:, ?<?\[?\1 ?[2-9b-z]?\]?>?){1,19}")
_COUNT = re.compile(
    rf"(?i)\b(?:up to|at most|no more than|maximum of|max\.?) ({NUMBER})|\b(?:exactly|precisely) ({NUMBER})|"
    rf"\b(?:at least|no fewer than|minimum of) ({NUMBER})"
)
_NUMBER_WORD = re.compile(
    r"(?i)\b(?:number|integer|digit|score|count|amount|quantity|rating|index|percentage|int|numeral)\b"
)
_NOT_NUMBER = re.compile(r"(?i)\bnumber \(?in (?:text|words)|in words|number(?:ed)? list|phone")
_GRID = re.compile(r"(?i)\b(?:grid|board|matrix)\b")
_PERCENT = re.compile(
    r"(?i)^(?:an? |the |your )?(?:percentage|percent|probability in (?:per ?cent|%))\b|\bas a percentage$"
)
_JSON = re.compile(r"(?i)\bjson\b|\bdictionary\b|\bthe (?:graph|map) (?:so far|as)\b|\bgraph\b")
_SENTENCE = re.compile(
    r"(?i)\b(?:sentence|phrase|text|explanation|reason(?:ing)?|details?|description|question|"
    r"message|describe|thoughts?|why)\b"
)
_PROSE = re.compile(r"(?i)\b(?:paragraphs?|essay|story|several lines|line breaks (?:are )?allowed|multiple lines)\b")


def read_meaning(text: str) -> Meaning:
    """What the words about a slot make of it."""
    text = text.strip()
    if not text or len(text) > 600:
        return UNKNOWN
    sentence = bool(re.search(r"(?i)\bsentence\b", text))
    repeated = _REPEATED.fullmatch(text)
    if repeated:
        count = text.count(repeated.group(1))
        return Meaning(kind=SlotKind.LIST, low=count, high=count)
    listed = bool(_LIST.search(text))
    options = () if listed and not re.search(r"(?i)\bone of\b", text) else read_options(text)
    if options:
        return Meaning(kind=SlotKind.CHOICE, options=options, sentence=sentence)
    if listed:
        low, high = read_counts(text)
        return Meaning(kind=SlotKind.LIST, low=low, high=high)
    return _bounded(text) or _described(text, sentence)


def _bounded(text: str) -> Meaning | None:
    """A word of so many letters, a number in a range, a grid."""
    letters = read_letters(text)
    if letters is not None and not re.search(r"(?i)sentence|words\b", text):
        return Meaning(kind=SlotKind.WORD, letters=letters)
    bounds = _RANGE.search(text)
    if _PERCENT.search(text) and bounds is None:
        return Meaning(kind=SlotKind.NUMBER, low=0, high=100)
    if bounds and not re.search(r"(?i)\bwords|sentences|letters\b", text):
        low, high = (number(group) for group in (bounds.groups()[:2] if bounds.group(1) else bounds.groups()[2:]))
        return Meaning(kind=SlotKind.NUMBER, low=low, high=high)
    cells = re.search(r"(?i)\b(?:lines|rows|cells|whole|updated|columns)\b", text)
    if cells and _GRID.search(text) and not re.search(r"(?i)describ|descript|explain", text):
        return Meaning(kind=SlotKind.GRID)
    return None


def _described(text: str, sentence: bool) -> Meaning:
    """What the nouns of a description make of a slot."""
    if _JSON.search(text):
        return Meaning(kind=SlotKind.JSON)
    if _SENTENCE.search(text) and not re.search(r"(?i)\b(?:one|single)[- ]word\b", text):
        low, high = read_counts(text) if re.search(r"(?i)\bwords\b", text) else (None, None)
        kind = SlotKind.PROSE if _PROSE.search(text) else SlotKind.TEXT
        return Meaning(kind=kind, low=low, high=high, sentence=sentence)
    if _WORD.search(text):
        return Meaning(kind=SlotKind.WORD)
    if _NUMBER_WORD.search(text) and not _NOT_NUMBER.search(text):
        low, high = read_counts(text)
        return Meaning(kind=SlotKind.NUMBER, low=low, high=high)
    if _GRID.search(text):
        return Meaning(kind=SlotKind.GRID)
    return Meaning(kind=SlotKind.PROSE) if _PROSE.search(text) else UNKNOWN


def read_options(text: str) -> tuple[str, ...]:
    """The values that a meaning lets choose from ("one of north, south"), or ()."""
    for pattern, pair in ((_YES_NO, ("yes", "no")), (_TRUE_FALSE, ("true", "false"))):
        match = pattern.search(text)
        if match:
            return tuple(word.upper() for word in pair) if match.group().upper() == match.group() else pair
    quoted = tuple(dict.fromkeys(re.findall(r"[\"“]([^\"”\n]{1,30})[\"”]", text)))
    if len(quoted) >= 2 and re.search(r"(?i)\b(?:is|as|either|or)\b", text) and len(" ".join(quoted)) > 0.3 * len(text):
        return quoted
    conditional = _IF_ELSE.search(text)
    if conditional:
        return conditional.group(1), conditional.group(2)
    match = _ONE_OF.search(text)
    if match:
        tail = re.split(
            r"(?i)[.;](?:\s|$)|\s[-–(]\s|, (?:depending|whichever|and nothing|without|with |followed)",
            match.group(1).strip(),
            maxsplit=1,
        )[0]
        items = split_list(tail, articles=True)
        if looks_like_items(items, 3):
            return items
    bare = unquote(text.strip(" ."))
    if re.search(r"\||/|\bor\b", bare) and len(bare) < 120:
        items = split_list(bare)
        if looks_like_items(items, 2) and not re.match(r"(?i)your|the|an?\s", bare):
            return items
    return ()


def read_letters(text: str) -> int | None:
    """The number of letters of a word, when stated."""
    match = _LETTERS.search(text)
    if match is None:
        return None
    count = number(match.group(1) or match.group(2))
    return count if count is not None and 1 <= count <= 30 else None


def read_counts(text: str) -> tuple[int | None, int | None]:
    """Least and greatest count stated ("at least 1 and up to 3")."""
    low: int | None = None
    high: int | None = None
    for match in _COUNT.finditer(text):
        if match.group().lower().endswith(("once", "twice", "thrice", "single")):
            continue
        most, exact, least = (number(group) if group else None for group in match.groups())
        if exact is not None:
            low = high = exact
        high = most if most is not None else high
        low = least if least is not None else low
    return low, high


_PLACEHOLDER = (
    r"(<[^<>\n]{1,60}>|\[[^\[\]\n]{1,40}\]|\{[A-Za-z_ ]{1,40}\}|\$[A-Za-z_]{1,30}\$?|"
    r"\"[^\"\n]{1,40}\"|'[^'\n]{1,40}'|`[^`\n]{1,40}`|[A-Z][A-Z0-9_]*\b)"
)
_MARKED = r"(<[^<>\n]{1,60}>|\[[^\[\]\n]{1,40}\]|\{[A-Za-z_ ]{1,40}\}|\$[A-Za-z_]{1,30}\$?|[A-Z][A-Z0-9_]*\b)"
_STRONG = r"(<[A-Za-z][^<>\n/]{1,60}>|\[[A-Za-z][^\[\]\n]{1,40}\]|\$[A-Za-z_]{1,30}\$?|[A-Z][A-Z0-9_]*_HERE\b)"
_LETTER = r"(?<![\w'])([b-hj-zB-HJ-Z])"
_DEFINITIONS = (
    re.compile(
        rf"(?:\b(?:[Rr]eplac(?:e|ing)|[Ss]ubstitut(?:e|ing)|[Ff]ill(?:ing)? in|"
        rf"[Ss]wap)\s+){_PLACEHOLDER}\s+(?:with|by|for|as)\s+(.{{1,300}})"
    ),
    re.compile(
        rf"{_PLACEHOLDER}\s+(?:stands for|means|denotes|represents|refers to|"
        rf"(?:is|are|has|have) to be replaced (?:by|with)|"
        rf"(?:gets|is) replaced (?:by|with)|(?:should|must|has to|can|may) be(?: replaced (?:by|"
        rf"with))?|will be|is short for)\s+(.{{1,300}})"
    ),
    re.compile(
        rf"\b(?:[Ww]here it says|[Ii]nstead of|[Ii]n (?:the )?place of|"
        rf"[Ff]or)\s+{_PLACEHOLDER},?\s+(?:you )?(?:put|write|insert|use|give|enter|fill in|choose|"
        rf"pick|substitute)\s+(.{{1,300}})"
    ),
    re.compile(rf"\b(?:where|with)\s+{_MARKED}\s+(?:is|are|being|as)\s+(?:replaced (?:by|with)\s+)?(.{{1,300}})"),
    re.compile(rf"^{_MARKED}\s+(?:is|are)\s+(.{{1,300}})"),
    re.compile(
        rf"\b(?:[Ww]here|[Ww]ith)\s[^.\n]{{3,80}}? and {_MARKED}\s+(?:is\s+|being\s+)?((?:how|what|whom?|the|an?|"
        rf"one|your)\b.{{1,200}})"
    ),
    re.compile(rf"\(\s?{_LETTER}\s?(?:=|:|is|being|stands for|means)\s+([a-z\d][^()\n]{{1,200}})"),
    re.compile(
        rf"(?:^|\b(?:where|with|and)\s|,\s){_LETTER}\s(?:=|is|being|stands for|means|denotes)\s+([a-z\d].{{1,300}})"
    ),
    re.compile(rf"\b(?:with|where)\s{_LETTER}\s((?:an?|the|your|one)\s.{{1,200}})"),
    re.compile(r"\(\s?([A-Z]{2,12})\s?(?:is|being|stands for|means)\s+([a-z\d][^()\n]{1,200})"),
    re.compile(rf"(?:^|[(.;]\s?){_STRONG}\s?(?::|=|–|→|\s-)\s+([^)]{{1,300}})"),
)


_WRAPPED = re.compile(
    r"[`*]{1,2}(<[^<>\n`]{1,60}>|\[[^\[\]\n`]{1,40}\]|\$[A-Za-z_]{1,30}|[A-Z][A-Z0-9_]*)[`*]{1,2}"
    r"(?=\s+(?:is|are|stands|means|must|has|have|should|denotes|represents|being|with|by)\b|\s*\Z)"
)
"""A placeholder within marks that only set it off."""


def read_glossary(page: Page) -> dict[str, str]:
    """Placeholder, as written, to the words that say what it stands for."""
    found: dict[str, str] = {}
    for sentence in page.sentences:
        if sentence.region is Region.DATA:
            continue
        text = _WRAPPED.sub(r"\1", sentence.text)
        if not any(mark in text for mark in "<[{$\"'`") and not re.search(r"\b[A-Z][A-Z_]+\b|\b[A-Z]\b", text):
            continue
        for pattern in _DEFINITIONS:
            for match in pattern.finditer(text):
                key = unquote(match.group(1)) if match.group(1)[0] in "\"'`" else match.group(1)
                meaning = _clause(match.group(2))
                if (
                    key
                    and len(meaning) > 1
                    and any(char.isalpha() for char in key)
                    and key not in found
                    and key.upper() not in ("DO", "NOT", "ONLY", "I")
                ):
                    found[key] = meaning
    return found


def _clause(text: str) -> str:
    """The words up to the end of the sentence or the next definition."""
    text = re.split(
        rf",? and (?:replace )?{_PLACEHOLDER} (?:is|with|stands|by|means)\b",
        text,
        maxsplit=1,
    )[0]
    text = re.split(
        rf",? and {_MARKED} (?:how|what|whom?|the|an?|one|being|your)\b",
        text,
        maxsplit=1,
    )[0]
    if "[" in text[:40] or "(" in text[:40]:
        return text.strip(" .")
    return re.split(r"[.;](?:\s|$)", text, maxsplit=1)[0].strip()
