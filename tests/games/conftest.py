"""Playing practice games in tests: through clemcore's own environment, with scripted models."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from clemcore.clemgame import GameBenchmark, GameInteractionsRecorder, GameRegistry
from clemcore.clemgame.callbacks.base import GameBenchmarkCallback, GameBenchmarkCallbackList
from clemcore.clemgame.envs.pettingzoo.master import GameMasterEnv

from games.catalogue import ROOM


class _Recording(GameBenchmarkCallback):
    def on_game_start(self, game_master: Any, game_instance: dict[str, Any]) -> None:
        self.recorder = GameInteractionsRecorder(
            game_master.game_spec.game_name, game_master.experiment["name"], game_instance["game_id"], "results", {}
        )
        game_master.register(self.recorder)


@dataclass
class Played:
    """One finished episode."""

    master: Any
    record: dict[str, Any]
    scores: dict[str, Any]
    said: list[tuple[str, str, str]] = field(default_factory=list)  # role, message heard, reply

    def events(self, kind: str) -> list[Any]:
        actions = [event["action"] for turn in self.record["turns"] for event in turn]
        return [action["content"] for action in actions if action["type"] == kind]

    @property
    def score(self) -> float:
        return self.scores["episode scores"]["Main Score"]


@pytest.fixture(scope="session")
def practice_registry() -> GameRegistry:
    registry = GameRegistry()
    registry.register_from_directories(str(ROOM), 0)
    return registry


@pytest.fixture
def load_practice(practice_registry: GameRegistry) -> Iterator[Callable[[str], GameBenchmark]]:
    loaded: list[GameBenchmark] = []

    def load(name: str) -> GameBenchmark:
        loaded.append(GameBenchmark.load_from_spec(practice_registry.get_game_spec(name)))
        return loaded[-1]

    yield load
    for benchmark in loaded:
        benchmark.close()


@pytest.fixture(scope="session")
def play_practice() -> Callable[..., Played]:
    def play(benchmark: GameBenchmark, row: dict[str, Any], models: list[Any]) -> Played:
        recording = _Recording()
        env = GameMasterEnv(benchmark, callbacks=GameBenchmarkCallbackList([recording]))
        env.reset(
            options={
                "player_models": models,
                "experiment": row["experiment"],
                "game_instance": row["game_instance"],
            }
        )
        said: list[tuple[str, str, str]] = []
        for agent in env.agent_iter():
            context, _, ended, cut, _ = env.last()
            if ended or cut:
                env.step(None)
                continue
            player = env.player_by_agent_id[agent]
            reply = player(context)
            said.append((player.game_role, context["content"], reply))
            env.step(reply)
        scorer = benchmark.create_game_scorer(row["experiment"], row["game_instance"])
        scorer.compute_scores(recording.recorder.interactions)
        return Played(env.game_master, recording.recorder.interactions, scorer.scores, said)

    return play
