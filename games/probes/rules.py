"""The rules of the probes: questions one after the other, each with the answers that are right."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from games.instances import Instance
from games.practice import PracticeMaster
from games.protocol.forms import Move

LEVELS = ("memory", "flexibility", "planning", "mind")


class Question(BaseModel):
    """One message and what may be answered."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1)
    """What the player hears."""
    answers: tuple[str, ...] = Field(min_length=1)
    """Right answers, in any case; the first is the expert's."""
    about: str
    """What it tests ("two back", "after a switch", "false belief")."""
    counted: bool = True
    """Whether it counts for the score; the others only set the scene."""
    judged: bool = False
    """Whether the next message begins with whether the answer was right."""


class ProbeInstance(Instance):
    """A row of questions that belong together."""

    questions: tuple[Question, ...] = Field(min_length=1)
    """In the order in which they are asked."""


class ProbeMaster(PracticeMaster):
    """Asks, notes, goes on; a wrong answer ends nothing."""

    instance_type = ProbeInstance
    levels = LEVELS
    roles: ClassVar[tuple[str, ...]] = ("player",)

    def prepare(self) -> None:
        """Asks the first question."""
        self.place = 0
        self.right: list[bool] = []
        self._ask("")

    def _ask(self, verdict: str) -> None:
        text = self.instance.questions[self.place].text
        self.set_context_for(self._seats["player"], f"{verdict} {text}".strip())

    def allowed(self, role: str) -> tuple[str, ...]:
        """An answer."""
        return ("answer",)

    def play(self, role: str, move: Move) -> None:
        """Notes whether the answer is right, and asks the next question."""
        question = self.instance.questions[self.place]
        right = plain(move["answer"]) in {plain(answer) for answer in question.answers}
        self.right.append(right)
        self.log_to_self("probe", {"about": question.about, "right": right, "counted": question.counted})
        if question.counted:
            self.reward(role, 1.0 if right else -0.2, question.about)
        self.place += 1
        if self.place < len(self.instance.questions):
            self._ask(self.protocol.words["right" if right else "wrong"] if question.judged else "")
        elif all(self._counted()):
            self.win()
        else:
            self.lose("answers.wrong")

    def _counted(self) -> list[bool]:
        asked = zip(self.instance.questions, self.right, strict=False)
        return [right for question, right in asked if question.counted]

    def metrics(self) -> dict[str, float]:
        """Share of the counted questions that were answered rightly."""
        counted = sum(question.counted for question in self.instance.questions)
        return {"score": round(100 * sum(self._counted()) / counted, 4)}

    def expert(self, role: str) -> str:
        """The right answer."""
        answer = self.instance.questions[self.place].answers[0]
        return self.protocol.render(Move(name="answer", fields={"answer": answer}))

    def blunders(self, role: str) -> dict[str, str]:
        """Broken forms."""
        return self.form_blunders(role, self.protocol.parse(self.expert(role), self.allowed(role)))


def plain(text: str) -> str:
    """An answer without case, articles and stops, to compare by."""
    words = text.casefold().replace(",", " ").strip(" .!\"'").split()
    return " ".join(word for word in words if word not in ("the", "a", "an"))
