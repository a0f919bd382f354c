"""Decisions: what leaves the agent, with what it cost and how it came about."""

from dataclasses import dataclass

from agent.models.language_model import Completion
from agent.trace import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What a turn cost.

    Attributes:
        calls: completions asked of the language model.
        scorings: scoring calls.
        prompt_tokens: tokens of all prompts, cached ones included.
        generated_tokens: tokens decoded.
        seconds: wall time of the whole turn.
        symbolic_seconds: the part of it outside the language model.
    """

    calls: int = 0
    scorings: int = 0
    prompt_tokens: int = 0
    generated_tokens: int = 0
    seconds: float = 0.0
    symbolic_seconds: float = 0.0

    def plus(self, completion: Completion) -> "Usage":
        """This usage with one more completion."""
        return Usage(
            calls=self.calls + 1,
            scorings=self.scorings,
            prompt_tokens=self.prompt_tokens + completion.prompt_tokens,
            generated_tokens=self.generated_tokens + completion.generated_tokens,
            seconds=self.seconds,
            symbolic_seconds=self.symbolic_seconds,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The reply to one transcript.

    Attributes:
        reply: the one string the harness gets.
        trace: how it came about.
        usage: what it cost.
    """

    reply: str
    trace: Trace
    usage: Usage
