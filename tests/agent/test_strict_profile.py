"""The strict profile plays with the language model and no other model."""

import json
import subprocess
import sys

import pytest

from agent.config import AgentConfig
from agent.errors import UserError
from agent.meanings import meanings_of
from agent.models.locate import embedded_gguf
from agent.models.scripted import ScriptedModel
from agent.ranking import Tally

SCRIPT = """
import json, sys
opened = []
sys.addaudithook(lambda event, arguments: opened.append(str(arguments[0])) if event == "open" else None)
from agent.agent import Agent
from agent.config import AgentConfig
from agent.models.locate import load
from agent.transcript import Message
PROMPT = (
    "You describe a word to a partner, who guesses it. You may not use the word itself or the words listed below.\\n"
    "Your reply has this form: CLUE: <some text>\\n\\n"
    "The word is: violin\\nForbidden words:\\n- bow\\n- music\\n- string\\n"
)
agent = Agent(load("embedded"), AgentConfig().profiled("strict"))
decision = agent.act([Message(role="user", content=PROMPT)])
proposed = [event.policy for event in decision.trace.events if event.kind == "proposed"]
print(json.dumps({"reply": decision.reply, "policy": proposed, "opened": opened, "modules": sorted(sys.modules)}))
"""


def test_profiles_are_differences_of_configuration() -> None:
    assert AgentConfig().profiled("default") == AgentConfig()
    assert AgentConfig().profiled("strict").embedder == "model"
    with pytest.raises(UserError, match="There is no profile 'fast'; choose from default, strict"):
        AgentConfig().profiled("fast")


def test_in_the_strict_profile_the_language_model_knows_the_meanings() -> None:
    model, tally = ScriptedModel(["x"]), Tally()
    meanings = meanings_of("model", model, tally)
    assert meanings is not None
    assert (meanings.embedder.embed(["rain"]) == model.embed(["rain"])).all()
    assert tally.seconds > 0
    assert meanings_of("none", model, tally) is None


@pytest.mark.model
def test_a_strict_turn_about_meanings_opens_no_second_model(tmp_path) -> None:
    try:
        embedded_gguf()
    except UserError as error:
        pytest.skip(str(error))
    environment = {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=environment, check=True)
    said = json.loads(done.stdout)
    assert said["policy"] == ["hint"]  # meanings were needed, and were there
    assert said["reply"].startswith("CLUE: ")
    second = [
        path
        for path in said["opened"]
        if path.endswith(".safetensors") or ("minilm" in path.casefold() and ".dist-info" not in path)
    ]
    assert second == []
    assert {"sentence_transformers", "torch"} & set(said["modules"]) == set()
