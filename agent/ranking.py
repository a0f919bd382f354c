"""The language model as a planner's judge of short texts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from agent.models.language_model import LanguageModel
from agent.transcript import Message


@dataclass(slots=True, kw_only=True)
class Tally:
    """What the judging has cost so far.

    Attributes:
        scorings: calls made.
        seconds: wall time they took.
    """

    scorings: int = 0
    seconds: float = 0.0


class ModelRanker:
    """Ranks answers by the model's own log-probability of saying them (`planner.session.Ranker`)."""

    def __init__(self, model: LanguageModel) -> None:
        """Judges with `model`."""
        self._model = model
        self.tally = Tally()

    def rank(self, question: str, answers: Sequence[str]) -> list[float]:
        """Log-probability in nats of each answer following the question, in order."""
        if not answers:
            return []
        began = time.perf_counter()
        scores = self._model.score([Message(role="user", content=question)], answers)
        self.tally.scorings += 1
        self.tally.seconds += time.perf_counter() - began
        return scores
