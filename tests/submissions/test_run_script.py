"""The script in a bundle: works from anywhere, leaves nothing behind, writes into the results only."""

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from submissions.config import SubmissionConfig
from submissions.harness_files import BACKEND_TEXT, PLAYPEN_TEXT, registry, run_script

STUB = """#!/bin/sh
echo "$@" >> "$LOG"
cat game_registry.json >> "$LOG"
ls >> "$LOG"
touch written_by_clem
"""


@pytest.fixture
def config() -> SubmissionConfig:
    model = {"name": "Tiny", "base": "tiny", "weights": "x.gguf", "licence": "Apache-2.0"}
    return SubmissionConfig.model_validate(
        {"name": "mine", "version": "1", "team": "Us", "summary": "S.", "date": "2026-11-20", "model": model}
    )


def bundle(folder: Path, config: SubmissionConfig) -> Path:
    folder.mkdir()
    (folder / "run.sh").write_text(run_script(config))
    (folder / "run.sh").chmod(0o755)
    (folder / "ludens_submission_api.py").write_text(BACKEND_TEXT)
    (folder / "model_registry.json").write_bytes(registry(config))
    return folder


def run(script: Path, *arguments: str, cwd: Path, python: Path) -> subprocess.CompletedProcess[str]:
    scratch = cwd / "tmp"
    scratch.mkdir(exist_ok=True)
    environment = os.environ | {"PYTHON": str(python), "LOG": str(cwd / "log"), "TMPDIR": str(scratch)}
    return subprocess.run(
        [str(script), *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_it_plays_a_checkout_in_a_scratch_folder(tmp_path: Path, config: SubmissionConfig):
    root = bundle(tmp_path / "a bundle", config)
    (tmp_path / "bench mark").mkdir()
    python = tmp_path / "python"
    python.write_text(STUB)
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    before = sorted(path.name for path in root.iterdir())
    done = run(root / "run.sh", "bench mark", "re sults", "-g", "taboo", cwd=tmp_path, python=python)
    assert done.returncode == 0, done.stderr
    log = (tmp_path / "log").read_text()
    assert "-m clemcore.cli run -m mine -l 100 -t 0 -r" in log
    assert "-g taboo" in log
    assert f'"benchmark_path": "{tmp_path / "bench mark"}"' in log
    assert "ludens_submission_api.py" in log
    assert sorted(path.name for path in root.iterdir()) == before
    assert list((tmp_path / "tmp").iterdir()) == []
    assert (tmp_path / "re sults").is_dir()


def test_it_says_how_it_is_used(tmp_path: Path, config: SubmissionConfig):
    done = run(bundle(tmp_path / "b", config) / "run.sh", cwd=tmp_path, python=tmp_path)
    assert done.returncode == 2
    assert "CLEMBENCH RESULTS" in done.stderr


def test_the_small_files_are_python_and_json(config: SubmissionConfig):
    compile(BACKEND_TEXT, "backend", "exec")
    compile(PLAYPEN_TEXT, "agent", "exec")
    (entry,) = json.loads(registry(config))
    assert (entry["model_name"], entry["backend"]) == ("mine", "ludens_submission")
