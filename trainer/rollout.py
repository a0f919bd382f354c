"""Rollouts: plays what a plan asks for and is not in the store yet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain

from trainer.executor import Executor
from trainer.rollout_curriculum import rounds
from trainer.rollout_plan import Job, RolloutPlan, chunks, episodes, jobs
from trainer.rollout_play import Broken, Played, Table
from trainer.samples import EpisodeId
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
    wanted = _Wanted(plan, store)
    tasks = wanted.handfuls(batch)
    first = next(tasks, None)
    progress = Progress(total=episodes(plan), done=wanted.done, broken=0)
    notify(progress)
    if first is None:
        return progress
    for played in executor.run(Table(plan=plan), chain([first], tasks)):
        broken = isinstance(played, Broken)
        if broken:
            store.save_broken(played.id, played.error)
        else:
            store.save(played)
        wanted.ended(played.id, broken=broken)
        progress = replace(progress, done=wanted.done, broken=progress.broken + broken, last=played)
        notify(progress)
    return replace(progress, done=wanted.done)


class _Wanted:
    """What is left to play, known better as the rollout goes on.

    Attributes:
        done: episodes of the plan that have an end, as far as it is drawn.
    """

    def __init__(self, plan: RolloutPlan, store: TrajectoryStore) -> None:
        self.done = 0
        self._ended: set[str] = set()
        self._plan = plan
        self._store = store

    def ended(self, episode: EpisodeId, *, broken: bool) -> None:
        """Notes that an episode came back and lies in the store."""
        self._ended.add(str(episode))
        self.done += not broken

    def handfuls(self, size: int) -> Iterator[tuple[Job, ...] | None]:
        """Handfuls of what is left; None as long as the next ones hinge on episodes that are being played."""
        if self._plan.curriculum is None:
            finished, all_jobs = self._store.finished(), jobs(self._plan)
            waiting = [job for job in all_jobs if str(job.id) not in finished]
            self.done += len(all_jobs) - len(waiting)
            yield from chunks(waiting, size)
            return
        outcomes = partial(self._store.outcomes, self._plan.label)
        for drawn, waiting in rounds(self._plan, outcomes):
            known = outcomes()
            self.done += sum(known.get(str(job.id), "broken") != "broken" for job in drawn)
            yield from chunks(waiting, size)
            while not self._ended.issuperset(str(job.id) for job in waiting):
                yield None
