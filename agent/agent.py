"""The agent: from a transcript to a decision, one at a time or many at once."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from agent.assisted_reading import AssistedReader
from agent.bare import shared_time
from agent.cache_folder import cache_folder
from agent.config import AgentConfig
from agent.deadline import Clock, Deadline
from agent.decision import Decision
from agent.errors import GrammarError
from agent.fold import Fold, forget, normalise, read_nothing
from agent.meanings import meanings_of
from agent.models.language_model import Completion, LanguageModel, Sampling
from agent.ranking import ModelRanker
from agent.reading_cache import ReadingCache
from agent.recall import Recall
from agent.transcript import Message
from agent.turn import Funnel, ModelCall, Turn
from constraints.reader import read
from memory.dictionary import Dictionary
from memory.meanings import Meanings
from memory.retrieval import Retrieval
from memory.store import remember
from planner.choose import choose
from planner.policies import policies
from planner.session import Proposal, Session

Answer = Completion | GrammarError

POLICIES_OF = {"map": ("explore",), "partner": ("hint", "gather")}
"""Policies that go when a module is switched off: those that walk the map, those that play their own listener."""


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
        self._reader = self._assistant() if self.config.assisted_reading and "constraints" in on else None
        self._fold = Fold(
            read_rules=self._reader or (read if "constraints" in on else read_nothing),
            keep=remember if "memory" in on else forget,
            capacity=self.config.cached_sessions,
        )
        meanings = meanings_of(self.config.embedder, self.model, self._ranker.tally)
        self._funnel = Funnel(
            config=self.config,
            plan=self._planner(meanings),
            check="check" in on,
            tally=self._ranker.tally,
            recall=Recall(retrieval=Retrieval(embedder=meanings.embedder if meanings is not None else None)),
        )

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
        return self.act_batch([messages], sampling)[0]

    def act_batch(self, batch: Sequence[Sequence[Message]], sampling: Sampling | None = None) -> list[Decision]:
        """Decides on many transcripts at once, asking the model for all pending drafts together."""
        turns = [self._turn(messages, sampling) for messages in batch]
        decisions: dict[int, Decision] = {}
        pending: dict[int, ModelCall] = {
            index: request for index, turn in enumerate(turns) if (request := _step(turn, None, decisions, index))
        }
        while pending:
            answers = _answer_all(self.model, list(pending.values()))
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
        readings = self._reader.billed() if self._reader is not None else ()
        return self._funnel.turn(session, transcript, decoding, deadline, readings)

    def _assistant(self) -> AssistedReader:
        """The reader that asks the model; it keeps answers on disk where the model has a name to keep them under."""
        name = str(getattr(self.model, "name", ""))
        return AssistedReader(
            model=self.model, cache=ReadingCache(model=name, folder=cache_folder("readings") if name else None)
        )

    def _planner(self, meanings: Meanings | None) -> Callable[[Session], Proposal]:
        on = self.config.modules
        if "planner" not in on:
            return propose_nothing
        barred = {name for module, names in POLICIES_OF.items() if module not in on for name in names}
        known = policies(self._ranker, meanings, Dictionary.installed())
        chosen = [policy for policy in known if policy.name not in barred]
        return lambda session: choose(chosen, session)


def propose_nothing(session: Session) -> Proposal:
    """The planner of an agent without one."""
    return Proposal()


def _step(turn: Turn, answer: Answer | None, decisions: dict[int, Decision], index: int) -> ModelCall | None:
    try:
        if isinstance(answer, GrammarError):
            return turn.throw(answer)
        return next(turn) if answer is None else turn.send(answer)
    except StopIteration as end:
        decisions[index] = end.value
        return None


def _answer_all(model: LanguageModel, calls: Sequence[ModelCall]) -> list[Answer]:
    """Answers all calls, those decoded alike in one batch where the backend has batches."""
    batch = getattr(model, "complete_batch", None)
    if batch is None or len(calls) == 1:
        return [_answer(model, call) for call in calls]
    answers: dict[int, Answer] = {}
    for group in _alike(calls):
        pairs = [(calls[index].messages, calls[index].grammar) for index in group]
        try:
            together = shared_time(batch(pairs, calls[group[0]].sampling))
        except GrammarError:  # one of them; the others must not suffer
            together = [_answer(model, calls[index]) for index in group]
        answers.update(zip(group, together, strict=True))
    return [answers[index] for index in range(len(calls))]


def _answer(model: LanguageModel, call: ModelCall) -> Answer:
    try:
        return model.complete(call.messages, call.grammar, call.sampling)
    except GrammarError as error:
        return error


def _alike(calls: Sequence[ModelCall]) -> list[list[int]]:
    """Indices of the calls, grouped by equal sampling (time limits aside)."""
    groups: dict[Sampling, list[int]] = {}
    for index, call in enumerate(calls):
        groups.setdefault(replace(call.sampling, seconds=None), []).append(index)
    return list(groups.values())
