"""Playing games, bare and with Ludens around: where arena, practice games and agent meet."""

import contextlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import numpy as np

from agent.config import AgentConfig
from agent.models.language_model import LanguageModel
from agent.models.locate import load
from games import school
from games.arena import (
    ArenaEvent,
    EpisodeStore,
    Game,
    Report,
    Row,
    as_json,
    find_games,
    load_rows,
    summarise,
)
from games.arena import play as play_game
from games.arena.harness import load_clemcore
from games.catalogue import EVERY, find_game

Label = Literal["bare", "ludens"]
Listener = Callable[[ArenaEvent], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to play, and how.

    Attributes:
        games: names; () for all games there are.
        games_dir: a folder of clemcore games with instances of their own; None for the practice games.
        model: which language model.
        instances: how many instances of each game.
        labels: who plays.
        agent: how the agent plays; its token limit and temperature also hold for the bare model, and its seed for
            the instances.
        batch: episodes played at once.
        out: where episodes are kept; None for nowhere.
    """

    games: tuple[str, ...] = ()
    games_dir: Path | None = None
    model: str = "embedded"
    instances: int = 12
    labels: tuple[Label, ...] = ("ludens",)
    agent: AgentConfig = field(default_factory=AgentConfig)
    batch: int = 4
    out: Path | None = None

    def configuration(self) -> dict[str, Any]:
        """What two runs must share to go into one folder; who plays and which games may differ."""
        return {
            "model": self.model,
            "instances": self.instances,
            "games_dir": None if self.games_dir is None else str(self.games_dir.resolve()),
            "agent": self.agent.model_dump(mode="json") | {"modules": sorted(self.agent.modules)},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it.

    Attributes:
        report: the table.
        errors: episodes that broke; they have no score.
        out: where the episodes are kept, if anywhere.
    """

    report: Report
    errors: int
    out: Path | None

    def as_json(self) -> dict[str, Any]:
        """The table as plain JSON values."""
        return as_json(self.report)


def labels(*, bare: bool, both: bool) -> tuple[Label, ...]:
    """Who plays, from the two switches of the command line."""
    if both:
        return ("bare", "ludens")
    return ("bare",) if bare else ("ludens",)


def run(request: Request, listen: Listener | None = None) -> Result:
    """Plays what is asked for, or the rest of it, and counts all of it.

    Args:
        request: what to play.
        listen: told of every step.

    Raises:
        UserError: an unknown game, an unusable model or folder; nothing that was stored before is lost.
    """
    lessons = plan(request)
    with _store(request) as store, loaded_model(request.model) as model:
        errors = 0
        for label in request.labels:
            player = clem_model(model, label, request)
            for game, rows in lessons:
                tally = play_game(
                    game, rows, [player], label=label, store=store, batch_size=request.batch, on_event=listen
                )
                errors += tally.errors
        wanted = {game.name for game, _ in lessons}
        outcomes = [each for each in store.outcomes() if each.key.game in wanted and each.key.label in request.labels]
        report = _as_typed(summarise(outcomes, np.random.default_rng(request.agent.seed)))
    return Result(report=report, errors=errors, out=request.out)


def plan(request: Request) -> list[tuple[Game, Sequence[Row]]]:
    """The games and their instances, in the order of play.

    Raises:
        UserError: an unknown game or an unusable instances file.
    """
    if request.games_dir is not None:
        games = find_games([request.games_dir]).select(request.games)
        return [(game, _spread(load_rows(game), request.instances)) for game in games]
    names = request.games or tuple(school.GAMES)
    games = find_games().select([find_game(name).name for name in names])
    load_clemcore()  # quietly: whoever imports clemcore first would have it open a log file here
    return [
        (
            game,
            [
                Row(
                    experiment=row["experiment"],
                    game_instance=row["game_instance"],
                    origin=f"seed {request.agent.seed}",
                )
                for row in school.rows(game.name, count=request.instances, seed=request.agent.seed)
            ],
        )
        for game in games
    ]


def clem_model(model: LanguageModel, label: Label, request: Request) -> Any:
    """The clemcore model that plays under a label."""
    from clemcore.backends import ModelSpec  # late: clemcore takes a while to import

    from agent.adapters.clem import ClemConfig, ClemModel

    name = "ludens" if label == "ludens" else "ludens-bare"
    config = ClemConfig(model=request.model, bare=label == "bare", agent=request.agent)
    return ClemModel(ModelSpec(model_name=name, backend="ludens"), model, config)


def _spread(rows: Sequence[Row], count: int) -> list[Row]:
    """The first `count` rows, taken in turn from every experiment."""
    by_experiment: dict[str, list[Row]] = {}
    for row in rows:
        by_experiment.setdefault(row.identity[0], []).append(row)
    turns = max((len(group) for group in by_experiment.values()), default=0)
    dealt = [group[turn] for turn in range(turns) for group in by_experiment.values() if turn < len(group)]
    return dealt[:count]


def _as_typed(report: Report) -> Report:
    """The report with practice games under the names that users type."""
    typed = {entry.name: entry.alias for entry in EVERY}
    return replace(report, games={typed.get(name, name): lines for name, lines in report.games.items()})


@contextlib.contextmanager
def loaded_model(spec: str) -> Iterator[LanguageModel]:
    """A language model, closed afterwards."""
    model = load(spec)
    try:
        yield model
    finally:
        close = getattr(model, "close", None)
        if close is not None:
            close()


@contextlib.contextmanager
def _store(request: Request) -> Iterator[EpisodeStore]:
    with contextlib.ExitStack() as stack:
        folder = request.out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ludens-")))
        versions = {name: version(name) for name in ("ludens", "clemcore", "llama-cpp-python", "llguidance")}
        store = EpisodeStore.open(folder, config=request.configuration(), seed=request.agent.seed, versions=versions)
        yield stack.enter_context(store)
