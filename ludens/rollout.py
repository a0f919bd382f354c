"""Rollouts from the command line: whom to seat, where to play, what to show."""

from dataclasses import dataclass
from pathlib import Path

from agent.config import AgentConfig
from agent.errors import UserError
from trainer.curriculum import CurriculumSpec
from trainer.executor import Executor, InlineExecutor, ProcessExecutor
from trainer.rollout import Listener, Progress, rollout
from trainer.rollout_plan import SCRIPTED, PlayerSpec, RolloutPlan
from trainer.store import Tally, TrajectoryStore

_BARE = "bare:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is in the folder after a rollout.

    Attributes:
        progress: what this rollout did.
        tallies: how all stored episodes of its label ended.
        errors: (episode, error) of all that broke.
        out: the folder.
    """

    progress: Progress
    tallies: tuple[Tally, ...]
    errors: tuple[tuple[str, str], ...]
    out: Path

    def as_json(self) -> dict[str, object]:
        """The report as plain JSON values."""
        return {
            "episodes": self.progress.done,
            "of": self.progress.total,
            "broken": self.progress.broken,
            "games": {
                tally.game: {
                    "won": tally.won,
                    "lost": tally.lost,
                    "aborted": tally.aborted,
                    "broken": tally.broken,
                    "quality": tally.quality,
                    "turns": tally.turns,
                }
                for tally in self.tallies
            },
            "out": str(self.out),
        }


def player(name: str, agent: AgentConfig) -> PlayerSpec:
    """A player from what a user writes: a scripted one, a model with Ludens around it, or "bare:" and a model alone."""
    for kind in SCRIPTED:
        if name == kind:
            return PlayerSpec(kind=kind, agent=agent)
    if name.startswith(_BARE):
        return PlayerSpec(kind="bare", model=name.removeprefix(_BARE), agent=agent)
    return PlayerSpec(kind="ludens", model=name, agent=agent)


def seat(kind: str, model: str, agent: AgentConfig) -> PlayerSpec:
    """The learner, from the command line's two options.

    Raises:
        UserError: there is no such kind of player.
    """
    if kind not in ("ludens", "bare", *SCRIPTED):
        raise UserError(f"There is no player '{kind}'; choose ludens, bare or {' or '.join(SCRIPTED)}.")
    return player({"ludens": model, "bare": f"{_BARE}{model}"}.get(kind, kind), agent)


def curriculum(kind: str) -> CurriculumSpec | None:
    """How levels are drawn; None, for taking turns, when nothing was written.

    Raises:
        UserError: there is no such curriculum.
    """
    if kind in ("uniform", "signal"):
        return CurriculumSpec(kind=kind)
    if kind:
        raise UserError(f"There is no curriculum '{kind}'; choose uniform or signal, or leave it out.")
    return None


def executor(workers: int) -> Executor:
    """Where to play: here, or in so many processes.

    Raises:
        UserError: there are no workers.
    """
    if workers < 1:
        raise UserError(f"{workers} workers play nothing; give at least 1.")
    return InlineExecutor() if workers == 1 else ProcessExecutor(workers=workers)


def run(plan: RolloutPlan, out: Path, *, workers: int = 1, batch: int = 4, listen: Listener | None = None) -> Report:
    """Plays a plan into a folder, or the rest of it.

    Raises:
        UserError: the plan, a model or the folder is unusable; nothing that was stored before is lost.
    """
    plan, place = plan.checked(), executor(workers)
    with TrajectoryStore.open(out) as store:
        progress = rollout(plan, store, place, batch=batch, listen=listen)
        tallies = tuple(tally for tally in store.tallies() if tally.label == plan.label)
        return Report(progress=progress, tallies=tallies, errors=tuple(store.errors()), out=out)
