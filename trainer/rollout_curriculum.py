"""Rounds of a rollout whose instances a curriculum draws: each round is drawn on the ends of all rounds before.

All that the curriculum knows is read off the store, in the order of the draws and not in that of the answers. So a
rollout that was killed, or is played by other numbers of workers, draws what an unbroken one draws.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from trainer.curriculum import Curriculum, curriculum_of
from trainer.rollout_plan import Job, RolloutPlan, jobs_at

Outcomes = Callable[[], Mapping[str, str]]
"""Gives how the stored episodes ended, by id."""


def rounds(plan: RolloutPlan, outcomes: Outcomes) -> Iterator[tuple[list[Job], list[Job]]]:
    """Round by round what was drawn, and what of it is left to play.

    Every episode of a round must have an end, or have broken, before the next round is asked for. An episode that
    broke says nothing about the player. It is played again by a later run, unless the rollout went on without it.

    Args:
        plan: a checked plan that names a curriculum.
        outcomes: how the stored episodes of the plan's label ended.

    Raises:
        UserError: there is nothing to draw from.
    """
    assert plan.curriculum is not None
    now = curriculum_of(plan.curriculum, plan.games, seed=plan.seed)
    total = len(plan.games) * plan.count
    while now.draws < total:
        jobs, now = _drawn(plan, now, total)
        known = outcomes()
        waiting = [job for job in jobs if known.get(str(job.id), "broken") == "broken"]
        if waiting and _went_on(plan, noted(now, jobs, known), waiting, known):
            waiting = []
        yield jobs, waiting
        now = noted(now, jobs, outcomes())


def noted(curriculum: Curriculum, jobs: Sequence[Job], known: Mapping[str, str]) -> Curriculum:
    """The curriculum with the ends of some episodes known; a win is a success."""
    for job in jobs:
        outcome = known.get(str(job.id), "broken")
        if outcome != "broken":
            curriculum = curriculum.noting((job.id.game, job.id.level), outcome == "won")
    return curriculum


def _drawn(plan: RolloutPlan, now: Curriculum, total: int) -> tuple[list[Job], Curriculum]:
    """The episodes of the next round."""
    places, later = now.choose(min(plan.drawn_together, total - now.draws))
    return jobs_at(plan, places), later


def _went_on(plan: RolloutPlan, later: Curriculum, waiting: Sequence[Job], known: Mapping[str, str]) -> bool:
    """Whether all that is missing of a round broke, and the round after it was begun nevertheless."""
    total = len(plan.games) * plan.count
    if any(str(job.id) not in known for job in waiting) or later.draws >= total:
        return False
    following, _ = _drawn(plan, later, total)
    return any(known.get(str(job.id), "broken") != "broken" for job in following)
