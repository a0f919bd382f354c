"""A run that is killed at any instant and started again ends as the unbroken one does."""

import json
import multiprocessing
import random
import time
from pathlib import Path

import pytest

from trainer.ledger import verify
from trainer.run_config import Adapter, Optimiser, Saving, SftConfig, Stopping
from trainer.samples import ChatSample, Origin, chat, write_records

KILLS = 10


def samples(path: Path, count: int = 80) -> Path:
    talks = [
        ChatSample(
            messages=chat([("user", f"guess {i}"), ("assistant", f"CLUE {i * 7}"), ("user", "no"), ("assistant", "a")]),
            trained=(1, 3),
            origin=Origin(game="any", source="expert", episode=str(i)),
        )
        for i in range(count)
    ]
    write_records(path, talks)
    return path


def configured(model: Path, data: Path, out: Path, **changes) -> SftConfig:
    settings = {
        "model": str(model),
        "out": out,
        "budget_tokens": 9000,
        "batch_tokens": 128,
        "max_tokens": 128,
        "samples": (data,),
        "epochs": 4,
        "adapter": Adapter(rank=4, alpha=8, dropout=0.1),  # dropout: the random state must survive, too
        "optimiser": Optimiser(learning_rate=0.01, accumulate=2),
        "saving": Saving(every_steps=3),
        "stopping": Stopping(held_out=0.1, every_steps=4),
    }
    return SftConfig(**{**settings, **changes})


def run(config: SftConfig) -> None:
    """In a process of its own."""
    import torch

    from trainer.sft import train

    torch.set_num_threads(1)
    train(config)


def process(config: SftConfig):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["trainer.sft"])
    return context.Process(target=run, args=(config,))


def outcome(out: Path) -> dict:
    return json.loads((out / "result.json").read_text())


@pytest.mark.slow
def test_ten_kills_change_neither_ledger_nor_loss(tiny_model, tmp_path):
    data = samples(tmp_path / "talks.jsonl")
    kill_and_compare(lambda name: configured(tiny_model, data, tmp_path / name), KILLS)


@pytest.mark.model
@pytest.mark.slow
def test_kills_of_a_run_of_the_embedded_model(tmp_path):
    data = samples(tmp_path / "talks.jsonl", 30)
    changes = {"budget_tokens": 1200, "saving": Saving(every_steps=1), "optimiser": Optimiser(learning_rate=1e-3)}
    kill_and_compare(lambda name: configured("embedded", data, tmp_path / name, epochs=1, **changes), 3)


def kill_and_compare(config_of, kills_wanted: int) -> None:
    """An unbroken run and killed ones end alike."""
    whole = config_of("whole")
    began = time.monotonic()
    child = process(whole)
    child.start()
    child.join()
    assert child.exitcode == 0
    usual_s = time.monotonic() - began
    dice = random.Random(time.time_ns())
    kills, broken = 0, []
    while kills < kills_wanted:  # a run that ends before its turn to be killed is followed by another one
        broken.append(config_of(f"broken{len(broken)}"))
        kills += killed(broken[-1], dice, kills_wanted - kills, usual_s / 3)
    one = outcome(whole.out)
    for config in broken:
        other = outcome(config.out)
        assert one["head"] == other["head"]
        assert (one["steps"], one["tokens"]) == (other["steps"], other["tokens"])
        assert other["loss"] == pytest.approx(one["loss"], abs=1e-4)
        assert other["held_out"] == pytest.approx(one["held_out"], abs=1e-4)
        account = verify(config.out / "ledger.jsonl")
        assert account.closed
        assert account.state.total_tokens == one["tokens"]


def killed(config: SftConfig, dice: random.Random, most: int, longest_s: float) -> int:
    """Runs to the end, killed up to `most` times on the way; returns how often."""
    kills = 0
    while True:
        child = process(config)
        child.start()
        child.join(None if kills == most else dice.uniform(0, longest_s))
        if child.exitcode is not None:
            assert child.exitcode == 0
            return kills
        child.kill()
        child.join()
        kills += 1


def test_an_ended_run_is_not_run_again_and_another_one_is_refused(tiny_model, tmp_path):
    from agent.errors import UserError
    from trainer.sft import train

    data = samples(tmp_path / "talks.jsonl", 20)
    config = configured(tiny_model, data, tmp_path / "run", budget_tokens=1200)
    first = train(config)
    assert train(config) == first
    assert first.tokens <= 1200
    with pytest.raises(UserError, match="other settings"):
        train(config.model_copy(update={"seed": 5}))
    samples(tmp_path / "talks.jsonl", 21)
    with pytest.raises(UserError, match="other data"):
        train(config)


def test_a_kill_between_the_last_step_and_the_result_costs_nothing(tiny_model, tmp_path):
    from trainer.sft import train

    config = configured(tiny_model, samples(tmp_path / "talks.jsonl", 20), tmp_path / "run", budget_tokens=1200)
    first = train(config)
    (config.out / "result.json").unlink()
    again = train(config)
    assert again == first


def test_remains_of_a_kill_in_mid_save_are_passed_over(tiny_model, tmp_path):
    from trainer.sft import train

    config = configured(tiny_model, samples(tmp_path / "talks.jsonl", 20), tmp_path / "run", budget_tokens=1200)
    half = config.out / "checkpoints" / "checkpoint-999"
    half.mkdir(parents=True)
    (half / "adapter_config.json").write_text("{")
    result = train(config)
    assert result.steps < 999
    assert not half.exists()


class Crash(Exception):
    """Stands for a kill."""


@pytest.mark.parametrize("kind", ["dpo", "kto"])
def test_other_objectives_go_on_exactly_too(kind, tiny_model, tmp_path):
    from trainer.training import Around

    train, config = objective(kind, tiny_model, tmp_path)
    whole = train(config.model_copy(update={"out": tmp_path / "whole"}))
    assert whole.steps >= 8

    def crash(event):
        if event.step == 7:
            raise Crash

    with pytest.raises(Crash):
        train(config, Around(listen=crash))
    again = train(config)
    assert (again.head, again.steps, again.tokens) == (whole.head, whole.steps, whole.tokens)
    assert again.loss == pytest.approx(whole.loss, abs=1e-4)


def objective(kind, tiny_model, tmp_path):
    """The function that trains, and a run of it."""
    from trainer import dpo, retrospect
    from trainer.run_config import DpoConfig, RetrospectConfig
    from trainer.samples import EpisodeId, PreferenceSample, Trajectory, Turn
    from trainer.store import TrajectoryStore

    common = {
        "model": str(tiny_model),
        "out": tmp_path / "broken",
        "budget_tokens": 30000,
        "batch_tokens": 128,
        "max_tokens": 128,
        "adapter": Adapter(rank=4, alpha=8),
        "optimiser": Optimiser(learning_rate=0.01),
        "saving": Saving(every_steps=3),
    }
    origin = Origin(game="any", source="expert")
    if kind == "dpo":
        pairs = [
            PreferenceSample(
                prompt=chat([("user", f"guess {i}")]),
                chosen=chat([("assistant", "hello")]),
                rejected=chat([("assistant", f"word {i}")]),
                kind="turn",
                origin=origin,
            )
            for i in range(40)
        ]
        write_records(tmp_path / "pairs.jsonl", pairs)
        return dpo.train, DpoConfig(**common, samples=(tmp_path / "pairs.jsonl",), pairs=4)
    with TrajectoryStore.open(tmp_path / "store") as store:
        store.introduce("bare", {})
        for i in range(20):
            turns = (
                Turn(role="a", player="bare", keeps=0, heard=chat([("user", f"guess {i}")]), reply=f"word {i}"),
                Turn(role="a", player="bare", keeps=2, heard=chat([("user", "Wrong, that is not it")]), reply="hello"),
                Turn(role="b", player="bare", keeps=0, heard=chat([("user", "x")]), reply="Yes, correct!"),
            )
            key = EpisodeId(game="any", level="one", split="train", seed=1, index=i, label="bare")
            store.save(Trajectory(id=key, outcome="won", quality=100, turns=turns, protocol="p", instance="{}"))
    config = RetrospectConfig(**common, store=tmp_path / "store", method="kto", judge="rules")
    return retrospect.train, config
