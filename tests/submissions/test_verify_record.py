"""The signed report: nothing in it can change unnoticed. And what replies, limits and the guard come down to."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from agent.errors import UserError
from submissions import sandbox_guard, verify_play, verify_record, verify_run
from submissions.manifest import canonical
from submissions.sandbox import Answer, PlayerFailed

HEAD = verify_record.Head(
    bundle="b", name="n", version="1", fingerprint="f", weights={}, started="2026-01-01T00:00:00+00:00",
    machine={}, versions={}, options={},
)  # fmt: skip
TEXTS = st.text(max_size=20)
LINES = st.lists(
    st.builds(
        verify_record.Line,
        stage=st.sampled_from(("files", "run")),
        name=TEXTS,
        verdict=st.sampled_from(("passed", "failed", "skipped")),
        detail=TEXTS,
        findings=st.lists(TEXTS, max_size=2).map(tuple),
        seconds=st.floats(0, 1e4, allow_nan=False),
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None)
@given(LINES, st.floats(0, 1e6))
def test_a_report_reads_back_as_it_was_written(lines: Sequence[verify_record.Line], seconds: float) -> None:
    report = verify_record.signed(HEAD, lines, seconds)
    assert verify_record.decoded(report.encoded()) == report
    assert report.passed == all(line.verdict == "passed" for line in lines)


@settings(deadline=None)
@given(LINES, st.data())
def test_a_change_anywhere_breaks_the_chain(lines: Sequence[verify_record.Line], data: st.DataObject) -> None:
    fields = json.loads(verify_record.signed(HEAD, lines, 1.0).encoded())
    kind = data.draw(st.sampled_from(("verdict", "detail", "drop", "swap", "head", "passed", "seconds", "proves")))
    place = data.draw(st.integers(0, len(lines) - 1))
    line = fields["lines"][place]
    if kind == "verdict":
        line["verdict"] = {"passed": "failed", "failed": "passed", "skipped": "passed"}[line["verdict"]]
    elif kind == "detail":
        line["detail"] += "x"
    elif kind == "drop":
        del fields["lines"][place]
    elif kind == "swap" and len(lines) > 1:
        fields["lines"][place], fields["lines"][place - 1] = fields["lines"][place - 1], fields["lines"][place]
    elif kind == "head":
        fields["head"]["fingerprint"] = "other"
    elif kind == "seconds":
        fields["seconds"] += 1
    elif kind == "proves":
        fields["proves"] = "Everything."
    else:
        fields["passed"] = not fields["passed"]
    assume(canonical(fields) != verify_record.signed(HEAD, lines, 1.0).encoded())  # two equal lines were swapped
    with pytest.raises(UserError, match=r"changed|no report"):
        verify_record.decoded(canonical(fields))


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_report_is_refused(content: bytes) -> None:
    with pytest.raises(UserError, match="no report"):
        verify_record.decoded(content)


# --- replies ----------------------------------------------------------------------------------------------------------


class Scripted:
    """Replies from a list; an exception in it is raised."""

    def __init__(self, *script: str | Exception) -> None:
        self._script = list(script)

    def ask(self, name: str, messages: Sequence[Any], patience_s: float) -> Answer:
        said = self._script.pop(0)
        if isinstance(said, Exception):
            raise said
        return Answer(text=said, seconds=99.0, late=False)


class Clock:
    """A clock that is one second further each time."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def test_every_missing_empty_or_late_reply_is_named() -> None:
    player = Scripted("fine", "  ", PlayerFailed("ValueError: no", over=False), "late")
    seat = verify_play.Seat(player=player, name="x", limit_s=3.5, clock=Clock())
    for number in range(4):
        seat.ask(f"game, turn {number}", [])
    findings = list(verify_run._overrun(seat.replies))
    assert findings == [
        "after the limit replies took 99.0 s on average, more than 10 s",
        "game, turn 1: no reply (it was empty)",
        "game, turn 2: no reply (ValueError: no)",
    ]


def test_a_process_that_is_gone_is_not_asked_again() -> None:
    seat = verify_play.Seat(player=Scripted(PlayerFailed("gone", over=True)), name="x", limit_s=9.0)
    assert seat.ask("first", []) is None
    assert seat.ask("second", []) is None
    assert [reply.fault for reply in seat.replies] == ["gone", "gone"]


def test_a_reply_in_no_legal_form_ends_the_game_and_is_counted() -> None:
    seat = verify_play.Seat(player=Scripted(*["~~ no form ~~"] * 99), name="x", limit_s=0.0)
    (played,) = verify_play.play_games(seat, ("wordle",))
    assert played.misformed
    assert any(reply.misformed for reply in seat.replies)
    assert list(verify_run._broken(seat, [played])) == []  # one game may be misread
    assert "wordle, wordle were aborted" in next(verify_run._broken(seat, [played, played]))


def test_there_are_ten_prompts_and_fourteen_games() -> None:
    assert len({prompt.name for prompt in verify_play.PROMPTS}) == 10
    assert len(verify_play.GAMES) == 14


# --- the guard --------------------------------------------------------------------------------------------------------


@pytest.fixture
def guarded(tmp_path: Path) -> tuple[sandbox_guard.Guard, list[tuple[str, str]]]:
    reports: list[tuple[str, str]] = []
    (tmp_path / "scratch").mkdir()
    return sandbox_guard.Guard(str(tmp_path / "scratch"), lambda kind, what: reports.append((kind, what))), reports


Guarded = tuple[sandbox_guard.Guard, list[tuple[str, str]]]


def test_the_guard_refuses_writes_outside_the_scratch_folder(guarded: Guarded, tmp_path: Path) -> None:
    guard, reports = guarded
    outside = str(tmp_path / "outside")
    (tmp_path / "scratch" / "way-out").symlink_to(tmp_path)
    changes: list[tuple[str, tuple[Any, ...]]] = [
        ("open", (outside, "w", 0)),
        ("open", (outside, "r+", 0)),
        ("open", (outside.encode(), None, os.O_CREAT)),
        ("open", (str(tmp_path / "scratch" / "way-out" / "x"), "a", 0)),
        ("open", (f"{tmp_path}/scratch/../x", "w", 0)),
        ("os.remove", (outside, -1)),
        ("os.rename", (str(tmp_path / "scratch" / "a"), outside, -1, -1)),
        ("os.mkdir", (outside, 0o777, -1)),
        ("sqlite3.connect", (outside,)),
    ]
    for event, args in changes:
        with pytest.raises(PermissionError):
            guard(event, args)
    assert {kind for kind, _ in reports} == {"write"}


def test_the_guard_lets_the_scratch_folder_be_written_and_everything_be_read(guarded: Guarded, tmp_path: Path) -> None:
    guard, reports = guarded
    scratch = tmp_path / "scratch"
    (scratch / "link").symlink_to(tmp_path)
    guard("open", (str(scratch / "x"), "w", 0))
    guard("open", (str(tmp_path / "x"), "r", 0))
    guard("open", (3, "w", 0))
    guard("open", ("/dev/null", "w", 0))
    guard("os.remove", (str(scratch / "link"), -1))
    guard("sqlite3.connect", (":memory:",))
    guard("import", ("anything",))
    assert reports == []


def test_the_guard_refuses_connections_and_reports_pickles_programs_and_weights(guarded: Guarded) -> None:
    guard, reports = guarded
    with pytest.raises(PermissionError):
        guard("socket.connect", (None, ("192.0.2.1", 80)))
    with pytest.raises(PermissionError):
        guard("socket.getaddrinfo", ("example.org", 80, 0, 0, 0))
    guard("pickle.find_class", ("os", "system"))
    guard("subprocess.Popen", ("/bin/true", [], None, None))
    guard("open", ("/somewhere/else.gguf", "rb", 0))
    assert [kind for kind, _ in reports] == ["network", "network", "pickle", "program", "weights"]
