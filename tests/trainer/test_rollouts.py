"""Rollouts: what is stored is what was said, nothing is played twice, and nothing is lost."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent.agent import Agent
from agent.decision import Decision
from agent.errors import UserError
from agent.models.scripted import ScriptedModel
from agent.trace import Drafted, Rejected, Trace
from trainer.executor import InlineExecutor, ProcessExecutor, WorkerFailed
from trainer.rollout import Progress, rollout
from trainer.rollout_plan import PlayerSpec, RolloutPlan, chunks, jobs, jobs_at
from trainer.rollout_play import Broken, Demonstrator, Expert, Running, Seated, drafts_of
from trainer.samples import ChatMessage, Trajectory
from trainer.store import TrajectoryStore

EXPERT = PlayerSpec(kind="expert")


def plan(*games: str, count: int = 3, **changes: Any) -> RolloutPlan:
    return RolloutPlan(games=games, count=count, seed=5, learner=EXPERT, **changes).checked()


def played(games: RolloutPlan) -> list[Trajectory]:
    found = list(Seated(plan=games, players=[Expert()])(jobs(games)))
    assert all(isinstance(one, Trajectory) for one in found), found
    return [one for one in found if isinstance(one, Trajectory)]


# --- plans ---------------------------------------------------------------------------------------------------


def test_any_beginning_of_a_plan_is_balanced_over_games_and_levels() -> None:
    wanted = jobs(plan("taboo", "wordle", "map", count=6))
    assert len(wanted) == 18
    assert [job.id.game for job in wanted[:6]] == ["taboo", "wordle", "map"] * 2
    levels = [job.id.level for job in wanted if job.id.game == "taboo"]
    assert len(set(levels[:3])) == 3 and levels[:3] == levels[3:]
    assert len({str(job.id) for job in wanted}) == 18


def test_a_longer_plan_begins_with_the_same_instances() -> None:
    few = {str(job.id): job.row for job in jobs(plan("taboo", "codenames", count=4))}
    many = {str(job.id): job.row for job in jobs(plan("taboo", "codenames", count=9))}
    assert few.items() <= many.items()


def test_a_curriculum_draws_a_new_instance_for_every_number() -> None:
    asked = plan("taboo", attempts=2)
    (one, again), (other, _) = (jobs_at(asked, [("taboo", "familiar", number)]) for number in (0, 1))
    assert one.row == again.row != other.row
    assert (one.id.attempt, again.id.attempt) == (0, 1) and one.id.level == "familiar"
    assert one in jobs(asked) and again in jobs(asked)
    assert jobs_at(asked, [("taboo", "familiar", 1)])[0] == other


def test_partners_take_turns_with_the_roles() -> None:
    shared = jobs(plan("taboo", "wordle", count=4, partner=EXPERT))
    assert {job.learner_roles for job in shared if job.id.game == "taboo"} == {(0,), (1,)}
    assert {job.learner_roles for job in shared if job.id.game == "wordle"} == {(0,)}


def test_handfuls_hold_one_game_and_lose_nothing() -> None:
    wanted = jobs(plan("taboo", "wordle", count=5))
    handfuls = chunks(wanted, 2)
    assert sorted(str(job.id) for handful in handfuls for job in handful) == sorted(str(job.id) for job in wanted)
    assert all(len({job.id.game for job in handful}) == 1 and len(handful) <= 2 for handful in handfuls)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [({"count": 0}, "no episodes"), ({"attempts": 0}, "no episodes"), ({"split": "test"}, "measuring only")],
)
def test_a_plan_without_episodes_or_of_the_test_split_is_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        RolloutPlan(**{"count": 1, **changes}).checked()


# --- playing -------------------------------------------------------------------------------------------------


def test_experts_win_and_every_transcript_ends_with_what_is_answered() -> None:
    for trajectory in played(plan("taboo", "privateshared", "referencegame", "imagegame", "matchit", count=2)):
        assert trajectory.outcome == "won" and trajectory.quality == 100.0
        for index, turn in enumerate(trajectory.turns):
            chat = trajectory.transcript(index)
            assert chat[-1] == turn.heard[-1] and chat[-1].role == "user"
            assert chat[0].role == "user" and len(chat) % 2 == 1
        assert sum(turn.reward() for turn in trajectory.turns) > 0


def test_a_demonstrator_says_what_its_role_can_know() -> None:
    games = plan("wordle", "map_room", count=6)
    found = list(Seated(plan=games, players=[Demonstrator()])(jobs(games)))
    trajectories = [one for one in found if isinstance(one, Trajectory)]
    assert len(trajectories) == 12 and any(one.outcome == "won" for one in trajectories)
    assert {turn.player for one in trajectories for turn in one.turns} == {"demonstrator"}
    assert [turn.reply for one in trajectories for turn in one.turns] != [
        turn.reply for one in played(games) for turn in one.turns
    ]


def test_a_transcript_is_what_the_player_was_given() -> None:
    given: list[list[ChatMessage]] = []

    class Listening(Expert):
        def replies(self, games: Any) -> list[Decision]:
            for game in games:
                given.append([ChatMessage(role=one.role, content=one.content) for one in game.transcript()])
            return super().replies(games)

    games = plan("privateshared", count=1)
    (trajectory,) = Seated(plan=games, players=[Listening()])(jobs(games))
    assert isinstance(trajectory, Trajectory)
    assert [list(trajectory.transcript(index)) for index in range(len(trajectory.turns))] == given
    assert any(
        turn.keeps < len(trajectory.transcript(index - 1)) + 1 for index, turn in enumerate(trajectory.turns) if index
    )


def test_a_game_is_played_alike_alone_and_side_by_side() -> None:
    games = plan("map", "guesswhat", count=4)
    seated = Seated(plan=games, players=[Expert()])
    alone = {str(one.id): one for job in jobs(games) for one in seated([job])}
    assert {str(one.id): one for one in seated(jobs(games))} == alone


def test_an_exception_breaks_its_own_episode_and_is_never_an_outcome() -> None:
    class Fragile(Expert):
        def replies(self, games: Any) -> list[Decision]:
            if any(game.job.id.index == 1 for game in games):
                raise RuntimeError("the weights\nmelted")
            return super().replies(games)

    games = plan("wordle", count=3, traces=False)
    everything = [job for job in jobs(games.model_copy(update={"count": 6})) if job.id.level == "common"]
    found = list(Seated(plan=games, players=[Fragile()])(everything or jobs(games)))
    broken = [one for one in found if isinstance(one, Broken)]
    assert {one.id.index for one in broken} <= {1}
    assert all(one.error == "RuntimeError: the weights melted" for one in broken)


def test_rejected_drafts_are_kept_with_who_wrote_them() -> None:
    events = (
        Drafted(at_ms=1, text="apple", source="model"),
        Rejected(at_ms=2, text="apple", violations=("word: no",)),
        Rejected(at_ms=3, text="form", violations=()),
    )
    first, second = drafts_of(Trace(events=events))
    assert (first.text, first.written, first.violations) == ("apple", True, ("word: no",))
    assert not second.written


def test_ludens_around_a_model_that_talks_rubbish_keeps_its_traces() -> None:
    games = plan("referencegame", count=1)
    agent = Agent(ScriptedModel(["rubbish"] * 50))

    class Wrapped:
        name = "ludens"

        def replies(self, games: list[Running]) -> list[Decision]:
            return agent.act_batch([game.transcript() for game in games])

    (trajectory,) = Seated(plan=games, players=[Wrapped()])(jobs(games))
    assert isinstance(trajectory, Trajectory)
    assert all(turn.trace is not None and turn.trace.events for turn in trajectory.turns)
    assert Trajectory.model_validate_json(trajectory.model_dump_json()) == trajectory


# --- the store -----------------------------------------------------------------------------------------------


def test_a_store_gives_back_what_was_played_in_a_fixed_order(tmp_path: Path) -> None:
    trajectories = played(plan("taboo", "wordle", count=3))
    with TrajectoryStore.open(tmp_path) as store:
        store.introduce("expert", {"kind": "expert"})
        for trajectory in reversed(trajectories):
            store.save(trajectory)
            store.save(trajectory)
    with TrajectoryStore.join(tmp_path) as store:
        assert list(store.trajectories()) == sorted(trajectories, key=lambda one: str(one.id))
        assert [tally.won for tally in store.tallies()] == [3, 3]
        assert {one.id.game for one in store.trajectories(game="taboo")} == {"taboo"}


def test_broken_episodes_are_shown_and_played_again(tmp_path: Path) -> None:
    (trajectory,) = played(plan("taboo", count=1))
    with TrajectoryStore.open(tmp_path) as store:
        store.introduce("expert", {})
        store.save_broken(trajectory.id, "it broke")
        assert store.finished() == set() and list(store.trajectories()) == []
        assert store.errors() == [(str(trajectory.id), "it broke")]
        store.save(trajectory)
        store.save_broken(trajectory.id, "never mind")
        assert store.errors() == [] and store.finished() == {str(trajectory.id)}


def test_a_folder_that_is_no_store_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no trajectories"):
        TrajectoryStore.join(tmp_path)
    (tmp_path / "trajectories.sqlite").write_bytes(b"something else" * 100)
    with pytest.raises(Exception, match="damaged"):
        TrajectoryStore.open(tmp_path)
    with TrajectoryStore.open(tmp_path / "taken") as store:
        store.introduce("ludens", {"model": "a"})
        with pytest.raises(UserError, match="another player"):
            store.introduce("ludens", {"model": "b"})


# --- executors -----------------------------------------------------------------------------------------------


@contextmanager
def doubling() -> Iterator[Any]:
    def answer(task: int) -> Iterator[tuple[int, int]]:
        if task == 13:
            raise UserError("thirteen is not for playing")
        if task == 99:
            os.kill(os.getpid(), signal.SIGKILL)
        if task == 50:
            raise ValueError("fifty")
        yield (task, os.getpid())
        yield (2 * task, os.getpid())

    yield answer


def test_processes_give_what_one_process_gives() -> None:
    tasks = list(range(1, 12))
    here = list(InlineExecutor().run(doubling, tasks))
    there = list(ProcessExecutor(workers=2).run(doubling, tasks))
    assert sorted(value for value, _ in here) == sorted(value for value, _ in there)
    assert os.getpid() not in {process for _, process in there}


@pytest.mark.parametrize(("task", "error"), [(13, UserError), (50, WorkerFailed), (99, WorkerFailed)])
def test_a_worker_that_fails_is_heard(task: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        list(ProcessExecutor(workers=1).run(doubling, [1, task]))


# --- rollouts ------------------------------------------------------------------------------------------------


def test_a_rollout_plays_only_what_is_missing(tmp_path: Path) -> None:
    seen: list[Progress] = []
    with TrajectoryStore.open(tmp_path) as store:
        rollout(plan("taboo", "wordle", count=2), store, InlineExecutor(), listen=seen.append)
        assert (seen[0].done, seen[-1].done, seen[-1].total) == (0, 4, 4)
        again = rollout(plan("taboo", "wordle", count=2), store, InlineExecutor())
        assert again.last is None and again.done == 4
        more = rollout(plan("taboo", "wordle", count=3), store, InlineExecutor())
        assert more.done == 6 and len(store.finished()) == 6


@pytest.mark.slow
def test_a_rollout_that_is_killed_goes_on_where_it_was(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "ludens", "rollout", "--out", str(tmp_path / "store"), "--player", "expert"]
    command += ["--games", "adventure,map", "--count", "60", "--workers", "2", "--batch", "2", "--json"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.05)
            with contextlib.suppress(UserError), TrajectoryStore.join(tmp_path / "store") as store:
                if len(store.finished()) > 5:
                    break
        process.send_signal(signal.SIGKILL)
    with TrajectoryStore.join(tmp_path / "store") as store:
        before = store.finished()
        assert before and all(trajectory.turns for trajectory in store.trajectories())
    done = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert (done["episodes"], done["broken"]) == (120, 0)
    with TrajectoryStore.join(tmp_path / "store") as store:
        assert before <= store.finished() and len(store.finished()) == 120


@pytest.mark.model
def test_a_small_model_and_an_expert_share_an_episode(tmp_path: Path) -> None:
    shared = RolloutPlan(
        games=("referencegame",), count=2, seed=5, learner=PlayerSpec(kind="bare"), partner=EXPERT
    ).checked()
    with TrajectoryStore.open(tmp_path) as store:
        assert rollout(shared, store, InlineExecutor(), batch=2).broken == 0
        found = list(store.trajectories(label="bare+expert"))
    assert len(found) == 2
    for trajectory in found:
        players = {turn.role: turn.player for turn in trajectory.turns}
        assert set(players.values()) <= {"bare", "expert"}
        assert trajectory.outcome != "aborted" or trajectory.ended_by in players
    assert any(turn.generated_tokens for one in found for turn in one.turns if turn.player == "bare")
