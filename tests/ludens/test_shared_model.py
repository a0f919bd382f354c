"""The model that several configurations ask: nothing is computed twice, and nothing comes out otherwise."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.agent import Agent
from agent.config import AgentConfig
from agent.models.language_model import Completion, Request, Sampling
from agent.models.scripted import ScriptedModel
from agent.transcript import Message
from constraints.grammar import Grammar
from ludens.evaluation.shared_model import SharedModel

GREEDY = Sampling(max_tokens=20)


def chat(text: str, note: str = "") -> tuple[Message, ...]:
    said = (Message(role="user", content=text),)
    return (Message(role="note", content=note), *said) if note else said


def echo(messages: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> str:
    return f"{messages[-1].content} {grammar.lark if grammar else 'free'} {sampling.max_tokens}"


class Batching(ScriptedModel):
    """Echoes in batches, three seconds a batch, and cuts messages where it is told to."""

    def __init__(self, *, cut: bool = False) -> None:
        super().__init__(echo)
        self.batches: list[int] = []
        self._cut = cut

    def complete_batch(self, requests: Sequence[Request], sampling: Sampling) -> list[Completion]:
        self.batches.append(len(requests))
        return [
            replace(self.complete(*request, sampling), seconds=3.0, truncated_messages=int(self._cut))
            for request in requests
        ]


asked = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([None, Grammar(lark="x"), Grammar(lark="y")])), max_size=8
)


@given(st.lists(asked, max_size=4))
def test_the_answers_are_those_of_the_model_behind(batches: list[list[tuple[str, Grammar | None]]]) -> None:
    inner = Batching()
    shared = SharedModel(inner)
    for batch in batches:
        requests = [(chat(text), grammar) for text, grammar in batch]
        got = shared.complete_batch(requests, GREEDY)
        assert [each.text for each in got] == [echo(chat(text), grammar, GREEDY) for text, grammar in batch]
    assert len(inner.calls) == len({each for batch in batches for each in batch}), "something was computed twice"


def test_a_batch_is_billed_as_one_also_when_part_of_it_was_known() -> None:
    shared = SharedModel(Batching())
    shared.complete_batch([(chat("a"), None), (chat("b"), None)], GREEDY)  # 1.5 s each
    both = shared.complete_batch([(chat("a"), None), (chat("c"), None)], GREEDY)  # 1.5 s and 3 s
    assert [each.seconds for each in both] == [4.5, 4.5]
    assert shared.complete(chat("c"), None, GREEDY).seconds == 3.0


def test_other_limits_are_other_questions() -> None:
    inner = ScriptedModel(echo)
    shared = SharedModel(inner)
    for limit in (5, 6, 5):
        assert shared.complete(chat("a"), None, Sampling(max_tokens=limit)).text == f"a free {limit}"
    assert len(inner.calls) == 2


@pytest.mark.parametrize("sampling", [replace(GREEDY, temperature=0.7), replace(GREEDY, seconds=1.0)])
def test_what_chance_or_the_clock_decides_is_asked_anew(sampling: Sampling) -> None:
    inner = Batching()
    shared = SharedModel(inner)
    for _ in range(2):
        shared.complete(chat("a"), None, sampling)
        shared.complete_batch([(chat("a"), None)] * 2, sampling)
    assert len(inner.calls) == 6


def test_a_note_that_went_unread_makes_no_difference() -> None:
    inner = Batching()
    shared = SharedModel(inner)
    shared.complete_batch([(chat("a"), None)], GREEDY)
    shared.complete_batch([(chat("a", note="remember b"), None)], GREEDY)
    assert len(inner.calls) == 1


def test_a_note_that_was_read_makes_a_difference() -> None:
    inner = Batching(cut=True)
    shared = SharedModel(inner)
    for note in ("", "one", "two", "one", ""):
        shared.complete_batch([(chat("a", note=note), None)], GREEDY)
    assert len(inner.calls) == 3


def test_scores_are_kept_too() -> None:
    class Counting(ScriptedModel):
        scored = 0

        def score(self, messages: Sequence[Message], continuations: Sequence[str]) -> list[float]:
            self.scored += 1
            return super().score(messages, continuations)

    inner = Counting(echo)
    shared = SharedModel(inner)
    assert shared.score(chat("a"), ["x", "xyz"]) == shared.score(chat("a"), ["x", "xyz"]) == [-1.0, -3.0]
    assert shared.score(chat("a"), ["xyz", "x"]) == [-3.0, -1.0]
    assert inner.scored == 2


def test_the_oldest_answers_are_forgotten_and_asked_again() -> None:
    inner = ScriptedModel(echo)
    shared = SharedModel(inner, capacity=2)
    for text in "abcab":
        assert shared.complete(chat(text), None, GREEDY).text.startswith(text)
    assert len(inner.calls) == 5


def test_agents_that_ask_alike_share_and_reply_as_by_themselves() -> None:
    question = [Message(role="user", content="Say something about rivers.")]
    configs = [AgentConfig(modules=frozenset(modules)) for modules in ((), ("memory",), ("planner",), ("check",))]
    alone = [Agent(ScriptedModel(echo), config).act(question).reply for config in configs]
    inner = ScriptedModel(echo)
    shared = SharedModel(inner)
    assert [Agent(shared, config).act(question).reply for config in configs] == alone
    assert len(inner.calls) == 1
