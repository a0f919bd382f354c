"""From outcomes of episodes to the figures of a measured record: per player and game, in total, and paired.

Pure; the randomness of intervals and tests is an argument. Which outcomes belong to which game of the
record is said by the outcomes' keys.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from games.arena.bootstrap import interval
from games.arena.episode import Outcome, Status
from games.arena.table import Figure, GameLine, TotalLine, summarise
from ludens.evaluation.clem_scores import clem_scores, scored
from ludens.evaluation.measured_record import Estimate, GameFigures, PairedDifference, PairedSuite, SuiteFigures
from ludens.evaluation.pairs import Instance, compare, scores

RESAMPLES = 2000


def suite_figures(outcomes: Sequence[Outcome], rng: np.random.Generator) -> dict[str, SuiteFigures]:
    """Label to figures, from all episodes of one suite."""
    report = summarise(outcomes, rng, resamples=RESAMPLES)
    points = scores(outcomes)
    by_label: defaultdict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_label[outcome.key.label].append(outcome)
    found: dict[str, SuiteFigures] = {}
    for label in sorted(by_label):
        games = {
            game: _game_figures(lines[label], _of_game(by_label[label], game), points.get(label, {}), rng)
            for game, lines in report.games.items()
            if label in lines
        }
        found[label] = _suite(games, report.total[label], by_label[label])
    return found


def mean_estimate(values: Sequence[float], rng: np.random.Generator) -> Estimate | None:
    """A mean with its 95% percentile bootstrap interval; None of no values."""
    if not values:
        return None
    data = np.asarray(values, dtype=np.float64)
    mean = math.fsum(values) / len(values)
    draws = data[rng.integers(0, len(data), size=(RESAMPLES, len(data)))].mean(axis=1)
    low, high = interval(draws, mean)
    return Estimate(value=mean, low=low, high=high)


def paired(
    suite: str,
    points: Mapping[str, Mapping[Instance, float]],
    rng: np.random.Generator,
    *,
    first: str = "bare",
    second: str = "ludens",
) -> PairedSuite | None:
    """Two players on the instances that both have a score for; None when there is none.

    Args:
        suite: for the record.
        points: label to instance to score.
        rng: randomness of intervals and tests.
        first: the label compared with.
        second: the label that is compared.
    """
    one, two = points.get(first, {}), points.get(second, {})
    shared = one.keys() & two.keys()
    if not shared:
        return None
    by_game: defaultdict[str, list[Instance]] = defaultdict(list)
    for instance in sorted(shared):
        by_game[instance[0]].append(instance)
    return PairedSuite(
        suite=suite,
        first=first,
        second=second,
        total=_difference(one, two, shared, rng),
        games={game: _difference(one, two, instances, rng) for game, instances in by_game.items()},
    )


def _difference(
    one: Mapping[Instance, float], two: Mapping[Instance, float], which: Iterable[Instance], rng: np.random.Generator
) -> PairedDifference:
    instances = list(which)
    result = compare({key: one[key] for key in instances}, {key: two[key] for key in instances}, rng)
    return PairedDifference(
        pairs=result.pairs,
        difference=result.difference,
        low=min(result.low, result.difference),
        high=max(result.high, result.difference),
        p_value=result.p_value,
        better=sum(two[key] > one[key] for key in instances),
        worse=sum(two[key] < one[key] for key in instances),
    )


def _of_game(outcomes: Iterable[Outcome], game: str) -> list[Outcome]:
    return [each for each in outcomes if each.key.game == game]


def _game_figures(
    line: GameLine, outcomes: Sequence[Outcome], points: Mapping[Instance, float], rng: np.random.Generator
) -> GameFigures:
    whole = [each for each in outcomes if each.status is not Status.ERROR]
    mine = [points[key] for each in whole if (key := (each.key.game, each.key.experiment, each.key.game_id)) in points]
    won = sum(bool(each.success) for each in whole)
    return GameFigures(
        n=line.episodes,
        errors=line.errors,
        played_pct=_estimate(line.played_pct),
        quality=_estimate(line.quality),
        score=mean_estimate(mine, rng),
        success_pct=100.0 * won / len(whole) if whole else None,
        calls=line.usage.calls,
        tokens=line.usage.tokens,
        seconds=line.usage.seconds,
    )


def _suite(games: dict[str, GameFigures], total: TotalLine, outcomes: Sequence[Outcome]) -> SuiteFigures:
    seen = scored(outcomes)
    return SuiteFigures(
        games=games,
        played_pct=_estimate(total.played_pct),
        quality=_estimate(total.quality),
        score=_estimate(total.clemscore),
        clem_score=clem_scores(seen).clemscore if seen else None,
    )


def _estimate(figure: Figure | None) -> Estimate | None:
    return None if figure is None else Estimate(value=figure.value, low=figure.low, high=figure.high)
