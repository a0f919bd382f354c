"""The fixture games and their players."""

import sys
from pathlib import Path

import pytest

from games.arena import EpisodeStore, find_games
from games.arena.harness import load_clemcore

FIXTURE = Path(__file__).parent / "fixture"
sys.path.insert(0, str(FIXTURE))
load_clemcore()  # before any test module imports clemcore, which would open a log file in the working directory


@pytest.fixture
def games():
    """Name to fixture game."""
    return {game.name: game for game in find_games([FIXTURE / "games"]).games}


@pytest.fixture
def store(tmp_path):
    with EpisodeStore.open(tmp_path / "run", config={"model": "toy"}, seed=0) as store:
        yield store
