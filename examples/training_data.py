"""From games to training data in a minute: scripted demonstrators play, and their wins become conversations to learn.

Run it from the repository root: `python examples/training_data.py runs/example`.
"""

import sys
from pathlib import Path

from trainer.datasets import DataPlan, prepare, write
from trainer.executor import InlineExecutor
from trainer.rollout import rollout
from trainer.rollout_plan import PlayerSpec, RolloutPlan
from trainer.store import TrajectoryStore


def main(folder: Path) -> None:
    """Plays, makes data sets, and shows one sample."""
    plan = RolloutPlan(
        games=("taboo", "map", "minigames"),
        count=6,
        seed=1,
        learner=PlayerSpec(kind="demonstrator"),  # PlayerSpec() for Ludens around the embedded model
    )
    with TrajectoryStore.open(folder / "store") as store:
        progress = rollout(plan, store, InlineExecutor())
        sys.stdout.write(f"{progress.done} of {progress.total} episodes played\n")
        chosen = DataPlan(warm_up=("minigames",), rehearse_every=3, held_out=0.1, seed=1)
        found = prepare(store.trajectories(), chosen)
    for name, count in write(found, folder / "data", chosen).items():
        sys.stdout.write(f"{name}: {count} samples\n")
    last = found.train[-1]
    sys.stdout.write(f"\nthe last one, learnt in messages {last.trained}:\n")
    for message in last.messages:
        sys.stdout.write(f"[{message.role}] {message.content}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "runs/example"))
