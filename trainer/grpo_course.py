"""Which instances are played next while learning: in turn, or drawn by a curriculum that hears how they went."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from accelerate.utils import gather_object

from agent.errors import UserError
from games.catalogue import find_game
from trainer.contamination import Guard
from trainer.curriculum import Cell, Curriculum, Place, curriculum_of
from trainer.measured import guard_of
from trainer.rollout_plan import Job, PlayerSpec, RolloutPlan, jobs, jobs_at
from trainer.run_config import GrpoConfig

_TRIES, _FURTHER = 20, 1_000_000  # beyond every number that a curriculum comes to

Won = tuple[Cell, bool]
"""A level and whether an episode of it was won."""


class Course(Protocol):
    """Says what is played, by numbers that go up through the whole run."""

    @property
    def length(self) -> int:
        """How many numbers there are before it begins anew."""
        ...

    def jobs(self, numbers: Sequence[int]) -> list[Job]:
        """The instances of some numbers; equal numbers are one group."""
        ...

    def note(self, won: Sequence[Won]) -> None:
        """Hears how the episodes of the last numbers went; in every process, each with its own episodes."""
        ...


def lessons(config: GrpoConfig) -> list[Job]:
    """The instances that are played in turn, none of them measured; the learner takes each role of a game in turn.

    Raises:
        UserError: there are no such games, or nothing is left.
    """
    guard = guard_of(config.measured)
    played: Counter[str] = Counter()
    found: list[Job] = []
    for job in jobs(_plan(config)):
        if guard is None or guard.instance(job.row) is None:
            found.append(_seated(job, played[job.id.game]))
            played[job.id.game] += 1
    if not found:
        raise UserError("Every instance to play repeats a measured one: name other games or another seed.")
    return found


def course_of(config: GrpoConfig, *, processes: int) -> Course:
    """The course of a run.

    Args:
        config: the run.
        processes: how many take part; together they play `groups` instances each between two steps.

    Raises:
        UserError: there are no such games.
    """
    if config.curriculum is None:
        return InTurn(lessons(config))
    plan, guard = _plan(config), guard_of(config.measured)
    return Drawn(
        draw=lambda places: [_unmeasured(plan, guard, place) for place in places],
        curriculum=curriculum_of(config.curriculum, plan.games, seed=config.seed),
        together=config.groups * processes,
        steps=config.steps,
        processes=processes,
    )


@dataclass(frozen=True, slots=True)
class InTurn:
    """A list of instances, gone through again and again.

    Attributes:
        wanted: the instances.
    """

    wanted: Sequence[Job]

    @property
    def length(self) -> int:
        """As many as there are instances."""
        return len(self.wanted)

    def jobs(self, numbers: Sequence[int]) -> list[Job]:
        """See `Course.jobs`."""
        return [self.wanted[number] for number in numbers]

    def note(self, won: Sequence[Won]) -> None:
        """Nothing hinges on it."""


class Drawn:
    """Instances drawn for each step by a curriculum; every process draws the same."""

    def __init__(
        self,
        *,
        draw: Callable[[Sequence[Place]], list[Job]],
        curriculum: Curriculum,
        together: int,
        steps: int,
        processes: int = 1,
    ) -> None:
        """Begins with what the curriculum knows.

        Args:
            draw: gives the instances at chosen places.
            curriculum: chooses them.
            together: instances of one step, over all processes.
            steps: of the run.
            processes: how many take part.
        """
        self.curriculum = curriculum
        self._draw = draw
        self._steps = steps
        self._together = together
        self._processes = processes
        self._block: int | None = None
        self._now: list[Job] = []

    @property
    def length(self) -> int:
        """A number for every instance of the run."""
        return self._steps * self._together

    def jobs(self, numbers: Sequence[int]) -> list[Job]:
        """See `Course.jobs`; numbers of the next step draw anew."""
        block = min(numbers) // self._together
        assert max(numbers) // self._together == block, "numbers of two steps"
        if block != self._block:
            places, self.curriculum = self.curriculum.choose(self._together)
            # The place within the level says which role the learner takes, as it does with instances in turn.
            self._now = [_seated(job, job.id.index) for job in self._draw(places)]
            self._block = block
        return [self._now[number % self._together] for number in numbers]

    def note(self, won: Sequence[Won]) -> None:
        """See `Course.note`."""
        everybodys: list[Sequence[Won]] = gather_object([list(won)]) if self._processes > 1 else [won]
        for part in everybodys:
            for cell, success in part:
                self.curriculum = self.curriculum.noting(cell, success)


def _unmeasured(plan: RolloutPlan, guard: Guard | None, place: Place) -> Job:
    """The instance at a place, or another of its level when that one is measured."""
    game, level, index = place
    for further in range(_TRIES):
        (job,) = jobs_at(plan, [(game, level, index + further * _FURTHER)])
        if guard is None or guard.instance(job.row) is None:
            return job
    raise UserError(f"Every instance of {game}, level {level}, repeats a measured one: leave the game out.")


def _plan(config: GrpoConfig) -> RolloutPlan:
    return RolloutPlan(
        games=config.games,
        count=config.instances,
        split=config.split,
        seed=config.seed,
        learner=PlayerSpec(kind="bare"),
        partner=PlayerSpec(kind="expert"),
    ).checked()


def _seated(job: Job, turn: int) -> Job:
    """The instance with the learner in one of its roles, each in turn."""
    roles = len(find_game(job.id.game).master_type().roles)
    return job.model_copy(update={"learner_roles": (turn % roles,)})
