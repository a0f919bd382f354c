"""Measuring: plays the suites that are asked for, or the rest of them, and writes down what came of it.

Each suite is a run folder of its own beside `eval.json`; what is stored there is not played again, so a
measurement that was killed goes on where it was. The record is written after every suite.
"""

import contextlib
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from agent.config import AgentConfig
from agent.models.language_model import LanguageModel
from games.arena import ArenaEvent, EpisodeStore, Outcome, play
from games.arena.harness import load_clemcore, loaded
from games.errors import UserError
from ludens.evaluation.figures import paired, suite_figures
from ludens.evaluation.harness_tasks import NAME as HARNESS
from ludens.evaluation.harness_tasks import Asker, Tasks, ask, checked, compared
from ludens.evaluation.measured_record import (
    FILE_NAME,
    MeasuredModel,
    MeasuredRecord,
    SuiteName,
    read_record,
    write_record,
)
from ludens.evaluation.pairs import scores
from ludens.evaluation.record_building import new_record, now, of_plan, placed, replaced, with_tasks
from ludens.evaluation.shared_model import SharedModel
from ludens.evaluation.suites import Lesson, Source, lessons
from ludens.evaluation.weights import measured_model
from ludens.play import Label, Request, clem_model, loaded_model

LABELS: tuple[Label, ...] = ("bare", "ludens")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What to measure, and how.

    Attributes:
        suites: which suites.
        source: which games and instances.
        model: which language model.
        seats: who plays.
        agent: how the agent plays; its token limit, temperature and seed also hold for the bare model.
        batch: episodes side by side.
        out: where episodes and record are kept; None for nowhere.
        tasks: tasks of lm-evaluation-harness to answer as well.
    """

    suites: tuple[SuiteName, ...] = ("games",)
    source: Source = field(default_factory=Source)
    model: str = "embedded"
    seats: tuple[Label, ...] = LABELS
    agent: AgentConfig = field(default_factory=AgentConfig)
    batch: int = 4
    out: Path | None = None
    tasks: Tasks | None = None

    def about(self) -> dict[str, Any]:
        """What two measurements into one folder must share."""
        return {"agent": self.agent.model_dump(mode="json") | {"modules": sorted(self.agent.modules)}}


class Watch(Protocol):
    """Who is told how a measurement comes along."""

    def __call__(self, event: ArenaEvent) -> None:
        """Takes one step of an episode."""
        ...

    def expect(self, episodes: Mapping[str, int]) -> None:
        """Takes how many episodes of each game every player will play."""
        ...

    def answered(self, label: str, done: int, total: int) -> None:
        """Takes how many requests of lm-evaluation-harness are answered."""
        ...


def measure(wanted: Measurement, watch: Watch | None = None) -> MeasuredRecord:
    """Measures, writes the record and gives it back.

    Args:
        wanted: what to measure.
        watch: told how it comes along.

    Raises:
        UserError: an unknown game, an unusable model, checkout or folder, or a folder of another measurement.
    """
    with contextlib.ExitStack() as stack:
        folder = wanted.out or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ludens-")))
        with opened(wanted, folder) as measuring:
            for suite in measuring.plan:
                measuring.play(suite, watch)
            if wanted.tasks is not None:
                measuring.ask(wanted.tasks, watch)
        return measuring.record


@contextlib.contextmanager
def opened(wanted: Measurement, folder: Path) -> "Iterator[Measuring]":
    """A measurement with its model loaded and everything checked that can be checked before the first turn."""
    load_clemcore()
    plan = lessons(wanted.suites, wanted.source) if wanted.suites else {}
    model = measured_model(wanted.model)
    record = _begun(wanted, folder, model)
    _try_games(plan)
    if wanted.tasks is not None:
        checked(wanted.tasks)
    with loaded_model(wanted.model) as language_model:
        # What Ludens asks just as the bare model was asked is computed once; bills are as if it were computed anew.
        yield Measuring(wanted, folder, plan, record, SharedModel(language_model))


class Measuring:
    """A measurement under way."""

    def __init__(
        self,
        wanted: Measurement,
        folder: Path,
        plan: Mapping[SuiteName, Sequence[Lesson]],
        record: MeasuredRecord,
        model: LanguageModel,
    ) -> None:
        self.plan = plan
        self.record = record
        self.model = model
        self._wanted = wanted
        self._folder = folder

    def play(self, suite: SuiteName, watch: Watch | None = None) -> None:
        """Plays what is missing of a suite and enters its figures."""
        wanted, plan = self._wanted, self.plan[suite]
        if watch is not None:
            watch.expect(Counter(lesson.game.name for lesson in plan for _ in lesson.rows))
        config = {
            "suite": suite,
            "model": wanted.model,
            "weights": self.record.model.sha256,
            **wanted.about(),
            **wanted.source.about(),
        }
        with EpisodeStore.open(
            self._folder / suite, config=config, seed=wanted.source.seed, versions=self.record.versions
        ) as store:
            for lesson in plan:
                for label in wanted.seats:
                    self._play(lesson, label, store, watch)
            outcomes = of_plan(store.outcomes(), plan)
        self._enter(suite, outcomes)

    def _play(self, lesson: Lesson, label: Label, store: EpisodeStore, watch: Watch | None) -> None:
        agent = self._wanted.agent
        # A player for each game: it may raise its token limit for itself and, played side by side, leave it raised.
        player = clem_model(self.model, label, Request(model=self._wanted.model, agent=agent))
        play(
            lesson.game, lesson.rows, [player], label=label, store=store, batch_size=self._wanted.batch, on_event=watch
        )

    def _enter(self, suite: SuiteName, outcomes: Sequence[Outcome]) -> None:
        rng = np.random.default_rng(self._wanted.source.seed)
        figures = {
            label: placed(suite, each, label, outcomes, self.plan[suite])
            for label, each in suite_figures(outcomes, rng).items()
        }
        source = self._wanted.source
        played = {"games": [lesson.name for lesson in self.plan[suite]], "instances": source.instances}
        self._write(
            replaced(self.record, suite, figures, paired(suite, scores(outcomes), rng)),
            suite,
            {**source.about(), **played},
        )

    def ask(self, tasks: Tasks, watch: Watch | None = None) -> None:
        """Has the tasks of lm-evaluation-harness answered and enters their figures."""
        wanted = self._wanted
        cache = None if wanted.out is None else self._folder / HARNESS
        tell = None if watch is None else watch.answered
        asker = Asker(model=self.model, agent=wanted.agent, batch=wanted.batch, cache=cache, tell=tell)
        answers = {label: ask(tasks, asker, label) for label in wanted.seats}
        comparison = compared({label: points for label, (_, points) in answers.items()}, wanted.source.seed)
        record = with_tasks(self.record, {label: figures for label, (figures, _) in answers.items()}, comparison)
        self._write(record, HARNESS, tasks.about())

    def _write(self, record: MeasuredRecord, part: str, about: Mapping[str, Any]) -> None:
        """Takes over a record that says more, with what its new part was made of, and writes it."""
        configuration = dict(record.configuration)
        configuration["suites"] = {**configuration.get("suites", {}), part: dict(about)}
        self.record = record.model_copy(update={"configuration": configuration, "created": now()})
        write_record(self.record, self._folder)


def _begun(wanted: Measurement, folder: Path, model: MeasuredModel) -> MeasuredRecord:
    """The folder's record, to be gone on with; an empty one when there is none."""
    fresh = new_record(model, wanted.about(), wanted.source.seed)
    if not (folder / FILE_NAME).exists():
        return fresh
    there = read_record(folder)
    mine = (wanted.about()["agent"], wanted.source.seed, model)
    if (there.configuration.get("agent"), there.seed, there.model) != mine:
        raise UserError(
            f"{folder / FILE_NAME} measures another model, weights, agent or seed; repeat that configuration to go on "
            "with it, or choose another folder."
        )
    return there.model_copy(update={"versions": fresh.versions})


def _try_games(plan: Mapping[SuiteName, Sequence[Lesson]]) -> None:
    """Loads every game once, so that one whose code lacks something is refused before hours of play."""
    for game in {lesson.game.name: lesson.game for each in plan.values() for lesson in each}.values():
        with loaded(game):
            pass
