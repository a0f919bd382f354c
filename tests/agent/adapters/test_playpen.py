"""Ludens as a playpen agent; runs where the playpen harness (with `playpen.agents`) is installed."""

import pytest

pytest.importorskip("playpen.agents", reason="the playpen harness is not installed")

from agent.adapters.playpen import LudensAgent
from agent.agent import Agent
from agent.models.scripted import ScriptedModel


def test_it_remembers_its_own_replies_and_forgets_probes() -> None:
    model = ScriptedModel(["first", "probe", "second"])
    agent = LudensAgent(Agent(model))
    assert agent({"role": "user", "content": "Hello there."}) == "first"
    assert agent({"role": "user", "content": "A question aside."}, memorize=False) == "probe"
    assert agent({"role": "user", "content": "And now?"}) == "second"
    assert [(message.role, message.content) for message in model.calls[2][0]] == [
        ("user", "Hello there."),
        ("assistant", "first"),
        ("user", "And now?"),
    ]
    agent.reset()
    assert agent.observations == []
