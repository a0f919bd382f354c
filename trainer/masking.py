"""Conversations as token ids and labels: exactly what the model sees when it plays, with loss on its own words only.

A prompt is encoded by the very encoder that the backends play with, so that training and playing cannot differ, and
no message can forge a control token. What is learnt of a turn is its text and the token that ends it. Consecutive
turns share one sequence as long as the next prompt begins with everything before it; a template that rewrites the
past (dropping thoughts, say) gets a sequence of its own per turn instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
        turns: how many turns carry loss.
        weight: factor of the loss of all its tokens.
    """

    ids: tuple[int, ...]
    labels: tuple[int, ...]
    turns: int
    weight: float = 1.0

    @property
    def trained(self) -> int:
        """How many tokens carry loss."""
        return sum(label != IGNORED for label in self.labels)


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

    def pieces(self, sample: ChatSample, *, max_tokens: int, weight: float = 1.0) -> list[Encoded]:
        """The sequences of a sample; turns that reach beyond `max_tokens` are left out.

        Args:
            sample: the conversation.
            max_tokens: longest sequence.
            weight: factor of its loss.
        """
        found: list[Encoded] = []
        ids: list[int] = []
        labels: list[int] = []
        turns = 0
        for index in sample.trained:
            prompt, reply = self.prompt(sample.messages[:index]), self.reply(sample.messages[index].content)
            goes_on = bool(ids) and prompt[: len(ids)] == ids
            if len(prompt) + len(reply) > max_tokens:
                break  # later turns are longer still
            if ids and not goes_on:
                found.append(Encoded(ids=tuple(ids), labels=tuple(labels), turns=turns, weight=weight))
                ids, labels, turns = [], [], 0
            labels += [IGNORED] * (len(prompt) - len(ids)) + reply
            ids = prompt + reply
            turns += 1
        if turns:
            found.append(Encoded(ids=tuple(ids), labels=tuple(labels), turns=turns, weight=weight))
        return found

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
    masker: ChatMasker, samples: Sequence[ChatSample], *, max_tokens: int, weights: Sequence[float] | None = None
) -> list[Encoded]:
    """The sequences of many samples.

    Args:
        masker: the model's encoder.
        samples: the conversations.
        max_tokens: longest sequence.
        weights: a factor of the loss for each sample; 1 when left out.

    Raises:
        UserError: nothing is left to learn from.
    """
    if not samples:
        raise UserError("There is nothing to learn from: the samples are empty; make rollouts or name other files.")
    factors = weights if weights is not None else [1.0] * len(samples)
    pieces = [
        piece
        for sample, factor in zip(samples, factors, strict=True)
        for piece in masker.pieces(sample, max_tokens=max_tokens, weight=factor)
    ]
    if not pieces:
        raise UserError(f"No turn of the samples fits into {max_tokens} tokens: raise max_tokens and batch_tokens.")
    return pieces
