"""Ludens as a clemcore model."""

import json

import pytest
from clemcore.backends import ModelSpec

from agent.adapters.clem import ClemConfig, ClemModel, Ludens
from agent.config import AgentConfig
from agent.errors import UserError
from agent.models.scripted import ScriptedModel

UNPLANNED = AgentConfig().without("planner")
HISTORY = [{"role": "user", "content": "Reply in the form: GUESS: <a word>\n\nCLUE: a sour yellow fruit", "extra": 1}]


def model(script: list[str], *, bare: bool) -> ClemModel:
    return ClemModel(
        ModelSpec(model_name="m", backend="ludens"), ScriptedModel(script), ClemConfig(bare=bare, agent=UNPLANNED)
    )


def test_the_bare_model_is_handed_on_as_it_is() -> None:
    played = model(["  I think it is a lemon.\n"], bare=True)
    _, _, text = played.generate_response(HISTORY)
    assert text == "I think it is a lemon."


def test_ludens_mends_the_form() -> None:
    played = model(["GUESS: lemon\n\nBecause lemons are sour."], bare=False)
    _, _, text = played.generate_response(HISTORY)
    assert text == "GUESS: lemon"


def test_prompt_and_response_objects_are_json() -> None:
    prompt, response, _ = model(["GUESS: lemon"], bare=False).generate_response(HISTORY)
    assert json.loads(json.dumps(prompt))["messages"] == 1
    kinds = [event["kind"] for event in json.loads(json.dumps(response))["trace"]["events"]]
    assert kinds[0] == "rules_read"
    assert kinds[-1] == "said"
    assert response["calls"] == 1


def test_the_harness_sets_length_and_temperature() -> None:
    language_model = ScriptedModel(["GUESS: lemon"])
    played = ClemModel(ModelSpec(model_name="m", backend="ludens"), language_model, ClemConfig(bare=True))
    played.set_gen_args(max_tokens=7, temperature=0.5)
    played.generate_response(HISTORY)
    assert (language_model.calls[0][2].max_tokens, language_model.calls[0][2].temperature) == (7, 0.5)


@pytest.mark.parametrize("bare", [True, False])
def test_a_batch_gives_the_same_replies_in_order(bare: bool) -> None:
    def speak(messages: object, grammar: object, sampling: object) -> str:
        return "GUESS: " + ("lemon" if "yellow" in messages[-1].content else "cherry")  # type: ignore[index]

    other = [{"role": "user", "content": "Reply in the form: GUESS: <a word>\n\nCLUE: a red fruit"}]
    played = ClemModel(
        ModelSpec(model_name="m", backend="ludens"), ScriptedModel(speak), ClemConfig(bare=bare, agent=UNPLANNED)
    )
    texts = [text for _, _, text in played.generate_batch_response([HISTORY, other, HISTORY])]
    assert texts == ["GUESS: lemon", "GUESS: cherry", "GUESS: lemon"]
    assert texts[0] == played.generate_response(HISTORY)[2]


def test_an_unusable_registry_entry_is_named() -> None:
    spec = ModelSpec(model_name="mine", backend="ludens", model_config={"agent": {"repairs": -1}})
    with pytest.raises(UserError, match=r"'mine'.*agent\.repairs"):
        Ludens().get_model_for(spec)


def test_a_configuration_survives_json() -> None:
    config = ClemConfig(agent=AgentConfig().without("map", "partner"))
    assert ClemConfig.model_validate_json(config.model_dump_json()) == config
