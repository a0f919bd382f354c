"""What a practice game shows to clemcore beside its master: how it is loaded and how it is scored."""

from typing import Any

import numpy as np
from clemcore.clemgame import GameScorer
from clemcore.clemgame.metrics import BENCH_SCORE, METRIC_ABORTED

METRICS = "Metrics"
"""Key of the record under which a master leaves what its scorer reports."""
ENDED = "Ended"
"""Key of the record that says how and through whom the episode ended."""


class StaysLoaded:
    """Keeps clemcore from dropping the modules that a game imported.

    clemcore removes them from `sys.modules` after a run, which suits stray
    helper files beside a master. Ours belong to an installed package; dropping
    some of them would leave two copies of a class in one process.
    """

    def set_extra_modules(self, extra_modules: list[str]) -> None:
        """Forgets the list of modules to drop."""


class PracticeScorer(GameScorer):
    """Reports what the master measured; an aborted episode has no main score."""

    def compute_round_score(self, round_idx: int, round_events: list[dict[str, Any]]) -> None:
        """Logs the rewards of the round, summed over players."""
        notes = [event["action"]["content"] for event in round_events if event["action"]["type"] == "reward"]
        if notes:
            self.log_round_score(round_idx, "Reward", round(sum(note["value"] for note in notes), 4))

    def compute_episode_scores(self, interactions: dict[str, Any]) -> None:
        """Logs the main score and the game's own metrics."""
        aborted = bool(interactions[METRIC_ABORTED])
        metrics = dict(interactions[METRICS])
        score = metrics.pop("score")
        for name, value in metrics.items():
            self.log_episode_score(name, np.nan if aborted or value is None else value)
        self.log_episode_score(BENCH_SCORE, np.nan if aborted else score)
