import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "practice_table.py"


@dataclass
class Ended:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(monkeypatch, capsys):
    spec = importlib.util.spec_from_file_location("practice_table", SCRIPT)
    script = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "practice_table", script)
    spec.loader.exec_module(script)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *map(str, arguments)])
        code = script.main()
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return call


def test_the_table_grows_and_keeps_what_was_played(tmp_path, run):
    store, figures = tmp_path / "store", tmp_path / "table.json"
    dev = tmp_path / "results.csv"
    dev.write_text(',"-, clemscore","taboo, % Played","taboo, Quality Score"\nludens,90.0,100.0,90.0\n')
    first = run(store, "taboo", "map", "--players", "expert,stumbler", "--instances", "2", "--json", figures)
    assert first.returncode == 0, first.stderr
    assert "| taboo | 2 | 100.0 [100, 100] | 2/2 |" in first.stdout
    before = json.loads(figures.read_text())
    assert before["games"]["map"]["expert"]["episodes"] == 2
    assert before["refused"]["map"] == {"episodes": 2, "named": 2}
    more = run(
        store, "taboo", "--players", "expert,stumbler", "--instances", "5", "--json", figures, "--dev", dev,
        "--markdown", tmp_path / "table.md",
    )  # fmt: skip
    assert more.returncode == 0, more.stderr
    assert "| taboo | 5 | 100.0 [100, 100] | 5/5 |" in more.stdout
    assert "90.0" in (tmp_path / "table.md").read_text()
    after = json.loads(figures.read_text())
    assert after["dev"] == {"taboo": {"played_pct": 100.0, "quality": 90.0}}
    assert after["total"]["expert"]["clemscore"] == 100


def test_folders_of_the_same_settings_are_counted_together(tmp_path, run):
    assert run(tmp_path / "one", "taboo", "--players", "expert", "--instances", "2").returncode == 0
    also = ("--instances", "2", "--also", tmp_path / "one")
    both = run(tmp_path / "two", "taboo", "--players", "stumbler", *also)
    assert "| taboo | 2 | 100.0 [100, 100] | 2/2 |" in both.stdout
    other = run(tmp_path / "three", "taboo", "--players", "expert", "--seed", "8", *also)
    assert other.returncode == 2
    assert "other settings" in other.stderr


def test_what_cannot_be_used_is_named_in_one_sentence(tmp_path, run):
    for arguments, complaint in [
        (("tabo",), "Did you mean taboo"),
        (("taboo", "--players", "wizard"), "no player 'wizard'"),
        (("taboo", "--instances", "0"), "at least 1"),
        (("taboo", "--dev", tmp_path / "none.csv"), "none.csv"),
    ]:
        ended = run(tmp_path / "store", *arguments)
        assert ended.returncode == 2
        assert complaint in ended.stderr
        assert "Traceback" not in ended.stderr
    assert run(tmp_path / "store", "taboo", "--players", "expert", "--instances", "1").returncode == 0
    other = run(tmp_path / "store", "taboo", "--players", "expert", "--instances", "1", "--seed", "9")
    assert other.returncode == 2
    assert "Traceback" not in other.stderr
