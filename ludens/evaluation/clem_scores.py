"""clemscore and statscore to the digit, as `clem eval` and `playpen eval` compute them.

`clem eval` (clemcore 3.7, `clemeval.save_clem_table`) takes per game the mean of "Played" (1 minus
"Aborted") in percent and the mean of "Main Score", rounds both to two digits, averages them over games,
rounds again, and multiplies: clemscore = mean % played / 100 x mean quality, rounded a third time. A game
without any main score has no quality and is left out of that mean, but not of the other.
`playpen eval` does the same in two folders: that of the games gives clemscore, that of the static suites
(benchmark tag "static_1.0") statscore.

Pure; where scores come from is not known here.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from games.arena.episode import Outcome, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What `clem eval` looks at in one episode.

    Attributes:
        game: name of the game.
        aborted: whether the game master gave up.
        main_score: 0 to 100 (EQ-Bench goes below); None where the game gives none.
    """

    game: str
    aborted: bool
    main_score: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GameScores:
    """A game's two columns in `results.csv`.

    Attributes:
        played_pct: "% Played", two digits.
        quality: "Quality Score", two digits; None (an empty cell) without any main score.
    """

    played_pct: float
    quality: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClemScores:
    """One row of `results.csv`.

    Attributes:
        games: game to its columns.
        played_pct: "all, Average % Played".
        quality: "all, Average Quality Score"; None without any main score.
        clemscore: "-, clemscore"; None without any main score.
    """

    games: Mapping[str, GameScores]
    played_pct: float
    quality: float | None
    clemscore: float | None


def clem_scores(episodes: Iterable[Scored]) -> ClemScores:
    """The row of one model.

    Args:
        episodes: all its episodes, at least one.
    """
    by_game: defaultdict[str, list[Scored]] = defaultdict(list)
    for episode in episodes:
        by_game[episode.game].append(episode)
    games = {game: _game(by_game[game]) for game in sorted(by_game)}
    played_pct = _rounded_mean([each.played_pct for each in games.values()])
    quality = _rounded_mean([each.quality for each in games.values() if each.quality is not None])
    assert played_pct is not None, "no episode to score"
    clemscore = None if quality is None else _rounded(played_pct / 100 * quality)
    return ClemScores(games=games, played_pct=played_pct, quality=quality, clemscore=clemscore)


def scored(outcomes: Iterable[Outcome]) -> list[Scored]:
    """Outcomes of the arena as `clem eval` would see them; broken episodes have no scores and are left out."""
    return [
        Scored(game=each.key.game, aborted=each.status is Status.ABORTED, main_score=each.quality)
        for each in outcomes
        if each.status is not Status.ERROR
    ]


def _game(episodes: list[Scored]) -> GameScores:
    share = math.fsum(not each.aborted for each in episodes) / len(episodes)
    quality = _rounded_mean([each.main_score for each in episodes if each.main_score is not None])
    return GameScores(played_pct=_rounded(100 * share), quality=quality)


def _rounded_mean(values: list[float]) -> float | None:
    return _rounded(math.fsum(values) / len(values)) if values else None


def _rounded(value: float) -> float:
    """As pandas rounds: numpy's way, by scaling and rounding half to even."""
    return float(np.round(value, 2))
