"""Options that a question lists with letters or numbers before them, in whatever shape.

Knows layout only; what the prompt wants done with the options is read elsewhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from constraints.reader.scan import Page

MOST_OPTIONS = 26
_FIRST = ("A", "a", "1")
_LABELLED = re.compile(r"^[-*•]?\s*(\(|\[|\*\*)?([A-Za-z]|\d{1,2})(\*\*[.):]?|[).:\]]+)(?:\*\*)?\s+(\S.*)$")
_INLINE = re.compile(r"(?<![\w'])(\(|\[)?([A-Za-z]|\d{1,2})([).\]])\s+(?=\S)")
_MARKED = re.compile(r"^[-*•–]\s+(\S.{0,120})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A block of options.

    Attributes:
        labels: their letters or numbers as written; () where bullets stand before them.
        texts: the options, in the same order.
        start: offset in the message where the first of them begins, its label included.
    """

    labels: tuple[str, ...]
    texts: tuple[str, ...]
    start: int

    @property
    def lettered(self) -> bool:
        """Whether letters stand before the options."""
        return bool(self.labels) and self.labels[0].isalpha()


def last_choices(page: Page) -> Choices | None:
    """The last block of at least two labelled options; None when there is none."""
    last: Choices | None = None
    for block in blocks(page):
        last = block
    return last


def last_letters(page: Page) -> tuple[str, ...]:
    """The letters of the last block of lettered options, or ()."""
    last: tuple[str, ...] = ()
    for block in blocks(page):
        if block.lettered:
            last = block.labels
    return last


def last_bullets(page: Page) -> Choices | None:
    """The last block of at least two options behind dashes or bullets."""
    texts: list[str] = []
    last: Choices | None = None
    start = 0
    for line in (*page.lines, None):
        match = _MARKED.match(line.text) if line is not None else None
        if line is not None and match:
            start = start if texts else line.start
            texts.append(match.group(1).strip())
            continue
        if len(texts) >= 2:
            last = Choices(labels=(), texts=tuple(texts), start=start)
        texts = []
    return last


def blocks(page: Page) -> Iterator[Choices]:
    """All runs of at least two labels in order."""
    labels: list[str] = []
    texts: list[str] = []
    style, start = "", 0
    for line in page.lines:
        if not line.text:
            continue
        inline = _in_line(line.text, line.start)
        match = _LABELLED.match(line.text) if inline is None else None
        look, label = (f"{match.group(1)}_{match.group(3)}", match.group(2)) if match else ("", "")
        goes_on = bool(labels) and look == style and label == _after(labels[-1]) and len(labels) < MOST_OPTIONS
        if not goes_on:
            if len(labels) >= 2:
                yield Choices(labels=tuple(labels), texts=tuple(texts), start=start)
            labels, texts, style = [], [], look
        if inline is not None:
            yield inline
        elif match and (goes_on or label in _FIRST):
            start = start if labels else line.start
            labels.append(label)
            texts.append(match.group(4))
    if len(labels) >= 2:
        yield Choices(labels=tuple(labels), texts=tuple(texts), start=start)


def _in_line(text: str, offset: int) -> Choices | None:
    """Several options on one line ("(a) red (b) blue"), which begins at an offset."""
    marks = list(_INLINE.finditer(text[:2000]))
    begin = next((at for at, mark in enumerate(marks) if mark.group(2) in _FIRST), None)
    if begin is None:
        return None
    run = [marks[begin]]
    for mark in marks[begin + 1 :]:
        if mark.group(2) == _after(run[-1].group(2)) and mark.group(1) == run[0].group(1):
            run.append(mark)
    if len(run) < 2:
        return None
    ends = [mark.start() for mark in run[1:]] + [len(text)]
    texts = tuple(
        re.sub(r"[ ,;]+(?:or|and)?[ ,;.?!]*$", "", text[mark.end() : end] + " ")
        for mark, end in zip(run, ends, strict=True)
    )
    return Choices(labels=tuple(mark.group(2) for mark in run), texts=texts, start=offset + run[0].start())


def _after(label: str) -> str:
    """The label that follows."""
    return str(int(label) + 1) if label.isdigit() else chr(ord(label) + 1)
