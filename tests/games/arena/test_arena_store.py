import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from write_episodes import episode

from games.arena import EpisodeStore, Status
from games.errors import UserError

FIXTURE = Path(__file__).parent / "fixture"
CONFIG = {"model": "toy", "agent": {"memory": True}}


def opened(folder, **changes):
    return EpisodeStore.open(folder, **{"config": CONFIG, "seed": 1, **changes})


def write(folder, *arguments):
    command = [sys.executable, str(FIXTURE / "write_episodes.py"), str(folder), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_an_episode_comes_back_as_it_was_saved(tmp_path):
    saved = replace(
        episode("bare", 3), interactions={"turns": [["héé\ud83d", None]]}, scores={"a": None}, traceback="", started="t"
    )
    with opened(tmp_path) as store:
        assert store.save(saved)
        assert list(store.episodes()) == [saved]
        assert store.outcomes() == [saved.outcome]
        assert store.finished("made_up", "bare") == {("only", 3): (saved.outcome, "same")}


def test_a_finished_episode_is_never_replaced_and_an_error_always(tmp_path):
    good = episode("bare", 0, quality=10.0)
    outcome = replace(good.outcome, status=Status.ERROR, success=None, quality=None, error="it broke")
    broken = replace(good, outcome=outcome, traceback="Traceback …")
    with opened(tmp_path) as store:
        assert store.save(broken)
        assert store.finished("made_up", "bare") == {}
        assert store.save(good)
        assert not store.save(episode("bare", 0, quality=99.0))
        assert not store.save(broken)
        assert store.outcomes() == [good.outcome]


def test_a_run_continues_under_the_same_configuration(tmp_path):
    with opened(tmp_path, versions={"clemcore": "1"}) as store:
        store.save(episode("bare", 0))
    with opened(tmp_path, versions={"clemcore": "2"}) as store:
        assert len(store.outcomes()) == 1
        assert store.configuration()["versions"] == {"clemcore": "2"}
        assert store.configuration()["config"] == CONFIG


def test_another_configuration_is_refused_and_named(tmp_path):
    with opened(tmp_path) as store:
        store.save(episode("bare", 0))
    with pytest.raises(UserError, match='model: "toy" there, "other" here; seed: 1 there, 2 here'):
        opened(tmp_path, config={**CONFIG, "model": "other"}, seed=2)
    with opened(tmp_path) as store:
        assert len(store.outcomes()) == 1


def test_two_runs_do_not_share_a_folder_but_helpers_and_readers_do(tmp_path):
    with opened(tmp_path) as store:
        with pytest.raises(UserError, match=r"Another run \(process \d+\) is using"):
            opened(tmp_path)
        with EpisodeStore.join(tmp_path) as helper:
            helper.save(episode("bare", 0))
        assert len(store.outcomes()) == 1
    opened(tmp_path).close()


def test_a_failed_start_gives_the_folder_back(tmp_path):
    opened(tmp_path).close()
    for _ in range(2):
        with pytest.raises(UserError, match="another configuration"):
            opened(tmp_path, seed=7)


def test_there_is_nothing_to_join_in_an_empty_folder(tmp_path):
    with pytest.raises(UserError, match="does not exist; play something"):
        EpisodeStore.join(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot be made"):
        opened(tmp_path / "file")


def damage_header(file):
    file.write_bytes(b"not a database at all, but long enough to look" * 100)


def damage_middle(file):
    content = bytearray(file.read_bytes())
    content[5000:9000] = b"\xff" * 4000
    file.write_bytes(content)


def damage_end(file):
    file.write_bytes(file.read_bytes()[:-6000])


@pytest.mark.parametrize("damage", [damage_header, damage_middle, damage_end])
def test_a_damaged_database_is_named_and_left_alone(tmp_path, damage):
    with opened(tmp_path) as store:
        for number in range(20):
            store.save(episode("bare", number, padding=2000))
    file = tmp_path / "episodes.sqlite"
    damage(file)
    before = file.read_bytes()
    with pytest.raises(UserError, match=r"episodes\.sqlite is damaged .* left as it is"):
        opened(tmp_path)
    assert file.read_bytes() == before


def test_damage_met_later_is_named_too(tmp_path):
    with opened(tmp_path) as store:
        for number in range(20):
            store.save(episode("bare", number, padding=2000))
    damage_middle(tmp_path / "episodes.sqlite")
    with pytest.raises(UserError, match="is damaged"), EpisodeStore.join(tmp_path) as store:
        list(store.episodes())


def test_somebody_elses_database_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / "episodes.sqlite") as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(UserError, match="is no episode database"):
        opened(tmp_path)


def test_a_database_of_another_version_is_refused(tmp_path):
    opened(tmp_path).close()
    with sqlite3.connect(tmp_path / "episodes.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(UserError, match="has format 99"):
        opened(tmp_path)


def test_an_empty_database_file_is_a_new_one(tmp_path):
    (tmp_path / "episodes.sqlite").touch()  # what a kill at the first instant leaves behind
    with opened(tmp_path) as store:
        assert store.outcomes() == []


def test_eight_writers_meet_no_lock(tmp_path):
    with opened(tmp_path) as store:
        writers = [write(tmp_path, f"writer {number}", 50) for number in range(8)]
        answers = [writer.communicate() for writer in writers]
        assert [(writer.returncode, *answer) for writer, answer in zip(writers, answers, strict=True)] == [
            (0, "50\n", "")
        ] * 8
        outcomes = store.outcomes()
    assert len({outcome.key for outcome in outcomes}) == len(outcomes) == 8 * 50 + 1


def test_a_kill_in_the_midst_of_writing_loses_no_stored_episode(tmp_path):
    opened(tmp_path).close()
    known = []
    for number in range(4):
        writer = write(tmp_path, f"writer {number}", 1_000_000)
        with EpisodeStore.join(tmp_path) as reader:
            while len(reader.finished("made_up", f"writer {number}")) < 20:
                assert writer.poll() is None
            known += reader.outcomes()[-1:]
        writer.kill()
        writer.communicate()
        with opened(tmp_path) as store:  # examines the file as a whole
            stored = store.finished("made_up", f"writer {number}")
            assert sorted(stored) == [("only", each) for each in range(len(stored))]
            assert len(stored) >= 20
            assert set(known) <= set(store.outcomes())


def test_a_full_disk_is_named_and_earlier_episodes_are_intact(tmp_path):
    with opened(tmp_path) as store:
        store.save(episode("before", 0))
    writer = write(tmp_path, "many", 100, 400_000)
    out, err = writer.communicate()
    assert writer.returncode == 2
    assert "make room on the disk" in err and len(err.strip().splitlines()) == 1
    stored = int(out)
    assert 0 < stored < 100
    with opened(tmp_path) as store:  # room again: the same run goes on
        assert len(store.outcomes()) == stored + 1
        assert store.save(episode("many", stored, padding=20_000))
        assert len(list(store.episodes())) == stored + 2
