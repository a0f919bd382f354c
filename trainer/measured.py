"""Keeping out of a run what is measured afterwards: instance files are given, and compared by content."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from agent.errors import UserError
from trainer.contamination import Guard, refuse
from trainer.run_config import DpoConfig, RetrospectConfig, RunConfig, SftConfig
from trainer.samples import ChatSample, PreferenceSample, read_records
from trainer.store import TrajectoryStore


def measured_files(paths: Iterable[Path]) -> Iterator[Path]:
    """The files of instances that some paths mean: themselves, or in a folder every `in/dev*.json`.

    Raises:
        UserError: a folder holds none.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(path.glob("**/in/dev*.json"))
        if not inside:
            raise UserError(f"{path} holds no in/dev*.json; name the files of measured instances themselves.")
        yield from inside


def guard_of(paths: Sequence[Path]) -> Guard | None:
    """Who knows the measured instances of some paths; None without any.

    Raises:
        UserError: a file is unusable.
    """
    return Guard.of(measured_files(paths)) if paths else None


def refuse_measured(config: RunConfig) -> None:
    """Stops a run that would learn from, or be judged by, an instance of the files it names as measured.

    Instances that are played while learning are left out instead (`trainer.grpo_course`).

    Raises:
        UserError: it would; names the sample and the instance. Or a file is unusable.
    """
    guard = guard_of(config.measured)
    if guard is None:
        return
    if isinstance(config, SftConfig):
        for path in (*config.samples, *config.first, *config.judged_by):
            refuse(read_records(path, ChatSample), guard)
    if isinstance(config, DpoConfig):
        for path in config.samples:
            refuse(read_records(path, PreferenceSample), guard)
    if isinstance(config, RetrospectConfig):
        with TrajectoryStore.join(config.store) as store:
            for one in store.trajectories():
                found = guard.episode(one)
                if found is not None:
                    raise UserError(
                        f"{config.store}: episode {one.id} holds the measured instance {found}; leave it out."
                    )
