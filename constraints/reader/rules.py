"""Hard rules of games: forbidden words, repetition, letters, limits.

Instructions of the general kind (word counts, keywords, titles …) are read in
`constraints.reader.generic`.
"""

import re
from collections.abc import Sequence

from constraints.reader.glossary import read_letters
from constraints.reader.quotation import quotes
from constraints.reader.regions import Region
from constraints.reader.scan import Page, Sentence
from constraints.reader.words import (
    NUMBER,
    looks_like_items,
    number,
    split_list,
    unquote,
)
from constraints.rulebook import OptionList, Rule, RuleKind

_FORBID = re.compile(
    r"\b(?:(?:can ?not|can't|may not|must not|mustn't|should not|shouldn't|do not|don't|never|"
    r"not allowed to|are not to|forbidden to|prohibited from|without|avoid|refrain from|"
    r"must avoid|must not|may not)\b[^.]{0,60}?"
    r"\b(?:us(?:e|ing)|say(?:ing)?|mention(?:ing)?|includ(?:e|ing)|contain(?:ing)?|writ(?:e|ing)|"
    r"reveal(?:ing)?|utter(?:ing)?|giv(?:e|ing) away|nam(?:e|ing)|speak(?:ing)?|employ(?:ing)?|"
    r"appear|be the (?:password|word|answer|target|solution|code ?word))\b|"
    r"\b(?:forbidden|taboo|banned|prohibited|off[- ]limits|not allowed|not permitted|"
    r"may not (?:appear|be used|occur)|must not (?:appear|be used|occur)|cannot be used|"
    r"out of bounds)\b)"
)
_TARGET = re.compile(
    r"(?i)\b(?:(?:the |your |this |my )?(?:target|secret|hidden|taboo|mystery|chosen|given|"
    r"goal)[- ](?:word|term|concept|expression)|\bpass(?:word|phrase)|code ?word|the answer|your word|the "
    r"word|(?:knowledge of|"
    r"describe|about) the word|the solution)\b"
    r"[^:\n\"'.]{0,90}?(?::|\bis\b|\bas\b|)\s*[:\s]\s*(\"[^\"\n]{1,40}\"|'[^'\n]{1,40}'|"
    r"\*\*[^*\n]{1,40}\*\*|`[^`\n]{1,40}`|[^\W\d_][\w'-]{0,30})"
)
_TARGET_LINE = re.compile(
    r"(?i)\b(?:target|secret|hidden|taboo|mystery|your|the|this) (?:\w+ )?(?:word|term)\b[^:\n]{0,120}:\s*$"
)
_TARGET_TALK = re.compile(
    r"\b(?:target|secret|hidden|mystery)[- ]?(?:word|term|concept)|\bthe (?:word|answer|term|"
    r"solution|target|password|code ?word)\b|\bit\b|\byour word\b|\bitself\b"
)
_RELATED = re.compile(
    r"\b(?:related|following|forbidden|taboo|banned|listed|these|those|below|prohibited|given|"
    r"such|other|any of the|the) (?:\w+ ){0,2}words?\b|\bwords? (?:below|listed|above|on the list|"
    r"in the lists?|from the lists?|that)\b|\blists?\b|\b(?:board|table)\b"
)
_LISTED = re.compile(
    r"(?i)\b(?:forbidden|taboo|banned|related|prohibited|off[- ]limits|not allowed|do not (?:use|"
    r"say|mention)|don't (?:use|say|mention)|must not (?:use|say)|may not (?:use|say)|"
    r"cannot (?:use|say)|avoid)\b"
)
_REPEAT = re.compile(
    r"\b(?:(?:do not|don't|never|must not|may not|cannot|can't|not allowed to|should not|without|"
    r"avoid) (?:\w+ ){0,3}?(?:repeat(?:ing)?|reus(?:e|ing)|us(?:e|ing) (?:the same|a|"
    r"any) \w+ (?:twice|again|more than once))|"
    r"no repeat|(?:must|should|has to) be (?:new|different)|only once\b[^.]{0,30}\b(?:word|guess|"
    r"clue)|(?:already|previously) (?:guessed|used|said|tried)[^.]{0,40}\b(?:not|never|invalid|"
    r"forbidden|aborts?|again)|"
    r"(?:not|never)\b[^.]{0,40}\b(?:already|previously) (?:guessed|used|said|tried|given)|"
    r"same (?:word|guess|clue|question) (?:twice|again|more than once)|"
    r"\b(?:no|any|never (?:a|the same)) (?:\w+ )?(?:word|guess|clue|hint|question|answer|move|name|city|item|"
    r"letter)s?\b[^.]{0,24}"
    r"\b(?:twice|again|more than once)\b|\bno (?:repetitions?|repeats|duplicates)\b)"
)
_LOWERCASE = re.compile(
    r"\b(?:in|use|using|with|only|all) (?:only |all )?(?:lower-?\s?case|small(?= letters| words))(?: (?:letters|words|"
    r"characters))?\b|\blower-?cased? (?:letters )?only\b|\ball (?:letters )?(?:in )?lower-?case\b"
)
_BRIEF = re.compile(
    r"\b(?:short|brief|concise|to the point|as short as possible|briefly|time pressure|keep it short)\b"
)
_NOTHING = re.compile(
    r"\b(?:do not|don't|never|omit|exclude|without|no|avoid)\b[^.]{0,30}\b(?:any|all|else|other|"
    r"additional|extra|further|more)\b[^.]{0,20}\b(?:text|else|words?|explanation|output|"
    r"comment\w*|thing|information)\b|\bnothing else\b|\bonly (?:reply|answer|respond|give|"
    r"return)\b|\bomit (?:everything|anything)\b"
)
_ONE_QUESTION = re.compile(r"\b(?:one|single|more than one) questions?\b(?: (?:per|at a|each|in|for))?")
_TURNS = re.compile(
    rf"\b(?:(?:you|there|we)\b[^.]{{0,40}}?\b(?:have|get|are|need|make|within|in|"
    rf"only)\b[^.]{{0,30}}?|maximum(?: number)?[^.]{{0,60}}?\b(?:is|of)\b[^.]{{0,10}}?|within|"
    rf"at most|up to|in|after|limit(?:ed)? (?:of|to|is)?|no more than|"
    rf"as many as)\s*({NUMBER})\s+(?:\w+ ){{0,2}}?(attempts?|tries|turns?|guesses|rounds?|moves?|"
    rf"steps?|chances?|questions?|trials?)\b"
    rf"|\bmaximum number of (?:attempts|tries|turns|guesses|rounds|moves|steps|questions)[^.]{{0,80}}?\bis ({NUMBER})\b"
)


def read_rules(page: Page, options: Sequence[OptionList]) -> list[Rule]:
    """The hard rules of games that a message states."""
    found: list[Rule] = []
    found.extend(_forbidden(page, options))
    for sentence in page.sentences:
        if sentence.region is not Region.RULE:
            continue
        lower = sentence.lower
        if _REPEAT.search(lower):
            found.append(_rule(page, sentence, RuleKind.NO_REPEAT, 0.8))
        if _LOWERCASE.search(lower) and re.search(r"\b(?:respond|repl|answer|response|write|use|your)\b", lower):
            found.append(_rule(page, sentence, RuleKind.LOWERCASE, 0.8))
        if _BRIEF.search(lower) and re.search(
            r"\b(?:answer|repl|respon|question|clue|description|hint|make|give|keep|your|command)",
            lower,
        ):
            found.append(_rule(page, sentence, RuleKind.BRIEF, 0.8))
        if _NOTHING.search(lower):
            found.append(_rule(page, sentence, RuleKind.NOTHING_ELSE, 0.85))
        if _ONE_QUESTION.search(lower) and re.search(
            r"\b(?:only|not|never|single|exactly|per turn|at a time|each turn)\b", lower
        ):
            found.append(_rule(page, sentence, RuleKind.ONE_QUESTION, 0.8))
    return found


def _rule(
    page: Page,
    sentence: Sentence,
    kind: RuleKind,
    confidence: float,
    words: tuple[str, ...] = (),
    slot: str = "",
) -> Rule:
    return Rule(
        kind=kind,
        span=page.span(sentence.start, sentence.end),
        confidence=confidence,
        words=words,
        slot=slot,
    )


def _forbidden(page: Page, options: Sequence[OptionList]) -> list[Rule]:
    """Words that may not be said: quoted, defined as the target, or listed."""
    found: list[Rule] = []
    target = read_target(page)
    listed = {entry.label: entry for entry in options if _LISTED.search(entry.label)}
    told = False
    for sentence in page.sentences:
        if sentence.region is not Region.RULE or not _FORBID.search(sentence.lower):
            continue
        if not re.search(
            r"\b(?:word|term|name|answer|target|solution|mention|say|letter|reveal|password|hint|clue)",
            sentence.lower,
        ) or re.search(r"\b(?:text|symbol|format|valid|tag)\b", sentence.lower):
            continue
        told = True
        words: list[str] = [word for quote in quotes(sentence.text) if _is_word(word := quote.text.strip())]
        if target is not None and _TARGET_TALK.search(sentence.lower):
            words.append(target)
        if words:
            found.append(
                _rule(
                    page,
                    sentence,
                    RuleKind.FORBIDDEN_WORDS,
                    0.85,
                    tuple(dict.fromkeys(words)),
                )
            )
    for label, entry in listed.items():
        if told or re.search(
            r"(?i)forbidden|taboo|banned|do not|don't|not allowed|off[- ]limits|prohibited|avoid|"
            r"must not|may not|cannot",
            label,
        ):
            listed_words = tuple(value for value in entry.values if len(value) > 2)  # "a" in a list cannot be meant
            found.append(
                Rule(
                    kind=RuleKind.FORBIDDEN_WORDS,
                    span=entry.span,
                    confidence=0.85,
                    words=listed_words,
                )
            )
    found.extend(_labelled(page))
    return found


_LABEL_LIST = re.compile(
    r"(?i)(?:\b(?:forbidden|taboo|banned|prohibited|off[- ]limits)\b[^:\n]{0,40}|\b(?:do not|"
    r"don't|never|must not|may not|cannot|can't|not) (?:use|say|mention|write)\b[^:\n]{0,60}|"
    r"\b(?:words|terms)\b[^:\n]{0,30}\b(?:forbidden|not (?:use|allowed)|"
    r"avoid)\b[^:\n]{0,20})\s*(?::|\bare\b|\bis\b)\s*([^\n]{2,600})"
)


def _labelled(page: Page) -> list[Rule]:
    """Comma lists after a label that forbids ("Taboo words: a, b")."""
    found: list[Rule] = []
    for line in page.lines:
        if line.region is not Region.RULE:
            continue
        match = _LABEL_LIST.search(line.text[:900])
        if match is None:
            continue
        words = split_list(re.split(r"[.!?](?:\s|$)", match.group(1))[0])
        if len(words) == 1 and ":" not in match.group() and len(words[0].split()) > 1:
            continue
        if (
            words
            and all(len(word.split()) <= 3 and _is_word(word) for word in words)
            and (len(words) == 1 or looks_like_items(words, 3))
        ):
            start = line.start + match.start(1)
            found.append(
                Rule(
                    kind=RuleKind.FORBIDDEN_WORDS,
                    span=page.span(start, line.start + match.end(1)),
                    confidence=0.85,
                    words=words,
                )
            )
    return found


def _is_word(text: str) -> bool:
    return (
        0 < len(text) <= 40
        and len(text.split()) <= 3
        and bool(re.fullmatch(r"[^\W\d_][\w' -]*", text))
        and text.lower() not in ("yes", "no")
    )


def read_target(page: Page) -> str | None:
    """The word that has to be described or kept secret, when the message tells it."""
    for line in page.lines:
        if line.region is Region.EXAMPLE or not line.text:
            continue
        if _TARGET_LINE.search(line.text):
            after = next(
                (entry.text for entry in page.lines[line.index + 1 : line.index + 4] if entry.text),
                "",
            )
            word = unquote(after.strip(" ."))
            if 0 < len(word.split()) <= 3 and _is_word(word):
                return word
        for match in _TARGET.finditer(line.text[:1500]):
            word = unquote(match.group(1))
            marked = match.group(1)[0] in "\"'*`" or ":" in match.group()
            if _is_word(word) and marked and word.lower() not in ("the", "a", "an", "that", "which", "you"):
                return word
    return None


def read_hidden_letters(page: Page) -> int | None:
    """The length of the hidden word in letters, when the message states it."""
    for sentence in page.sentences:
        if sentence.region is Region.EXAMPLE or not re.search(r"\b(?:word|guess|letters?)\b", sentence.lower):
            continue
        if re.search(r"\b(?:word|guess|answer)", sentence.lower):
            letters = read_letters(sentence.lower)
            if letters is not None and not re.search(
                r"\b(?:first|last|contains?|at least|clue of|hint of|sentence)\b[^.]{0,12}letters?",
                sentence.lower,
            ):
                return letters
    return None


def read_turn_limit(page: Page) -> int | None:
    """How many turns, guesses or moves there are in all, when the message says so."""
    for sentence in page.sentences:
        if sentence.region is not Region.RULE:
            continue
        for match in _TURNS.finditer(sentence.lower):
            count = number(match.group(1) or match.group(3))
            if count is not None and 2 <= count <= 500:
                return count
    return None
