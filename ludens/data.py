"""Data sets from the command line: from a store of trajectories to files of samples."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from agent.errors import UserError
from games.catalogue import find_game
from trainer.contamination import Guard, refuse
from trainer.datasets import DataPlan, prepare, write
from trainer.measured import measured_files
from trainer.store import TrajectoryStore


def plan_of(**fields: Any) -> DataPlan:
    """The plan that these options describe.

    Raises:
        UserError: an option is impossible; names it.
    """
    try:
        plan = DataPlan(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(f"The option {first['loc'][0]} is unusable: {first['msg']}.") from None
    return plan.model_copy(update={"warm_up": tuple(find_game(name).alias for name in plan.warm_up)})


def make(store: Path, out: Path, plan: DataPlan, measured: Iterable[Path]) -> Iterator[str]:
    """Writes the data sets of a plan; yields a line per file.

    Args:
        store: folder of trajectories.
        out: folder of the data sets.
        plan: which samples.
        measured: files of instances that must not be learnt, or folders in which every `in/dev*.json` is one.

    Raises:
        UserError: there is nothing to learn from, a file is unusable, or a sample holds a measured instance.
    """
    guard = Guard.of(measured_files(measured))
    with TrajectoryStore.join(store) as trajectories:
        found = prepare(trajectories.trajectories(), plan, guard)
    if guard.known:
        refuse((*found.train, *found.validation, *found.pairs), guard)
    for name, count in write(found, out, plan).items():
        yield f"{out / name}: {count} samples"
    if guard.known:
        yield f"{found.dropped} trajectories left out, which repeat one of {len(guard.known)} measured instances"
