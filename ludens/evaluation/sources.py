"""What a report is made of: runs of any kind, read into one shape.

| a folder with | was written by |
|---|---|
| `eval.json` | `ludens eval`; its episodes lie in `games`, `static` and `cognitive` beside it |
| `episodes.sqlite` | `ludens play` or `ludens ablate`; a run in progress will do |
| `MODEL/GAME/EXPERIMENT/EPISODE/scores.json` | `clem score` |

Instances are told apart by their content as well, so that runs are compared on what both of them played and
not on what happens to have the same number.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from games.arena import EpisodeStore
from games.arena.database import FILE_NAME as EPISODES
from games.arena.episode import Outcome
from games.catalogue import PROBES
from games.errors import UserError
from ludens.evaluation.clem_results import SCORES, read_results, suites_of
from ludens.evaluation.configurations import BARE, FULL, place_of
from ludens.evaluation.figures import paired, suite_figures
from ludens.evaluation.measured_record import FILE_NAME as RECORD
from ludens.evaluation.measured_record import SUITES, PairedSuite, SuiteFigures, SuiteName, TaskFigures, read_record
from ludens.evaluation.pairs import Instance, scores
from ludens.evaluation.plain_words import short

Kind = Literal["eval", "play", "ablation", "clem"]
Points = Mapping[str, Mapping[Instance, float]]
"""Label to instance to score."""

Identity = tuple[str, str, str, int]
"""Label, game, experiment and game id of an episode."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """One player of a run.

    Attributes:
        label: its name within the run.
        suites: its figures, suite by suite.
        tasks: its figures in tasks of lm-evaluation-harness.
    """

    label: str
    suites: Mapping[SuiteName, SuiteFigures]
    tasks: Mapping[str, TaskFigures] = field(default_factory=dict[str, TaskFigures])


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run.

    Attributes:
        name: of its folder.
        kind: who wrote it.
        model: the language model, as far as the run tells.
        about: versions and seed, in words.
        players: who played.
        comparisons: players compared within the run.
        points: suite to the scores by instance, for comparisons with other runs.
        outcomes: the episodes of an ablation; () for other kinds.
    """

    name: str
    kind: Kind
    model: str
    about: str
    players: tuple[Player, ...] = ()
    comparisons: tuple[PairedSuite, ...] = ()
    points: Mapping[SuiteName, Points] = field(default_factory=dict[SuiteName, Points])
    outcomes: tuple[Outcome, ...] = ()


def read_run(folder: Path, *, seed: int = 0) -> Run:
    """Reads a run of any kind.

    Args:
        folder: where it lies.
        seed: of intervals and tests.

    Raises:
        UserError: there is no run, it is of another version or damaged, or it holds no finished episode.
    """
    if not folder.is_dir():
        raise UserError(f"{folder} is not a folder; name one that `ludens play`, `eval` or `ablate` or clem wrote.")
    if (folder / RECORD).is_file():
        return _measured(folder)
    if (folder / EPISODES).is_file():
        return _played(folder, np.random.default_rng(seed))
    if next(folder.rglob(f"*{SCORES}"), None) is not None:
        return _clem(folder, np.random.default_rng(seed))
    raise UserError(
        f"{folder} holds no run ({RECORD}, {EPISODES} or clem's {SCORES}); name a folder that was played into, and "
        "score clem's with `clem score -r` first."
    )


def between(runs: Sequence[Run], *, seed: int = 0) -> list[PairedSuite]:
    """Players of the same name in two runs, on the instances that both of them played."""
    rng = np.random.default_rng(seed)
    found: list[PairedSuite] = []
    for place, one in enumerate(runs):
        for other in runs[place + 1 :]:
            for suite in one.points.keys() & other.points.keys():
                mine, theirs = one.points[suite], other.points[suite]
                for label in sorted(mine.keys() & theirs.keys()):
                    first, second = f"{one.name}: {label}", f"{other.name}: {label}"
                    points = {first: mine[label], second: theirs[label]}
                    comparison = paired(suite, points, rng, first=first, second=second)
                    found += [] if comparison is None else [comparison]
    return found


def _measured(folder: Path) -> Run:
    record = read_record(folder)
    points: dict[SuiteName, Points] = {}
    for suite in SUITES:
        if (folder / suite / EPISODES).is_file():
            _, stored = _episodes(folder / suite)
            points[suite] = scores([each for outcomes in stored.values() for each in outcomes])
    return Run(
        name=folder.resolve().name,
        kind="eval",
        model=record.model.spec,
        about=_told(record.versions, record.seed),
        players=tuple(
            Player(label=label, suites=seat.suites, tasks=seat.tasks) for label, seat in sorted(record.seats.items())
        ),
        comparisons=tuple(record.comparisons),
        points=points,
    )


def _played(folder: Path, rng: np.random.Generator) -> Run:
    stored, suites = _episodes(folder)
    if not suites:
        raise UserError(f"{folder} holds no finished episode yet; wait for one, or play into it.")
    ablation = bool(stored["config"].get("ablation"))
    blank = Run(
        name=folder.resolve().name,
        kind="ablation" if ablation else "play",
        model=str(stored["config"].get("model", "")),
        about=_told(stored["versions"], stored["seed"]),
        outcomes=tuple(each for outcomes in suites.values() for each in outcomes) if ablation else (),
    )
    return _filled(blank, suites, rng)


def _clem(folder: Path, rng: np.random.Generator) -> Run:
    places: dict[SuiteName, Path] = {
        suite: place for suite, place in suites_of(folder).items() if next(place.rglob(f"*{SCORES}"), None)
    }
    suites: dict[SuiteName, list[Outcome]] = {
        suite: _marked(read_results(place), _prints(place)) for suite, place in places.items()
    }
    return _filled(Run(name=folder.resolve().name, kind="clem", model="", about="scored by clem"), suites, rng)


def _filled(run: Run, suites: Mapping[SuiteName, Sequence[Outcome]], rng: np.random.Generator) -> Run:
    """A run with its players' figures and comparisons; of an ablation only the full agent is compared with the bare."""
    figures: dict[SuiteName, dict[str, SuiteFigures]] = {
        suite: suite_figures(outcomes, rng) for suite, outcomes in suites.items()
    }
    points: dict[SuiteName, Points] = {suite: scores(outcomes) for suite, outcomes in suites.items()}
    comparisons = [
        comparison
        for suite, each in points.items()
        for first, second in _compared([label for label in each if run.kind != "ablation" or label in (BARE, FULL)])
        if (comparison := paired(suite, each, rng, first=first, second=second)) is not None
    ]
    players = [
        Player(label=label, suites={suite: each[label] for suite, each in figures.items() if label in each})
        for label in sorted({label for each in figures.values() for label in each}, key=place_of)
    ]
    return replace(run, players=tuple(players), comparisons=tuple(comparisons), points=points)


def _compared(labels: Sequence[str]) -> list[tuple[str, str]]:
    """Who is compared with whom: everybody with the bare model, or two with one another."""
    ordered = sorted(labels, key=lambda label: (not label.endswith(BARE), label))
    bare = [label for label in ordered if label.endswith(BARE)]
    return [(ordered[0], other) for other in ordered[1:]] if len(bare) == 1 or len(ordered) == 2 else []


def _episodes(folder: Path) -> tuple[dict[str, Any], dict[SuiteName, list[Outcome]]]:
    """A run folder's configuration and its episodes by suite; probes count by ability, practice games by short name."""
    with EpisodeStore.join(folder) as store:
        outcomes, stored = store.outcomes(), store.configuration()
        prints = {
            (label, game, *identity): digest
            for game, label in {(each.key.game, each.key.label) for each in outcomes}
            for identity, (_, digest) in store.finished(game, label).items()
        }
    probes = {game.name for game in PROBES}
    suites: dict[SuiteName, list[Outcome]] = {}
    for outcome, marked in zip(outcomes, _marked(outcomes, prints), strict=True):
        cognitive = outcome.key.game in probes
        game = outcome.key.experiment if cognitive else short(outcome.key.game)
        suites.setdefault("cognitive" if cognitive else "games", []).append(
            replace(marked, key=replace(marked.key, game=game))
        )
    return stored, suites


def _prints(place: Path) -> dict[Identity, str]:
    """Fingerprints of the instances in a results folder of clem."""
    found: dict[Identity, str] = {}
    for file in place.rglob("instance.json"):
        parts = file.relative_to(place.parent).parts
        number = re.search(r"\d+", parts[-2])
        if len(parts) >= 5 and number is not None:
            model, game, experiment = parts[-5:-2]
            found[model, game, experiment, int(number.group())] = hashlib.sha256(file.read_bytes()).hexdigest()
    return found


def _marked(outcomes: Iterable[Outcome], prints: Mapping[Identity, str]) -> list[Outcome]:
    """Outcomes whose experiment also tells the content of the instance, so that other content is another instance."""
    return [
        replace(each, key=replace(each.key, experiment=f"{each.key.experiment} {prints.get(_identity(each), '')[:16]}"))
        for each in outcomes
    ]


def _identity(outcome: Outcome) -> Identity:
    key = outcome.key
    return key.label, key.game, key.experiment, key.game_id


def _told(versions: Mapping[str, str], seed: int) -> str:
    return ", ".join([f"seed {seed}", *(f"{name} {number}" for name, number in versions.items())])
