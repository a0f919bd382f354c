"""The protocol of one instance: everything a master needs in order to speak and to understand."""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from games.protocol.forms import Move, MoveForm
from games.protocol.template import fill


class Strictness(BaseModel):
    """What happens to a reply that is not exactly in its form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Literal["exact", "tolerant"] = "exact"
    """exact: the reply is the form and nothing else; tolerant: other lines are ignored."""
    retries: int = Field(default=0, ge=0, le=9)
    """How often one reply may be asked for again before the game is aborted."""
    explain: bool = True
    """Corrective feedback: when asking again, say what was wrong."""


class Protocol(BaseModel):
    """Wording, reply forms, vocabulary and strictness of one instance: data, no rules."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    prompts: dict[str, str]
    """Role to its first message, complete."""
    forms: dict[str, MoveForm]
    """Move name to how it is written."""
    says: dict[str, str]
    """Key to the template of a game master's message."""
    words: dict[str, str] = {}
    """Vocabulary: what the rules call a thing to what this instance calls it."""
    strictness: Strictness = Strictness()
    """What happens to a reply in the wrong form."""
    drawn: dict[str, str] = {}
    """What the generator drew (wording names, form style), for analysis only."""

    def say(self, key: str, **values: object) -> str:
        """A game master's message."""
        return fill(self.says[key], **values)

    def render(self, move: Move) -> str:
        """Writes a move as a reply."""
        return self.forms[move.name].render(move.fields)

    def parse(self, text: str, allowed: Sequence[str]) -> Move:
        """Reads a reply.

        Args:
            text: the reply.
            allowed: names of the moves that are legal now.

        Raises:
            ParseError: the reply is in none of the forms; `key` is the stable name of the broken rule.
        """
        from clemcore.clemgame import ParseError  # late: it takes seconds, and drawing a protocol needs none of it

        text = text.strip()
        if not text:
            raise ParseError("the reply was empty", text, "form.empty")
        order = sorted(allowed, key=lambda name: bool(self.forms[name].slots))  # fixed replies before open ones
        for name in order:
            fields = self.forms[name].read(text)
            if fields is not None:
                return Move(name=name, fields=fields)
        if all(self.forms[name].is_open for name in allowed):
            raise ParseError("the reply ran over more than one line", text, "form.extra")
        found = [Move(name=name, fields=fields) for name in order for fields in self.forms[name].find_all(text)]
        fixed = {self.render(move).casefold() for move in found if not move.fields}
        found = [move for move in found if not move.fields or self.render(move).casefold() not in fixed]
        if len(found) > 1:
            raise ParseError("the required form occurred more than once", text, "form.several")
        if not found:
            raise ParseError("the required form was not found", text, "form.missing")
        if self.strictness.mode == "exact":
            raise ParseError("there was other text beside the required form", text, "form.extra")
        return found[0]
