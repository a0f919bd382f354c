"""Rollouts whose levels are drawn: by what was won so far, and alike after any kill."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.errors import UserError
from trainer.curriculum import CurriculumSpec
from trainer.executor import Executor, InlineExecutor, ProcessExecutor
from trainer.rollout import Progress, rollout
from trainer.rollout_curriculum import rounds
from trainer.rollout_plan import Job, PlayerSpec, RolloutPlan, episodes
from trainer.store import TrajectoryStore

Ends = Callable[[Job], str]


def plan(*games: str, count: int = 12, kind: str = "signal", **changes: object) -> RolloutPlan:
    spec = CurriculumSpec.model_validate({"kind": kind})
    fields = {"games": games, "count": count, "seed": 4, "drawn_together": 4, "traces": False, **changes}
    return RolloutPlan.model_validate(
        {**fields, "curriculum": spec, "learner": PlayerSpec(kind="demonstrator")}
    ).checked()


def by_level(job: Job) -> str:
    """A player who always wins the first level, wins every other game of the second and none of the third."""
    easy = {"common": True, "familiar": job.id.index % 2 == 0}
    return "won" if easy.get(job.id.level, False) else "lost"


def drawn(wanted: RolloutPlan, ends: Ends, known: dict[str, str] | None = None, most: int = 10_000) -> list[str]:
    """Ids of all draws, in their order, while what is left is played; ends after `most` episodes, as if killed."""
    known = {} if known is None else known
    found: list[str] = []
    played = 0
    for jobs, waiting in rounds(wanted, lambda: known):
        found += [str(job.id) for job in jobs]
        for job in reversed(waiting):  # in whatever order they end
            if played == most:
                return found
            known[str(job.id)] = ends(job)
            played += 1
    return found


def test_a_plan_is_drawn_in_full_and_no_instance_twice() -> None:
    for kind in ("uniform", "signal"):
        wanted = plan("taboo", "wordle", count=9, kind=kind, attempts=2)
        found = drawn(wanted, by_level)
        assert len(found) == len(set(found)) == episodes(wanted) == 36


def test_levels_in_the_balance_are_drawn_more_than_by_the_baseline() -> None:
    def shares(kind: str) -> Counter[str]:
        return Counter(name.split("/")[1] for name in drawn(plan("taboo", count=120, kind=kind), by_level))

    uniform, signal = shares("uniform"), shares("signal")
    assert signal["familiar"] > uniform["familiar"] + 10
    assert signal["familiar"] > max(signal["common"], signal["rare"])


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(kills=st.lists(st.integers(0, 9), max_size=4))
def test_a_killed_rollout_draws_what_an_unbroken_one_draws(kills: list[int]) -> None:
    wanted = plan("taboo", "wordle", count=8)
    unbroken: dict[str, str] = {}
    order = drawn(wanted, by_level, unbroken)
    known: dict[str, str] = {}
    for most in kills:
        drawn(wanted, by_level, known, most)
    assert drawn(wanted, by_level, known) == order
    assert known == unbroken


def test_what_broke_is_played_again_unless_the_rollout_went_on_without_it() -> None:
    wanted = plan("taboo", count=12)
    known: dict[str, str] = {}
    first, _ = next(rounds(wanted, lambda: {}))

    def breaking(job: Job) -> str:
        return "broken" if job == first[0] else by_level(job)

    drawn(wanted, breaking, known, most=4)
    assert next(rounds(wanted, lambda: known))[1] == [first[0]]
    order = drawn(wanted, breaking, known)
    left = [waiting for _, waiting in rounds(wanted, lambda: known)]
    assert left == [[], [], []]
    assert drawn(wanted, by_level, known) == order


class Killed(Exception):
    """Stands for a kill."""


def played(wanted: RolloutPlan, folder: Path, executor: Executor, batch: int, most: int | None = None) -> Progress:
    def listen(progress: Progress) -> None:
        if most is not None and progress.last is not None and progress.done >= most:
            raise Killed

    with TrajectoryStore.open(folder) as store:
        return rollout(wanted, store, executor, batch=batch, listen=listen)


def held(folder: Path) -> dict[str, str]:
    with TrajectoryStore.join(folder) as store:
        return store.outcomes("demonstrator")


def test_stores_are_alike_after_kills_and_with_several_workers(tmp_path: Path) -> None:
    wanted = plan("codenames", "wordle", count=6)
    whole = played(wanted, tmp_path / "whole", InlineExecutor(), 4)
    assert (whole.done, whole.total, whole.broken) == (12, 12, 0)
    for most in (2, 7, 11):
        with pytest.raises(Killed):
            played(wanted, tmp_path / "killed", InlineExecutor(), 3, most)
    again = played(wanted, tmp_path / "killed", InlineExecutor(), 3)
    assert (again.done, again.total) == (12, 12)
    assert played(wanted, tmp_path / "killed", InlineExecutor(), 3).last is None
    shared = played(wanted, tmp_path / "shared", ProcessExecutor(workers=2), 1)
    assert shared.done == 12
    assert held(tmp_path / "whole") == held(tmp_path / "killed") == held(tmp_path / "shared")


def test_the_command_line_knows_two_curricula() -> None:
    from ludens.rollout import curriculum

    assert curriculum("") is None
    assert curriculum("signal") == CurriculumSpec(kind="signal")
    with pytest.raises(UserError, match="choose uniform or signal"):
        curriculum("random")
