import hashlib
from pathlib import Path

import pytest

from agent.errors import UserError
from trainer.run_config import CONFIGS, DpoConfig, GrpoConfig, SftConfig, load_config

GOOD = "out: runs/x\nbudget_tokens: 1000\nsamples: [a.jsonl]\n"


def written(tmp_path, text):
    path = tmp_path / "run.yaml"
    path.write_text(text)
    return path


def test_a_run_needs_little(tmp_path):
    config = load_config(written(tmp_path, GOOD), SftConfig)
    assert (config.adapter.rank, config.optimiser.learning_rate) == (64, 2e-4)  # the paper's


def test_the_papers_figures_differ_by_objective(tmp_path):
    assert load_config(written(tmp_path, GOOD), DpoConfig).optimiser.learning_rate == 5e-6
    grpo = load_config(written(tmp_path, "out: x\nbudget_tokens: 5\ngames: [taboo]\n"), GrpoConfig)
    assert (grpo.group, grpo.beta, grpo.optimiser.learning_rate, grpo.adapter.rank) == (8, 0.04, 5e-7, 16)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no settings"),
        ("a: [", "no YAML"),
        ("- a", "no settings"),
        (GOOD + "learning: 1", "learning"),
        ("out: x\nbudget_tokens: 1000\n", "samples"),
        (GOOD.replace("1000", "0"), "budget of 0"),
        (GOOD.replace("1000", "-5"), "budget of -5"),
        (GOOD + "max_tokens: 4096", "micro-batch"),
        (GOOD + "saving: {milestones: [0.5, 0.1]}", "ascending"),
        (GOOD + "optimiser: {learning_rate: 0}", "learning_rate"),
    ],
)
def test_unusable_settings_are_told_in_one_sentence(tmp_path, text, says):
    with pytest.raises(UserError, match=says) as caught:
        load_config(written(tmp_path, text), SftConfig)
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        load_config(tmp_path / "none.yaml", SftConfig)


def test_places_may_lie_at_home_or_be_named_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", "/at/home")
    monkeypatch.setenv("WHERE", "/there")
    text = "out: ~/run\nbudget_tokens: 5\nsamples: [$WHERE/a.jsonl]\nmeasured: [~/bench]\n"
    config = load_config(written(tmp_path, text), SftConfig)
    assert [str(path) for path in (config.out, *config.samples, *config.measured)] == [
        "/at/home/run",
        "/there/a.jsonl",
        "/at/home/bench",
    ]


def test_older_runs_keep_their_fingerprint(tmp_path):
    """What is measured is part of a run only where it is named."""
    one = load_config(written(tmp_path, GOOD), SftConfig)
    plain = one.model_copy(update={"out": Path(), "ledger": None}).model_dump_json(exclude={"measured"})
    assert one.fingerprint() == hashlib.sha256(plain.encode()).hexdigest()
    assert one.fingerprint() != one.model_copy(update={"measured": (tmp_path,)}).fingerprint()


def test_where_a_run_lies_is_no_part_of_what_it_is(tmp_path):
    one = load_config(written(tmp_path, GOOD), SftConfig)
    other = one.model_copy(update={"out": tmp_path})
    assert one.fingerprint() == other.fingerprint()
    assert one.fingerprint() != one.model_copy(update={"seed": 9}).fingerprint()


def test_every_objective_has_settings():
    assert set(CONFIGS) == {"sft", "dpo", "grpo", "retrospect"}
