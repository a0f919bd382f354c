"""Replies without fixed text: a choice, a word, a number, a grid and nothing else."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from constraints.forms import Slot, SlotKind
from constraints.reader.choices import last_choices
from constraints.reader.glossary import read_meaning
from constraints.reader.grids import grid_slot
from constraints.reader.limits import answer_limit
from constraints.reader.regions import Region
from constraints.reader.scan import Page, Sentence
from constraints.reader.shots import lettered
from constraints.reader.values import numbers
from constraints.reader.words import NUMBER, number
from constraints.rulebook import OptionList
from constraints.span import Span

_WHOLE = re.compile(
    r"\b(?:your (?:whole |entire |complete |full )?(?:reply|answer|response|message|output) (?:is|"
    r"consists? of|must be|should be|has to be|must consist of|should consist of|contains)|"
    r"the (?:whole |entire )?(?:reply|answer|response) (?:consists? of|must be|should be|is)|"
    r"(?:answer|reply|respond) (?:only |just |simply |exactly )?with|(?:return|output|generate|"
    r"give|provide|say|write|print|state|send)(?: me)? (?:only|just|nothing but)|(?:only|"
    r"just) (?:return|output|say(?! it)|write|reply with|answer with|respond with|give|"
    r"state))\s*:?\s+"
    r"((?:only |just |exactly |nothing but |simply )?[^.\n]{1,200})"
)
_ASKED = re.compile(
    r"^(?:please |simply |just |now )*(?:give|write|say|name|state|send|type|tell me)(?: me| us)?\s+"
    r"(?!only|just|it\b)([^.\n]{3,160})$|"
    r"\bwhat (?:i|we) (?:expect|want|need|read|accept|ask for) is\s+([^.\n]{3,160})|"
    r"\b(?:format|form|shape) of (?:the|your|each|every) (?:reply|answer|response|message)s?:\s+([^.\n]{3,160})|"
    r"\b(?:i|we) (?:expect|want|need|accept)(?: only| just| nothing but)?\s+([^.\n]{3,160})"
)
_STRICT = re.compile(
    r"\bnothing (?:else|more|around|in front|before|behind|after|may)|\bno (?:label|comment|explanation|other text)|"
    r"\bwithout (?:any )?(?:comment|label|explanation|other text)|\bdo not add any (?:other )?text|\bomit everything"
)
_SEVERAL = re.compile(r"\bbullet|\bone (?:a|per) line\b|\bparagraphs\b")
_AMOUNT = re.compile(
    r"\b(?:less than|more than|at least|at most|exactly|fewer than|no more than)\b[^.]{0,30}\bsentences?\b"
)
_ONLY = re.compile(
    r"\b(?:only|just|nothing (?:else|but|around|more|in front|before|behind|after)|"
    r"no (?:other|label|explanation|further|additional)|exactly one|single|"
    r"without (?:any )?(?:explanation|other)|do not add|omit)\b"
)
_THING = re.compile(
    r"(?i)^(?:your|the|one|an?) (?:\w+ ){0,2}(?:clue|hint|guess|description|question|answer|move|"
    r"action|command|word|expression|instruction|reply)\b"
)
_TRAIL = re.compile(
    r"(?:,? (?:and|with|but) (?:nothing|no |then|without|do not|don't)|, no |, without|; | without |, nothing)"
)
_GRID = re.compile(
    r"\b(?:return|output|reply with|give|print|answer with|respond with|provide|draw|show|write|"
    r"send)(?: me| back)?(?: only| just)?(?: the| your| an?)?(?: (?:updated|resulting|new|final|"
    r"complete|filled|whole|modified|changed))*(?: \d+ ?(?:x|by) ?\d+)? (?:grid|board|"
    r"matrix)\b(?! (?:description|size))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A reply that is one slot and nothing else.

    Attributes:
        slot: what it holds.
        span: where it was read.
        confidence: how sure the reader is.
    """

    slot: Slot
    span: Span
    confidence: float


_MENU = re.compile(
    r"(?i)\b(?:possible|allowed|legal|valid|available|following|your|permitted|only|these|exact|the) (?:\w+ )?"
    r"(?:inputs?|replies|answers|responses|commands?|outputs?|messages?|actions?|moves|options|choices)\b(?: are| is)?$"
)
_WHOLE_MENU = re.compile(
    r"\b(?:type|write|say|reply|answer|respond|enter|send|give|choose|pick|use|output)\b[^.]{0,40}\b(?:one|"
    r"exactly|any|only|either|these|single)\b|"
    r"\bone (?:input|command|action|move|reply|of (?:them|these|the))\b|\b(?:exactly )?as (?:written|shown|listed)\b"
)


def read_menu(page: Page, options: Sequence[OptionList]) -> list[Plain]:
    """A choice among whole replies that the message lists ("Possible inputs: "wait", "go back"")."""
    asks = any(one.region is Region.RULE and _WHOLE_MENU.search(one.lower) for one in page.sentences)
    for entry in options:
        if asks and _MENU.search(entry.label) and len(entry.values) >= 2:
            slot = Slot(name="action", kind=SlotKind.CHOICE, options=entry.values)
            return [Plain(slot=slot, span=entry.span, confidence=0.65)]
    return []


def read_plain(page: Page) -> list[Plain]:
    """Replies without fixed text that the message asks for."""
    for sentence in page.sentences:
        if sentence.region is not Region.RULE:
            continue
        slot = _grid(page, sentence) or _whole(page, sentence)
        if slot is not None:
            return [
                Plain(
                    slot=slot,
                    span=page.span(sentence.start, sentence.end),
                    confidence=0.75,
                )
            ]
    return []


_SEPARATED = re.compile(
    rf"\b(?:send|give|write|answer with|reply with|enter|type|name|state|say)\b(?: me| us| back)?\s+((?:only |"
    rf"just |exactly |the )*{NUMBER} "
    r"(?:\w+ )?(?:numbers|integers|digits)\b[^.;]{0,30}\b(?:separated|divided|parted|with|joined)\b[^.;]{0,60})"
)
_BY_NUMBER = re.compile(
    r"\b(?:enter|give|type|reply with|answer with|send|say|choose by|pick by)\b[^.]{0,20}\b(?:the )?number of "
    r"(?:your|the|that|one)\b|"
    r"\bby (?:its|their|the) number\b|\b(?:only|just) the number\b"
)


def _numbered(page: Page, sentence: Sentence) -> Slot | None:
    """Numbers with marks between them, or the number of an option."""
    told = _SEPARATED.search(sentence.lower)
    if told:
        return numbers("numbers", told.group(1))
    offered = last_choices(page) if _BY_NUMBER.search(sentence.lower) else None
    if offered is None or not offered.labels or offered.lettered:
        return None
    return Slot(name="choice", kind=SlotKind.CHOICE, options=offered.labels, fixed=True)


def _whole(page: Page, sentence: Sentence) -> Slot | None:
    short = _numbered(page, sentence) or _short(page, sentence)
    if short is not None:
        return number_bounds(page, short) if short.kind is SlotKind.NUMBER else short
    limited = answer_limit(sentence.lower)
    if limited.kind is SlotKind.CHOICE and _about_all(sentence, page):
        options = tuple(_as_written(option, sentence.text) for option in limited.options)
        return Slot(name="answer", kind=SlotKind.CHOICE, options=options)
    for match in (
        *_WHOLE.finditer(sentence.lower),
        *_ASKED.finditer(sentence.lower.rstrip(".! ")),
    ):
        if re.search(
            r"(?:\b(?:not|never|if|example)|n't)\b[^.]{0,15}$",
            sentence.lower[: match.start()],
        ):
            continue
        start, end = match.span(match.lastindex or 1)
        told = sentence.text[start:end] if len(sentence.lower) == len(sentence.text) else sentence.lower[start:end]
        words = _TRAIL.split(told)[0].strip()
        if _AMOUNT.search(words.lower()) or _SEVERAL.search(sentence.lower):
            continue
        words = re.sub(r"(?i)^(?:only|just|exactly|nothing but|simply)\s+", "", words)
        meaning = read_meaning(words)
        if meaning.kind is SlotKind.GRID:
            return grid_slot(page, "grid", words)
        counted = numbers("numbers", words) if meaning.kind is SlotKind.LIST else None
        if counted is not None and (_about_all(sentence, page) or _strict(page)):
            return counted
        closed = (SlotKind.CHOICE, SlotKind.WORD, SlotKind.NUMBER, SlotKind.LIST)
        if meaning.kind is not None and meaning.kind in closed and (_about_all(sentence, page) or _strict(page)):
            found = Slot(
                name=_named(words),
                kind=meaning.kind,
                options=meaning.options,
                letters=meaning.letters,
                low=meaning.low,
                high=meaning.high,
            )
            return number_bounds(page, found) if meaning.kind is SlotKind.NUMBER else found
        firm = (match.re is _WHOLE and _ONLY.search(sentence.lower)) or _strict(page)
        if firm and (meaning.kind is SlotKind.TEXT or (meaning.kind is None and _THING.match(words))):
            return Slot(
                name=_named(words),
                kind=SlotKind.TEXT,
                low=meaning.low,
                high=meaning.high,
            )
    return None


_SPAN = re.compile(
    rf"\b(?:number|integer|value|digit|score|rating)s?\b[^.;?!]{{0,40}}?\b(?:between|from|"
    rf"in)\s+({NUMBER})\s*(?:and|to|-|–|\.\.)\s*({NUMBER})\b"
)


def number_bounds(page: Page, slot: Slot) -> Slot:
    """A number with the bounds that the message states anywhere ("a number from 1 to 100")."""
    for sentence in page.sentences:
        match = _SPAN.search(sentence.lower) if sentence.region is Region.RULE and slot.low is None else None
        low, high = (number(group) for group in match.groups()) if match else (None, None)
        if low is not None and high is not None and low < high:
            return replace(slot, low=low, high=high)
    return slot


_LETTER = re.compile(r"\b(?:only|just) (?:with )?the letter\b|\bthe letter (?:only|alone)\b|\bonly (?:one|a) letter\b")
_ONE_WORD = re.compile(
    r"^(?:just|only) the word\b|^(?:in )?(?:one|a single) word(?: only)?[.!]?$|\b(?:name|say|give|"
    r"answer|reply)\b[^.]{0,30} "
    r"(?:in|with) (?:just |only |exactly )?(?:one|a single) word\b|\bwith that word alone\b"
)
_DIGITS = re.compile(
    r"^(?:please )?(?:reply|answer|respond) with (?:a|the|one) (?:single )?number\b|^just the number\b"
)


def _short(page: Page, sentence: Sentence) -> Slot | None:
    """An answer of one letter, one word or one number, asked for in a short sentence."""
    if len(sentence.text.split()) > 12:
        return None
    letters = lettered(page) if _LETTER.search(sentence.lower) else ()
    if letters:
        return Slot(name="answer", kind=SlotKind.CHOICE, options=letters, fixed=True)
    if _ONE_WORD.search(sentence.lower):
        return Slot(name="word", kind=SlotKind.WORD)
    return Slot(name="number", kind=SlotKind.NUMBER) if _DIGITS.search(sentence.lower) else None


def _as_written(option: str, text: str) -> str:
    """An option in the letter case of the sentence that offers it."""
    match = re.search(rf"(?<!\w){re.escape(option)}(?!\w)", text, re.IGNORECASE)
    return match.group() if match and len(option) == 1 else option


def _strict(page: Page) -> bool:
    """Whether the message bars any other text beside the reply."""
    return any(sentence.region is Region.RULE and _STRICT.search(sentence.lower) for sentence in page.sentences)


def _about_all(sentence: Sentence, page: Page) -> bool:
    """Whether the sentence limits the whole reply rather than its beginning or a part of it."""
    if re.search(
        r"\b(?:start|begin|first line|followed by|then explain|at the end|finally|last line|additional)\b",
        sentence.lower,
    ):
        return False
    return bool(_ONLY.search(sentence.lower)) or any(
        other.region is Region.RULE
        and re.search(
            r"\b(?:nothing else|no other text|do not add|omit|no explanation|only)\b",
            other.lower,
        )
        for other in page.sentences
    )


def _named(words: str) -> str:
    found = re.findall(
        r"(?i)\b(direction|word|guess|number|answer|clue|question|move|action|choice|name|colou?r|description|hint)\b",
        words,
    )
    return found[0].lower() if found else "answer"


def _grid(page: Page, sentence: Sentence) -> Slot | None:
    if not _GRID.search(sentence.lower) or re.search(r"\bdescri", sentence.lower):
        return None
    return grid_slot(page)
