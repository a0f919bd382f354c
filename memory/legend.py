"""Legends: working out from a game's explanation and worked example what its marks mean.

The example is solved: for a guess and a hidden word the verdicts are known, so
the marks beside the letters must be theirs. Prose fills in the marks that the
example lacks. Knows no game and no wording beyond ordinary words for places.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from memory.belief import ABSENT, EXACT, PRESENT, mark
from memory.marks import Marking

READ_CHARACTERS = 12_000
_TOKEN = r"(?:[A-Za-z]{1,14}|[^\sA-Za-z,;|()<>\[\]{}\"'“”])"
_WORDY_TOKEN = r"[^<>()\[\]{}\n]{1,24}"
_LAYOUTS: tuple[tuple[str, str, str], ...] = (
    (r"\s*<\s*", _WORDY_TOKEN, r"\s*>"),
    (r"\s*\(\s*", _WORDY_TOKEN, r"\s*\)"),
    (r"\s*\[\s*", _WORDY_TOKEN, r"\s*\]"),
    (r"\s+", _TOKEN, r"(?=\s*(?:[|,;/\n]|$))"),
    (r"\s*:\s*", _TOKEN, r""),
    (r"\s*=\s*", _TOKEN, r""),
    (r"\s*-\s*", _TOKEN, r""),
    (r"", r"[^\w\s,;|]", r""),
    (r"", r"\d", r""),
)
"""How a mark may stand behind its letter: what lies between, the mark, what follows."""
_BETWEEN = r"[\s,;|/]*(?:\d{1,2}[.):]\s*)?"

_PHRASES = {
    EXACT: re.compile(
        r"(?<!not in the )(?<!not in its )\b(?:(?:right|correct|proper|exact|same|its)\s+(?:place|position|spot)"
        r"|exactly\s+(?:there|here)|well[- ]placed|proper\s+place)\b",
        re.IGNORECASE,
    ),
    PRESENT: re.compile(
        r"\b(?:(?:another|a\s+different|different|other|wrong|incorrect)\s+(?:place|position|spot)|elsewhere|somewhere\s+else"
        r"|misplaced|not\s+(?:there|in\s+(?:that|its|the\s+(?:right|correct)))\s*(?:place|position|spot)?)\b",
        re.IGNORECASE,
    ),
    ABSENT: re.compile(
        r"\b(?:not\s+in\s+the\s+word|(?:does\s+not|doesn['’]t|do\s+not|don['’]t)\s+(?:occur|contain|appear|belong)|otherwise"
        r"|(?:all\s+)?the\s+rest|all\s+others?|not\s+(?:a\s+)?part|no\s+such|absent|not\s+contained|incorrect\s+letters?"
        r"|letters?\s+(?:are|is)\s+(?:incorrect|wrong))\b",
        re.IGNORECASE,
    ),
}
_CLAUSE_END = re.compile(r"[;\n]|(?<=[a-z)]),\s|(?<=[a-z)])[.?!]\s|:\s(?=\W|\d|\w{1,10}\s=)")
_NO_MARKS = frozenset(
    ("the", "a", "an", "letters", "letter", "how", "each", "if", "but", "for", "in", "of", "and", "or")
)
_GROUP = re.compile(r"(?P<mark>[A-Za-z]{1,14}|[^\s\w])\s*:\s*(?P<places>(?:\d{1,2}\s*\(?\w?\)?[,\s]*)+)")
_QUOTED_WORD = re.compile(r"[\"“'‘*_(\[]([A-Za-z]+)[\"”'’*_)\]]")


@lru_cache(maxsize=64)
def infer_marking(text: str, length: int) -> Marking | None:
    """What the marks mean, from the rules of a game; None when the rules do not show it.

    Args:
        text: the message with the rules.
        length: letters of a guess.
    """
    tail = text[:READ_CHARACTERS]
    best: dict[int, str] = {}
    for known in _solved_examples(tail, length):
        if len(known) > len(best):
            best = known
        if len(best) == 3:
            break
    filled = _complete(tail, best)
    if filled is None or len({token.casefold() for token in filled.values()}) < 3:
        return None
    return Marking(exact=filled[EXACT], present=filled[PRESENT], absent=filled[ABSENT])


def _solved_examples(text: str, length: int) -> Iterator[dict[int, str]]:
    """Verdict to mark, for each worked example that has a consistent solution."""
    quoted = [
        (match.start(), match.end(), match.group(1).casefold())
        for match in _QUOTED_WORD.finditer(text)
        if len(match.group(1)) == length
    ][:12]
    for number, (_, end, word) in enumerate(quoted):
        for _, other_end, other in quoted[max(0, number - 2) : number + 3]:
            if word == other:
                continue
            behind = text[max(end, other_end) : max(end, other_end) + 260]
            for tokens in rows_of_marks(behind, word):
                known = _solve(word, other, tokens)
                if known:
                    yield known


def _solve(guess: str, hidden: str, tokens: Sequence[str]) -> dict[int, str]:
    """Verdict to mark if the marks fit the verdicts, else {}."""
    known: dict[int, str] = {}
    for verdict, token in zip(mark(guess, hidden), tokens, strict=True):
        if known.setdefault(verdict, token) != token:
            return {}
    return known if len(set(known.values())) == len(known) else {}


def rows_of_marks(text: str, guess: str) -> Iterator[list[str]]:
    """Every way of reading one mark per letter of a known guess, in any layout."""
    for between, token, closing in _LAYOUTS:
        letters = [rf"{letter}{between}({token}){closing}" for letter in guess]
        found = re.search(r"(?<![A-Za-z])" + _BETWEEN.join(letters), text, re.IGNORECASE)
        if found is not None:
            yield [part.strip() for part in found.groups()]
    spelled = r"\s*".join(guess)
    count = len(guess) - 1
    for pattern in (
        rf"(?<![A-Za-z]){spelled}[\"')\]]*\s*[:=>→-]*\s*((?:[^\s\w]|\d|[A-Z]){{{len(guess)}}})(?!\w)",
        rf"(?<![A-Za-z]){spelled}[\"')\]]*\s*[:=>→-]*\s*({_TOKEN}(?:[ ,|]+{_TOKEN}){{{count}}})",
        rf"^\s*((?:[^\s\w]|\d){{{len(guess)}}})\s*$",
    ):
        found = re.search(pattern, text, re.IGNORECASE | re.MULTILINE)
        if found is not None:
            body = found.group(1)
            parts = re.split(r"[ ,|]+", body) if re.search(r"[ ,|]", body) else list(body)
            if len(parts) == len(guess):
                yield parts
    listed = _grouped(text, guess)
    if listed is not None:
        yield listed


def _grouped(text: str, guess: str) -> list[str] | None:
    """Marks with the places or letters they apply to ("correct: 1 (s), 3 (e); wrong: 4 (l)")."""
    marks: dict[int, str] = {}
    for match in _GROUP.finditer(text):
        for place in re.findall(r"\d{1,2}", match["places"]):
            marks.setdefault(int(place) - 1, match["mark"])
    return [marks[place] for place in range(len(guess))] if set(marks) >= set(range(len(guess))) else None


def _complete(text: str, known: dict[int, str]) -> dict[int, str] | None:
    """Adds from prose the marks that no example showed; None when some stay unknown."""
    if len(known) == 3:
        return known
    for explained in _explanations(text):
        merged = {**explained, **known}
        agree = all(explained.get(v, token).casefold() == token.casefold() for v, token in known.items())
        if len(merged) == 3 and agree and len({token.casefold() for token in merged.values()}) == 3:
            return merged
    return None


def _explanations(text: str) -> Iterator[dict[int, str]]:
    """Marks by verdict as sentences explain them: named before what they mean, or after it."""
    for lead in _PHRASES[EXACT].finditer(text):
        window = text[max(0, lead.start() - 120) : lead.start() + 420]
        exact = _PHRASES[EXACT].search(window, max(0, min(lead.start(), 120) - 1))
        present = _PHRASES[PRESENT].search(window, exact.end()) if exact else None
        absent = _PHRASES[ABSENT].search(window, present.end()) if present else None
        if exact is None or present is None or absent is None:
            continue
        spans = ((0, exact.start()), (exact.end(), present.start()), (present.end(), absent.start()))
        yield _named(zip((EXACT, PRESENT, ABSENT), (_first_token(window[a:b]) for a, b in spans), strict=True))
        ends = (present.start(), absent.start(), len(window))
        gaps = [window[a.end() : b] for a, b in zip((exact, present, absent), ends, strict=True)]
        yield _named(zip((EXACT, PRESENT, ABSENT), (_shown_token(gap) for gap in gaps), strict=True))


def _named(pairs: Iterator[tuple[int, str | None]]) -> dict[int, str]:
    return {verdict: token for verdict, token in pairs if token is not None}


def _first_token(gap: str) -> str | None:
    """The mark at the head of the clause that ends with the gap."""
    for clause in reversed([clause for clause in _CLAUSE_END.split(gap) if clause.strip()]):
        found = re.match(rf"\s*(?:[-•]\s+)?[\"'“(\[]?({_TOKEN})[\"'”)\]]?\s*(?:=|:|-|–|→|\w+\b)", clause)
        if found is not None and found.group(1).casefold() not in _NO_MARKS:
            return found.group(1)
    return None


def _shown_token(gap: str) -> str | None:
    """The mark that a clause says is seen, got or shown."""
    found = re.search(
        r"\b(?:see|sees|get|gets|got|receives?|earns?|shown?\s+(?:as|by|with)|marked(?:\s+(?:as|by|with|in))?|is|are|means?"
        rf"|becomes?|turns?|with|by|as)\s+[\"'“(\[]?({_TOKEN})(?!\w)",
        gap,
    )
    if found is None:
        found = re.match(rf"\W{{0,3}}\(({_TOKEN})\)", gap)
    return found.group(1) if found is not None else None
