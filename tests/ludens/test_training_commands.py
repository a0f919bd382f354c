"""Rollouts, data sets and ledgers, as a person types them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trainer.ledger import Ledger, Opening
from trainer.samples import ChatSample, read_records

ROOT = Path(__file__).resolve().parents[2]


def ludens(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "ludens", *arguments], capture_output=True, text=True, timeout=600)


def refused(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stderr
    assert done.stdout == "" and len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("command", [["rollout"], ["data"], ["ledger", "verify"], ["ledger", "show"]])
def test_help_of_training_commands_has_an_example(command: list[str]) -> None:
    done = ludens(*command, "--help")
    assert done.returncode == 0 and "Example" in done.stdout


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rolled") / "store"
    options = ["--out", str(folder), "--games", "taboo,minigames", "--count", "6", "--player", "demonstrator", "--json"]
    done = ludens("rollout", *options)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["episodes"], report["of"], report["broken"]) == (12, 12, 0)
    assert report["games"]["taboo"]["won"] == 6
    return folder


def test_a_store_becomes_files_of_samples(store: Path, tmp_path: Path) -> None:
    options = ["--warm-up", "minigames", "--rehearse-every", "2", "--held-out", "0.2"]
    done = ludens("data", "--store", str(store), "--out", str(tmp_path), *options)
    assert done.returncode == 0, done.stderr
    samples = list(read_records(tmp_path / "chat.train.jsonl", ChatSample))
    assert {one.origin.game for one in samples} == {"taboo", "minigames"}
    again = ludens("data", "--store", str(store), "--out", str(tmp_path / "again"), *options)
    assert again.returncode == 0
    for name in ("chat.train.jsonl", "chat.validation.jsonl", "pairs.train.jsonl"):
        assert (tmp_path / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_what_rollouts_and_data_sets_cannot_do_is_one_line(store: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "new")
    assert "no episodes" in refused(ludens("rollout", "--out", out, "--count", "0"))
    assert "taboo" in refused(ludens("rollout", "--out", out, "--games", "tabo"))
    assert "measuring only" in refused(ludens("rollout", "--out", out, "--split", "test"))
    assert "workers" in refused(ludens("rollout", "--out", out, "--workers", "0"))
    assert "no player" in refused(ludens("rollout", "--out", out, "--player", "nobody"))
    assert "no trajectories" in refused(ludens("data", "--store", out, "--out", out))
    assert "option form" in refused(ludens("data", "--store", str(store), "--out", out, "--form", "rhyme"))
    assert "cannot be read" in refused(ludens("data", "--store", str(store), "--out", out, "--measured", "/none.json"))


def test_ledgers_are_checked_and_shown(tmp_path: Path) -> None:
    path = tmp_path / "run.ledger"
    with Ledger.start(path, Opening(stage="sft", budget_tokens=100)) as ledger:
        ledger.count(tokens=40, trained=10, digest="d")
        head = ledger.close("weights").head
    done = ludens("ledger", "verify", str(path), "--head", head)
    assert done.returncode == 0 and "is sound" in done.stdout and "open" not in done.stdout
    shown = json.loads(ludens("ledger", "show", str(path), "--json").stdout)
    assert (shown["tokens"], shown["head"], shown["stages"][0]["trained"]) == (40, head, 10)
    assert head in ludens("ledger", "show", str(path)).stdout
    assert "not the ledger" in refused(ludens("ledger", "verify", str(path), "--head", "0" * 64))
    path.write_bytes(path.read_bytes().replace(b'"tokens":40', b'"tokens":30'))
    assert "line 2" in refused(ludens("ledger", "verify", str(path)))
    assert "cannot be read" in refused(ludens("ledger", "show", str(tmp_path / "none")))


def test_the_example_runs(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "examples" / "training_data.py"), str(tmp_path)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=600, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    assert "18 of 18 episodes" in done.stdout and "[assistant]" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "store"]
