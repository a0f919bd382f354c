"""The rules of private and shared: slots to fill by answers, probes about what is shared by now."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from games.instances import Instance
from games.practice import PracticeMaster
from games.protocol.forms import Move

LEVELS = ("three", "four", "five")


class Slot(BaseModel):
    """One private fact."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    """What it is called."""
    thing: str
    """What a probe calls it ("the drink that you want")."""
    value: str = Field(min_length=1)
    """The fact."""
    question: str
    """What the partner asks."""


class PrivateSharedInstance(Instance):
    """Facts in the order in which they are asked for."""

    slots: tuple[Slot, ...] = Field(min_length=2)
    """The facts."""
    probes: tuple[tuple[int, ...], ...]
    """Indices of the slots that are probed before the first question and after each answer."""

    @model_validator(mode="after")
    def _possible(self) -> "PrivateSharedInstance":
        if len(self.probes) != len(self.slots) + 1:
            raise ValueError("probes must have one entry more than slots")
        if any(not 0 <= index < len(self.slots) for group in self.probes for index in group):
            raise ValueError("probes name a slot that does not exist")
        return self


def kappa(truth: list[bool], said: list[bool]) -> float:
    """Cohen's kappa, not below 0."""
    total = len(truth)
    agreement = sum(a == b for a, b in zip(truth, said, strict=True)) / total
    yes, claimed = sum(truth) / total, sum(said) / total
    chance = yes * claimed + (1 - yes) * (1 - claimed)
    return max(0.0, (agreement - chance) / (1 - chance)) if chance < 1 else float(agreement == 1)


def harmonic_mean(one: float, other: float) -> float:
    """Harmonic mean of two shares."""
    return 2 * one * other / (one + other) if one + other else 0.0


class PrivateSharedMaster(PracticeMaster):
    """Plays the partner and probes on the side."""

    instance_type = PrivateSharedInstance
    levels = LEVELS
    roles: ClassVar[tuple[str, ...]] = ("answerer",)

    def prepare(self) -> None:
        """First probes, then the first question."""
        self.asked = 0
        self.shared: set[int] = set()
        self.filled: list[bool] = []
        self.truth: list[bool] = []
        self.said: list[bool] = []
        self.pending = list(self.instance.probes[0])
        self.due = ""
        self._next()

    def allowed(self, role: str) -> tuple[str, ...]:
        """An answer to the partner or a remark on the side."""
        return (self.due,)

    def _next(self) -> None:
        if self.pending:
            self.due = "aside"
            thing = self.instance.slots[self.pending[0]].thing
            self.tell("answerer", "probe", thing=thing)
        elif self.asked < len(self.instance.slots):
            self.due = "answer"
            self.tell("answerer", "question", question=self.instance.slots[self.asked].question)
        elif all(self.filled) and self.truth == self.said:
            self.win()
        else:
            self.lose("facts.wrong")

    def play(self, role: str, move: Move) -> None:
        """Takes an answer or a remark."""
        if move.name == "answer":
            self._answer(move["answer"])
        else:
            self._aside(move["aside"])
        self._next()

    def _answer(self, text: str) -> None:
        told = {index for index, slot in enumerate(self.instance.slots) if slot.value.casefold() in text.casefold()}
        right = self.asked in told
        self.filled.append(right)
        self.shared |= told | {self.asked}
        self.asked += 1
        self.reward("answerer", 0.2 if right else -0.2, "slot filled" if right else "slot missed")
        self.pending = list(self.instance.probes[self.asked])

    def _aside(self, text: str) -> None:
        index = self.pending.pop(0)
        truth, said = index in self.shared, text == self.protocol.words["yes"]
        self.truth.append(truth)
        self.said.append(said)
        self.log_to_self("probe", {"slot": self.instance.slots[index].name, "truth": truth, "said": said})
        self.reward("answerer", 0.1 if truth == said else -0.1, "probe right" if truth == said else "probe wrong")
        self._seats["answerer"].forget(self.protocol.prompts["answerer"])

    def round_over(self) -> bool:
        """A round ends when the next question is due."""
        return self.due == "answer"

    def metrics(self) -> dict[str, float]:
        """Harmonic mean of slot accuracy and the kappa of the probes."""
        slots = sum(self.filled) / len(self.instance.slots)
        probes = kappa(self.truth, self.said) if self.truth else 0.0
        score = round(100 * harmonic_mean(slots, probes), 4)
        return {"score": score, "Slot Accuracy": round(slots, 4), "Probe Kappa": round(probes, 4)}

    def expert(self, role: str) -> str:
        """Tells the fact that is asked for, no other, and keeps count."""
        if self.due == "answer":
            text = f"{self.instance.slots[self.asked].value}, that is my answer"
            return self.protocol.render(Move(name="answer", fields={"answer": text}))
        word = self.protocol.words["yes" if self.pending[0] in self.shared else "no"]
        return self.protocol.render(Move(name="aside", fields={"aside": word}))

    def blunders(self, role: str) -> dict[str, str]:
        """Broken forms."""
        return self.form_blunders(role, self.protocol.parse(self.expert(role), self.allowed(role)))
