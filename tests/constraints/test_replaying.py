"""Recorded transcripts of real games: how many recorded replies the grammar admits."""

import json
from pathlib import Path

import pytest

from constraints.replay import replay

TRANSCRIPTS = Path(__file__).parents[2].parent / "shared" / "data" / "transcripts.jsonl"


def test_a_small_transcript() -> None:
    messages = [
        {"role": "user", "content": "Make your guess in the form: GUESS: <a word>"},
        {"role": "assistant", "content": "GUESS: apple\n"},
        {"role": "user", "content": "Wrong. Try again."},
        {"role": "assistant", "content": "I guess it is a pear."},
    ]
    lines = [json.dumps({"game": "fruit", "outcome": "lose", "messages": messages})]
    lines.append(json.dumps({"game": "fruit", "outcome": "aborted", "messages": messages}))
    report = replay([*lines, "\n"])
    assert report["games"] == {"fruit": {"turns": 2, "accepted": 1, "decoded": 1}}
    assert report["total"] == {"turns": 2, "accepted": 1, "decoded": 1}


@pytest.mark.slow
@pytest.mark.skipif(not TRANSCRIPTS.exists(), reason="the recorded transcripts (../shared/data) are not here")
def test_recorded_replies_are_admitted() -> None:
    with TRANSCRIPTS.open(encoding="utf-8") as lines:
        report = replay(lines)
    total = report["total"]
    assert total["accepted"] >= 0.98 * total["turns"]
    for game, tally in report["games"].items():
        assert tally["accepted"] >= 0.95 * tally["turns"], game
