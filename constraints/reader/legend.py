"""How feedback marks the letters of a guess: which mark means which."""

import re

from constraints.reader.scan import Page, Region, Sentence
from constraints.rulebook import Legend

_EXACT = re.compile(
    r"(?:right|correct|exact|same|proper|its|that|the)\s(?:and (?:in|"
    r"at) the )?(?:\w+\s){0,3}?(?:place|position|spot|slot)s?\b|\bcorrectly (?:placed|positioned)|"
    r"in (?:place|position)\b|\bcorrect letters?\b|letters? (?:is|are) correct\b|"
    r"\bexactly (?:right|there)|\bperfect"
)
_PRESENT = re.compile(
    r"(?:wrong|different|another|other|incorrect|misplaced|elsewhere|not (?:in|at) (?:the|this|"
    r"that|its) (?:right |correct |same )?|somewhere else)\s?(?:place|position|spot|slot)?|"
    r"misplaced|elsewhere|occurs? (?:in the word|somewhere)|somewhere (?:else|in)|"
    r"wrong(?:ly)? (?:placed|position)"
)
_PLACE = re.compile(r"place|position|spot|slot|elsewhere|misplaced|somewhere")
_ABSENT = re.compile(
    r"\b(?:not (?:in|part of|contained|present|occur|appear|found|used)|does(?:n't| not) (?:occur|"
    r"appear|contain|exist)|do(?:n't| not) (?:occur|appear|exist)|isn't (?:in|part)|is absent|"
    r"absent|missing|nowhere|incorrect|wrong letters?|no such letter|not there at all|not belong|"
    r"never occurs)"
)
_MARK_WORD = re.compile(
    r"\b(green|yellow|red|gr[ae]y|black|orange|blue|white|purple|hit|near|miss|close|exact|"
    r"present|absent|correct|right|wrong|misplaced|partial|full|none|bull|cow|match|here|"
    r"elsewhere|nowhere|yes|maybe|no|ok|far|good|bad|in|out)\b"
)
_QUOTED = re.compile(r"[\"'`“‘(<\[]\s?([^\w\s\"'`]{1,2}|[A-Za-z]{1,12}|[0-2]|\S)\s?[\"'`”’)>\]]")
_BARE_SYMBOL = re.compile(
    r"(?:^|[\s,;(])([=+*!?~#@_.xX✓✗o•○●🟩🟨⬜⬛🟥-]|[GYBRXgybrx0-2])\s+(?:means|stands for|marks|is|=|"
    r":|for|-|–|says|indicates|shows|denotes|tells|when|if)\b"
)


def read_legend(page: Page) -> Legend | None:
    """The legend of the feedback, when the message explains one."""
    roles: dict[str, str] = {}
    spans: list[tuple[int, int]] = []
    for sentence in page.sentences:
        if sentence.region is Region.DATA or not re.search(r"letter|place|position|spot|word", sentence.lower):
            continue
        for clause, offset in _clauses(sentence):
            role = _role(clause)
            if role is None or role in roles:
                continue
            mark = _mark(clause, sentence.text[offset : offset + len(clause)])
            if mark is not None and mark not in roles.values():
                roles[role] = mark
                spans.append((sentence.start, sentence.end))
    if len(roles) < 2 or "exact" not in roles:
        return None
    return Legend(
        exact=roles["exact"],
        present=roles.get("present", ""),
        absent=roles.get("absent", ""),
        span=page.span(min(start for start, _ in spans), max(end for _, end in spans)),
        confidence=0.9 if len(roles) == 3 else 0.6,
    )


def _clauses(sentence: Sentence) -> list[tuple[str, int]]:
    """The parts of a sentence that each speak of one mark."""
    pieces: list[tuple[str, int]] = []
    at = 0
    for match in re.finditer(
        r"[,;]\s+(?:and |while |whereas |but |or )?|\s+(?:and|while|whereas)\s+(?=[^\w\s]|"
        r"\w+ (?:means|stands|marks|indicates|letters|is |for |says|=)|which\b|a \w+ mark|"
        r"letters?\b|(?:green|yellow|red|gr[ae]y|black)\b)|\.\s",
        sentence.lower,
    ):
        pieces.append((sentence.lower[at : match.start()], at))
        at = match.end()
    pieces.append((sentence.lower[at:], at))
    return pieces


def _role(clause: str) -> str | None:
    if _PRESENT.search(clause) and _PLACE.search(clause):
        if re.search(
            r"not (?:in|occur|appear|found|present)[^,;]{0,20}\b(?:word|anywhere|at all)", clause
        ) and not re.search(r"wrong|different|another|misplaced|elsewhere", clause):
            return "absent"
        return "present"
    if _ABSENT.search(clause):
        return "absent"
    if _EXACT.search(clause):
        return "exact"
    return None


def _mark(clause: str, original: str) -> str | None:
    quoted = _QUOTED.search(original)
    if quoted and not (
        quoted.group(1).isalpha() and len(quoted.group(1)) > 1 and not _MARK_WORD.fullmatch(quoted.group(1).lower())
    ):
        return quoted.group(1)
    symbol = _BARE_SYMBOL.search(original)
    if symbol:
        return symbol.group(1)
    words = [match for match in _MARK_WORD.finditer(clause)]
    colours = [
        match.group(1)
        for match in words
        if re.fullmatch(
            r"green|yellow|red|gr[ae]y|black|orange|blue|white|purple|hit|near|miss|bull|cow", match.group(1)
        )
    ]
    if colours:
        return colours[0]
    head = re.match(r"\W*(\w+)\b(?=\s*(?:means|stands|marks|indicates|=|:|says|is for|for|-))", clause)
    return head.group(1) if head else None
