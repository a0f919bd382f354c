"""Training from the command line: what is unusable is told in one sentence, with exit code 2."""

import json
import sys

import pytest

from ludens.cli import main
from trainer.samples import ChatSample, Origin, chat, write_records

GOOD = "model: {model}\nout: {out}\nbudget_tokens: 900\nbatch_tokens: 128\nmax_tokens: 128\nsamples: [{samples}]\n"


def called(monkeypatch, capsys, *arguments):
    """(exit code, standard output, standard error) of the command line."""
    monkeypatch.setattr(sys, "argv", ["ludens", *map(str, arguments)])
    try:
        main()
        code = 0
    except SystemExit as ended:
        code = ended.code or 0
    said = capsys.readouterr()
    return code, said.out, said.err


def written(tmp_path, **names):
    path = tmp_path / "run.yaml"
    usual = {"model": "embedded", "out": tmp_path / "run", "samples": tmp_path / "none.jsonl"}
    path.write_text(GOOD.format(**{**usual, **names}))
    return path


@pytest.mark.parametrize("objective", ["sft", "dpo", "grpo", "retrospect"])
def test_a_missing_file_is_told(monkeypatch, capsys, tmp_path, objective):
    code, _, told = called(monkeypatch, capsys, "train", objective, tmp_path / "none.yaml", "--json")
    assert code == 2
    assert told.startswith("ludens: ") and "cannot be read" in told


def test_unusable_runs_are_told(monkeypatch, capsys, tmp_path):
    path = written(tmp_path)
    code, _, told = called(monkeypatch, capsys, "train", "sft", path, "--json")
    assert (code, "cannot be read" in told) == (2, True)
    path.write_text(path.read_text().replace("900", "0"))
    code, _, told = called(monkeypatch, capsys, "train", "sft", path, "--json")
    assert (code, "budget of 0" in told) == (2, True)
    write_records(tmp_path / "none.jsonl", [])
    code, _, told = called(monkeypatch, capsys, "train", "sft", written(tmp_path), "--json")
    assert (code, "nothing to learn from" in told) == (2, True)
    sample = ChatSample(
        messages=chat([("user", "a"), ("assistant", "b")]), trained=(1,), origin=Origin(game="g", source="expert")
    )
    write_records(tmp_path / "one.jsonl", [sample])
    path = written(tmp_path, samples=tmp_path / "one.jsonl", model=tmp_path / "nowhere", out=tmp_path / "other")
    code, _, told = called(monkeypatch, capsys, "train", "sft", path, "--json")
    assert (code, told.count("\n")) == (2, 1)


def test_exporting_and_reporting_nothing_is_told(monkeypatch, capsys, tmp_path):
    code, _, told = called(monkeypatch, capsys, "export", tmp_path, tmp_path / "x.gguf")
    assert (code, "no weights" in told) == (2, True)
    code, _, told = called(monkeypatch, capsys, "train", "report", tmp_path)
    assert (code, "no ended run" in told) == (2, True)


@pytest.mark.model
def test_a_run_prints_its_result(monkeypatch, capsys, tmp_path):
    talks = [
        ChatSample(
            messages=chat([("user", f"Say {i}."), ("assistant", str(i))]),
            trained=(1,),
            origin=Origin(game="any", source="expert", episode=str(i)),
        )
        for i in range(12)
    ]
    write_records(tmp_path / "talks.jsonl", talks)
    path = written(tmp_path, samples=tmp_path / "talks.jsonl")
    path.write_text(path.read_text().replace("900", "400") + "adapter: {rank: 2, alpha: 4}\n")
    code, out, _ = called(monkeypatch, capsys, "train", "sft", path, "--json")
    assert code == 0
    assert 0 < json.loads(out)["tokens"] <= 400
