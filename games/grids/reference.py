"""The rules of the reference game: one description, one choice."""

from typing import ClassVar

from pydantic import model_validator

from games.grids.grid import Grid, describe, is_grid
from games.instances import Instance
from games.practice import PracticeMaster
from games.protocol.forms import Move

LEVELS = ("lines", "blocks", "scattered", "similar")


class ReferenceInstance(Instance):
    """Three grids, one of them the target."""

    grids: tuple[Grid, Grid, Grid]
    """In the order in which the listener sees them."""
    target: int
    """Index of the target."""

    @model_validator(mode="after")
    def _possible(self) -> "ReferenceInstance":
        if not all(is_grid(rows) for rows in self.grids) or len(set(self.grids)) < 3:
            raise ValueError("grids must be three different grids of equal rows")
        if not 0 <= self.target < 3:
            raise ValueError("target must be 0, 1 or 2")
        return self


class ReferenceMaster(PracticeMaster):
    """Passes the description on and judges the choice."""

    instance_type = ReferenceInstance
    levels = LEVELS
    roles: ClassVar[tuple[str, ...]] = ("speaker", "listener")

    def prepare(self) -> None:
        """The speaker begins."""
        self.words_said = 0
        self.tell("speaker", "begin")

    def allowed(self, role: str) -> tuple[str, ...]:
        """A description, then a choice."""
        return ("expression",) if role == "speaker" else ("choice",)

    def play(self, role: str, move: Move) -> None:
        """Passes on, or judges."""
        if role == "speaker":
            self.words_said = len(move["expression"].split())
            self.tell("listener", "ask", expression=move["expression"])
            return
        right = move["choice"] == self.label(self.instance.target)
        for own in self.roles:
            self.reward(own, 1.0 if right else 0.0, "right" if right else "wrong")
        if right:
            self.win()
        else:
            self.lose("choice.wrong")

    def label(self, index: int) -> str:
        """What the listener calls a grid."""
        return self.protocol.words[f"label{index}"]

    def metrics(self) -> dict[str, float]:
        """100 for the right grid."""
        return {"score": 100.0 if self._ended.get("outcome") == "won" else 0.0, "Words": self.words_said}

    def expert(self, role: str) -> str:
        """A full description, the right choice."""
        if role == "listener":
            return self.protocol.render(Move(name="choice", fields={"choice": self.label(self.instance.target)}))
        text = describe(self.instance.grids[self.instance.target], self.protocol.words["fill"])
        return self.protocol.render(Move(name="expression", fields={"expression": text}))

    def blunders(self, role: str) -> dict[str, str]:
        """Broken forms."""
        if role == "speaker":
            return self.form_blunders(role, Move(name="expression", fields={"expression": "a cross"}))
        return self.form_blunders(role, Move(name="choice", fields={"choice": self.label(0)}))
