"""One turn as a coroutine: the funnel from session to decision.

The coroutine yields requests to the language model and is sent completions, so
that one driver can run a single turn and another can batch many of them. It
touches no weights, files or globals; time enters through the deadline's clock.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from agent.config import AgentConfig
from agent.deadline import Deadline
from agent.decision import Decision, Usage
from agent.errors import GrammarError
from agent.judging import Judge
from agent.legality import certain, constraints_of, sound
from agent.models.language_model import Completion, Sampling
from agent.narration import proposed, read_and_remembered
from agent.ranking import Tally
from agent.reasoning import reasoned
from agent.recall import Recall
from agent.trace import (
    Constrained,
    Drafted,
    Hurried,
    Rejected,
    Said,
    Trace,
    TraceEvent,
    Unsteered,
)
from agent.transcript import Message, Transcript
from constraints.concluding import has_room
from constraints.grammar import Grammar
from constraints.turn import TurnConstraint
from planner.session import Proposal, Session

FEWEST_TOKENS = 8
"""Fewer tokens than these are not worth asking for."""
RESAMPLING_TEMPERATURE = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """What a turn asks of the language model.

    Attributes:
        messages: the chat.
        grammar: the legal replies; None for free decoding.
        sampling: how to decode.
    """

    messages: Transcript
    grammar: Grammar | None
    sampling: Sampling


Plan = Callable[[Session], Proposal]
Turn = Generator[ModelCall, Completion, Decision]


@dataclass(slots=True, kw_only=True)
class _Record:
    """The trace and the bill of a turn in the making."""

    deadline: Deadline
    began: float
    events: list[TraceEvent] = field(default_factory=list[TraceEvent])
    usage: Usage = field(default_factory=Usage)
    note: Callable[[], Transcript] = tuple
    waited_s: float = 0.0
    model_s: float = 0.0
    reading_tokens: int = 0

    def ms(self) -> float:
        return round((self.deadline.clock() - self.began) * 1000, 3)


@dataclass(slots=True, kw_only=True)
class Funnel:
    """Narrows what may be said, stage by stage, down to one reply.

    Attributes:
        config: sizes and budgets.
        plan: the planner; proposes nothing when it is switched off.
        check: whether drafts are checked and repaired.
        tally: running bill of the planner's ranking calls.
        recall: says what earlier messages said, for windows that have no room for them.
        expected_call_s: how long a call to the model takes, from experience; 0 before the first.
    """

    config: AgentConfig
    plan: Plan
    check: bool = True
    tally: Tally = field(default_factory=Tally)
    recall: Recall = field(default_factory=Recall)
    expected_call_s: float = 0.0

    def turn(
        self,
        session: Session,
        transcript: Transcript,
        sampling: Sampling,
        deadline: Deadline,
        readings: Sequence[Completion] = (),
    ) -> Turn:
        """The coroutine of one turn.

        Args:
            session: what is understood and remembered of the transcript.
            transcript: the normalised transcript.
            sampling: how the first draft is decoded.
            deadline: when the reply must have left.
            readings: what the model was asked while the transcript was read.
        """
        record = _Record(deadline=deadline, began=deadline.clock(), note=cache(partial(self.recall.note, session)))
        for completion in readings:
            record.usage = record.usage.plus(completion)
            record.model_s += completion.seconds
        record.reading_tokens = record.usage.generated_tokens
        record.events += read_and_remembered(session, at_ms=record.ms(), generated_tokens=record.reading_tokens)
        proposal = self._propose(session, record)
        record.events.append(proposed(session.rulebook, proposal, at_ms=record.ms()))
        constraints = constraints_of(
            session,
            proposal,
            options=self.config.repairs + 1,
            text_tokens=self.config.free_text_tokens,
            reply_tokens=sampling.max_tokens,
        )
        judge = Judge(session=session, on=self.check, certain=certain(proposal, constraints))
        if constraints[0].forms:
            reply, legal = yield from self._speak(judge, constraints, transcript, sampling, record)
        else:
            reply, legal = yield from self._speak_freely(judge, constraints[0], transcript, sampling, record)
        record.events.append(Said(at_ms=record.ms(), reply=reply, legal=legal))
        symbolic_s = max(0.0, deadline.clock() - record.began - record.waited_s)
        usage = replace(record.usage, seconds=symbolic_s + record.model_s, symbolic_seconds=symbolic_s)
        return Decision(reply=reply, trace=Trace(events=tuple(record.events)), usage=usage)

    def _propose(self, session: Session, record: _Record) -> Proposal:
        """The planner's options; the model's part in ranking them goes on the bill."""
        scorings, seconds = self.tally.scorings, self.tally.seconds
        proposal = sound(session.rulebook, self.plan(session), session.memory)
        record.usage = replace(record.usage, scorings=self.tally.scorings - scorings)
        record.model_s += self.tally.seconds - seconds
        record.waited_s += self.tally.seconds - seconds
        return proposal

    def _speak(
        self,
        judge: Judge,
        constraints: Sequence[TurnConstraint],
        transcript: Transcript,
        sampling: Sampling,
        record: _Record,
    ) -> Generator[ModelCall, Completion, tuple[str, bool]]:
        """Drafts, checks and repairs until a reply may leave; the second value says whether all checks passed."""
        first_tokens, attempt, drafts = 0, 0, 0
        messages = transcript
        while attempt < len(constraints) and drafts <= self.config.repairs + len(constraints):
            constraint = constraints[attempt]
            grammar = judge.narrowed(constraint.grammar())
            planned = attempt < len(constraints) - 1
            if self._is_late(record, grammar):
                break
            decoding = self._sampling(sampling, drafts, record)
            if has_room(constraint):
                text = yield from reasoned(constraint, partial(self._draft, messages, record=record), decoding)
            else:
                text = yield from self._draft(messages, grammar, decoding, record)
            drafts += 1
            reply, violations = self._judge(judge, constraint, text, record)
            if reply is not None:
                return reply, True
            first_tokens = record.usage.generated_tokens if drafts == 1 else first_tokens
            spent_tokens = record.usage.generated_tokens - first_tokens
            if (grammar is not None and grammar.only_reply is not None) or (drafts > self.config.repairs and planned):
                attempt += 1  # this plan cannot be said legally: the next best one
            elif drafts > self.config.repairs or spent_tokens > self.config.repair_tokens:
                break
            elif drafts > 1:  # resampling was not enough: say what was wrong
                messages = _told(transcript, text, violations)
        reply, legal = judge.last_resort(constraints)
        record.events.append(Drafted(at_ms=record.ms(), text=reply, source="cheapest"))
        return reply, legal

    def _speak_freely(
        self,
        judge: Judge,
        constraint: TurnConstraint,
        transcript: Transcript,
        sampling: Sampling,
        record: _Record,
    ) -> Generator[ModelCall, Completion, tuple[str, bool]]:
        """Drafts a reply that has no form; when no draft can be made to keep all rules, the nearest one leaves."""
        grammar, messages = constraint.grammar(), transcript
        best, fewest, first_tokens = "", -1, 0
        for draft in range(self.config.repairs + 1):
            spent = record.usage.generated_tokens - first_tokens
            if self._is_late(record, grammar) or (draft > 0 and spent > self.config.repair_tokens):
                break
            decoding = self._sampling(sampling, draft, record)
            text = yield from self._draft(messages, grammar, decoding, record)
            if draft == 0:
                text = yield from self._extended(constraint, text, transcript, decoding, record)
                first_tokens = record.usage.generated_tokens
            reply, violations = self._judge(judge, constraint, text, record)
            if reply is not None:
                return reply, True
            near = constraint.nearest(text)
            broken = len(constraint.check(near))
            if near and (fewest < 0 or broken < fewest):
                best, fewest = near, broken
            messages = _told(transcript, text, violations)
        if not best:
            best, legal = judge.last_resort([constraint])
            record.events.append(Drafted(at_ms=record.ms(), text=best, source="cheapest"))
            return best, legal
        record.events.append(Drafted(at_ms=record.ms(), text=best, source="repair"))
        return best, fewest == 0

    def _extended(
        self, constraint: TurnConstraint, text: str, transcript: Transcript, sampling: Sampling, record: _Record
    ) -> Generator[ModelCall, Completion, str]:
        """A draft that is too short, with what the model adds to it; never more tokens in all than one reply has."""
        for _ in range(self.config.repairs if self.check else 0):
            more = constraint.extension(text)
            left = sampling.max_tokens - (record.usage.generated_tokens - record.reading_tokens)
            if more is None or left < FEWEST_TOKENS or self._is_late(record, None):
                break
            longer = (*transcript, *_asked(text.strip(), more.request))
            added = yield from self._draft(longer, None, replace(sampling, max_tokens=left), record)
            if not added.strip():
                break
            text = f"{text.strip()}{more.joint}{added.strip()}"
        return text

    def _draft(
        self, messages: Transcript, grammar: Grammar | None, sampling: Sampling, record: _Record
    ) -> Generator[ModelCall, Completion, str]:
        only = grammar.only_reply if grammar is not None else None
        record.events.append(
            Constrained(at_ms=record.ms(), grammar=grammar.lark if grammar else "", only_reply=only is not None)
        )
        if only is not None:
            record.events.append(Drafted(at_ms=record.ms(), text=only, source="form"))
            return only
        messages = (*self._note(record), *messages)
        asked = record.deadline.clock()
        try:
            completion = yield ModelCall(messages=messages, grammar=grammar, sampling=sampling)
        except GrammarError as error:  # the check behind the decoder holds the rules then
            record.events.append(Unsteered(at_ms=record.ms(), error=str(error)))
            completion = yield ModelCall(messages=messages, grammar=None, sampling=sampling)
        record.waited_s += record.deadline.clock() - asked
        record.model_s += completion.seconds
        record.usage = record.usage.plus(completion)
        self.expected_call_s = (
            completion.seconds if self.expected_call_s == 0 else (0.8 * self.expected_call_s + 0.2 * completion.seconds)
        )
        record.events.append(
            Drafted(
                at_ms=record.ms(),
                text=completion.text,
                source="model",
                generated_tokens=completion.generated_tokens,
                finished=completion.finished,
            )
        )
        return completion.text

    def _note(self, record: _Record) -> Transcript:
        """What memory says for messages beyond the window; the encoder's time goes on the models' bill."""
        seconds = self.tally.seconds
        note = record.note()
        record.model_s += self.tally.seconds - seconds
        record.waited_s += self.tally.seconds - seconds
        return note

    def _judge(
        self, judge: Judge, constraint: TurnConstraint, text: str, record: _Record
    ) -> tuple[str | None, tuple[str, ...]]:
        """The reply if the draft, or a cheap mend of it, may leave; else what is wrong with it."""
        verdict = judge.judge(constraint, text)
        violations = tuple(f"{violation.kind}: {violation.hint}" for violation in verdict.violations)
        if violations:
            record.events.append(Rejected(at_ms=record.ms(), text=text, violations=violations))
        if verdict.mended and verdict.reply is not None:
            record.events.append(Drafted(at_ms=record.ms(), text=verdict.reply, source="repair"))
        return verdict.reply, violations

    def _sampling(self, sampling: Sampling, drafts: int, record: _Record) -> Sampling:
        left = record.deadline.seconds_left()
        seconds = None if left is None else max(0.0, 0.8 * left)
        if drafts == 0:
            return replace(sampling, seconds=seconds)
        warmer = max(sampling.temperature, RESAMPLING_TEMPERATURE)
        return replace(sampling, seconds=seconds, temperature=warmer, seed=sampling.seed + drafts)

    def _is_late(self, record: _Record, grammar: Grammar | None) -> bool:
        if grammar is not None and grammar.only_reply is not None:
            return False
        if record.deadline.allows(1.25 * self.expected_call_s) and record.deadline.seconds_left() != 0:
            return False
        record.events.append(Hurried(at_ms=record.ms(), seconds_left=record.deadline.seconds_left() or 0.0))
        return True


def _told(transcript: Transcript, draft: str, violations: Sequence[str]) -> Transcript:
    """The chat in which the model is told what was wrong with its draft."""
    complaint = "That reply is not allowed. " + " ".join(violations) + " Reply again, correctly."
    return (*transcript, *_asked(draft.strip(), complaint))


def _asked(draft: str, request: str) -> Transcript:
    """A draft, and what is asked of the model next."""
    return Message(role="assistant", content=draft or "…"), Message(role="user", content=request)
