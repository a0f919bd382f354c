"""Reasoning before an answer, through the whole agent with a scripted model."""

from collections.abc import Sequence

from agent.agent import Agent
from agent.config import AgentConfig
from agent.models.language_model import Sampling
from agent.models.scripted import ScriptedModel
from agent.transcript import Message
from constraints.grammar import Grammar

PROMPT = (
    "Which bird cannot fly?\n(A) heron\n(B) ostrich\n(C) swift\n"
    'Think step by step, then finish with "The answer is (X)" where X is the letter.'
)


def agent_of(*drafts: str) -> tuple[Agent, ScriptedModel]:
    model = ScriptedModel(drafts)
    return Agent(model, AgentConfig(max_reply_tokens=100)), model


def test_a_draft_that_concludes_is_one_call() -> None:
    agent, model = agent_of("Herons fly. The answer is (B).")
    decision = agent.act([Message(role="user", content=PROMPT)])
    assert decision.reply == "Herons fly.\nThe answer is (B)"
    ((_, grammar, sampling),) = model.calls
    assert grammar is None and sampling.max_tokens < 100  # free, with room left for the answer


def test_a_missing_answer_is_asked_for_behind_the_reasoning() -> None:
    def speak(messages: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> str:
        return "Herons fly, swifts fly" if grammar is None else (grammar.choices or ("",))[1]

    model = ScriptedModel(speak)
    decision = Agent(model, AgentConfig(max_reply_tokens=100)).act([Message(role="user", content=PROMPT)])
    assert decision.reply == "Herons fly, swifts fly\nThe answer is (B)"
    assert [grammar is None for _, grammar, _ in model.calls] == [True, False]


def test_two_answers_are_never_given() -> None:
    agent, _ = agent_of("The answer is (A) or (C). No: the answer is (B).")
    decision = agent.act([Message(role="user", content=PROMPT)])
    assert decision.reply.lower().count("the answer is") == 1


def test_time_is_shared_between_reasoning_and_answer() -> None:
    agent, model = agent_of("Herons fly", "The answer is (B)")
    agent = Agent(model, AgentConfig(max_reply_tokens=100, reply_seconds=10.0))
    agent.act([Message(role="user", content=PROMPT)])
    spans = [sampling.seconds for _, _, sampling in model.calls[:2]]
    assert all(span is not None for span in spans)
    assert sum(span for span in spans if span is not None) <= 10.0
