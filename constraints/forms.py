"""Reply forms: the shapes a legal reply may have, as read from a prompt.

A form is a flat sequence of literal text and slots; a rulebook holds the
alternatives that are legal now. `render` and `parse` are inverses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from constraints.span import Span


class SlotKind(StrEnum):
    """What may stand in a slot."""

    WORD = "word"  # one word, no blank
    TEXT = "text"  # prose on one line
    PROSE = "prose"  # prose, line breaks allowed
    CHOICE = "choice"  # one of `options`
    NUMBER = "number"  # an integer, within `low` and `high` where given
    LIST = "list"  # items joined by ", ", each of `options` where given
    GRID = "grid"  # lines of symbols
    JSON = "json"  # a JSON value of the shape of `template`


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """Text that stands in the reply as it is."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place to fill.

    Attributes:
        name: what the prompt calls it ("guess", "DIRECTION", "explanation"), in lower case.
        kind: what may stand there.
        options: legal values of a CHOICE, or items of a LIST; () when open.
        letters: exact number of letters of a WORD, when stated.
        low: smallest NUMBER, or least count of LIST items or of words in TEXT.
        high: largest of the same.
        rows: lines of a GRID.
        columns: cells in a line of a GRID.
        template: an example value, as JSON text, for JSON slots.
        examples: further values that the prompt shows for a JSON slot or one with a shape.
        alphabet: symbols that may stand in a cell of a GRID; capital letters are always allowed.
        separator: what stands between the cells of a GRID line or the items of a LIST.
        sentence: whether a choice may be written as a sentence ("Yes." for "yes").
        escaped: whether it stands within a JSON string, where a line break is written as a backslash and an n.
        fixed: whether the rules themselves name the options, so that a list offered later only narrows them.
        shape: a regular expression, of character classes and bounded repetition only, that a WORD or TEXT matches,
            as samples show it ("[a-h][1-8]-[a-h][1-8]"); `examples` then begins with a legal value.
    """

    name: str
    kind: SlotKind
    options: tuple[str, ...] = ()
    letters: int | None = None
    low: int | None = None
    high: int | None = None
    rows: int | None = None
    columns: int | None = None
    template: str | None = None
    examples: tuple[str, ...] = ()
    alphabet: str = ""
    separator: str = ", "
    sentence: bool = False
    fixed: bool = False
    escaped: bool = False
    shape: str = ""


Part = Literal | Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyForm:
    """One legal shape of a reply.

    Attributes:
        parts: literals and slots in order; the reply is their concatenation.
        span: where it was read.
        confidence: how sure the reader is, 0 to 1.
        purpose: the words around it that say when to use it ("to stop the exploration"), for planners.
        trigger: tag (lower case) of the messages that call for this form; "" when any message may.
    """

    parts: tuple[Part, ...]
    span: Span
    confidence: float
    purpose: str = ""
    trigger: str = ""

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The places to fill, in order."""
        return tuple(part for part in self.parts if isinstance(part, Slot))

    def render(self, fills: Mapping[str, str]) -> str:
        """Writes the reply with every slot filled.

        Raises:
            KeyError: a slot has no fill.
        """
        return "".join(part.text if isinstance(part, Literal) else fills[part.name] for part in self.parts)

    def parse(self, text: str) -> dict[str, str] | None:
        """The fills of a reply in this form, whose blanks may differ; None when it is not in this form.

        The inverse of `render` for fills that are stripped and do not contain the fixed text after them.
        """
        text = text.strip()
        fills: dict[str, str] = {}
        at = 0
        for index, part in enumerate(self.parts):
            if isinstance(part, Literal):
                end = match_literal(part.text, text, at)
                if end is None:
                    return None
                at = end
                continue
            after = self.parts[index + 1] if index + 1 < len(self.parts) else None
            end = (
                len(text) if after is None else find_literal(after.text, text, at) if isinstance(after, Literal) else -1
            )
            if part.kind is SlotKind.JSON:
                end = json_end(text, at)
            elif part.kind is SlotKind.PROSE and isinstance(after, Literal) and not after.text.strip():
                end = text.rfind("\n", at)  # prose may hold line breaks; the last one parts it from the answer
            if end < 0:
                return None
            value = text[at:end].strip()
            if not value or ("\n" in value and part.kind not in (SlotKind.PROSE, SlotKind.GRID, SlotKind.JSON)):
                return None
            fills[part.name] = value
            at = end
        return fills if not text[at:].strip() else None


def json_end(text: str, at: int) -> int:
    """One past the JSON value that begins at or after `at`; -1 when none does. Brackets within strings do not count."""
    while at < len(text) and text[at].isspace():
        at += 1
    if at >= len(text):
        return -1
    if text[at] not in '[{"':
        stops = [cut for mark in ",}]\n" if (cut := text.find(mark, at)) >= 0]
        return min(stops) if stops else len(text)
    depth = 0
    quoted = False
    while at < len(text):
        char = text[at]
        if quoted and char == "\\":
            at += 1
        elif char == '"':
            quoted = not quoted
        elif not quoted and char in "[{":
            depth += 1
        elif not quoted and char in "]}":
            depth -= 1
        at += 1
        if depth <= 0 and not quoted:
            return at
    return -1


def match_literal(literal: str, text: str, at: int) -> int | None:
    """The end of fixed text that stands at `at`, case and blanks not counting; None when it does not."""
    for chunk in literal.split():
        while at < len(text) and text[at].isspace():
            at += 1
        end = at + len(chunk)
        if text[at:end].lower() != chunk.lower():
            return None
        at = end
    return at


def find_literal(literal: str, text: str, start: int) -> int:
    """Where fixed text begins at or after `start`, blanks not counting; -1 when nowhere."""
    chunks = literal.split()
    if not chunks:
        cut = text.find("\n", start) if "\n" in literal else text.find(" ", start)
        return cut if cut >= 0 else len(text)
    lower = text.lower() if len(text.lower()) == len(text) else text
    head = chunks[0].lower()
    at = lower.find(head, start)
    tries = 0
    while at >= 0 and tries < 200:
        if ("\n" not in literal.split(chunks[0])[0] or "\n" in text[start:at]) and match_literal(
            literal, text, at
        ) is not None:
            return at
        at = lower.find(head, at + 1)
        tries += 1
    return -1
