"""Options that a question lists with letters or numbers before them, in whatever shape.

Knows layout only; what the prompt wants done with the options is read elsewhere.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from constraints.reader.scan import Page

MOST_OPTIONS = 26
_LABELLED = re.compile(r"^[-*•]?\s*(\(|\[|\*\*)?([A-Za-z]|\d{1,2})(\*\*[.):]?|[).:\]]+)(?:\*\*)?\s+(\S.*)$")
_INLINE = re.compile(r"(?<![\w'])(\(|\[)?([A-Za-z]|\d{1,2})([).\]])\s+(?=\S)")
_MARKED = re.compile(r"^[-*•–]\s+(\S.{0,120})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A block of options.

    Attributes:
        labels: their letters or numbers as written; () where bullets stand before them.
        texts: the options, in the same order.
        line: index of the line where the block ends.
    """

    labels: tuple[str, ...]
    texts: tuple[str, ...]
    line: int

    @property
    def lettered(self) -> bool:
        """Whether letters stand before the options."""
        return bool(self.labels) and self.labels[0].isalpha()


def last_choices(page: Page) -> Choices | None:
    """The last block of at least two labelled options; None when there is none."""
    last: Choices | None = None
    for block in _blocks(page):
        if len(block.labels) >= 2:
            last = block
    return last


def last_letters(page: Page) -> tuple[str, ...]:
    """The letters of the last block of lettered options, or ()."""
    last: tuple[str, ...] = ()
    for block in _blocks(page):
        if len(block.labels) >= 2 and block.lettered:
            last = block.labels
    return last


def last_bullets(page: Page) -> Choices | None:
    """The last block of at least two options behind dashes or bullets."""
    texts: list[str] = []
    last: Choices | None = None
    for line in page.lines:
        match = _MARKED.match(line.text)
        texts = [*texts, match.group(1).strip()] if match else []
        if len(texts) >= 2:
            last = Choices(labels=(), texts=tuple(texts), line=line.index)
    return last


def _blocks(page: Page) -> Iterator[Choices]:
    """All runs of labels in order, growing line by line."""
    labels: list[str] = []
    texts: list[str] = []
    style = ""
    for line in page.lines:
        if not line.text:
            continue
        inline = _in_line(line.text)
        if inline is not None:
            yield Choices(labels=inline[0], texts=inline[1], line=line.index)
            labels = []
            continue
        match = _LABELLED.match(line.text)
        if match is None:
            labels = []
            continue
        look, label = f"{match.group(1)}_{match.group(3)}", match.group(2)
        if labels and look == style and label == _after(labels[-1]) and len(labels) < MOST_OPTIONS:
            labels, texts = [*labels, label], [*texts, match.group(4)]
        elif label in ("A", "a", "1"):
            labels, texts, style = [label], [match.group(4)], look
        else:
            labels = []
        if len(labels) >= 2:
            yield Choices(labels=tuple(labels), texts=tuple(texts), line=line.index)


def _in_line(text: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Several options on one line ("(a) red (b) blue"): labels and texts."""
    marks = list(_INLINE.finditer(text[:2000]))
    begin = next((at for at, mark in enumerate(marks) if mark.group(2) in ("A", "a", "1")), None)
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
    return tuple(mark.group(2) for mark in run), texts


def _after(label: str) -> str:
    """The label that follows."""
    return str(int(label) + 1) if label.isdigit() else chr(ord(label) + 1)
