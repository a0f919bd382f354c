"""What a decoder may emit, in the notations that decoders understand.

A grammar is data: text in the Lark dialect of llguidance, beside weaker
notations for decoders that have nothing better. It compiles nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """One language of legal replies.

    Attributes:
        lark: the exact language, as an llguidance Lark grammar.
        choices: every legal reply when they are finitely many and few, else None.
        regex: a superset of the language as a regular expression without
            lookaround, for decoders without Lark; None where none is at hand.
        json_schema: the reply as a JSON Schema document, when it is one JSON value.
    """

    lark: str
    choices: tuple[str, ...] | None = None
    regex: str | None = None
    json_schema: str | None = None

    @property
    def only_reply(self) -> str | None:
        """The one legal reply, when there is just one: nothing needs decoding then."""
        return self.choices[0] if self.choices is not None and len(self.choices) == 1 else None
