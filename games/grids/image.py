"""The rules of the image game: instruct, draw, compare with the target."""

from typing import ClassVar

from pydantic import Field, model_validator

from games.grids.grid import EMPTY, Grid, cells_of, describe, f1, freeze, is_grid, read, show
from games.instances import Instance
from games.practice import PracticeMaster, RuleBroken
from games.protocol.forms import Move

LEVELS = ("tiny", "lines", "blocks", "scattered", "big")


class ImageInstance(Instance):
    """One grid to rebuild."""

    target: Grid
    """The grid, "." for empty cells."""
    max_turns: int = Field(default=25, ge=1, le=100)
    """Instructions allowed."""

    @model_validator(mode="after")
    def _possible(self) -> "ImageInstance":
        if not is_grid(self.target):
            raise ValueError("target must be rows of equal length without blanks")
        return self


class ImageMaster(PracticeMaster):
    """Passes instructions and grids between giver and follower."""

    instance_type = ImageInstance
    levels = LEVELS
    roles: ClassVar[tuple[str, ...]] = ("giver", "follower")

    def prepare(self) -> None:
        """The giver begins, the sheet is empty."""
        self.target: Grid = self.instance.target
        self.sheet: Grid = tuple(EMPTY * len(row) for row in self.target)
        self.turns = 0
        self.changed: list[int] = []
        self.tell("giver", "begin")

    def allowed(self, role: str) -> tuple[str, ...]:
        """Instructions or the end for the giver, grids for the follower."""
        return ("command", "done") if role == "giver" else ("grid",)

    def play(self, role: str, move: Move) -> None:
        """Takes an instruction, the end, or a grid."""
        if move.name == "done":
            self._finish("done")
        elif move.name == "command":
            self.turns += 1
            self.tell("follower", "command", command=move["command"])
        else:
            self._draw(move["grid"])

    def _draw(self, text: str) -> None:
        sheet = read(text, self.protocol.words)
        if len(sheet) != len(self.target) or any(len(row) != len(self.target[0]) for row in sheet):
            size = f"{len(self.target)} by {len(self.target[0])}"
            raise RuleBroken(
                "grid.size",
                f"the grid must be {size}",
                consequence="retry",
                retries=self.protocol.strictness.retries,
            )
        before = f1(self.target, self.sheet)
        self.sheet = sheet
        gained = (f1(self.target, sheet) - before) / 100
        for role in self.roles:
            self.reward(role, gained, "likeness gained")
        if self.turns >= self.instance.max_turns:
            self._finish("turns.used_up")
        else:
            self.tell("giver", "next")

    def _finish(self, reason: str) -> None:
        if f1(self.target, self.sheet) >= 99.0:
            self.win()
        else:
            self.lose(reason)

    def metrics(self) -> dict[str, float]:
        """F1 of the filled cells."""
        return {"score": round(f1(self.target, self.sheet), 4), "Instructions": self.turns}

    def plan(self) -> list[tuple[str, Grid]]:
        """The expert's instructions, each with the sheet after it."""
        steps: list[tuple[str, Grid]] = []
        cells = [[EMPTY] * len(row) for row in self.target]
        for symbol in sorted(set(cells_of(self.target).values())):
            only = tuple("".join(cell if cell == symbol else EMPTY for cell in row) for row in self.target)
            for (line, place), own in cells_of(only).items():
                cells[line - 1][place - 1] = own
            fill = self.protocol.words["fill"]
            steps.append((describe(only, fill).replace("; all else is empty", "") + "; leave the rest", freeze(cells)))
        return steps

    def expert(self, role: str) -> str:
        """One instruction a symbol; the follower draws what was planned."""
        plan = self.plan()
        if role == "follower":
            sheet = plan[min(self.turns, len(plan)) - 1][1]
            return self.protocol.render(Move(name="grid", fields={"grid": show(sheet, self.protocol.words)}))
        if self.turns >= len(plan):
            return self.protocol.render(Move(name="done"))
        return self.protocol.render(Move(name="command", fields={"command": plan[self.turns][0]}))

    def blunders(self, role: str) -> dict[str, str]:
        """Broken forms, and a grid of another size."""
        if role == "giver":
            return self.form_blunders(role, Move(name="command", fields={"command": "fill row 1 with A"}))
        text = show(tuple(row + row for row in self.sheet), self.protocol.words)
        wide = self.protocol.render(Move(name="grid", fields={"grid": text}))
        good = Move(name="grid", fields={"grid": show(self.sheet, self.protocol.words)})
        return {"grid.size": wide} | self.form_blunders(role, good)
