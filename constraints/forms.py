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


Part = Literal | Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyForm:
    """One legal shape of a reply.

    Attributes:
        parts: literals and slots in order; the reply is their concatenation.
        span: where it was read.
        confidence: how sure the reader is, 0 to 1.
        purpose: the words around it that say when to use it ("to stop the exploration"), for planners.
    """

    parts: tuple[Part, ...]
    span: Span
    confidence: float
    purpose: str = ""

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
