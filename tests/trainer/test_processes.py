"""The same YAML under `accelerate launch` on two processes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from trainer.ledger import verify
from trainer.run_config import CONFIGS, load_config
from trainer.samples import ChatSample, Origin, chat, write_records

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", sorted((ROOT / "examples" / "runs").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_example_is_a_run(path):
    load_config(path, CONFIGS[path.stem.partition("_")[0]])


@pytest.mark.slow
def test_two_processes_share_the_work_and_one_ledger(tiny_model, tmp_path):
    talks = [
        ChatSample(
            messages=chat([("user", f"guess {i}"), ("assistant", "hello"), ("user", "no"), ("assistant", "hello")]),
            trained=(1, 3),
            origin=Origin(game="any", source="expert", episode=str(i)),
        )
        for i in range(80)
    ]
    write_records(tmp_path / "talks.jsonl", talks)
    settings = {
        "model": str(tiny_model),
        "budget_tokens": 2600,
        "batch_tokens": 128,
        "max_tokens": 128,
        "epochs": 2,
        "samples": [str(tmp_path / "talks.jsonl")],
        "adapter": {"rank": 2, "alpha": 4},
        "compute": {"device": "cpu", "threads": 1, "precision": "fp32"},
        "optimiser": {"learning_rate": 0.01},
        "saving": {"every_steps": 4},
        "stopping": {"held_out": 0.1, "every_steps": 5},
    }
    # One process that gathers two micro-batches a step does the same arithmetic as two with one each.
    alone = {**settings, "out": str(tmp_path / "alone"), "optimiser": {"learning_rate": 0.01, "accumulate": 2}}
    (tmp_path / "alone.yaml").write_text(yaml.safe_dump(alone))
    run = ["-m", "ludens", "train", "sft"]
    (tmp_path / "both.yaml").write_text(yaml.safe_dump({**settings, "out": str(tmp_path / "both")}))
    launch = ["-m", "accelerate.commands.launch", "--config_file", str(ROOT / "examples/accelerate/cpu2.yaml")]
    commands = (
        [sys.executable, *run, str(tmp_path / "alone.yaml"), "--json"],
        [sys.executable, *launch, *run, str(tmp_path / "both.yaml"), "--json"],
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    for command in commands:
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=500)
        assert done.returncode == 0, done.stderr[-2000:]
        assert done.stdout.count('"objective"') == 1  # one of the processes speaks
    first, second = (json.loads((tmp_path / name / "result.json").read_text()) for name in ("alone", "both"))
    assert (first["steps"], first["tokens"]) == (second["steps"], second["tokens"])
    assert second["loss"] == pytest.approx(first["loss"], abs=1e-3)
    account = verify(tmp_path / "both" / "ledger.jsonl")
    assert account.closed
    assert account.state.total_tokens == second["tokens"] <= 2600


@pytest.mark.parametrize("name", ["cpu2", "fsdp"])
def test_accelerate_reads_its_configurations(name):
    """On a CPU accelerate shards nothing, so that the sharded configuration itself can only be tried on GPUs."""
    from accelerate.commands.config.config_args import load_config_from_file

    found = load_config_from_file(str(ROOT / "examples" / "accelerate" / f"{name}.yaml"))
    assert str(found.distributed_type.value) == {"cpu2": "MULTI_GPU", "fsdp": "FSDP"}[name]
    assert found.num_processes >= 2
