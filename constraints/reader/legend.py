"""How feedback marks the letters of a guess: which mark means which.

A prompt explains three verdicts on a letter: right place, wrong place, absent.
The reader looks for the three phrases close together and for a mark beside
each. Marks stand all before their phrases ("+ marks a right letter …") or all
behind them ("… letters get G"); taking one way of writing for all three tells
marks from other words. Knows no game.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from constraints.reader.scan import Page
from constraints.rulebook import Legend

_NEAR = 320
"""Characters within which the three phrases stand."""

_PLACE = r"(?:places?|positions?|spots?|slots?)"
_EXACT = re.compile(
    rf"\b(?:right|correct|exact|same|proper|very|that|its|their) {_PLACE}\b|\bcorrectly (?:placed|positioned|guessed)"
    r"|\bexactly (?:right|there|here)\b|\bin (?:place|position)\b|\bletters? (?:that )?(?:is|are) correct\b(?! but)",
    re.IGNORECASE,
)
_PRESENT = re.compile(
    rf"\b(?:wrong|different|another|other|incorrect|not (?:in )?(?:the|that|its) (?:right|correct)) {_PLACE}\b"
    r"|\bmisplaced\b|\bwrongly placed\b|\belsewhere\b|\bsomewhere else\b|\bbut (?:somewhere|not (?:there|here))\b",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"\b(?:do(?:es)?(?: not|n['’]t) (?:occur|appear|contain|exist|belong|have)"
    r"|(?:is|are)(?: not|n['’]t) (?:in|part|there|used)"
    r"|not (?:in|part of|contained|present|used)\b(?! the (?:right|correct))"
    r"|all (?:the )?(?:rest|others?)|(?:the )?others\b|otherwise|anything else|absent|nowhere|missing"
    r"|incorrect\b(?! place| position)|wrong letters?|letters? (?:that )?(?:is|are) wrong"
    r"|no such letter|never occurs?)",
    re.IGNORECASE,
)
_TOKEN = r"[^\s,;\"'`()\[\]<>“”‘’]{1,12}"
_OPEN, _CLOSE = r"[\"'`“‘(\[<]?", r"[\"'`”’)\]>]?"
_SAYS = r"(?:=|:|→|->|–|means?|marks?|stands? for|indicates?|shows?|denotes?|says?|is for|signals?|tells?):?"
_BEHIND_IN_BRACKETS = re.compile(rf"[(\[<\"'`“‘]({_TOKEN})[)\]>\"'`”’]")
_BEFORE = re.compile(
    rf"(?:^|[\s,;(]){_OPEN}({_TOKEN}?){_CLOSE}\s*{_SAYS}(?=[\s]|$)|[,;]\s(?:and\s)?{_OPEN}({_TOKEN}){_CLOSE}\s(?:for\s)?(?:an?|the|letters?)\b",
    re.IGNORECASE | re.MULTILINE,
)
_SHOWN = (
    r"(?:gets?|sees?|receives?|shown (?:as|in|by)|marked(?: with| as| by| in)?|appears? (?:as|in)|becomes?|turns?"
    r"|earns?|yields?)"
)
_BEHIND = re.compile(rf"\b{_SHOWN}\s{_OPEN}({_TOKEN}){_CLOSE}(?=[\s,;)]|$)", re.IGNORECASE | re.MULTILINE)
_BEHIND_LOOSELY = re.compile(
    rf"(?:\b(?:is|are|as|with|by|in|coloured|colored)|[=:→])\s{_OPEN}({_TOKEN}){_CLOSE}(?=[\s,;)]|$)",
    re.IGNORECASE | re.MULTILINE,
)
_NO_MARK = re.compile(
    r"(?:an?|the|its?|is|are|be|in|on|of|to|at|by|as|your?|letters?|words?|that|this|which|not|and|or|but|if|with|for"
    r"|also|will|one|has|have|does|do|what|they|these|those|there|i|we|he|she)\Z",
    re.IGNORECASE,
)
_NO_LOOSE_MARK = re.compile(
    r"(?:right|correct|wrong|place|position|spot|guess|part|proper|contain|occurs|told)\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """Where the three phrases stand: (start, end) of the one for the right place, a wrong place, absence."""

    exact: tuple[int, int]
    present: tuple[int, int]
    absent: tuple[int, int]


def read_legend(page: Page) -> Legend | None:
    """The legend of the feedback, when the message explains one."""
    triples = list(_triples(page.text))
    for way, behind in ((_BEHIND_IN_BRACKETS, True), (_BEFORE, False), (_BEHIND, True), (_BEHIND_LOOSELY, True)):
        for verdicts in triples:
            found = _marks(page.text, verdicts, way, behind)
            if found is not None:
                (exact, present, absent), start, end = found
                span = page.span(start, end)
                return Legend(exact=exact, present=present, absent=absent, span=span, confidence=0.9)
    return None


def _triples(text: str) -> Iterator[_Verdicts]:
    """Places where all three verdicts are spoken of, in the order of the text."""
    exacts = [match.span() for match in _EXACT.finditer(text)]
    absents = [match.span() for match in _ABSENT.finditer(text)]
    for count, match in enumerate(_PRESENT.finditer(text)):
        if count == 12:
            return
        present = match.span()
        for exact in _nearest(exacts, present, most=2):
            for absent in _nearest(absents, present, most=5):
                if absent[1] <= exact[0] or exact[1] <= absent[0]:
                    yield _Verdicts(exact, present, absent)


def _nearest(spans: Sequence[tuple[int, int]], to: tuple[int, int], *, most: int) -> list[tuple[int, int]]:
    """The spans closest to another one, none overlapping it."""
    free = [span for span in spans if abs(span[0] - to[0]) <= _NEAR and (span[1] <= to[0] or to[1] <= span[0])]
    return sorted(free, key=lambda span: abs(span[0] - to[0]))[:most]


def _marks(
    text: str, verdicts: _Verdicts, way: re.Pattern[str], behind: bool
) -> tuple[tuple[str, str, str], int, int] | None:
    """The marks of the three verdicts, all written in one way; None when one is missing or two are alike."""
    order = sorted((verdicts.exact, verdicts.present, verdicts.absent))
    found: dict[tuple[int, int], str] = {}
    low, high = order[0][0], order[-1][1]
    for place, span in enumerate(order):
        if behind:
            start = span[1]
            reach = 24 if way is _BEHIND_IN_BRACKETS else 60
            end = min(len(text), span[1] + reach, order[place + 1][0] if place < 2 else len(text))
        else:
            start = order[place - 1][1] if place else max(0, span[0] - 90)
            end = span[0]
        candidates = [each for each in _candidates(text, way, start, end) if _may_be_mark(each[0], way)]
        if not candidates:
            return None
        mark, where = candidates[0] if behind else candidates[-1]
        found[span] = mark
        low, high = min(low, where), max(high, where + len(mark))
    marks = (found[verdicts.exact], found[verdicts.present], found[verdicts.absent])
    if len({mark.casefold() for mark in marks}) < 3 or len({_sort(mark) for mark in marks}) > 1:
        return None
    return marks, low, high


def _candidates(text: str, way: re.Pattern[str], start: int, end: int) -> Iterator[tuple[str, int]]:
    window = text[start : end + 1]
    at = 0
    while (match := way.search(window, at)) is not None:
        at = max(match.start() + 1, at + 1)
        group = next(number for number in range(1, way.groups + 1) if match.group(number) is not None)
        token = match.group(group)
        if len(token) > 1 and token[-1] in ".:!?,;" and not (len(set(token)) == 1 and len(token) > 2):
            token = token[:-1]
        if token:
            yield token, start + match.start(group)


def _may_be_mark(token: str, way: re.Pattern[str]) -> bool:
    return not _NO_MARK.match(token) and not (way is _BEHIND_LOOSELY and _NO_LOOSE_MARK.match(token))


def _sort(mark: str) -> str:
    """Signs and single letters go together ("x" for "absent" beside "="); longer words are of another sort."""
    return ("WORD" if mark.isupper() else "word") if len(mark) > 1 and mark[0].isalpha() else "sign"
