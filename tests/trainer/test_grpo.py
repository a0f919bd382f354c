"""Ten steps of learning while playing, on a tiny model."""

import json

import pytest

from agent.decision import Decision, Usage
from agent.errors import UserError
from agent.trace import Trace
from trainer.curriculum import CurriculumSpec
from trainer.grpo_course import InTurn, course_of, lessons
from trainer.grpo_play import Table
from trainer.ledger import verify
from trainer.lora import base_of, open_trainable
from trainer.masking import ChatMasker
from trainer.run_config import Adapter, Compute, GrpoConfig, Optimiser, Saving
from trainer.training import Around


def config(tiny_model, out, **changes):
    settings = {
        "model": str(tiny_model),
        "out": out,
        "budget_tokens": 300_000,
        "games": ("taboo",),
        "instances": 2,
        "group": 2,
        "groups": 1,
        "steps": 10,
        "reply_tokens": 4,
        "partner": "expert",
        "max_tokens": 2048,
        "adapter": Adapter(rank=2, alpha=4),
        "optimiser": Optimiser(learning_rate=0.001),
        "saving": Saving(every_steps=5, milestones=(1.0,)),
    }
    return GrpoConfig(**{**settings, **changes})


def test_ten_steps(tiny_model, tmp_path):
    from trainer.grpo import train

    result = train(config(tiny_model, tmp_path / "run"))
    assert result.steps == 10
    account = verify(tmp_path / "run" / "ledger.jsonl")
    assert account.state.total_tokens == result.tokens
    assert 0 < account.stages[0].trained < account.stages[0].tokens


def test_a_run_that_would_pass_its_budget_stops_with_its_weights_saved(tiny_model, tmp_path):
    from trainer.grpo import train

    whole = train(config(tiny_model, tmp_path / "whole"))
    budget = whole.tokens // 2
    result = train(config(tiny_model, tmp_path / "half", budget_tokens=budget))
    assert result.tokens <= budget
    assert 0 < result.steps < 10
    assert result.stopped == "the budget is spent"
    assert (tmp_path / "half" / "final" / "adapter_model.safetensors").is_file()


def test_scattered_weights_are_refused(tiny_model, tmp_path, monkeypatch):
    from trainer.grpo import train

    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    with pytest.raises(UserError, match="without FSDP"):
        train(config(tiny_model, tmp_path / "run"))


def test_a_budget_below_one_step_is_refused(tiny_model, tmp_path):
    from trainer.grpo import train

    with pytest.raises(UserError, match="before one step"):
        train(config(tiny_model, tmp_path / "run", budget_tokens=50))


class Clumsy:
    """A partner that breaks the game the first few times it speaks."""

    name = "clumsy"

    def __init__(self, breaks):
        self.left = breaks

    def replies(self, games):
        said = []
        for game in games:
            spoils = self.left > 0
            self.left -= spoils
            said.append("\x00 nonsense" if spoils else game.episode.master.expert(game.episode.role))
        return [Decision(reply=text, trace=Trace(), usage=Usage()) for text in said]


@pytest.mark.parametrize(("breaks", "taught"), [(0, True), (1, True), (1000, False)])
def test_what_the_partner_spoils_is_played_again_or_teaches_nothing(tiny_model, tmp_path, breaks, taught):
    settings = config(tiny_model, tmp_path / "run", group=2)
    model, tokenizer = open_trainable(
        settings.model, settings.adapter, Compute(device="cpu"), adapter_from=None, seed=0
    )
    table = Table(settings, model, ChatMasker(tokenizer), tokenizer)
    table._partner = Clumsy(breaks)
    job = next(job for job in lessons(settings) if job.learner_roles == (1,))  # the partner speaks first
    views = table.play([job, job], seed=1).views
    assert len(views) == 2
    assert all((view.reward is not None) == taught for view in views)
    assert all(any(view.said) == taught for view in views)


def test_only_the_learners_own_tokens_count(tiny_model, tmp_path):
    settings = config(tiny_model, tmp_path / "run")
    model, tokenizer = open_trainable(
        settings.model, settings.adapter, Compute(device="cpu"), adapter_from=None, seed=0
    )
    masker = ChatMasker(tokenizer)
    (view,) = Table(settings, model, masker, tokenizer).play(lessons(settings)[:1], seed=1).views
    own = [token for token, said in zip(view.completion, view.said, strict=True) if said]
    assert own.count(masker.end_id) >= 1
    assert len(own) <= 4 * settings.reply_tokens * own.count(masker.end_id) + own.count(masker.end_id)


def entries(out):
    """(tokens, trained) of every batch in a run's ledger."""
    lines = [json.loads(line) for line in (out / "ledger.jsonl").read_text().splitlines()]
    return [(one["body"]["tokens"], one["body"]["trained"]) for one in lines if one["body"]["kind"] == "batch"]


def test_playing_comparing_and_learning_are_all_counted(tiny_model, tmp_path):
    from trainer.grpo import train

    found = {}
    for beta in (0.0, 0.04):
        out = tmp_path / str(beta)
        train(config(tiny_model, out, steps=1, beta=beta))
        found[beta] = entries(out)
    (played, none), *learnt = found[0.0]
    learnt_tokens = sum(tokens for tokens, _ in learnt)
    assert none == 0
    assert all(trained > 0 for _, trained in learnt)
    assert played >= learnt_tokens  # what is learnt was said or heard before
    # The untrained weights read what is learnt once more; the first step's play is the same.
    assert found[0.04] == [(played + learnt_tokens, 0), *learnt]


@pytest.mark.parametrize("partner", ["expert", "self"])
def test_no_token_goes_through_the_weights_uncounted_while_playing(tiny_model, tmp_path, partner):
    settings = config(tiny_model, tmp_path / "run", partner=partner, games=("taboo", "privateshared"), retries=0)
    model, tokenizer = open_trainable(
        settings.model, settings.adapter, Compute(device="cpu"), adapter_from=None, seed=0
    )
    table = Table(settings, model, ChatMasker(tokenizer), tokenizer)
    fed = []
    base_of(model).get_input_embeddings().register_forward_hook(lambda _, given, __: fed.append(given[0].numel()))
    wanted = lessons(settings)
    consumed = sum(len(ids) for job in wanted for ids in table.play([job], seed=1).consumed)
    assert 0 < sum(fed) <= consumed
    twice = table.play([wanted[0], wanted[0]], seed=1)
    assert len(twice.consumed) >= 2


def test_what_is_thrown_away_is_counted_too(tiny_model, tmp_path):
    settings = config(tiny_model, tmp_path / "run", partner="self")
    model, tokenizer = open_trainable(
        settings.model, settings.adapter, Compute(device="cpu"), adapter_from=None, seed=0
    )
    table = Table(settings, model, ChatMasker(tokenizer), tokenizer)
    job = lessons(settings)[0]
    once = table.play([job], seed=1).consumed
    table._counts = lambda *_: False  # as if the partner had spoiled it, both times
    played = table.play([job], seed=1)
    assert played.consumed[: len(once)] == once
    assert len(played.consumed) > len(once)
    assert played.won == ()


def test_a_curriculum_draws_new_instances_and_hears_how_they_went(tiny_model, tmp_path):
    settings = config(tiny_model, tmp_path / "run", groups=2, curriculum=CurriculumSpec(kind="signal"))
    course = course_of(settings, processes=2)
    assert course.length == settings.steps * 4
    first = course.jobs([0, 0, 1, 1])
    assert first[0] == first[1] != first[2]
    assert course.jobs([2, 3]) == course.jobs([2, 3])  # another part of the same step
    assert {job.row for job in course.jobs([0, 1, 2, 3])}.isdisjoint(job.row for job in course.jobs([4, 5, 6, 7]))
    alone = course_of(settings, processes=1)
    alone.jobs([0, 1])
    before = alone.curriculum
    alone.note([(("taboo", "common"), True)])
    assert alone.curriculum.standings[("taboo", "common")].won == 1
    assert before.standings == {}
    assert isinstance(course_of(config(tiny_model, tmp_path), processes=1), InTurn)


class Crash(Exception):
    """Stands for a kill."""


def test_what_a_curriculum_knows_outlives_a_kill(tiny_model, tmp_path):
    from trainer.grpo import KNOWN, train

    changes = {"steps": 4, "curriculum": CurriculumSpec(kind="signal"), "saving": Saving(every_steps=2)}

    def known(name):
        (place,) = (tmp_path / name / "checkpoints").glob("checkpoint-4")
        return (place / KNOWN).read_text()

    def crash(event):
        if event.step == 3:
            raise Crash

    train(config(tiny_model, tmp_path / "whole", **changes))
    with pytest.raises(Crash):
        train(config(tiny_model, tmp_path / "broken", **changes), Around(listen=crash))
    train(config(tiny_model, tmp_path / "broken", **changes))
    assert known("broken") == known("whole")
    assert not (tmp_path / "broken" / "final" / KNOWN).exists()  # no part of the weights
    account = verify(tmp_path / "broken" / "ledger.jsonl")
    assert account.stages[0].restarts == 1  # what the lost step consumed stays counted


def test_the_test_split_and_unknown_games_are_refused(tiny_model, tmp_path):
    from games.errors import UserError as GameError

    with pytest.raises((UserError, GameError)):
        lessons(config(tiny_model, tmp_path / "run", games=("nonesuch",)))
