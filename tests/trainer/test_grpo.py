"""Ten steps of learning while playing, on a tiny model."""

import pytest

from agent.decision import Decision, Usage
from agent.errors import UserError
from agent.trace import Trace
from trainer.grpo_play import Table, lessons
from trainer.ledger import verify
from trainer.lora import open_trainable
from trainer.masking import ChatMasker
from trainer.run_config import Adapter, Compute, GrpoConfig, Optimiser, Saving


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
    views = table.play([job, job], seed=1)
    assert len(views) == 2
    assert all((view.reward is not None) == taught for view in views)
    assert all(any(view.said) == taught for view in views)


def test_only_the_learners_own_tokens_count(tiny_model, tmp_path):
    settings = config(tiny_model, tmp_path / "run")
    model, tokenizer = open_trainable(
        settings.model, settings.adapter, Compute(device="cpu"), adapter_from=None, seed=0
    )
    masker = ChatMasker(tokenizer)
    (view,) = Table(settings, model, masker, tokenizer).play(lessons(settings)[:1], seed=1)
    own = [token for token, said in zip(view.completion, view.said, strict=True) if said]
    assert own.count(masker.end_id) >= 1
    assert len(own) <= 4 * settings.reply_tokens * own.count(masker.end_id) + own.count(masker.end_id)


def test_the_test_split_and_unknown_games_are_refused(tiny_model, tmp_path):
    from games.errors import UserError as GameError

    with pytest.raises((UserError, GameError)):
        lessons(config(tiny_model, tmp_path / "run", games=("nonesuch",)))
