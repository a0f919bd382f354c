"""The rules of the minigames: one reply, judged by its kind of exercise."""

from typing import Any, ClassVar

from clemcore.clemgame import ParseError, Player
from pydantic import Field, field_validator

from games.instances import Instance
from games.minigames.closed import CLOSED
from games.minigames.exercise import Kind
from games.minigames.filling import FILLING
from games.minigames.open import OPEN
from games.practice import PracticeMaster, RuleBroken
from games.protocol.forms import Move

KINDS: dict[str, Kind] = CLOSED | OPEN | FILLING
LEVELS = ("closed", "open", "filling")


class MinigameInstance(Instance):
    """One exercise."""

    kind: str
    """Which kind of exercise."""
    question: str = Field(min_length=1)
    """The message to the player."""
    answer: str
    """A right reply."""
    facts: dict[str, str | int | list[str]] = Field(default_factory=dict)
    """What the judge needs."""

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"unknown kind '{kind}'")
        return kind


class MinigameMaster(PracticeMaster):
    """Asks once and judges the reply."""

    instance_type = MinigameInstance
    levels = LEVELS
    roles: ClassVar[tuple[str, ...]] = ("player",)

    def prepare(self) -> None:
        """The question is all there is."""
        self.initial_prompt_for_player.pop(self._seats["player"].name, None)
        self.set_context_for(self._seats["player"], self.instance.question)

    def allowed(self, role: str) -> tuple[str, ...]:
        """Any text."""
        return ("reply",)

    def _parse_response(self, player: Player, response: str) -> Any:
        self._again = False
        if not response.strip():
            raise ParseError("the reply was empty", response, "form.empty")
        return Move(name="reply", fields={"reply": response.strip()})

    def play(self, role: str, move: Move) -> None:
        """Judges the reply."""
        wrong = KINDS[self.instance.kind].judge(move["reply"], self.instance.answer, self.instance.facts)
        if wrong:
            raise RuleBroken(f"answer.{self.instance.kind}", wrong, consequence="lose")
        self.reward(role, 1.0, "right")
        self.win()

    def metrics(self) -> dict[str, float]:
        """100 for a right reply."""
        return {"score": 100.0 if self._ended.get("outcome") == "won" else 0.0}

    def expert(self, role: str) -> str:
        """The right reply."""
        return self.instance.answer

    def blunders(self, role: str) -> dict[str, str]:
        """A reply that misses the point."""
        return {f"answer.{self.instance.kind}": "hm, I do not know, is it so, and the rest?", "form.empty": " "}
