"""Ten steps of every objective, on a tiny model."""

import json
import math

import pytest

from agent.errors import UserError
from trainer.run_config import Adapter, Compute, DpoConfig, Optimiser, Saving, SftConfig, Stopping
from trainer.samples import ChatSample, Origin, PreferenceSample, chat, write_records

ADAPTER = Adapter(rank=4, alpha=8)
SAVING = Saving(every_steps=5, milestones=(0.5, 1.0))
STOPPING = Stopping(held_out=0.1, every_steps=5)


def origin(number):
    return Origin(game="any", source="expert", episode=str(number))


@pytest.fixture
def talks(tmp_path):
    """Conversations in which the assistant always says the same word."""
    path = tmp_path / "talks.jsonl"
    write_records(
        path,
        [
            ChatSample(
                messages=chat([("user", f"guess {i}"), ("assistant", "hello"), ("user", "no"), ("assistant", "hello")]),
                trained=(1, 3),
                origin=origin(i),
            )
            for i in range(60)
        ],
    )
    return path


@pytest.fixture
def preferences(tmp_path):
    """Pairs in which the better reply always is the same word; every other pair goes on after it."""
    path = tmp_path / "pairs.jsonl"
    write_records(
        path,
        [
            PreferenceSample(
                prompt=chat([("user", f"guess {i}")]),
                chosen=chat([("assistant", "hello"), ("user", "well"), ("assistant", "there")][: 1 + 2 * (i % 2)]),
                rejected=chat([("assistant", "word")]),
                kind="turn",
                origin=origin(i),
            )
            for i in range(60)
        ],
    )
    return path


def test_sft_learns_and_keeps_what_it_says_it_keeps(tiny_model, talks, tmp_path):
    from trainer.ledger import verify
    from trainer.sft import train
    from trainer.training import Around

    heard = []
    config = SftConfig(
        model=str(tiny_model),
        out=tmp_path / "run",
        budget_tokens=3000,
        batch_tokens=256,
        max_tokens=256,
        samples=(talks,),
        epochs=5,
        adapter=ADAPTER,
        optimiser=Optimiser(learning_rate=0.02),
        saving=SAVING,
        stopping=STOPPING,
    )
    result = train(config, Around(listen=heard.append))
    losses = [event.loss for event in heard if event.loss is not None]
    assert result.steps >= 10
    assert losses[-1] < losses[0] - 0.5
    assert result.tokens <= 3000
    account = verify(tmp_path / "run" / "ledger.jsonl")
    assert (account.state.total_tokens, account.closed) == (result.tokens, True)
    assert account.stages[0].trained < account.stages[0].tokens
    for place in ("final", "best", "milestones/50", "milestones/100"):
        assert (tmp_path / "run" / place / "adapter_model.safetensors").is_file() or place == "milestones/100"


def test_dpo_prefers_the_better_reply(tiny_model, preferences, tmp_path):
    from trainer.dpo import train
    from trainer.training import Around

    heard = []
    config = DpoConfig(
        model=str(tiny_model),
        out=tmp_path / "run",
        budget_tokens=12000,
        batch_tokens=256,
        max_tokens=256,
        samples=(preferences,),
        epochs=2,
        pairs=4,
        adapter=ADAPTER,
        optimiser=Optimiser(learning_rate=0.02),
        saving=SAVING,
        stopping=STOPPING,
    )
    result = train(config, Around(listen=heard.append))
    losses = [event.loss for event in heard if event.loss is not None]
    assert result.steps >= 10
    assert losses[0] == pytest.approx(math.log(2), abs=0.05)
    assert losses[-1] < losses[0] - 0.1
    lines = (tmp_path / "run" / "ledger.jsonl").read_text().splitlines()
    batches = [body for line in lines if (body := json.loads(line)["body"])["kind"] == "batch"]
    # Both replies with what is before them, read by the weights and by the untrained ones: an even number.
    assert all(body["tokens"] % 2 == 0 and body["trained"] * 2 <= body["tokens"] for body in batches)


@pytest.mark.parametrize("kind", ["sft", "dpo"])
def test_an_empty_file_of_samples_is_refused(kind, tiny_model, tmp_path):
    from trainer import dpo, sft

    path = tmp_path / "empty.jsonl"
    write_records(path, [])
    common = {"model": str(tiny_model), "out": tmp_path / "run", "budget_tokens": 900, "samples": (path,)}
    train, config = (sft.train, SftConfig(**common)) if kind == "sft" else (dpo.train, DpoConfig(**common))
    with pytest.raises(UserError, match="nothing to learn from"):
        train(config)


def test_a_model_without_a_chat_template_is_refused(model_with, talks, tmp_path):
    from trainer.sft import train

    model = model_with(tmp_path / "mute", None)
    config = SftConfig(model=str(model), out=tmp_path / "run", budget_tokens=900, samples=(talks,))
    with pytest.raises(UserError, match="no chat template"):
        train(config)


def test_a_loss_that_is_no_number_stops_the_run(tiny_model, talks, tmp_path):
    from trainer.sft import train

    config = SftConfig(
        model=str(tiny_model),
        out=tmp_path / "run",
        budget_tokens=3000,
        batch_tokens=256,
        max_tokens=256,
        samples=(talks,),
        epochs=5,
        adapter=Adapter(kind="full"),
        optimiser=Optimiser(learning_rate=1e30, max_grad_norm=1e30, warmup=0.0, schedule="constant"),
    )
    with pytest.raises(UserError, match="no number"):
        train(config)


def test_a_budget_below_one_step_is_refused(tiny_model, talks, tmp_path):
    from trainer.sft import train

    config = SftConfig(model=str(tiny_model), out=tmp_path / "run", budget_tokens=10, samples=(talks,))
    with pytest.raises(UserError, match="single step"):
        train(config)


def test_qlora_without_bitsandbytes_is_told(tiny_model, talks, tmp_path, monkeypatch):
    import importlib.util

    from trainer.sft import train

    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "bitsandbytes" else found(name, *rest)
    )
    config = SftConfig(
        model=str(tiny_model), out=tmp_path / "run", budget_tokens=900, samples=(talks,), adapter=Adapter(kind="qlora")
    )
    with pytest.raises(UserError, match=r"ludens\[qlora\]"):
        train(config)


def test_qlora_learns_over_weights_in_four_bits(tiny_model, talks, tmp_path):
    pytest.importorskip("bitsandbytes", reason="bitsandbytes is not installed (extra qlora)")
    from trainer.sft import train
    from trainer.training import Around

    heard = []
    config = SftConfig(
        model=str(tiny_model),
        out=tmp_path / "run",
        budget_tokens=3000,
        batch_tokens=256,
        max_tokens=256,
        samples=(talks,),
        epochs=5,
        adapter=Adapter(kind="qlora", rank=4, alpha=8),
        optimiser=Optimiser(learning_rate=0.02),
        compute=Compute(device="cpu"),
        saving=SAVING,
        stopping=STOPPING,
    )
    result = train(config, Around(listen=heard.append))
    losses = [event.loss for event in heard if event.loss is not None]
    assert result.steps >= 10
    assert losses[-1] < losses[0] - 0.5
    assert (tmp_path / "run" / "final" / "adapter_model.safetensors").is_file()
