"""The agent: from a transcript to a decision, one at a time or many at once."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.bare import shared_time
from agent.config import AgentConfig
from agent.deadline import Clock, Deadline
from agent.decision import Decision
from agent.fold import Fold, forget, normalise, read_nothing
from agent.models.language_model import Completion, LanguageModel, Sampling
from agent.ranking import ModelRanker
from agent.transcript import Message
from agent.turn import Funnel, ModelCall, Turn
from constraints.reader import read
from memory.store import remember
from planner.choose import choose
from planner.policies import policies
from planner.session import Proposal, Session


class Agent:
    """A language model with a memory, a plan and manners.

    The agent keeps no state between calls but caches: the same transcript, configuration and model give the same
    reply, unless a deadline cuts in.
    """

    def __init__(self, model: LanguageModel, config: AgentConfig | None = None, *, clock: Clock = time.monotonic):
        """Wires the stages that the configuration switches on.

        Args:
            model: the language model.
            config: how to play; the default has every stage switched on.
            clock: seconds since some fixed instant, for deadlines.
        """
        self.model = model
        self.config = config or AgentConfig()
        self._clock = clock
        self._began = clock()
        self._ranker = ModelRanker(model)
        on = self.config.modules
        self._fold = Fold(
            read_rules=read if "constraints" in on else read_nothing,
            keep=remember if "memory" in on else forget,
            capacity=self.config.cached_sessions,
        )
        self._funnel = Funnel(config=self.config, plan=self._planner(), check="check" in on, tally=self._ranker.tally)

    def session(self, messages: Sequence[Message]) -> Session:
        """What the agent understands and remembers of a transcript."""
        return self._fold.session(normalise(messages))

    def act(self, messages: Sequence[Message], sampling: Sampling | None = None) -> Decision:
        """Decides on the reply to a transcript.

        Args:
            messages: what this player has seen and said; the last message is the game's.
            sampling: how to decode; by default as configured.

        Raises:
            UserError: the transcript is empty or ends with the assistant.
            ModelError: the language model failed.
        """
        turn = self._turn(messages, sampling)
        answer: Completion | None = None
        while True:
            try:
                request = next(turn) if answer is None else turn.send(answer)
            except StopIteration as end:
                return end.value
            answer = self.model.complete(request.messages, request.grammar, request.sampling)

    def act_batch(self, batch: Sequence[Sequence[Message]], sampling: Sampling | None = None) -> list[Decision]:
        """Decides on many transcripts at once, asking the model for all pending drafts together."""
        turns = [self._turn(messages, sampling) for messages in batch]
        decisions: dict[int, Decision] = {}
        pending = {
            index: request for index, turn in enumerate(turns) if (request := _step(turn, None, decisions, index))
        }
        while pending:
            answers = _complete_all(self.model, list(pending.values()))
            stepped = zip(list(pending), answers, strict=True)
            pending = {
                index: request
                for index, answer in stepped
                if (request := _step(turns[index], answer, decisions, index))
            }
        return [decisions[index] for index in range(len(turns))]

    def run_seconds_left(self) -> float | None:
        """Seconds of the run's budget still unspent; None without a budget."""
        budget = self.config.run_seconds
        return None if budget is None else max(0.0, budget - (self._clock() - self._began))

    def _turn(self, messages: Sequence[Message], sampling: Sampling | None) -> Turn:
        transcript = normalise(messages)
        deadline = Deadline.of(reply_s=self.config.reply_seconds, run_s_left=self.run_seconds_left(), clock=self._clock)
        session = self._fold.session(transcript)
        decoding = sampling or Sampling(
            max_tokens=self.config.max_reply_tokens, temperature=self.config.temperature, seed=self.config.seed
        )
        return self._funnel.turn(session, transcript, decoding, deadline)

    def _planner(self) -> Callable[[Session], Proposal]:
        on = self.config.modules
        if "planner" not in on:
            return propose_nothing
        chosen = [policy for policy in policies(self._ranker) if "map" in on or policy.name != "explore"]
        return lambda session: choose(chosen, session)


def propose_nothing(session: Session) -> Proposal:
    """The planner of an agent without one."""
    return Proposal()


def _step(turn: Turn, answer: Completion | None, decisions: dict[int, Decision], index: int) -> ModelCall | None:
    try:
        return next(turn) if answer is None else turn.send(answer)
    except StopIteration as end:
        decisions[index] = end.value
        return None


def _complete_all(model: LanguageModel, requests: Sequence[ModelCall]) -> list[Completion]:
    """Completes all requests, those decoded alike in one batch where the backend has batches."""
    batch = getattr(model, "complete_batch", None)
    if batch is None or len(requests) == 1:
        return [model.complete(request.messages, request.grammar, request.sampling) for request in requests]
    answers: dict[int, Completion] = {}
    for group in _alike(requests):
        pairs = [(requests[index].messages, requests[index].grammar) for index in group]
        completions = batch(pairs, requests[group[0]].sampling)
        answers.update(zip(group, shared_time(completions), strict=True))
    return [answers[index] for index in range(len(requests))]


def _alike(requests: Sequence[ModelCall]) -> list[list[int]]:
    """Indices of the requests, grouped by equal sampling (time limits aside)."""
    groups: dict[Sampling, list[int]] = {}
    for index, request in enumerate(requests):
        groups.setdefault(replace(request.sampling, seconds=None), []).append(index)
    return list(groups.values())
