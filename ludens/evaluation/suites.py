"""What a suite consists of: which games, on which instances.

| suite | without a checkout of clembench | with one |
|---|---|---|
| games | the practice games | its games, those with the tag that `playpen eval` plays |
| static | nothing | its static suites, by their tag |
| cognitive | the probes, one ability a game | the probes as well |

Knows how instances are chosen; playing them is the business of `measure`.
"""

import difflib
import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from games import school
from games.arena import Game, Row, find_games, load_rows
from games.catalogue import EVERY, PROBES, find_game
from games.errors import UserError
from ludens.evaluation.measured_record import SuiteName

GAMES_TAG, STATIC_TAG = "2.0", "static_1.0"
"""Benchmark tags in `clemgame.json` of what `playpen eval` plays for clemscore and for statscore."""

DRAWN = 20
"""Instances of each practice game and each ability, unless asked otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where games and instances come from.

    Attributes:
        games: names to keep; () for all of a suite.
        instances: how many of each game; None for all of a file, and for `DRAWN` where they are drawn anew.
        seed: of drawing and choosing.
        split: of the practice games and the probes.
        clembench: a checkout of clembench, or any folder of clemcore games.
        instance_files: a folder of `GAME.json` to play instead of the games' own instances; games without are left out.
    """

    games: tuple[str, ...] = ()
    instances: int | None = None
    seed: int = 0
    split: str = "validation"
    clembench: Path | None = None
    instance_files: Path | None = None

    def about(self) -> dict[str, Any]:
        """What two runs into one folder must share; number and choice of games may differ."""
        return {
            "split": self.split,
            "clembench": None if self.clembench is None else str(self.clembench.resolve()),
            "instance_files": None if self.instance_files is None else str(self.instance_files.resolve()),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One game and what to play of it.

    Attributes:
        name: under which its figures are reported.
        game: the game.
        rows: its instances.
    """

    name: str
    game: Game
    rows: tuple[Row, ...]


Offers = Mapping[str, Callable[[], Lesson]]
"""What a suite could play: name to what draws or reads its instances."""


def lessons(wanted: Sequence[SuiteName], source: Source) -> dict[SuiteName, list[Lesson]]:
    """What to play in each suite; suites without any of the games asked for are left out.

    Raises:
        UserError: an unknown game, no such folder, an unusable file of instances, or a suite without anything to play.
    """
    makers = {"games": _games, "static": _static, "cognitive": _cognitive}
    offered: dict[SuiteName, Offers] = {suite: makers[suite](source) for suite in wanted}
    known = [name for each in offered.values() for name in each]
    asked = [_alias(name) for name in source.games]
    for name in asked:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"there are {', '.join(known)}."
            raise UserError(f"There is no game '{name}' in {', '.join(wanted)}; {hint}")
    chosen: dict[SuiteName, list[Lesson]] = {
        suite: [make() for name, make in each.items() if not asked or name in asked] for suite, each in offered.items()
    }
    return {suite: each for suite, each in chosen.items() if each}


def _alias(name: str) -> str:
    """The name under which figures are reported: of practice games the short one."""
    return next((entry.alias for entry in EVERY if name == entry.name), name)


def _games(source: Source) -> Offers:
    if source.clembench is None:
        if source.instance_files is not None:
            raise UserError(
                "--instance-files holds instances of clembench's games; name the checkout, too, with --clembench."
            )
        return {alias: partial(_practice, alias, source) for alias in school.GAMES}
    found = find_games([source.clembench]).select()
    tagged = [game for game in found if GAMES_TAG in _tags(game)]
    return _from_files(tagged or [game for game in found if STATIC_TAG not in _tags(game)], source)


def _static(source: Source) -> Offers:
    if source.clembench is None:
        raise UserError(
            "The static suites are judged by clembench's code; name a checkout with --clembench, or tasks of "
            "lm-evaluation-harness with --lm-eval."
        )
    found = [game for game in find_games([source.clembench]).select() if STATIC_TAG in _tags(game)]
    if not found:
        raise UserError(f"{source.clembench} holds no static suite (tag {STATIC_TAG}); name a checkout of clembench.")
    return _from_files(found, source)


def _cognitive(source: Source) -> Offers:
    entry = PROBES[0]
    return {level: partial(_ability, level, source) for level in entry.master_type().levels}


def _practice(alias: str, source: Source) -> Lesson:
    (game,) = find_games().select([find_game(alias).name])
    return Lesson(name=alias, game=game, rows=_drawn(alias, source))


def _ability(level: str, source: Source) -> Lesson:
    (game,) = find_games().select([PROBES[0].name])
    return Lesson(name=level, game=game, rows=_drawn(PROBES[0].alias, source, level))


def _drawn(alias: str, source: Source, level: str | None = None) -> tuple[Row, ...]:
    count = DRAWN if source.instances is None else source.instances
    rows = school.rows(alias, split=source.split, level=level, count=count, seed=source.seed)
    return tuple(
        Row(experiment=row["experiment"], game_instance=row["game_instance"], origin=f"seed {source.seed}")
        for row in rows
    )


def _tags(game: Game) -> tuple[str, ...]:
    tags = json.loads(game.spec).get("benchmark", [])
    return tuple(tags) if isinstance(tags, list) else ()


def _from_files(games: Sequence[Game], source: Source) -> Offers:
    if source.instance_files is None:
        return {game.name: partial(_lesson, game, None, source) for game in games}
    if not source.instance_files.is_dir():
        raise UserError(f"{source.instance_files} is not a folder; name one that holds files of instances, GAME.json.")
    files = {
        file.stem: file
        for file in (*source.instance_files.glob("*.json"), *source.instance_files.glob("static/*.json"))
    }
    there = {game.name: partial(_lesson, game, files[game.name], source) for game in games if game.name in files}
    if not there:
        raise UserError(
            f"{source.instance_files} holds no GAME.json for any of {', '.join(game.name for game in games)}."
        )
    return there


def _lesson(game: Game, file: Path | None, source: Source) -> Lesson:
    rows = load_rows(game, None if file is None else file.resolve())
    chosen = rows if source.instances is None else choose(rows, source.instances, source.seed)
    return Lesson(name=game.name, game=game, rows=tuple(chosen))


def choose(rows: Sequence[Row], count: int, seed: int) -> list[Row]:
    """`count` rows, drawn at random from every experiment in turn; a smaller choice begins a larger one."""
    shuffled = list(rows)
    random.Random(seed).shuffle(shuffled)
    by_experiment: dict[str, list[Row]] = {row.identity[0]: [] for row in rows}
    for row in shuffled:
        by_experiment[row.identity[0]].append(row)
    return _in_turn(by_experiment)[:count]


def _in_turn(groups: Mapping[str, Sequence[Row]]) -> list[Row]:
    longest = max((len(group) for group in groups.values()), default=0)
    return [group[turn] for turn in range(longest) for group in groups.values() if turn < len(group)]
