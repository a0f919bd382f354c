"""The ablation: configurations x games x seeds, played into one run folder that can be resumed.

Every configuration plays the same instances; its name is the label of its episodes. What is
stored already is not played again, so a killed ablation goes on where it stopped. All configurations
play an instance soon after one another in one process, where what several of them ask the model for
alike is computed once (`shared_model`).
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from agent.config import AgentConfig
from games import school
from games.arena import EpisodeStore, Game, Outcome, Row, find_games
from games.arena import play as play_game
from games.arena.harness import load_clemcore
from games.catalogue import find_game
from games.errors import UserError
from ludens.evaluation.configurations import Configuration, grid
from ludens.evaluation.shared_model import SharedModel
from ludens.play import Request, clem_model, loaded_model
from trainer.executor import Executor

APART = 1_000_000
"""Game ids of one seed's instances begin this far after those of the seed before."""

CACHED_SESSIONS = 64
"""Sessions that each of the many agents of a worker keeps; a few episodes' worth."""


class AblationPlan(BaseModel):
    """What an ablation plays; stored with its episodes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(default="embedded", description="Which language model.")
    games: tuple[str, ...] = Field(default=(), description="Practice games by alias; () for all of them.")
    split: str = Field(default="validation", description="Which split the instances are drawn from.")
    instances: int = Field(default=20, ge=1, description="Instances of each game and seed.")
    seeds: tuple[int, ...] = Field(default=(0,), min_length=1, description="Seeds of instances and samplers.")
    agent: AgentConfig = Field(default_factory=AgentConfig, description="The full agent.")
    only: tuple[str, ...] = Field(default=(), description="Configurations to play; () for the whole grid.")

    def configurations(self) -> tuple[Configuration, ...]:
        """The columns."""
        return grid(self.agent, self.only)

    def aliases(self) -> tuple[str, ...]:
        """The rows; an unknown game is a UserError."""
        return tuple(find_game(name).alias for name in self.games or tuple(school.GAMES))

    def about(self) -> dict[str, Any]:
        """What two runs into one folder must share; games and configurations may be added later."""
        return {
            "ablation": True,
            "model": self.model,
            "split": self.split,
            "instances": self.instances,
            "seeds": list(self.seeds),
            "agent": self.agent.model_dump(mode="json") | {"modules": sorted(self.agent.modules)},
        }


_Pair = tuple[Mapping[str, Any], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some instances of one game under one configuration; plain data.

    Attributes:
        configuration: the configuration's name.
        game: the game's alias.
        seed: of instances and samplers.
        rows: the instances as (experiment, game instance).
    """

    configuration: str
    game: str
    seed: int
    rows: tuple[_Pair, ...]


Lesson = tuple[Chunk, ...]
"""The same instances under several configurations: a worker's task."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A worker's bench: entered once per worker, it loads the model and then plays lessons.

    Attributes:
        plan: what is played.
        folder: the run folder; another process holds it open.
        batch: episodes side by side.
    """

    plan: AblationPlan
    folder: Path
    batch: int = 4

    @contextlib.contextmanager
    def __call__(self) -> Iterator[Callable[[Lesson], Iterable[int]]]:
        """Gives the function that plays a lesson; after each chunk it yields the number of episodes that ended."""
        load_clemcore()
        configurations = {each.name: each for each in self.plan.configurations()}
        players: dict[tuple[str, int], Any] = {}
        with loaded_model(self.plan.model) as weights, EpisodeStore.join(self.folder) as store:
            model = SharedModel(weights)

            def play(lesson: Lesson) -> Iterable[int]:
                for chunk in lesson:
                    who = chunk.configuration, chunk.seed
                    if who not in players:
                        seat = _seat(configurations[chunk.configuration], self.plan, chunk.seed)
                        players[who] = clem_model(model, *seat)
                    tally = play_game(
                        _game(chunk.game),
                        [_row(chunk, experiment, instance) for experiment, instance in chunk.rows],
                        [players[who]],
                        label=chunk.configuration,
                        store=store,
                        batch_size=self.batch,
                    )
                    yield tally.played + tally.aborted + tally.errors + tally.skipped

            yield play


def _seat(configuration: Configuration, plan: AblationPlan, seed: int) -> tuple[Any, Request]:
    agent = configuration.agent.model_copy(update={"seed": seed, "cached_sessions": CACHED_SESSIONS})
    return ("bare" if configuration.bare else "ludens"), Request(model=plan.model, agent=agent)


def _row(chunk: Chunk, experiment: Mapping[str, Any], instance: Mapping[str, Any]) -> Row:
    return Row(experiment=dict(experiment), game_instance=dict(instance), origin=f"seed {chunk.seed}")


def _game(alias: str) -> Game:
    (game,) = find_games().select([find_game(alias).name])
    return game


def lessons(plan: AblationPlan, finished: Mapping[str, set[tuple[str, str, int]]], size: int) -> list[Lesson]:
    """What is still to be played.

    Args:
        plan: the whole ablation.
        finished: label to the instances that are stored: (game, experiment, game id).
        size: most instances of a lesson.
    """
    found: list[Lesson] = []
    for alias in plan.aliases():
        for place, seed in enumerate(plan.seeds):
            rows = _drawn(plan, alias, place, seed)
            parts = [rows[at : at + size] for at in range(0, len(rows), size)]
            found += [_lesson(plan, finished, (alias, seed), part) for part in parts]
    return [lesson for lesson in found if lesson]


def _lesson(
    plan: AblationPlan, finished: Mapping[str, set[tuple[str, str, int]]], of: tuple[str, int], rows: Sequence[_Pair]
) -> Lesson:
    """The configurations that have not played all of some rows, each with those that it has not."""
    game, seed = of
    name = find_game(game).name
    waiting = {
        each.name: tuple(
            (experiment, instance)
            for experiment, instance in rows
            if (name, experiment["name"], instance["game_id"]) not in finished.get(each.name, set())
        )
        for each in plan.configurations()
    }
    return tuple(Chunk(configuration=who, game=game, seed=seed, rows=left) for who, left in waiting.items() if left)


def _drawn(plan: AblationPlan, alias: str, place: int, seed: int) -> list[_Pair]:
    rows = school.rows(alias, split=plan.split, count=plan.instances, seed=seed)
    return [
        (row["experiment"], row["game_instance"] | {"game_id": row["game_instance"]["game_id"] + place * APART})
        for row in rows
    ]


def ablate(
    plan: AblationPlan,
    folder: Path,
    executor: Executor,
    *,
    size: int = 5,
    batch: int = 4,
    tell: Callable[[int, int], None] = lambda done, all_of_them: None,
) -> list[Outcome]:
    """Plays what is missing and gives all outcomes of the plan.

    Args:
        plan: what to play.
        folder: the run folder.
        executor: where to play.
        size: most instances that a worker takes at a time.
        batch: episodes side by side in one worker.
        tell: told how many episodes are stored, of how many.

    Raises:
        UserError: an unknown game or configuration, an unusable model, or a folder of another run.
    """
    versions = {name: version(name) for name in ("ludens", "clemcore", "llama-cpp-python", "llguidance")}
    with EpisodeStore.open(folder, config=plan.about(), seed=plan.seeds[0], versions=versions) as store:
        names, games = _names(plan)
        finished = _finished(store, names, games)
        todo = lessons(plan, finished, size)
        everything = len(names) * len(games) * len(plan.seeds) * plan.instances
        done = everything - sum(len(chunk.rows) for lesson in todo for chunk in lesson)
        tell(done, everything)
        if todo:
            for count in executor.run(Bench(plan=plan, folder=folder, batch=batch), todo):
                done += count
                tell(done, everything)
        outcomes = [each for each in store.outcomes() if each.key.label in names and each.key.game in games]
    if not outcomes:
        raise UserError(f"{folder} holds no episode of this ablation; nothing was played.")
    return outcomes


def _names(plan: AblationPlan) -> tuple[set[str], set[str]]:
    return {each.name for each in plan.configurations()}, {find_game(alias).name for alias in plan.aliases()}


def _finished(
    store: EpisodeStore, names: Iterable[str], games: Sequence[str] | set[str]
) -> dict[str, set[tuple[str, str, int]]]:
    return {name: {(game, *identity) for game in games for identity in store.finished(game, name)} for name in names}
