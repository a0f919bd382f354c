"""The ledger: nothing about it can change unnoticed, and a killed run leaves the file that an unbroken one leaves."""

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import BudgetExceeded, UserError
from trainer.ledger import Ledger, Mark, Opening, batch_digest, verify

OPENING = Opening(stage="sft", budget_tokens=10_000, model="m", config="c")
BATCHES = [(number + 3, number, batch_digest([[number]])) for number in range(12)]


def count(ledger: Ledger, batches: list[tuple[int, int, str]]) -> Mark:
    for tokens, trained, digest in batches:
        ledger.count(tokens=tokens, trained=trained, digest=digest)
    return ledger.mark


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "run.ledger"
    with Ledger.start(path, OPENING) as ledger:
        count(ledger, BATCHES)
        ledger.close("weights")
    return path


@pytest.fixture
def copy(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(written, tmp_path / "copy.ledger"))


def broken_by(content: bytes, mark: Mark | None = None) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.ledger"
        path.write_bytes(content)
        try:
            return not verify(path, mark).closed
        except UserError as error:
            assert "\n" not in str(error)
            return True


def test_an_account_says_what_was_consumed(written: Path) -> None:
    account = verify(written)
    (stage,) = account.stages
    assert (stage.batches, stage.tokens, stage.trained, stage.closed) == (12, 102, 66, True)
    assert account.state.total_tokens == 102 and account.closed
    assert (stage.model, stage.weights) == ("m", "weights")


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_any_changed_byte_is_found(written: Path, data: st.DataObject) -> None:
    content = bytearray(written.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != content[place]))
    assert broken_by(bytes(content))


@settings(deadline=None)
@given(st.data())
def test_any_piece_cut_out_or_put_in_is_found(written: Path, data: st.DataObject) -> None:
    content = written.read_bytes()
    begin = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(begin + 1, len(content)))
    assert broken_by(content[:begin] + content[end:])
    assert broken_by(content[:begin] + data.draw(st.binary(min_size=1, max_size=20)) + content[begin:])


@settings(deadline=None)
@given(st.permutations(range(14)).filter(lambda order: order != list(range(14))))
def test_any_reordering_is_found(written: Path, order: list[int]) -> None:
    lines = written.read_bytes().splitlines(keepends=True)
    assert broken_by(b"".join(lines[place] for place in order))


def test_a_ledger_written_anew_does_not_contain_the_published_head(written: Path, tmp_path: Path) -> None:
    mark = verify(written).state.mark
    with Ledger.start(tmp_path / "forged", OPENING) as ledger:
        count(ledger, BATCHES[:-1])
        ledger.close("weights")
    assert verify(tmp_path / "forged").closed
    with pytest.raises(UserError, match="another ledger"):
        verify(tmp_path / "forged", mark)


def test_whole_lines_cut_off_the_end_show_as_a_stage_that_was_not_closed(written: Path, copy: Path) -> None:
    copy.write_bytes(b"".join(written.read_bytes().splitlines(keepends=True)[:5]))
    assert not verify(copy).closed


@settings(max_examples=60, deadline=None)
@given(
    checkpoints=st.sets(st.integers(0, 12)),
    kills=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 30)), max_size=6),
)
def test_killed_anywhere_and_resumed_it_is_the_same_file(
    written: Path, checkpoints: set[int], kills: list[tuple[int, int]]
) -> None:
    """A kill is the loss of all after some batch, of anything not in a checkpoint, and a line torn within."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.ledger"
        saved: tuple[int, Mark] | None = None
        for stop, torn in [*kills, (12, 0)]:
            ledger = Ledger.start(path, OPENING) if saved is None else Ledger.resume(path, saved[1])
            begin = 0 if saved is None else saved[0]
            for number in range(begin, max(begin, stop)):
                mark = count(ledger, [BATCHES[number]])
                if number in checkpoints:
                    saved = (number + 1, mark)
            if (stop, torn) == (12, 0):
                ledger.close("weights")
                break
            ledger.release()
            with path.open("ab") as file:
                file.write(written.read_bytes().splitlines(keepends=True)[5][:torn])
        assert path.read_bytes() == written.read_bytes()


def test_another_batch_than_the_one_counted_before_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.ledger"
    with Ledger.start(path, OPENING) as ledger:
        mark = count(ledger, BATCHES[:2])
        count(ledger, BATCHES[2:4])
    with Ledger.resume(path, mark) as ledger:
        count(ledger, BATCHES[2:3])
        with pytest.raises(UserError, match="comes out otherwise"):
            count(ledger, BATCHES[5:6])
    assert verify(path).state.entries == 5


def test_a_run_that_draws_new_batches_keeps_what_was_counted(tmp_path: Path) -> None:
    path = tmp_path / "run.ledger"
    with Ledger.start(path, OPENING) as ledger:
        mark = count(ledger, BATCHES[:2])
        before = count(ledger, BATCHES[2:4]) and ledger.total_tokens
    with Ledger.resume(path, mark, replay="again") as ledger:
        assert ledger.total_tokens == before
        count(ledger, BATCHES[5:6])
    with Ledger.start(path, OPENING, replay="again") as ledger:
        count(ledger, BATCHES[6:7])
        ledger.close()
    (stage,) = verify(path).stages
    assert (stage.restarts, stage.tokens) == (2, 3 + 4 + 5 + 6 + 8 + 9)


def test_the_budget_stops_before_it_is_passed(tmp_path: Path) -> None:
    path = tmp_path / "run.ledger"
    with Ledger.start(path, OPENING.model_copy(update={"budget_tokens": 10})) as ledger:
        ledger.count(tokens=6, trained=1, digest="a")
        with pytest.raises(BudgetExceeded):
            ledger.count(tokens=5, trained=1, digest="b")
        ledger.count(tokens=4, trained=1, digest="c")
        assert ledger.left_tokens == 0
        ledger.close()
    with pytest.raises(UserError, match="10 tokens already"):
        Ledger.start(path, OPENING.model_copy(update={"stage": "dpo", "budget_tokens": 9}))
    with Ledger.start(path, OPENING.model_copy(update={"stage": "dpo", "budget_tokens": 20})) as ledger:
        assert ledger.left_tokens == 10
        ledger.close()
    assert [stage.name for stage in verify(path).stages] == ["sft", "dpo"]


def test_what_a_user_may_get_wrong_is_one_sentence(written: Path, copy: Path, tmp_path: Path) -> None:
    head = Mark(entries=99, head="f" * 64)
    calls = {
        "trains nothing": lambda: Ledger.start(tmp_path / "a", OPENING.model_copy(update={"budget_tokens": 0})),
        "cannot be read": lambda: verify(tmp_path / "missing"),
        "is empty": lambda: verify(Path("/dev/null")),
        "last stage is closed": lambda: Ledger.resume(copy, verify(copy).state.mark),
        "another ledger or cut": lambda: Ledger.resume(copy, head),
        "check the path": lambda: Ledger.resume(tmp_path / "nowhere", head),
    }
    for complaint, call in calls.items():
        with pytest.raises(UserError, match=complaint) as caught:
            call()
        assert "\n" not in str(caught.value)


def test_an_open_stage_is_not_begun_in_other_words_nor_by_two(tmp_path: Path) -> None:
    path = tmp_path / "run.ledger"
    with Ledger.start(path, OPENING), pytest.raises(UserError, match="Another run"):
        Ledger.start(path, OPENING)
    with pytest.raises(UserError, match="was not ended"):
        Ledger.start(path, OPENING.model_copy(update={"config": "other"}))


def test_a_batchs_fingerprint_knows_order_and_boundaries() -> None:
    batches = [[[1, 2], [3]], [[1], [2, 3]], [[3], [1, 2]], [[1, 2, 3]], [[1, 2], [3], []], [[1, 2], [-3]]]
    assert len({batch_digest(batch) for batch in batches}) == len(batches)


TRAINING = """
import sys
from pathlib import Path
from trainer.ledger import Ledger, Mark, Opening, batch_digest

path, saved = Path(sys.argv[1]), Path(sys.argv[2])
opening = Opening(stage="sft", budget_tokens=10**9)
if saved.exists():
    at, _, mark = saved.read_text().partition(" ")
    at, ledger = int(at), Ledger.resume(path, Mark.model_validate_json(mark))
else:
    at, ledger = 0, Ledger.start(path, opening)
print("going", flush=True)
for step in range(at, 800):
    mark = ledger.count(tokens=step + 1, trained=step, digest=batch_digest([[step]]))
    if step % 37 == 0:
        scratch = saved.with_suffix(".new")
        scratch.write_text(f"{step + 1} {mark.model_dump_json()}")
        scratch.replace(saved)
ledger.close()
"""


def trained(folder: Path, name: str) -> list[str]:
    (folder / "training.py").write_text(TRAINING)
    return [sys.executable, str(folder / "training.py"), str(folder / name), str(folder / f"{name}.mark")]


@pytest.mark.slow
def test_killed_at_ten_instants_the_head_is_that_of_an_unbroken_run(tmp_path: Path) -> None:
    subprocess.run(trained(tmp_path, "whole"), check=True)
    rng = random.Random(5)
    kills = 0
    for _ in range(10):
        with subprocess.Popen(trained(tmp_path, "broken"), stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.random() * 0.03)
            process.send_signal(signal.SIGKILL)
        kills += process.returncode == -signal.SIGKILL
        if process.returncode == 0:
            break
    assert kills >= 3
    if not verify(tmp_path / "broken").closed:
        subprocess.run(trained(tmp_path, "broken"), check=True)
    assert (tmp_path / "broken").read_bytes() == (tmp_path / "whole").read_bytes()
    assert verify(tmp_path / "broken").state.total_tokens == sum(range(801))
