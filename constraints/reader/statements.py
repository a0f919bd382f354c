"""Sentences that state the form of a reply: templates within running text."""

import re
from collections.abc import Mapping
from dataclasses import replace

from constraints.reader.composed import composed
from constraints.reader.cues import (
    FORM_CUE,
    NOT_FORM,
    OTHERS,
    OWN,
    REPLYING,
    SAY,
    Statement,
    announcements,
    passed_on,
    playful,
    purpose_of,
    state,
)
from constraints.reader.frames import special
from constraints.reader.json_forms import objects
from constraints.reader.ordered import menu
from constraints.reader.presumed import presumed
from constraints.reader.quotation import quotes
from constraints.reader.quoted import quoted
from constraints.reader.regions import Region, line_tag
from constraints.reader.rows import framed
from constraints.reader.scan import Page, Sentence
from constraints.reader.shapes import (
    META,
    has_strong,
    is_command,
    is_pure,
    leading,
    pieces_of,
)
from constraints.reader.templates import Hole, cut
from constraints.reader.told import labelled, told
from constraints.reader.unquoted import unquoted

_LAYOUT = re.compile(r"\blayout of (?:the|your) \w+|\b(?:map|graph) (?:is|looks)\b")


_AFTERWARDS = re.compile(r"(?i)^(?:that|this|the above) is the (?:form|format|layout|shape|only)")


_AFTER_COLON = re.compile(
    r"(?:is|namely|form|format|template|syntax|layout|pattern|reply|answer|response|with|this|follows|like|"
    r"way|write|use|say|following|command|tag|structure)\s?(?:\([^()]{1,40}\))?\s*:\s+(\S.*)$",
    re.IGNORECASE,
)


def read_inline(page: Page, glossary: Mapping[str, str], *, first: bool = True) -> list[Statement]:
    """Forms stated within sentences; those told in words only where a game begins, or where a form is spoken of."""
    found: list[Statement] = []
    playing = playful(page) if first else any(FORM_CUE.search(one.lower) for one in page.sentences)
    trigger, line = "", -1
    for index, sentence in enumerate(page.sentences):
        if sentence.region is Region.EXAMPLE:
            continue
        if sentence.line != line:
            trigger, line = "", sentence.line
        after = page.sentences[index + 1] if index + 1 < len(page.sentences) else None
        text = META.sub("", sentence.text.rstrip("."))
        if after is not None and _AFTERWARDS.match(after.text) and is_pure(text, glossary):
            start = sentence.text.find(text)
            found.append(
                state(
                    page,
                    sentence,
                    start,
                    start + len(text),
                    pieces_of(text, glossary),
                    0.9,
                    "",
                )
            )
            continue
        announced = announcements(sentence)
        if sentence.region is Region.RULE and playing and (offered := menu(page, index, glossary)):
            found.extend(offered)
            continue
        passed = passed_on(page, sentence)
        here = [
            statement
            for statement in _read_sentence(page, sentence, glossary, playing=playing)
            if line_tag(statement.span.text.strip("\"'`")) not in passed
        ]
        if found and not here and playing and sentence.region is Region.RULE and sentence.line == found[-1].line:
            here = labelled(page, sentence)
        if here and _goes_below(page, found, here[0], sentence):
            here[0] = replace(here[0], joins=True)
        starts = _STARTS_WITH.search(sentence.text)
        if starts and len(here) == 1:
            here[0] = replace(here[0], trigger=starts.group(1).lower())
        found.extend(statement if statement.trigger else _with_trigger(statement, trigger) for statement in here)
        if announced:
            trigger = announced[-1].group(1).lower()
    return found


_STARTS_WITH = re.compile(
    r"(?i:\b(?:when|if|whenever)\b[^,.;]{0,60}\b(?:starts?|begins?) with (?:the (?:word|tag) "
    r")?)[\"'`“]?([A-Z][\w-]{1,24})\b"
)
_BELOW = re.compile(
    r"\b(?:on|in|onto) (?:the|a|its own) (?:next|second|following|new|separate|very next)? ?line "
    r"(?:below|under|after|beneath|underneath|following)\b|"
    r"\b(?:on|in) the (?:next|second|following) line\b|\b(?:directly|right|just) (?:below|under|beneath) (?:it|your)\b"
)


def _goes_below(page: Page, found: list[Statement], here: Statement, sentence: Sentence) -> bool:
    """Whether a sentence puts its tag on a line below the form that the sentences just before it state."""
    if not found or sentence.region is not Region.RULE or not _BELOW.search(sentence.lower):
        return False
    last = found[-1].span.end
    between = page.text[last : here.span.start]
    told = sentence.lower[: max(0, here.span.start - sentence.start)]
    near = last <= sentence.start and len(between) < 400 and "\n\n" not in between
    return near and bool(OWN.search(sentence.text)) and not re.search(r"\b(?:or|instead|alternatively|if)\b", told)


def _with_trigger(statement: Statement, trigger: str) -> Statement:
    if not trigger:
        return statement
    return replace(statement, trigger=trigger)


def _read_sentence(page: Page, sentence: Sentence, glossary: Mapping[str, str], *, playing: bool) -> list[Statement]:
    """The forms that a sentence states, by its marks or in words."""
    found = framed(page, sentence) if sentence.region is Region.RULE else []
    if not found and playing and sentence.region is Region.RULE:
        found = composed(page, sentence, glossary)
    if found:
        return found
    found = _by_marks(page, sentence, glossary)
    if sentence.region is not Region.RULE or any(statement.pieces[:1] == ("{",) for statement in found):
        return found
    extra = [*told(page, sentence, glossary), *special(page, sentence, glossary)] if playing else []
    for statement in extra:
        same = [one for one in found if _overlap(one, statement)]
        if not same:
            found.append(statement)
        elif _weight(statement) > max(_weight(one) for one in same) or all(_explained(statement, one) for one in same):
            found = [one for one in found if one not in same] + [replace(statement, joins=same[0].joins)]
    return sorted(found, key=lambda one: one.span.start)


def _explained(statement: Statement, other: Statement) -> bool:
    """Whether a statement is another one with the meaning of its hole, of which the other says nothing."""
    (mine, hole), (theirs, bare) = ((*one.pieces, "", "")[:2] for one in (statement, other))
    if len(statement.pieces) != 2 or len(other.pieces) != 2 or mine != theirs:
        return False
    return isinstance(hole, Hole) and isinstance(bare, Hole) and bool(hole.meaning) and not bare.meaning


def _overlap(one: Statement, other: Statement) -> bool:
    return one.span.start < other.span.end and other.span.start < one.span.end


def _weight(statement: Statement) -> tuple[int, int]:
    """How much a statement says: its holes, then its fixed words."""
    fixed = "".join(piece for piece in statement.pieces if isinstance(piece, str))
    return sum(isinstance(piece, Hole) for piece in statement.pieces), len(re.findall(r"\w", fixed))


_NAMED_CALL = re.compile(
    r"[A-Za-z_]\w{0,30}\((?:\w{1,30}\s?=\s?(?:\"[^\"\n]{0,120}\"|'[^'\n]{0,120}'|[^,()\"'\n]{1,60})(?:,\s?)?){1,8}\)"
)


def _named_calls(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """Calls with named arguments ("guess(word="<word>")"), where the sentence is about replies."""
    if not REPLYING.search(sentence.lower) and not sentence.text[:1].isalpha():
        return []
    found: list[Statement] = []
    for match in _NAMED_CALL.finditer(sentence.text):
        pieces = presumed(match.group(), glossary)
        marked = any(isinstance(piece, Hole) for piece in cut(match.group(), glossary))
        if marked and any(isinstance(piece, Hole) for piece in pieces):
            purpose = purpose_of(sentence, match.start(), match.end())
            found.append(state(page, sentence, match.start(), match.end(), pieces, 0.9, purpose))
    return found


def _by_marks(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """The forms that a sentence shows by quotation marks, placeholders, brackets."""
    if sentence.region is Region.DATA and not sentence.closes_line:
        return []
    found = _named_calls(page, sentence, glossary)
    if found:
        return found
    found = _braced(page, sentence, glossary)
    if found:
        return found + quoted(page, sentence, glossary)
    found = quoted(page, sentence, glossary)
    if sentence.region is Region.DATA:
        return found
    text = META.sub("", sentence.text.rstrip("."))
    if not found and is_pure(text, glossary) and any(term in sentence.text for term in glossary if not term.islower()):
        start = sentence.text.find(text)
        found = [
            state(
                page,
                sentence,
                start,
                start + len(text),
                pieces_of(text, glossary),
                0.85,
                "",
            )
        ]
    if not found:
        found = _after_colon(page, sentence, glossary)
    if not found:
        found = unquoted(page, sentence, glossary)
    return found


def _braced(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """JSON objects within a sentence."""
    if "{" not in sentence.text or not (REPLYING.search(sentence.lower) or sentence.text.startswith("{")):
        return []
    head = sentence.lower.split("{", 1)[0]
    if NOT_FORM.search(head) or _LAYOUT.search(head):
        return []
    if (
        not any(term in sentence.text for term in glossary)
        and not FORM_CUE.search(sentence.lower)
        and "<" not in sentence.text
        and not SAY.search(head[-60:])
    ):
        return []
    found: list[Statement] = []
    for start, end in objects(sentence.text):
        text = sentence.text[start:end]
        pieces = pieces_of(text, glossary)
        if any(isinstance(piece, Hole) for piece in pieces):
            found.append(
                state(
                    page,
                    sentence,
                    start,
                    end,
                    pieces,
                    0.9,
                    purpose_of(sentence, start, end),
                )
            )
    return found


_LEAD = re.compile(r"(?::|\bnamely|\bis|\blike|\bwith|\bform|\bformat|\bas|\bfollows|\bthus|\bi\.e\.)[ \t]+(?=\S)")


def _strong_tail(sentence: Sentence, glossary: Mapping[str, str]) -> tuple[int, str] | None:
    """A template with an unmistakable placeholder that ends a sentence, and where it begins."""
    if not has_strong(sentence.text, glossary) or NOT_FORM.search(sentence.lower):
        return None
    quoted = [(quote.start, quote.end) for quote in quotes(sentence.text)]
    for match in _LEAD.finditer(sentence.text):
        if any(start < match.end() < end for start, end in quoted):
            continue
        text = leading(sentence.text[match.end() :].strip(), glossary).rstrip(".")
        if re.match(r"(?:this|so|that|follows|these|the following)\s?:", text):
            continue
        if is_pure(text, glossary) and has_strong(text, glossary):
            return match.end(), text
    return None


def _after_colon(page: Page, sentence: Sentence, glossary: Mapping[str, str]) -> list[Statement]:
    """A template after a colon ("reply in the form: CLUE: <text>")."""
    strong = _strong_tail(sentence, glossary)
    if strong is not None:
        start, text = strong
        purpose = purpose_of(sentence, start, len(sentence.text))
        return [
            state(
                page,
                sentence,
                start,
                start + len(text),
                pieces_of(text, glossary),
                0.85,
                purpose,
            )
        ]
    match = _AFTER_COLON.search(sentence.text)
    if (
        match is None
        or NOT_FORM.search(sentence.lower[: match.start(1)])
        or OTHERS.search(sentence.lower[: match.start()][-110:])
    ):
        return []
    body = match.group(1).rstrip()
    found: list[Statement] = []
    at = match.start(1)
    body = leading(body, glossary)
    for part in re.split(r"(\s+(?:or|OR)\s+)", body):
        text = part.strip().rstrip(".")
        if is_pure(text, glossary) or is_command(text):
            offset = sentence.text.find(part.strip(), at)
            found.append(
                state(
                    page,
                    sentence,
                    offset,
                    offset + len(text),
                    pieces_of(text, glossary),
                    0.9,
                    purpose_of(sentence, match.start(1), len(sentence.text)),
                )
            )
    return found
