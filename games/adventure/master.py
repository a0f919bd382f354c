"""The door through which clemcore loads the game; the rules are in `games.adventure.rules`."""

from typing import Any

from clemcore.backends import Model
from clemcore.clemgame import GameBenchmark

from games.adventure.rules import AdventureMaster
from games.benchmark import PracticeScorer, StaysLoaded


class AdventureBenchmark(StaysLoaded, GameBenchmark):
    """The adventure as a clemcore benchmark."""

    def create_game_master(self, experiment: dict[str, Any], player_models: list[Model]) -> AdventureMaster:
        """A master for one episode."""
        return AdventureMaster(self.game_spec, experiment, player_models)

    def create_game_scorer(self, experiment: dict[str, Any], game_instance: dict[str, Any]) -> PracticeScorer:
        """A scorer for one episode."""
        return PracticeScorer(self.game_name, experiment, game_instance)
