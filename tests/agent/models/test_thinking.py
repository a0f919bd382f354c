"""Thoughts are never part of a reply, and come before it where a model is given room for them."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import UserError
from agent.models.chat import ChatEncoder, ChatTemplate, ControlToken
from agent.models.engine import Parts, Reading, Rows
from agent.models.engine_model import EngineModel
from agent.models.language_model import Sampling
from agent.models.prefix_cache import Slot
from agent.models.reply import TokenFacts
from agent.models.thinking import Thinking, without_thoughts
from agent.transcript import Message

TEMPLATE = (
    "{% for m in messages %}<s>{{ m.role }}:{{ m.content }}<e>{% endfor %}<s>assistant:"
    "{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}"
)
MARKS = ("<s>", "<e>", "<think>", "</think>")


class Letters:
    """A vocabulary of characters, with marks for messages and thoughts."""

    control: ClassVar = {text: ControlToken(id=128 + i) for i, text in enumerate(MARKS)}

    def encode(self, text: str) -> list[int]:
        return [min(ord(character), 127) for character in text]


def text_of(tokens: Sequence[int]) -> str:
    return "".join(MARKS[t - 128] if t >= 128 else chr(t) for t in tokens)


class Reciting:
    """An engine that says a fixed text after the assistant's mark, character by character."""

    cells, sequences, branches = 4096, 2, 4

    def __init__(self, says: str) -> None:
        rest, self.says = says, list[int]()
        while rest:
            mark = next((m for m in MARKS if rest.startswith(m)), "")
            self.says += [Letters.control[mark].id] if mark else [ord(rest[0])]
            rest = rest[len(mark) or 1 :]
        self.read_texts: list[str] = []

    def _row(self, said: int) -> Rows:
        row = np.zeros(128 + len(MARKS), dtype=np.float32)
        row[self.says[said] if said < len(self.says) else 129] = 9.0
        return row

    def read(self, tokens: Sequence[int], *, prompt: int, deadline: float | None = None) -> Reading:
        self.read_texts.append(text_of(tokens))
        slot = Slot(sequence=0)
        slot.tokens = list(tokens)
        self.start = text_of(tokens).rindex("assistant:") + len("assistant:")
        return Reading(slot=slot, cached=0, logits=self._row(self._said(slot)))

    def _said(self, slot: Slot) -> int:
        spoken = text_of(slot.tokens)[self.start :].replace("<think>\n", "<think>").replace("</think>\n\n", "</think>")
        return len([m for m in self.says if m >= 128 and MARKS[m - 128] in spoken]) + sum(
            1 for character in spoken.replace("<think>", "").replace("</think>", "")
        )

    def extend(self, growths: Sequence[tuple[Slot, list[int]]]) -> Sequence[Rows]:
        rows: list[Rows] = []
        for slot, tokens in growths:
            slot.tokens = [*slot.tokens, *tokens]
            rows.append(self._row(self._said(slot)))
        return rows

    def follow(self, slot: Slot, trie: object) -> Rows:
        raise NotImplementedError

    def release(self, slot: Slot) -> None: ...

    def close(self) -> None: ...


def model(engine: Reciting, *, thinking_tokens: int) -> EngineModel:
    vocabulary = Letters()

    def chat(thinking: bool) -> ChatEncoder:
        return ChatEncoder(ChatTemplate(TEMPLATE, thinking=thinking), vocabulary)

    facts = TokenFacts(
        ends=frozenset({129}),
        banned=np.array([128], dtype=np.int64),
        text=lambda tokens: text_of([t for t in tokens if t not in (128, 129)]).encode(),
    )
    return EngineModel(
        Parts(
            engine=engine,
            embeddings=lambda tokens: np.zeros((len(tokens), 2), dtype=np.float32),
            chat=chat(False),
            vocabulary=vocabulary,
            facts=facts,
            grammars=None,  # type: ignore[arg-type]
            window_tokens=2048,
            thinking=Thinking.of(chat(True), vocabulary, thinking_tokens) if thinking_tokens else None,
        )
    )


ASKED = (Message(role="user", content="hi"),)


def test_a_model_without_room_for_thoughts_is_told_so_by_its_template():
    engine = Reciting("<think></think>yes")
    assert model(engine, thinking_tokens=0).complete(ASKED, None, Sampling(max_tokens=20)).text == "yes"
    assert engine.read_texts == ["<s>user:hi<e><s>assistant:<think></think>"]


def test_thoughts_come_first_and_are_no_part_of_the_reply():
    engine = Reciting("<think>well</think>yes")
    found = model(engine, thinking_tokens=50).complete(ASKED, None, Sampling(max_tokens=20))
    assert found.text == "yes"
    assert found.finished
    assert engine.read_texts[0].endswith("assistant:<think>\n")
    assert engine.read_texts[1].endswith("assistant:<think>\nwell</think>\n\n")
    assert found.generated_tokens == len("well") + 1 + len("yes") + 1


def test_thoughts_that_do_not_end_are_ended():
    engine = Reciting("<think>" + "so " * 200 + "</think>yes")
    found = model(engine, thinking_tokens=9).complete(ASKED, None, Sampling(max_tokens=5))
    assert engine.read_texts[1].endswith("<think>\nso so so </think>\n\n")
    assert "think" not in found.text


def test_a_model_that_marks_no_thoughts_cannot_think():
    class Plain(Letters):
        control: ClassVar = {}

    with pytest.raises(UserError, match="cannot think"):
        Thinking.of(ChatEncoder(ChatTemplate(TEMPLATE), Plain()), Plain(), 10)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("<think>a\nb</think>\n\nyes", "yes"),
        ("thoughts the template began</think>yes", "yes"),
        ("<think>never closed", ""),
        ("yes", "yes"),
        ("say <think> aloud", "say <think> aloud"),
        ("<think>a</think>b</think>c", "b</think>c"),
    ],
)
def test_what_is_left_of_a_text(said: str, left: str):
    assert without_thoughts(said) == left


@settings(deadline=None)
@given(st.text(alphabet="ab </>thinkc\n", max_size=40), st.text(max_size=30).filter(lambda t: "think>" not in t))
def test_an_answer_behind_closed_thoughts_survives(thoughts: str, answer: str):
    thoughts = thoughts.replace("think>", "")
    assert without_thoughts(f"<think>{thoughts}</think>{answer}") == answer.lstrip()
