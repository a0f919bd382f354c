"""The rules of matching: describe, ask and answer in turn, then decide whether two grids are the same."""

from typing import ClassVar

from pydantic import Field, model_validator

from games.grids.grid import EMPTY, Grid, describe, is_grid
from games.instances import Instance
from games.practice import PracticeMaster
from games.protocol.forms import Move

LEVELS = ("same", "different", "similar")


class MatchInstance(Instance):
    """Two grids."""

    grids: tuple[Grid, Grid]
    """The first and the second player's."""
    questions: int = Field(default=3, ge=1, le=6)
    """Questions that each player asks."""

    @model_validator(mode="after")
    def _possible(self) -> "MatchInstance":
        if not all(is_grid(rows) for rows in self.grids):
            raise ValueError("grids must be rows of equal length without blanks")
        if len(self.grids[0]) != len(self.grids[1]) or len(self.grids[0][0]) != len(self.grids[1][0]):
            raise ValueError("grids must have the same size")
        return self


def schedule(questions: int) -> list[tuple[str, str]]:
    """Who does what, in order."""
    steps = [("first", "describe"), ("second", "describe")]
    for _ in range(questions):
        steps += [("second", "ask"), ("first", "answer"), ("first", "ask"), ("second", "answer")]
    return [*steps, ("second", "decide"), ("first", "decide")]


class MatchMaster(PracticeMaster):
    """Leads two players through their conversation."""

    instance_type = MatchInstance
    levels = LEVELS
    roles: ClassVar[tuple[str, ...]] = ("first", "second")

    def prepare(self) -> None:
        """The first player describes."""
        self.steps = schedule(self.instance.questions)
        self.place = 0
        self.news: dict[str, list[str]] = {role: [] for role in self.roles}
        self.right: dict[str, bool] = {}
        self._prompt_step()

    @property
    def step_now(self) -> tuple[str, str]:
        """Who has to do what."""
        return self.steps[min(self.place, len(self.steps) - 1)]

    def allowed(self, role: str) -> tuple[str, ...]:
        """The one move that is due."""
        return (self.step_now[1],)

    def _prompt_step(self) -> None:
        role, move = self.step_now
        news = "\n".join(self.news[role])
        self.news[role] = []
        self.tell(role, f"due.{move}", news=news)

    def play(self, role: str, move: Move) -> None:
        """Passes a message to the other player, or takes a decision."""
        other = "second" if role == "first" else "first"
        if move.name == "decide":
            same = self.instance.grids[0] == self.instance.grids[1]
            self.right[role] = (move["decision"] == self.protocol.words["same"]) == same
            self.reward(role, 1.0 if self.right[role] else -1.0, "right" if self.right[role] else "wrong")
        else:
            self.news[other].append(self.protocol.say(f"news.{move.name}", text=move[self._slot(move)]))
        self.place += 1
        if self.place < len(self.steps):
            self._prompt_step()
        elif all(self.right.values()):
            self.win()
        else:
            self.lose("decision.wrong")

    @staticmethod
    def _slot(move: Move) -> str:
        return next(iter(move.fields))

    def _should_pass_turn(self) -> bool:  # pyright: ignore[reportIncompatibleMethodOverride]
        return not self._again and self.current_player.game_role != self.step_now[0]

    def round_over(self) -> bool:
        """A round is a description, a question with its answer, or a decision each."""
        return self.place == len(self.steps) or self.step_now == ("second", "ask") or self.step_now[1] == "decide"

    def metrics(self) -> dict[str, float]:
        """100 when both decide rightly."""
        won = self._ended.get("outcome") == "won"
        return {"score": 100.0 if won else 0.0, "Right Decisions": sum(self.right.values())}

    def expert(self, role: str) -> str:
        """Tells the truth about its grid and decides as one who has seen both."""
        own = self.instance.grids[self.roles.index(role)]
        name = self.step_now[1]
        fill = self.protocol.words["fill"]
        if name == "describe":
            fields = {"description": describe(own, fill)}
        elif name == "ask":
            fields = {"question": f"What is in row {1 + self.place % len(own)} of your grid?"}
        elif name == "answer":
            line = 1 + (self.place - 1) % len(own)
            places = [str(place) for place, cell in enumerate(own[line - 1], start=1) if cell != EMPTY]
            fields = {"answer": f"{fill} in column {', '.join(places)}" if places else "nothing, that row is empty"}
        else:
            same = self.instance.grids[0] == self.instance.grids[1]
            fields = {"decision": self.protocol.words["same" if same else "different"]}
        return self.protocol.render(Move(name=name, fields=fields))

    def blunders(self, role: str) -> dict[str, str]:
        """Broken forms."""
        good = self.protocol.parse(self.expert(role), self.allowed(role))
        return self.form_blunders(role, good)
