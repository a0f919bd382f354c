"""The command line, as a person types it."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest


def ludens(*arguments: str, stdin: str = "", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ludens", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, cwd=cwd, timeout=600)


def assert_refused(done: subprocess.CompletedProcess[str], *words: str) -> None:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["play"],
        ["ask"],
        ["rules"],
        ["remember"],
        ["harness", "init"],
        ["games", "list"],
        ["games", "sample"],
        ["view"],
        ["watch"],
        ["serve"],
        ["ablate"],
    ],
)
def test_help_has_an_example(command: list[str]) -> None:
    done = ludens(*command, "--help")
    assert done.returncode == 0
    assert "ludens" in done.stdout
    if command:
        assert "Example" in done.stdout


def test_an_unknown_game_is_named_with_its_neighbours() -> None:
    assert_refused(ludens("play", "tabo"), "tabo", "taboo")


def test_an_unknown_module_is_named_with_the_choices() -> None:
    assert_refused(ludens("play", "taboo", "--without", "brain"), "brain", "planner")


def test_a_missing_model_file_is_named(tmp_path: Path) -> None:
    assert_refused(ludens("ask", "Hello", "--model", str(tmp_path / "none.gguf")), "none.gguf")


def test_a_truncated_model_file_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF\x03\x00\x00\x00")
    assert_refused(ludens("ask", "Hello", "--model", str(broken)), "broken.gguf")


def test_an_empty_prompt_is_refused() -> None:
    assert_refused(ludens("ask", stdin="  \n"), "empty")


def test_a_missing_folder_of_games_is_named(tmp_path: Path) -> None:
    assert_refused(ludens("play", "--games", str(tmp_path / "nowhere")), "nowhere")


def test_harness_init_writes_the_two_files(tmp_path: Path) -> None:
    done = ludens("harness", "init", str(tmp_path))
    assert done.returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ludens_api.py", "model_registry.json"]


def test_rules_shows_what_is_read_with_its_spans() -> None:
    prompt = 'Reply in the form: CLUE: <some text>. You cannot use the word "apple".'
    done = ludens("rules", "--json", stdin=prompt)
    found = json.loads(done.stdout)
    assert [finding["sort"] for finding in found] == ["form", "rule"]
    for finding in found:
        span = finding["span"]
        assert prompt[span["start"] : span["end"]] == span["text"]


def test_rules_replays_recorded_transcripts(tmp_path: Path) -> None:
    messages = [
        {"role": "user", "content": "Reply in the form: GUESS: <a word>. Do not add any other text."},
        {"role": "assistant", "content": "GUESS: lemon"},
        {"role": "user", "content": "Wrong."},
        {"role": "assistant", "content": "I give up"},
    ]
    file = tmp_path / "recorded.jsonl"
    file.write_text(json.dumps({"game": "g", "outcome": "success", "messages": messages}) + "\n")
    total = json.loads(ludens("rules", "--transcripts", str(file), "--json").stdout)["total"]
    assert (total["turns"], total["accepted"]) == (2, 1)


def test_a_line_that_is_no_transcript_is_named(tmp_path: Path) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_text('{"messages": []}\nnonsense\n')
    assert_refused(ludens("rules", "--transcripts", str(file)), "Line 2", "broken.jsonl")


def test_games_are_listed_and_sampled(tmp_path: Path) -> None:
    assert "taboo" in ludens("games", "list").stdout
    sampled = ludens("games", "sample", "taboo", "--seed", "3", cwd=tmp_path)
    assert sampled.stdout == ludens("games", "sample", "taboo", "--seed", "3", cwd=tmp_path).stdout
    assert "describer" in sampled.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.model
def test_play_prints_one_json_object_and_resumes(tmp_path: Path) -> None:
    out = tmp_path / "run"
    arguments = ["play", "taboo", "--both", "--instances", "2", "--out", str(out), "--json"]
    done = ludens(*arguments)
    assert done.returncode == 0, done.stderr
    table = json.loads(done.stdout)
    (game,) = table["games"].values()
    assert set(game) == {"bare", "ludens"}
    for label in ("bare", "ludens"):
        assert {"episodes", "played_pct", "quality", "calls", "tokens", "seconds"} <= set(game[label])
        assert {"played_pct", "quality", "clemscore", "seconds"} <= set(table["total"][label])
        assert game[label]["episodes"] == 2
    assert game["ludens"]["played_pct"] == 100.0
    before = stored(out)
    again = ludens(*arguments)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout) == table
    assert stored(out) == before


@pytest.mark.model
def test_another_configuration_on_a_used_folder_is_refused_and_nothing_lost(tmp_path: Path) -> None:
    out = tmp_path / "run"
    first = ludens("play", "taboo", "--instances", "1", "--out", str(out), "--json")
    assert first.returncode == 0, first.stderr
    before = stored(out)
    assert_refused(ludens("play", "taboo", "--instances", "1", "--seed", "7", "--out", str(out)), "seed")
    assert stored(out) == before


@pytest.mark.model
def test_ask_answers_a_prompt_and_reads_standard_input() -> None:
    done = ludens("ask", "--max-tokens", "8", stdin="Answer with one of these words only: red, blue.")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.model
def test_ask_traces_as_json() -> None:
    done = ludens("ask", "--trace", "Reply in the form: GUESS: <a word>. The clue: a yellow sour fruit.")
    trace = json.loads(done.stdout)
    assert trace["schema_version"] == 1
    assert trace["events"][-1]["kind"] == "said"
    assert trace["events"][-1]["reply"].startswith("GUESS: ")


def stored(out: Path) -> list[tuple[object, ...]]:
    with sqlite3.connect(out / "episodes.sqlite") as connection:
        return connection.execute("SELECT * FROM episodes ORDER BY 1, 2, 3, 4").fetchall()
