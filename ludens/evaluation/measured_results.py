"""Measuring again what others played: the scores of a clem results folder as a measured record."""

from pathlib import Path

import numpy as np

from ludens.evaluation.clem_results import read_results, suites_of
from ludens.evaluation.figures import paired, suite_figures
from ludens.evaluation.measured_record import MeasuredModel, MeasuredRecord, SuiteName
from ludens.evaluation.pairs import scores
from ludens.evaluation.record_building import new_record, replaced

_BARE = "bare"


def measure_results(folder: Path, suite: SuiteName = "games", *, seed: int = 0) -> MeasuredRecord:
    """The figures of every model in a results folder; two models are compared on the instances they share.

    Args:
        folder: what `clem run -r` or `playpen eval -r` was given; scored already.
        suite: what it holds, when it has no folders `clem` and `static`.
        seed: of intervals and tests.

    Raises:
        UserError: there is no such folder, or it holds no usable scores.
    """
    record = new_record(MeasuredModel(spec=str(folder)), {"results": str(folder.resolve())}, seed)
    for name, place in suites_of(folder, suite).items():
        outcomes = read_results(place)
        rng = np.random.default_rng(seed)
        figures = suite_figures(outcomes, rng)
        comparison = None
        if len(figures) == 2:
            first, second = sorted(figures, key=lambda label: (not label.endswith(_BARE), label))
            comparison = paired(name, scores(outcomes), rng, first=first, second=second)
        record = replaced(record, name, figures, comparison)
    return record
