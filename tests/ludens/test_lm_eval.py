"""lm-evaluation-harness: Ludens among its models, and its tasks among what `ludens eval` measures."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from agent.config import AgentConfig
from agent.errors import UserError
from agent.models.scripted import ScriptedModel
from games.errors import UserError as GameUserError
from ludens.cli import app
from ludens.evaluation.harness_tasks import Tasks, checked, task_figures

INSTALLED = importlib.util.find_spec("lm_eval") is not None
harness = pytest.mark.skipif(
    not INSTALLED, reason="lm-evaluation-harness is not installed: pip install 'ludens[lm-eval]'"
)
ROOT = Path(__file__).parents[2]

ANSWERS = """
task: {name}
dataset_path: json
dataset_kwargs:
  data_files:
    test: {data}
test_split: test
output_type: generate_until
doc_to_text: "{{{{question}}}}"
doc_to_target: "{{{{answer}}}}"
generation_kwargs:
  until: ["\\n\\n"]
  max_gen_toks: 12
metric_list:
  - metric: exact_match
    aggregation: mean
    higher_is_better: true
    ignore_case: true
    ignore_punctuation: true
"""
CHOICES = """
task: {name}
dataset_path: json
dataset_kwargs:
  data_files:
    test: {data}
test_split: test
output_type: multiple_choice
doc_to_text: "{{{{question}}}}"
doc_to_choice: ["yes", "no"]
doc_to_target: "{{{{answer}}}}"
metric_list:
  - metric: acc
"""
QUESTIONS = (
    ("Answer with one word, yes or no: is water wet?", "yes"),
    ("Answer with one word, yes or no: is ice warmer than steam?", "no"),
    ("Answer with one word, yes or no: do fish swim?", "yes"),
)


@pytest.fixture
def tasks(tmp_path: Path) -> Path:
    """A folder with two tasks of our own: one answered in words, one by likelihood."""
    folder = tmp_path / "tasks"
    folder.mkdir()
    data = folder / "questions.jsonl"
    data.write_text("".join(json.dumps({"question": text, "answer": answer}) + "\n" for text, answer in QUESTIONS))
    (folder / "answers.yaml").write_text(ANSWERS.format(name="own_answers", data=data))
    (folder / "choices.yaml").write_text(CHOICES.format(name="own_choices", data=data))
    return folder


def ludens(*arguments: str, home: Path, module: str = "ludens") -> subprocess.CompletedProcess[str]:
    """A command line in a process of its own, without network and with caches of its own."""
    env = {
        **os.environ,
        "HF_HOME": str(home),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=home, capture_output=True, text=True, check=False, env=env)


def request(*arguments: Any) -> SimpleNamespace:
    """What the harness hands to a model, as far as models look at it."""
    return SimpleNamespace(args=arguments)


# --- without the harness -----------------------------------------------------------------------


@pytest.mark.skipif(INSTALLED, reason="lm-evaluation-harness is installed")
@pytest.mark.parametrize("arguments", [["lm-eval", "--help"], ["eval", "--lm-eval", "anything"]])
def test_without_the_harness_one_sentence_says_how_to_get_it(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    assert isinstance(result.exception, GameUserError)
    assert "pip install 'ludens[lm-eval]'" in str(result.exception)


SAMPLES = [{"doc_id": number, "filter": "none", "acc": float(number < 3)} for number in range(4)]


def test_shares_are_told_in_percent_with_an_interval_from_the_documents() -> None:
    result = {"alias": "t", "acc,none": 0.75, "acc_stderr,none": "N/A", "acc_norm,none": 0.5}
    figures, scores = task_figures(result, SAMPLES, np.random.default_rng(0))
    assert (figures.n, figures.metric, figures.score.value) == (4, "acc,none", 75.0)
    assert figures.score.low < 75 < figures.score.high
    assert figures.metrics == {"acc,none": 0.75, "acc_norm,none": 0.5}
    assert scores == {0: 100.0, 1: 100.0, 2: 100.0, 3: 0.0}


def test_a_metric_that_is_no_mean_over_documents_has_no_interval_and_no_pairs() -> None:
    figures, scores = task_figures(
        {"f1,none": 0.6}, [{**each, "f1": (0, 1)} for each in SAMPLES], np.random.default_rng(0)
    )
    assert (figures.score.low, figures.score.value, figures.score.high) == (60.0, 60.0, 60.0)
    assert scores == {}
    figures, scores = task_figures({"acc,none": 0.7}, SAMPLES, np.random.default_rng(0))
    assert (figures.score.value, scores) == (70.0, {})


def test_only_documents_of_the_first_filter_count() -> None:
    others = [{**each, "filter": "strict", "acc": 0.0} for each in SAMPLES]
    figures, scores = task_figures({"acc,none": 0.75, "acc,strict": 0.0}, [*SAMPLES, *others], np.random.default_rng(0))
    assert (figures.score.value, len(scores), figures.n) == (75.0, 4, 4)


# --- the model, without weights ----------------------------------------------------------------


@harness
def test_replies_are_cut_at_their_stops_and_keep_their_order() -> None:
    from ludens.evaluation.lm_eval_model import BareLM

    model = ScriptedModel(
        lambda messages, grammar, sampling: f"{messages[-1].content}|{sampling.max_tokens}\n\nQ: more"
    )
    bare = BareLM.around(model, AgentConfig(), batch=2)
    told = [request(str(number), {"until": ["\n\n"], "max_gen_toks": 5 + number % 2}) for number in range(5)]
    assert bare.generate_until(told, disable_tqdm=True) == ["0|5", "1|6", "2|5", "3|6", "4|5"]
    assert bare.generate_until([request("x", {})], disable_tqdm=True) == ["x|256\n\nQ: more"]


@harness
def test_sampling_is_what_the_task_asks_for() -> None:
    from ludens.evaluation.lm_eval_model import BareLM

    model = ScriptedModel(["yes"])
    bare = BareLM.around(model, AgentConfig(seed=3))
    for how in ({"temperature": 0.7}, {"do_sample": False, "temperature": 0.7}, {"do_sample": True}, {"max_tokens": 9}):
        bare.generate_until([request("x", how)], disable_tqdm=True)
    assert [(call.temperature, call.seed) for *_, call in model.calls] == [(0.7, 3), (0.0, 3), (1.0, 3), (0.0, 3)]
    assert model.calls[-1][2].max_tokens == 9


@harness
def test_likelihoods_are_those_of_the_language_model_in_either_seat() -> None:
    from ludens.evaluation.lm_eval_model import BareLM, LudensLM

    model = ScriptedModel([" yes, of course"])
    wanted = [
        request("Is it?", " yes"),
        request("Was it?", " no"),
        request("Is it?", " yesterday"),
        request("Is it?", ""),
    ]
    expected = [(-3.0, True), (-2.0, False), (-9.0, False), (0.0, False)]
    for kind in (BareLM, LudensLM):
        assert kind.around(model, AgentConfig()).loglikelihood(wanted, disable_tqdm=True) == expected
    contexts = [messages[-1].content for messages, *_ in model.calls]
    assert contexts == ["Is it?", "Was it?"] * 2  # one reply a context, however many continuations


@harness
def test_chats_come_back_as_messages_and_a_begun_reply_is_gone_on_with() -> None:
    from ludens.evaluation.lm_eval_model import BareLM, opening

    model = ScriptedModel(["The answer is 4."])
    bare = BareLM.around(model, AgentConfig())
    chat = [{"role": "user", "content": "2+2?\x02"}, {"role": "assistant", "content": "The answer is"}]
    context = bare.apply_chat_template(chat, add_generation_prompt=False)
    messages, begun = opening(context)
    assert ([each.content for each in messages], begun) == (["2+2?\x02"], "The answer is")
    assert bare.generate_until([request(context, {})], disable_tqdm=True) == [" 4."]
    assert bare.loglikelihood([request(context, " 4.")], disable_tqdm=True) == [(-3.0, True)]


@harness
def test_what_cannot_be_done_is_refused_in_one_sentence(tmp_path: Path) -> None:
    from ludens.evaluation.lm_eval_model import BareLM, LudensLM

    with pytest.raises(UserError, match="There is no argument 'modle'"):
        LudensLM(modle="embedded")
    with pytest.raises(UserError, match="perplexity"):
        BareLM.around(ScriptedModel(["x"]), AgentConfig()).loglikelihood_rolling([])
    with pytest.raises(GameUserError, match=r"knows no task 'no_such_task'.*--include-path"):
        checked(Tasks(names=("no_such_task",)))
    with pytest.raises(GameUserError, match="is not a folder"):
        checked(Tasks(names=("x",), include_path=tmp_path / "none"))


@harness
def test_the_harness_asks_both_seats_and_their_documents_are_paired(
    tasks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datasets

    from ludens.evaluation.harness_tasks import Asker, ask, compared

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "hf"))
    model = ScriptedModel(lambda messages, grammar, sampling: "yes")
    asker = Asker(model=model, agent=AgentConfig(), cache=tmp_path / "cache")
    wanted = Tasks(names=("own_*",), include_path=tasks)
    answers = {label: ask(wanted, asker, label) for label in ("bare", "ludens")}
    figures = answers["bare"][0]
    assert set(figures) == {"own_answers", "own_choices"}
    assert figures["own_answers"].score.value == pytest.approx(200 / 3)
    assert figures["own_choices"].score.value == pytest.approx(100 / 3)  # shorter is likelier, so always "no"
    comparison = compared({label: points for label, (_, points) in answers.items()}, 0)
    assert comparison is not None and comparison.total.pairs == 6
    calls = len(model.calls)
    assert ask(wanted, asker, "bare")[0] == figures
    assert len(model.calls) == calls  # answers were kept, and nothing was asked again


# --- with weights ------------------------------------------------------------------------------


@harness
@pytest.mark.model
def test_the_harness_runs_our_tasks_offline_with_the_embedded_model(tasks: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = ludens(
        *(
            "lm-eval",
            "--model",
            "ludens",
            "--model_args",
            "model=embedded,seed=1",
            "--tasks",
            "own_answers,own_choices",
        ),
        *("--include_path", str(tasks), "--output_path", str(out), "--log_samples"),
        home=tmp_path,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    (results,) = out.rglob("results_*.json")
    found = json.loads(results.read_text())["results"]
    assert 0 <= found["own_answers"]["exact_match,none"] <= 1
    assert 0 <= found["own_choices"]["acc,none"] <= 1
    assert "own_answers" in done.stdout


@harness
@pytest.mark.model
def test_plain_lm_eval_finds_ludens_by_a_line_in_a_task(tasks: Path, tmp_path: Path) -> None:
    task = tasks / "choices.yaml"
    task.write_text(f"{task.read_text()}process_docs: !function ludens.evaluation.lm_eval_model.as_they_are\n")
    done = ludens("--model", "ludens-bare", "--tasks", str(task), "--limit", "2", home=tmp_path, module="lm_eval")
    assert done.returncode == 0, done.stderr[-2000:]
    assert "ludens-bare" in done.stdout and "own_choices" in done.stdout


@harness
@pytest.mark.model
def test_eval_measures_tasks_of_the_harness_beside_one_another(tasks: Path, tmp_path: Path) -> None:
    done = ludens(
        *("eval", "--lm-eval", "own_answers,own_choices", "--include-path", str(tasks), "-n", "2"),
        *("--out", str(tmp_path / "out"), "--json"),
        home=tmp_path,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    record = json.loads(done.stdout)
    assert (
        set(record["seats"]["bare"]["tasks"])
        == set(record["seats"]["ludens"]["tasks"])
        == {"own_answers", "own_choices"}
    )
    assert record["seats"]["ludens"]["tasks"]["own_answers"]["n"] == 2
    (bare, mine) = (record["seats"][label]["tasks"]["own_choices"]["score"]["value"] for label in ("bare", "ludens"))
    assert bare == mine  # likelihoods are the language model's own in either seat
