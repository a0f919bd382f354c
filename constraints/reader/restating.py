"""Which standing forms a complaint about the last reply shows again: those alone are wanted next."""

import re
from collections.abc import Sequence

from constraints.forms import Literal, ReplyForm
from constraints.reader.regions import Region
from constraints.reader.scan import Page

LONGEST_COMPLAINT = 1_500
"""Characters of the longest message that is taken for a complaint: rules told anew are longer."""

_COMPLAINT = re.compile(
    r"\b(?:sorry|wrong|invalid|incorrect|missing|malformed|unreadable|not (?:found|accepted|valid|understood|"
    r"understand|accept|read|recogni[sz]e|find|parse)|cannot|can't|couldn't|could not|did not|didn't|does not|"
    r"doesn't|unable|again|once more|error|as agreed|wanted)\b|\bforms? (?:to use|is|was)\b"
)
_HOLE = r"(?:<[^<>\n]{1,60}>|\[[^\[\]\n]{1,60}\]|\{[^{}\n]{1,60}\}|\$\w{1,30}\$?|\b[A-Z]{2,20}(?:_[A-Z]{1,20}){1,4})"


def restated(page: Page, standing: Sequence[ReplyForm]) -> tuple[ReplyForm, ...]:
    """The standing forms that a complaint shows again, as they were written when they were read; () where none is.

    Args:
        page: a message after the first.
        standing: the forms that hold in general.
    """
    if len(page.text) > LONGEST_COMPLAINT or not any(form.slots for form in standing):
        return ()
    own = [sentence for sentence in page.sentences if sentence.region is Region.RULE]
    if not any(_COMPLAINT.search(sentence.lower) for sentence in own):
        return ()
    text = _flat(page.text)
    cores = [_core(form) if form.slots else "" for form in standing]
    shown: set[str] = set()
    for core in sorted({core for core in cores if core}, key=len, reverse=True):
        if core in text:
            shown.add(core)
            text = text.replace(core, "\n")  # a form that is only a part of it is not shown by it
    if not shown:
        return ()
    fixed = {index for index, form in enumerate(standing) if not form.slots and _stands_alone(form, text)}
    return tuple(form for index, form in enumerate(standing) if cores[index] in shown or index in fixed)


def _core(form: ReplyForm) -> str:
    """The words of the prompt that show the form itself, without its purpose; "" where it was told in other words."""
    text = _flat(form.span.text)
    parts = [re.escape(_flat(part.text, keep=True)) if isinstance(part, Literal) else _HOLE for part in form.parts]
    match = re.search("".join(parts), text)
    if match is not None and any(isinstance(part, Literal) and part.text.strip() for part in form.parts):
        return match.group()
    head = form.parts[0]
    if not isinstance(head, Literal) or len(head.text.strip()) < 3:
        return ""
    quoted = re.search(rf"([\"'`]){re.escape(head.text.strip())}\1", text)
    return quoted.group() if quoted else ""


def _stands_alone(form: ReplyForm, text: str) -> bool:
    """Whether fixed words are quoted, or stand between shown forms or at the end."""
    words = "".join(part.text for part in form.parts if isinstance(part, Literal)).strip()
    return bool(words) and re.search(rf"(?:[\"'`\n]|: )\s?{re.escape(words)}\s?(?:[\"'`\n]|\.?$)", text) is not None


def _flat(text: str, *, keep: bool = False) -> str:
    """The text with every run of blanks as one blank; those at its ends too, where they are kept."""
    return re.sub(r"\s+", " ", text) if keep else " ".join(text.split())
