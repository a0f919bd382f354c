"""The door through which clemcore loads the game; the rules are in `games.privateshared.rules`."""

from typing import Any

from clemcore.backends import Model
from clemcore.clemgame import GameBenchmark

from games.benchmark import PracticeScorer, StaysLoaded
from games.privateshared.rules import PrivateSharedMaster


class PrivateSharedBenchmark(StaysLoaded, GameBenchmark):
    """Private and shared as a clemcore benchmark."""

    def create_game_master(self, experiment: dict[str, Any], player_models: list[Model]) -> PrivateSharedMaster:
        """A master for one episode."""
        return PrivateSharedMaster(self.game_spec, experiment, player_models)

    def create_game_scorer(self, experiment: dict[str, Any], game_instance: dict[str, Any]) -> PracticeScorer:
        """A scorer for one episode."""
        return PracticeScorer(self.game_name, experiment, game_instance)
