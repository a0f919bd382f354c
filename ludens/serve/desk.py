"""The desk: requests of many clients, answered by one model, those that wait together as one batch."""

import queue
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from agent.decision import Decision
from agent.models.language_model import Sampling
from agent.transcript import Message

Transcript = tuple[Message, ...]
Answer = Callable[[Sequence[Transcript], Sampling], list[Decision]]


@dataclass(frozen=True, slots=True)
class _Waiting:
    who: str
    transcript: Transcript
    sampling: Sampling
    decision: "Future[Decision]" = field(default_factory=lambda: Future[Decision]())


class Desk:
    """Answers in a thread of its own, since a model serves one caller at a time. Close it, or use it in a `with`."""

    def __init__(self, players: dict[str, Answer], *, batch: int = 8) -> None:
        """Opens the desk.

        Args:
            players: name to what answers many transcripts decoded alike.
            batch: most transcripts answered together.
        """
        self._players = players
        self._batch = batch
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="ludens-desk", daemon=True)
        self._thread.start()

    @property
    def names(self) -> tuple[str, ...]:
        """Who can be asked."""
        return tuple(self._players)

    def ask(self, who: str, transcript: Transcript, sampling: Sampling) -> "Future[Decision]":
        """The decision to come; faults of the request or of the model are raised by its `result`."""
        waiting = _Waiting(who, transcript, sampling)
        self._queue.put(waiting)
        return waiting.decision

    def close(self) -> None:
        """Answers what is waiting, then stops."""
        self._queue.put(None)
        self._thread.join()

    def __enter__(self) -> "Desk":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _serve(self) -> None:
        closing = False
        while not closing:
            first = self._queue.get()
            if first is None:
                return
            waiting = [first]
            while len(waiting) < self._batch:
                try:
                    more = self._queue.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    closing = True
                    break
                waiting.append(more)
            for group in _alike(waiting):
                self._answer(group)

    def _answer(self, group: Sequence[_Waiting]) -> None:
        answer, sampling = self._players[group[0].who], group[0].sampling
        try:
            decisions = answer([each.transcript for each in group], sampling)
        except Exception as error:  # noqa: BLE001 - crosses to the thread that asked
            if len(group) > 1:  # one of them: the others must not suffer
                for each in group:
                    self._answer([each])
            else:
                group[0].decision.set_exception(error)
            return
        for each, decision in zip(group, decisions, strict=True):
            each.decision.set_result(decision)


def _alike(waiting: Sequence[_Waiting]) -> list[list[_Waiting]]:
    """The requests in groups of one player and one way of decoding, in the order of arrival."""
    groups: dict[tuple[str, Sampling], list[_Waiting]] = {}
    for each in waiting:
        groups.setdefault((each.who, each.sampling), []).append(each)
    return list(groups.values())
