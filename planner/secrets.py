"""Secrets: the word we are to describe and the words we must avoid, read from the rules.

Weighs every word that a message puts forward (in quotation marks, behind a colon,
on a line of its own) by what is said around it. Knows no game.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from constraints.rulebook import RuleKind
from memory.dialogues import without_dialogues
from planner.session import Session

READ_CHARACTERS = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A word to be described.

    Attributes:
        target: the word.
        forbidden: words that may not be said in any form; the target is one of them.
    """

    target: str
    forbidden: tuple[str, ...]


_WORD = r"[A-Za-z][A-Za-z-]{1,24}"
_LISTED = r"[A-Za-z][A-Za-z'-]{1,24}"
_DESCRIBING = re.compile(
    r"\b(?:describ\w*|hints?|clues?|explain\w*|guess(?:es|er|ed)?|say\s+it|name\s+(?:it|a\s+word))\b", re.I
)
_EXPOSED = re.compile(
    rf"[\"“'‘](?P<quoted>{_WORD})[.,]?[\"”'’]"
    r"|(?:[:=]|\bis\b|\b[Ii]t['’]s)[*_]{0,2}[ \t]*\n?[ \t]*[*_]{0,2}"
    rf"(?P<behind>{_WORD})[*_]{{0,2}}(?=\s*(?:[.!\n]|$))"
    rf"|^[ \t]*[*_]{{0,2}}(?P<alone>{_WORD})[*_]{{0,2}}[ \t]*[.!]?$",
    re.MULTILINE,
)
_SECRET = re.compile(r"\b(?:word|target|secret|card|term|say|head|chosen|drew|describe)\b", re.I)
_OTHERS = re.compile(
    r"\b(?:related|relatives?|not|never|without|avoid|forbidden|blocked|prohibited|taboo|banned|off\s+limits|none|list|following"
    r"|these|form|reply|tag|field|starts?|begin|stands)\b",
    re.I,
)
_EXAMPLE = re.compile(
    r"\bexamples?\b|illustrat|for\s+instance|suppose|might\s+(?:go|look)|\b(?:game|you)\]?:|\[you\]|\(the\s+word\s+is",
    re.I,
)
_HEADINGS = re.compile(
    r"(?:example|words?|rules?|relatives?|target|secret|role|task|form|game|you|format|clue|hint"
    r"|describer|guesser|player|giver|speaker|listener|describing|guessing|describe|guess)s?$",
    re.I,
)
_LIST_LINE = re.compile(
    rf"^[ \t>*-]*(?P<items>{_LISTED}(?:\s*(?:,|;|/|\||\bor\b|\band\b|,\s*(?:or|and)\b)\s*{_LISTED}){{1,9}})[ \t]*[.]?$",
    re.MULTILINE | re.I,
)
_BULLETS = re.compile(rf"(?:^[ \t]*(?:[-*•+]|\d{{1,2}}[.)])[ \t]+{_LISTED}[ \t]*$\n?){{2,10}}", re.MULTILINE)
_INLINE_LIST = re.compile(rf":[ \t]*(?P<items>{_LISTED}(?:[ \t]*(?:,|;|/|\bor\b|\band\b)[ \t]*{_LISTED}){{1,9}})", re.I)
_AVOIDING = re.compile(
    r"\b(?:related|relatives?|not|never|without|avoid|forbidden|blocked|prohibited|taboo|banned|off\s+limits|lose[sd]?|lost|none"
    r"|spell\s+strikes|utter\w*|also\s+carries)\b",
    re.I,
)
_BANNED_AFTER = re.compile(r"\W*(?:none|not|never|do\s+not|don[’']t|avoid|these)\b", re.I)
_ITEM = re.compile(r"[A-Za-z][A-Za-z'-]+")
_JOINERS = frozenset(("or", "and"))


def read_secret(session: Session) -> Secret | None:
    """The word to describe and the words to avoid; None when nothing is to be described."""
    first = session.memory.opening
    ruled = [word for rule in session.rulebook.of(RuleKind.FORBIDDEN_WORDS) for word in rule.words]
    found = _secret(without_dialogues(first[:READ_CHARACTERS]))
    if found is None:
        return None
    return Secret(target=found.target, forbidden=tuple(dict.fromkeys([*found.forbidden, *ruled])))


@lru_cache(maxsize=64)
def _secret(text: str) -> Secret | None:
    if _DESCRIBING.search(text) is None:
        return None
    avoided = avoided_words(text)
    if not avoided:
        return None
    scored: dict[str, float] = {}
    for match in _EXPOSED.finditer(text):
        word = (match["quoted"] or match["behind"] or match["alone"]).casefold()
        if word in avoided or word in _JOINERS or _HEADINGS.match(word):
            continue
        before = text[max(0, match.start() - 90) : match.start()]
        after = text[match.end() : match.end() + 30]
        near = before[-40:]
        score = 2.0 * bool(_SECRET.search(near)) + 1.0 * bool(_SECRET.search(before)) - 0.8 * bool(_OTHERS.search(near))
        score += 0.5 * (match["quoted"] is None) - 2.0 * after.lstrip().startswith((":", "=", "->", ">"))
        score -= 1.5 * bool(_EXAMPLE.search(text[max(0, match.start() - 220) : match.start()]))
        score -= match.start() / 20_000
        scored[word] = max(scored.get(word, -9.0), score)
    for word in scored:
        scored[word] += 0.6 * min(2, len(re.findall(rf"\b{re.escape(word)}\b", text, re.I)) - 1)
    best = max(scored, key=lambda word: scored[word], default=None)
    if best is None or scored[best] < 0.6:
        return None
    return Secret(target=best, forbidden=(best, *avoided))


def avoided_words(text: str) -> tuple[str, ...]:
    """The words of the list that follows a ban, nearest first; () when there is no such list."""
    best: tuple[float, tuple[str, ...]] | None = None
    for pattern in (_LIST_LINE, _BULLETS, _INLINE_LIST):
        for match in pattern.finditer(text):
            body = match["items"] if "items" in pattern.groupindex else match.group()
            items = tuple(dict.fromkeys(w.casefold() for w in _ITEM.findall(body) if w.casefold() not in _JOINERS))
            before = text[max(0, match.start() - 260) : match.start()]
            bans = list(_AVOIDING.finditer(before))
            behind = _BANNED_AFTER.match(text[match.end() : match.end() + 80]) is not None
            if len(items) < 2 or not (bans or behind):
                continue
            score = len(bans) - ((len(before) - bans[-1].end()) / 60 if bans else 0.0) + 3.0 * behind
            if best is None or score > best[0]:
                best = (score, items)
    return best[1] if best is not None else ()
