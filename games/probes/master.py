"""The door through which clemcore loads the probes; the rules are in `games.probes.rules`."""

from typing import Any

from clemcore.backends import Model
from clemcore.clemgame import GameBenchmark

from games.benchmark import PracticeScorer, StaysLoaded
from games.probes.rules import ProbeMaster


class ProbeBenchmark(StaysLoaded, GameBenchmark):
    """The probes as a clemcore benchmark."""

    def create_game_master(self, experiment: dict[str, Any], player_models: list[Model]) -> ProbeMaster:
        """A master for one episode."""
        return ProbeMaster(self.game_spec, experiment, player_models)

    def create_game_scorer(self, experiment: dict[str, Any], game_instance: dict[str, Any]) -> PracticeScorer:
        """A scorer for one episode."""
        return PracticeScorer(self.game_name, experiment, game_instance)
