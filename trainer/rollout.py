"""Rollouts: plays what a plan asks for and is not in the store yet."""

from collections.abc import Callable
from dataclasses import dataclass

from trainer.executor import Executor
from trainer.rollout_plan import RolloutPlan, chunks, jobs
from trainer.rollout_play import Broken, Played, Table
from trainer.store import TrajectoryStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a rollout is.

    Attributes:
        total: episodes the plan asks for.
        done: those that have an end.
        broken: those of this run that failed.
        last: the newest one; None before the first.
    """

    total: int
    done: int
    broken: int
    last: Played | None = None


Listener = Callable[[Progress], None]


def rollout(
    plan: RolloutPlan, store: TrajectoryStore, executor: Executor, *, batch: int = 4, listen: Listener | None = None
) -> Progress:
    """Plays the rest of a plan into a store.

    Args:
        plan: what to play.
        store: where trajectories go; what it holds is not played again.
        executor: where to play.
        batch: episodes side by side in each worker.
        listen: told after every episode.

    Raises:
        UserError: the plan asks for nothing playable, its label is taken, or a model cannot be loaded.
    """
    notify = listen or (lambda progress: None)
    plan = plan.checked()
    store.introduce(plan.label, plan.described())
    wanted = jobs(plan)
    finished = store.finished()
    waiting = [job for job in wanted if str(job.id) not in finished]
    progress = Progress(total=len(wanted), done=len(wanted) - len(waiting), broken=0)
    notify(progress)
    if not waiting:
        return progress
    for played in executor.run(Table(plan=plan), chunks(waiting, batch)):
        broken = isinstance(played, Broken)
        if broken:
            store.save_broken(played.id, played.error)
        else:
            store.save(played)
        progress = Progress(
            total=progress.total, done=progress.done + (not broken), broken=progress.broken + broken, last=played
        )
        notify(progress)
    return progress
