"""Conversations as token ids and labels: exactly what the model sees when it plays, with loss on its own words only.

A prompt is encoded by the very encoder that the backends play with, so that training and playing cannot differ, and
no message can forge a control token. What is learnt of a turn is its text and the token that ends it. Consecutive
turns share one sequence as long as the next prompt begins with everything before it; a template that rewrites the
past (dropping thoughts, say) gets a sequence of its own per turn instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from transformers import PreTrainedTokenizerFast

from agent.errors import UserError
from agent.models.chat import ChatEncoder, checked
from agent.models.hf_file import HfVocabulary, chat_encoder
from agent.transcript import Message
from trainer.samples import ChatMessage, ChatSample

IGNORED = -100
"""The label of a token without loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A sequence to train on.

    Attributes:
        ids: token ids.
        labels: the same ids where there is loss, `IGNORED` elsewhere.
        weights: factor of each token's loss.
        turns: how many turns carry loss.
    """

    ids: tuple[int, ...]
    labels: tuple[int, ...]
    weights: tuple[float, ...]
    turns: int

    @property
    def trained(self) -> int:
        """How many tokens carry loss."""
        return sum(label != IGNORED for label in self.labels)


@dataclass(slots=True)
class _Draft:
    """A sequence in the making."""

    ids: list[int] = field(default_factory=list[int])
    labels: list[int] = field(default_factory=list[int])
    weights: list[float] = field(default_factory=list[float])
    turns: int = 0

    def add(self, prompt: list[int], reply: list[int], weight: float) -> None:
        """Adds a turn; the prompt begins with everything so far."""
        new = len(prompt) - len(self.ids)
        self.labels += [IGNORED] * new + reply
        self.weights += [1.0] * new + [weight] * len(reply)
        self.ids = prompt + reply
        self.turns += 1

    def encoded(self) -> Encoded:
        """The finished sequence."""
        return Encoded(ids=tuple(self.ids), labels=tuple(self.labels), weights=tuple(self.weights), turns=self.turns)


class ChatMasker:
    """Turns conversations into sequences for one model."""

    def __init__(self, tokenizer: PreTrainedTokenizerFast, *, keep_default_system: bool = False) -> None:
        """Wires template and vocabulary.

        Raises:
            UserError: the tokenizer has no chat template, or one without an end to a turn.
        """
        if not isinstance(tokenizer.chat_template, str):
            raise UserError("The model holds no chat template, so it is no chat model: choose a tuned one.")
        self._vocabulary = HfVocabulary(tokenizer)
        self._encoder: ChatEncoder = chat_encoder(tokenizer, self._vocabulary, keep_default_system=keep_default_system)
        self.end_id = self._end_of_turn(tokenizer)

    def prompt(self, messages: Sequence[ChatMessage]) -> list[int]:
        """Token ids up to where the player speaks; what a backend reads before it replies."""
        return self._encoder.encode(checked([Message(role=m.role, content=m.content) for m in messages]))

    def reply(self, text: str) -> list[int]:
        """Token ids of a reply with the token that ends it."""
        return [*self._vocabulary.encode(text.strip()), self.end_id]

    def pieces(self, sample: ChatSample, *, max_tokens: int, weights: Sequence[float] = ()) -> list[Encoded]:
        """The sequences of a sample; turns that reach beyond `max_tokens` are left out.

        Args:
            sample: the conversation.
            max_tokens: longest sequence.
            weights: factor of the loss of each turn that is learnt; 1 when left out.
        """
        found: list[Encoded] = []
        draft = _Draft()
        for index, weight in zip(sample.trained, weights or [1.0] * len(sample.trained), strict=True):
            prompt, reply = self.prompt(sample.messages[:index]), self.reply(sample.messages[index].content)
            if len(prompt) + len(reply) > max_tokens:
                break  # later turns are longer still
            if prompt[: len(draft.ids)] != draft.ids:
                found.append(draft.encoded())
                draft = _Draft()
            draft.add(prompt, reply, weight)
        return [*found, draft.encoded()] if draft.turns else found

    def _end_of_turn(self, tokenizer: PreTrainedTokenizerFast) -> int:
        """The control token that the template writes after a reply; the tokenizer's own end where it writes none."""
        asked = [ChatMessage(role="user", content="a")]
        said = [*asked, ChatMessage(role="assistant", content="b"), ChatMessage(role="user", content="c")]
        before = [*self.prompt(asked), *self._vocabulary.encode("b")]
        after = self.prompt(said)
        controls = {token.id for token in self._vocabulary.control.values()}
        if after[: len(before)] == before and after[len(before)] in controls:
            return after[len(before)]
        if isinstance(tokenizer.eos_token_id, int):
            return tokenizer.eos_token_id
        raise UserError("The model's chat template ends no turn with a token of its own: choose another model.")


def encode_all(
    masker: ChatMasker,
    samples: Sequence[ChatSample],
    *,
    max_tokens: int,
    weights: Sequence[Sequence[float]] | None = None,
) -> list[Encoded]:
    """The sequences of many samples.

    Args:
        masker: the model's encoder.
        samples: the conversations.
        max_tokens: longest sequence.
        weights: for each sample, a factor of the loss of each turn that is learnt; 1 when left out.

    Raises:
        UserError: nothing is left to learn from.
    """
    if not samples:
        raise UserError("There is nothing to learn from: the samples are empty; make rollouts or name other files.")
    factors = weights if weights is not None else [()] * len(samples)
    pieces = [
        piece
        for sample, factor in zip(samples, factors, strict=True)
        for piece in masker.pieces(sample, max_tokens=max_tokens, weights=factor)
    ]
    if not pieces:
        raise UserError(f"No turn of the samples fits into {max_tokens} tokens: raise max_tokens and batch_tokens.")
    return pieces
