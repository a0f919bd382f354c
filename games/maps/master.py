"""The door through which clemcore loads the three games; the rules are in `games.maps.rules`."""

from typing import Any

from clemcore.backends import Model
from clemcore.clemgame import GameBenchmark

from games.benchmark import PracticeScorer, StaysLoaded
from games.maps.rules import MASTERS, MapMaster


class MapBenchmark(StaysLoaded, GameBenchmark):
    """Map navigation as a clemcore benchmark."""

    def create_game_master(self, experiment: dict[str, Any], player_models: list[Model]) -> MapMaster:
        """A master for one episode."""
        return MASTERS[self.game_name](self.game_spec, experiment, player_models)

    def create_game_scorer(self, experiment: dict[str, Any], game_instance: dict[str, Any]) -> PracticeScorer:
        """A scorer for one episode."""
        return PracticeScorer(self.game_name, experiment, game_instance)
