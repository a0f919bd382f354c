"""The door through which clemcore loads the three games; the rules are in `games.grids`."""

from typing import Any

from clemcore.backends import Model
from clemcore.clemgame import GameBenchmark

from games.benchmark import PracticeScorer, StaysLoaded
from games.grids.image import ImageMaster
from games.grids.match import MatchMaster
from games.grids.reference import ReferenceMaster
from games.practice import PracticeMaster

MASTERS: dict[str, type[PracticeMaster]] = {
    "ludens_imagegame": ImageMaster,
    "ludens_referencegame": ReferenceMaster,
    "ludens_matchit": MatchMaster,
}


class GridsBenchmark(StaysLoaded, GameBenchmark):
    """Grid games as a clemcore benchmark."""

    def create_game_master(self, experiment: dict[str, Any], player_models: list[Model]) -> PracticeMaster:
        """A master for one episode."""
        return MASTERS[self.game_name](self.game_spec, experiment, player_models)

    def create_game_scorer(self, experiment: dict[str, Any], game_instance: dict[str, Any]) -> PracticeScorer:
        """A scorer for one episode."""
        return PracticeScorer(self.game_name, experiment, game_instance)
