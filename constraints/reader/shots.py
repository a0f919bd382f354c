"""Prompts that end where an answer is due: worked questions with answers, then one question without.

The answers shown tell the form: a lettered option, yes or no, a number, a few words.
Also the letters of the last block of options, wherever a prompt asks for one.
"""

import re

from constraints.forms import Literal, Part, ReplyForm, Slot, SlotKind
from constraints.reader.scan import Page

_TAG = re.compile(r"^(A|Answer|Output|Response|Solution|Label|Reply)\s?:\s?(.*)$")
_LETTERED = re.compile(r"^(\(?)([A-Z])([).:])\s+\S")
_DASHED = re.compile(r"^[-*]\s+(\S.{0,40})$")
_PAIRS = (("yes", "no"), ("true", "false"), ("valid", "invalid"))
_CHOSEN = re.compile(r"\(([A-Z])\)")


def lettered(page: Page) -> tuple[str, ...]:
    """The letters of the last block of options ("A. …", "(B) …"), or ()."""
    block: list[str] = []
    last: tuple[str, ...] = ()
    for line in page.lines:
        match = _LETTERED.match(line.text)
        if match and match.group(2) == chr(ord("A") + len(block)):
            block.append(match.group(2))
        elif match and match.group(2) == "A":
            block = ["A"]
        elif line.text:
            block = []
        if len(block) >= 2:
            last = tuple(block)
    return last


def read_shots(page: Page) -> tuple[ReplyForm, ...]:
    """The form of the answer that worked examples show, when the prompt ends with an empty answer tag."""
    filled = [line for line in page.lines if line.text]
    if not filled:
        return ()
    last = _TAG.match(filled[-1].text)
    if last is None or last.group(2):
        return ()
    answers = [
        match.group(2).strip()
        for line in filled[:-1]
        if (match := _TAG.match(line.text)) and match.group(1) == last.group(1)
    ]
    if len(answers) < 2 or not all(0 < len(answer) <= 80 for answer in answers):
        return ()
    parts = _parts(page, answers)
    return (ReplyForm(parts=parts, span=page.span(filled[-1].start, filled[-1].end), confidence=0.7),)


def _parts(page: Page, answers: list[str]) -> tuple[Part, ...]:
    if all(_CHOSEN.fullmatch(answer) for answer in answers):
        letters = lettered(page)
        if letters:
            return (
                Literal(text="("),
                Slot(name="answer", kind=SlotKind.CHOICE, options=letters, fixed=True),
                Literal(text=")"),
            )
    if all(re.fullmatch(r"-?\d{1,9}", answer) for answer in answers):
        return (Slot(name="answer", kind=SlotKind.NUMBER),)
    for pair in _PAIRS:
        if all(answer.lower() in pair for answer in answers):
            options = tuple((answers[0][0].isupper() and option.capitalize()) or option for option in pair)
            return (Slot(name="answer", kind=SlotKind.CHOICE, options=options, fixed=True),)
    offered = _dashed(page)
    if offered and all(answer in offered for answer in answers):
        return (Slot(name="answer", kind=SlotKind.CHOICE, options=offered, fixed=True),)
    return (Slot(name="answer", kind=SlotKind.TEXT),)


def _dashed(page: Page) -> tuple[str, ...]:
    """The last block of options marked by dashes."""
    block: list[str] = []
    last: list[str] = []
    for line in page.lines:
        match = _DASHED.match(line.text)
        block = [*block, match.group(1)] if match else []
        last = block if len(block) >= 2 else last
    return tuple(last)
