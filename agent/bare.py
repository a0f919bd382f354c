"""The bare model: the language model as a harness would call it without Ludens."""

from collections.abc import Sequence
from dataclasses import replace

from agent.decision import Decision, Usage
from agent.fold import normalise
from agent.models.language_model import Completion, LanguageModel, Sampling
from agent.trace import Trace
from agent.transcript import Message


def reply_bare(model: LanguageModel, messages: Sequence[Message], sampling: Sampling) -> Decision:
    """The model's own reply, stripped of surrounding blanks as harness backends do.

    Raises:
        UserError: the transcript is empty or ends with the assistant.
        ModelError: the language model failed.
    """
    return _decided(model.complete(normalise(messages), None, sampling))


def reply_bare_batch(model: LanguageModel, batch: Sequence[Sequence[Message]], sampling: Sampling) -> list[Decision]:
    """The model's own replies to many transcripts, in one batch where the backend has batches."""
    together = getattr(model, "complete_batch", None)
    if together is None:
        return [reply_bare(model, messages, sampling) for messages in batch]
    completions = together([(normalise(messages), None) for messages in batch], sampling)
    return [_decided(completion) for completion in shared_time(completions)]


def shared_time(completions: Sequence[Completion]) -> list[Completion]:
    """The completions of one batch, each billed an equal share of the batch's wall time."""
    return [replace(completion, seconds=completion.seconds / len(completions)) for completion in completions]


def _decided(completion: Completion) -> Decision:
    usage = Usage(seconds=completion.seconds).plus(completion)
    return Decision(reply=completion.text.strip(), trace=Trace(), usage=usage)
