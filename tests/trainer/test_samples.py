import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from agent.errors import UserError
from trainer.samples import (
    ChatSample,
    EpisodeId,
    Origin,
    PreferenceSample,
    Trajectory,
    Turn,
    chat,
    read_records,
    write_records,
)

ORIGIN = Origin(game="riddle", source="rollout")
ASKED = chat([("user", "Guess."), ("assistant", "GUESS: apple"), ("user", "No."), ("assistant", "GUESS: pear")])


def turn(role: str, keeps: int, heard: str, reply: str) -> Turn:
    return Turn(role=role, player="expert", keeps=keeps, heard=chat([("user", heard)]), reply=reply)


def trajectory(*turns: Turn) -> Trajectory:
    key = EpisodeId(game="riddle", level="easy", split="train", seed=1, index=0, label="expert")
    return Trajectory(id=key, outcome="won", quality=100.0, turns=turns, protocol="p", instance="{}")


def test_a_transcript_is_one_roles_view_put_together_from_differences() -> None:
    played = trajectory(turn("a", 0, "one", "1"), turn("b", 0, "eins", "I"), turn("a", 2, "two", "2"))
    assert played.transcript(2) == chat([("user", "one"), ("assistant", "1"), ("user", "two")])
    assert played.transcript(1) == chat([("user", "eins")])
    assert played.roles == ("a", "b")


def test_a_forgotten_exchange_is_missing_from_the_next_transcript() -> None:
    played = trajectory(turn("a", 0, "rules", "ok"), turn("a", 2, "probe", "yes"), turn("a", 2, "question", "tea"))
    assert played.transcript(2) == chat([("user", "rules"), ("assistant", "ok"), ("user", "question")])


@pytest.mark.parametrize("trained", [(0,), (4,), (3, 1), (1, 1), ()])
def test_only_assistant_messages_are_learnt(trained: tuple[int, ...]) -> None:
    with pytest.raises(ValidationError):
        ChatSample(messages=ASKED, trained=trained, origin=ORIGIN)


def test_a_preference_needs_two_different_continuations_by_the_assistant() -> None:
    good, bad, asked = chat([("assistant", "a")]), chat([("assistant", "b")]), chat([("user", "?")])
    PreferenceSample(prompt=asked, chosen=good, rejected=bad, kind="turn", origin=ORIGIN)
    for prompt, chosen, rejected in ((good, good, bad), (asked, good, good), (asked, asked, bad)):
        with pytest.raises(ValidationError):
            PreferenceSample(prompt=prompt, chosen=chosen, rejected=rejected, kind="turn", origin=ORIGIN)


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    samples = [ChatSample(messages=ASKED, trained=(1, 3), origin=ORIGIN, reward=number / 3) for number in range(3)]
    assert write_records(tmp_path / "a" / "chat.jsonl", samples) == 3
    assert list(read_records(tmp_path / "a" / "chat.jsonl", ChatSample)) == samples


def test_a_file_without_records_reads_as_none(tmp_path: Path) -> None:
    write_records(tmp_path / "none.jsonl", [])
    assert list(read_records(tmp_path / "none.jsonl", ChatSample)) == []


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "does not begin"),
        ("[1]\n", "does not begin"),
        (json.dumps({"ludens": "Trajectory", "version": 1}) + "\n", "not ChatSample"),
        (json.dumps({"ludens": "ChatSample", "version": 9}) + "\n", "version 9"),
        (json.dumps({"ludens": "ChatSample", "version": 1}) + "\n{}\n", "line 2"),
    ],
)
def test_files_of_another_kind_are_refused_in_one_sentence(tmp_path: Path, content: str, complaint: str) -> None:
    path = tmp_path / "file.jsonl"
    path.write_text(content)
    with pytest.raises(UserError, match=complaint) as caught:
        list(read_records(path, ChatSample))
    assert "\n" not in str(caught.value)
    with pytest.raises(UserError, match="cannot be read"):
        list(read_records(tmp_path / "missing.jsonl", ChatSample))
