"""Prompts that end where an answer is due: worked examples with answers, then one case without.

The answers shown tell the form: a lettered option, yes or no, a number, one of the
labels in use, a few words. Where the worked answers reason first and end in one
fixed phrase, there is room for reasoning.
"""

import re
from collections.abc import Sequence

from constraints.forms import Literal, Part, ReplyForm, Slot, SlotKind
from constraints.reader.choices import last_bullets, last_letters
from constraints.reader.regions import Line
from constraints.reader.scan import Page
from constraints.reader.words import split_list

REASONING = "reasoning"
"""Name of the slot that is room for reasoning before an answer."""

LONGEST_ANSWER = 80
_TAG = re.compile(r"^([^\W_][\w'’ /-]{0,30}?)\s?:(?:\s+(.*))?$")
_ARROW = re.compile(r"^(?:.*\S)?\s*(=>|->|→|==>|=)\s*(\S.*)?$")
_STEPS = re.compile(r"(?i)^(?:let(?:'|’)?s|let us) (?:think|work|reason|solve|go)\b[^.:]{0,60}[.:]?$")
_PHRASE = re.compile(
    r"(?i)(?:^|[\s(])((?:so,? |thus,? |therefore,? |hence,? )?(?:the |my )?(?:final |correct |right )?answer(?: is|:)|"
    r"####)[ \t]*(\S[^\n]{0,60}?)\s*$"
)
_PAIRS = (("yes", "no"), ("true", "false"), ("valid", "invalid"), ("correct", "incorrect"), ("right", "wrong"))
_BEFORE_LABELS = re.compile(r":\s|\b(?:as|into|with|is|are|of|from|either|between|labels?)\s")
_MARKS = re.compile(r"[^\w\s\"'.,?!-](?: ?[^\w\s\"'.,?!-])*")
_KIN = "()[]{}<>"
_CHOSEN = re.compile(r"\(([A-Za-z])\)")


def lettered(page: Page) -> tuple[str, ...]:
    """The letters of the last block of options ("A. …", "(B) …"), or ()."""
    return last_letters(page)


def read_shots(page: Page) -> tuple[ReplyForm, ...]:
    """The form of the answer that worked examples show, when the prompt ends where the next answer is due."""
    filled = [line for line in page.lines if line.text]
    if not filled:
        return ()
    last = filled[-1]
    span = page.span(last.start, last.end)
    answers = _tagged(page, last)
    if answers is None:
        answers = _behind_arrow(filled)
    if answers is None or len(answers) < 2 or not all(answers):
        return ()
    concluding = _concluding(page, answers)
    if concluding:
        return (
            ReplyForm(parts=with_room(concluding), span=span, confidence=0.7),
            ReplyForm(parts=concluding, span=span, confidence=0.6),
        )
    if not all(len(answer) <= LONGEST_ANSWER and "\n" not in answer for answer in answers):
        return ()
    return (ReplyForm(parts=_parts(page, answers), span=span, confidence=0.7),)


def first_shot(page: Page) -> int | None:
    """Where the worked examples begin, when the message ends where the next answer is due; else None."""
    last = next((line for line in reversed(page.lines) if line.text), None)
    tag = _TAG.match(last.text) if last is not None else None
    if last is None or tag is None:
        return None
    begin = 0
    for line in page.lines[: last.index]:
        if not line.text:
            begin = line.end + 1
        elif (match := _TAG.match(line.text)) and match.group(1) == tag.group(1):
            return begin
    return None


def with_room(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """A form with room for reasoning on lines of its own before it."""
    room = Slot(name=REASONING, kind=SlotKind.PROSE)
    head = parts[0]
    if isinstance(head, Literal):
        return (room, Literal(text="\n" + head.text), *parts[1:])
    return (room, Literal(text="\n"), *parts)


def _tagged(page: Page, last: Line) -> list[str] | None:
    """The answers behind the tag that the last line holds empty; None when it holds none."""
    tag = _TAG.match(last.text)
    if tag is None or (tag.group(2) and not _STEPS.match(tag.group(2))):
        return None
    answers: list[list[str]] = []
    open_answer = False
    for line in page.lines[: last.index]:
        match = _TAG.match(line.text)
        if match and match.group(1) == tag.group(1):
            answers.append([match.group(2)] if match.group(2) else [])
            open_answer = True
        elif not line.text or (match and len(match.group(1).split()) <= 2 and match.group(1)[0].isupper()):
            open_answer = open_answer and not line.text and not answers[-1]
        elif open_answer:
            answers[-1].append(line.text)
    return ["\n".join(answer).strip() for answer in answers]


def _behind_arrow(filled: Sequence[Line]) -> list[str] | None:
    """What stands behind the arrow with which the last line breaks off."""
    last = _ARROW.match(filled[-1].text)
    if last is None or last.group(2):
        return None
    found = [match.group(2) for line in filled[:-1] if (match := _ARROW.match(line.text)) and match[1] == last[1]]
    return [answer.strip() for answer in found if answer]


def _concluding(page: Page, answers: Sequence[str]) -> tuple[Part, ...]:
    """The phrase and the value in which all worked answers end, when they say more than that; else ()."""
    ends = [_PHRASE.search(answer) for answer in answers]
    if not all(ends) or not any(end.start(1) > 0 for end in ends if end):
        return ()
    phrases = [end.group(1) for end in ends if end]
    values = [end.group(2) for end in ends if end]
    stop = "." if all(value.endswith(".") for value in values) else ""
    parts = _parts(page, [value.rstrip(".") for value in values])
    head = Literal(text=max(set(phrases), key=phrases.count) + " ")
    first = parts[0]
    fused = (Literal(text=head.text + first.text), *parts[1:]) if isinstance(first, Literal) else (head, *parts)
    end = fused[-1]
    if not stop:
        return fused
    return (*fused[:-1], Literal(text=end.text + stop)) if isinstance(end, Literal) else (*fused, Literal(text=stop))


def _parts(page: Page, answers: list[str]) -> tuple[Part, ...]:
    """The form of short answers."""
    letters = last_letters(page)
    if letters and all(_CHOSEN.fullmatch(answer) for answer in answers):
        return (Literal(text="("), _choice(letters), Literal(text=")"))
    if letters and all(re.fullmatch(r"[A-Za-z][.)]?", answer) for answer in answers):
        marks = {answer[1:] for answer in answers}
        return (
            (_choice(letters), Literal(text=marks.pop())) if len(marks) == 1 and marks != {""} else (_choice(letters),)
        )
    if all(re.fullmatch(r"-?\d{1,9}", answer) for answer in answers):
        return (Slot(name="answer", kind=SlotKind.NUMBER),)
    for pair in _PAIRS:
        if all(answer.lower() in pair for answer in answers):
            options = tuple((answers[0][0].isupper() and option.capitalize()) or option for option in pair)
            return (_choice(options),)
    offered = last_bullets(page)
    if offered is not None and all(answer in offered.texts for answer in answers):
        return (_choice(offered.texts),)
    labels = _labels(page, answers)
    if labels:
        return (_choice(labels),)
    if all(_MARKS.fullmatch(answer) for answer in answers):
        return (_marks(page, answers),)
    return (Slot(name="answer", kind=SlotKind.TEXT),)


def _marks(page: Page, answers: Sequence[str]) -> Slot:
    """A row of marks such as brackets: those that occur anywhere in the message, spaced as in the answers."""
    used = {char for answer in answers for char in answer if not char.isspace()}
    known = used | {char for char in page.text if char in _KIN and used & set(_KIN)}
    mark = "[" + "".join(re.escape(char) for char in sorted(known)) + "]"
    spaced = all(len(piece) == 1 for answer in answers for piece in answer.split())
    shape = f"{mark}( {mark}){{0,{LONGEST_ANSWER // 2}}}" if spaced else f"{mark}( ?{mark}){{0,{LONGEST_ANSWER}}}"
    return Slot(name="answer", kind=SlotKind.TEXT, shape=shape, examples=(answers[0],))


def _choice(options: tuple[str, ...]) -> Slot:
    return Slot(name="answer", kind=SlotKind.CHOICE, options=options, fixed=True)


def _labels(page: Page, answers: Sequence[str]) -> tuple[str, ...]:
    """The labels that a sentence enumerates and all worked answers are taken from; or ()."""
    known = {answer.lower() for answer in answers}
    if any(len(answer.split()) > 3 for answer in known):
        return ()
    for sentence in page.sentences:
        if len(sentence.text) > 300 or not known <= set(re.findall(r"[\w'-]+", sentence.lower)) | known:
            continue
        told = re.split(
            r":\s|\b(?:as|into|with|is|are|of|from|either|between|labels?)\s", sentence.text.rstrip(" .?!:")
        )
        items = split_list(told[-1], articles=True)
        if (
            2 <= len(items) <= 12
            and known <= {item.lower() for item in items}
            and all(len(item.split()) <= 3 for item in items)
        ):
            upper = all(answer[0].isupper() for answer in answers)
            return tuple(item[0].upper() + item[1:] if upper else item for item in items)
    return ()
