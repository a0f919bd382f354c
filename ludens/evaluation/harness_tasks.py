"""Tasks of lm-evaluation-harness, bare beside Ludens, with per-document scores for intervals and paired tests.

The harness is an optional package (`ludens[lm-eval]`) and is imported when it is needed. Prompts, data, filters and
metrics are the task's own; the user names the tasks and brings their data.
"""

import importlib
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agent.config import AgentConfig
from agent.models.language_model import LanguageModel
from games.errors import UserError
from ludens.evaluation.figures import mean_estimate, paired
from ludens.evaluation.measured_record import Estimate, PairedSuite, TaskFigures
from ludens.evaluation.pairs import Instance
from ludens.play import Label

NAME = "lm_eval"

Tell = Callable[[str, int, int], None]
"""Told who is asked, how many requests are answered, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks:
    """Which tasks, and how many documents of each.

    Attributes:
        names: as the harness knows them, groups and patterns too.
        include_path: a folder of the user's own tasks.
        limit: most documents of each task; None for all.
    """

    names: tuple[str, ...]
    include_path: Path | None = None
    limit: int | None = None

    def about(self) -> dict[str, Any]:
        """For the record."""
        place = None if self.include_path is None else str(self.include_path.resolve())
        return {"tasks": list(self.names), "include_path": place, "limit": self.limit}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who is asked, and how.

    Attributes:
        model: the language model.
        agent: how the agent replies; its seed also holds for the bare model.
        batch: prompts side by side.
        cache: folder where answers are kept as they come, so that a killed run goes on; None for nowhere.
        tell: progress.
    """

    model: LanguageModel
    agent: AgentConfig
    batch: int = 8
    cache: Path | None = None
    tell: Tell | None = None


def checked(tasks: Tasks) -> Any:
    """The harness's task manager, once it is sure that every task exists.

    Raises:
        UserError: the harness is not installed, or there is no such task or folder.
    """
    if tasks.include_path is not None and not tasks.include_path.is_dir():
        raise UserError(f"{tasks.include_path} is not a folder; name one that holds tasks, *.yaml.")
    manager_of = harness().tasks.TaskManager
    manager = manager_of(include_path=None if tasks.include_path is None else str(tasks.include_path))
    for name in tasks.names:
        if not manager.match_tasks([name]):
            where = "" if tasks.include_path else " (your own are found with --include-path)"
            raise UserError(f"lm-evaluation-harness knows no task '{name}'{where}; see `lm-eval ls tasks`.")
    return manager


def harness() -> Any:
    """The package lm_eval.

    Raises:
        UserError: it is not installed.
    """
    try:
        importlib.import_module(f"{NAME}.tasks")
        return importlib.import_module(NAME)
    except ModuleNotFoundError as error:
        raise UserError(
            f"Tasks of lm-evaluation-harness need {error.name}, which is not installed: pip install 'ludens[lm-eval]'"
        ) from error


def command_line(arguments: Sequence[str]) -> None:
    """The harness's own command line, with `ludens` and `ludens-bare` among its models.

    Raises:
        UserError: it is not installed.
    """
    harness()
    importlib.import_module("ludens.evaluation.lm_eval_model")  # registers the models
    sys.argv = ["lm-eval", *arguments]  # where the harness reads its arguments
    importlib.import_module(f"{NAME}.__main__").cli_evaluate()


def ask(tasks: Tasks, asker: Asker, label: Label) -> tuple[dict[str, TaskFigures], dict[Instance, float]]:
    """One player's figures by task, and its score on every document that has one.

    Raises:
        UserError: as `checked`; or a task asks for what Ludens has not.
    """
    manager = checked(tasks)
    from ludens.evaluation.lm_eval_model import BareLM, LudensLM  # late: it imports the harness

    tell = asker.tell
    model = (BareLM if label == "bare" else LudensLM).around(
        asker.model,
        asker.agent,
        batch=asker.batch,
        tell=(lambda done, total: None) if tell is None else (lambda done, total: tell(label, done, total)),
    )
    found = harness().simple_evaluate(
        model=model,
        tasks=manager.match_tasks(list(tasks.names)),
        task_manager=manager,
        limit=tasks.limit,
        use_cache=None if asker.cache is None else str(asker.cache / label),
        bootstrap_iters=0,  # intervals are made here, from the scores of single documents
        log_samples=True,
        random_seed=asker.agent.seed,
    )
    rng = np.random.default_rng(asker.agent.seed)
    figures: dict[str, TaskFigures] = {}
    points: dict[Instance, float] = {}
    for task, samples in found["samples"].items():
        figures[task], scores = task_figures(found["results"][task], samples, rng)
        points.update({(task, task, document): score for document, score in scores.items()})
    return figures, points


def task_figures(
    result: Mapping[str, Any], samples: Sequence[Mapping[str, Any]], rng: np.random.Generator
) -> tuple[TaskFigures, dict[int, float]]:
    """A task's figures, and document to score where its first metric scores single documents.

    Args:
        result: the harness's entry of the task: "METRIC,FILTER" to value, beside other things.
        samples: its documents, each with its metrics.
        rng: randomness of the interval.
    """
    metrics = {
        key: float(value)
        for key, value in result.items()
        if "," in key and "_stderr" not in key and isinstance(value, int | float) and math.isfinite(value)
    }
    first = next(iter(metrics), "")
    metric, _, chosen = first.partition(",")
    mine = [each for each in samples if each.get("filter", chosen) == chosen]
    scores = _scores(metric, mine)
    share = all(0 <= value <= 1 for value in (*scores.values(), metrics.get(first, 0.0)))
    scale = 100.0 if share else 1.0
    scaled = {document: scale * value for document, value in scores.items()}
    value = scale * metrics.get(first, 0.0)
    estimate = mean_estimate(list(scaled.values()), rng)
    if estimate is None or not math.isclose(estimate.value, value, rel_tol=1e-9, abs_tol=1e-9):
        estimate = Estimate(value=value, low=value, high=value)  # no mean over documents, and so no interval
        scaled = {}
    documents = len({each["doc_id"] for each in samples})
    return TaskFigures(n=documents, metric=first, score=estimate, metrics=metrics), scaled


def _scores(metric: str, samples: Sequence[Mapping[str, Any]]) -> dict[int, float]:
    """Document to the value of a metric; {} where that is no number."""
    values = {int(each["doc_id"]): each.get(metric) for each in samples}
    numbers = {
        document: float(value)
        for document, value in values.items()
        if isinstance(value, bool | int | float | np.bool_ | np.number)
    }
    return numbers if len(numbers) == len(values) else {}


def compared(points: Mapping[str, Mapping[Instance, float]], seed: int) -> PairedSuite | None:
    """Bare against Ludens on the documents of all tasks."""
    return paired(NAME, points, np.random.default_rng(seed))
