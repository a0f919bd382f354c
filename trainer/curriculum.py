"""Which instances to play next: those that can still teach something.

A cell is a level of a game. Its standing is a pair of counts that fade, so that it
follows a player who learns or forgets. Samplers turn standings into weights; they are
pure, and the choice depends on the seed and the number of the draw alone, so a run that
is resumed chooses as an unbroken one does.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import UserError
from games.arena.harness import load_clemcore
from games.catalogue import find_game

Cell = tuple[str, str]
"""A game and one of its levels."""

Place = tuple[str, str, int]
"""A cell and the number of an instance within it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a player does in a cell.

    Attributes:
        won: successes, faded.
        lost: failures, faded.
        seen: the number of the draw at which it was last played; -1 for never.
    """

    won: float = 0.0
    lost: float = 0.0
    seen: int = -1

    @property
    def rate(self) -> float:
        """Expected success rate, from an even prior."""
        return (self.won + 1) / (self.won + self.lost + 2)

    @property
    def spread(self) -> float:
        """Expected p(1-p): the signal that a group of plays can give; greatest where success is in the balance."""
        a, b = self.won + 1, self.lost + 1
        return a * b / ((a + b) * (a + b + 1))

    def after(self, success: bool, at: int, fading: float) -> "Standing":
        """The standing with one more play."""
        won, lost = fading * self.won + success, fading * self.lost + (not success)
        return Standing(won=won, lost=lost, seen=at)


class Sampler(Protocol):
    """Weighs cells."""

    def weights(self, cells: Sequence[Cell], standings: Mapping[Cell, Standing], now: int) -> list[float]:
        """One weight per cell, not all zero; the greater, the likelier it is played next.

        Args:
            cells: to choose from, the levels of a game in a row, easiest first.
            standings: what is known; cells that were never played are missing.
            now: number of the draw.
        """
        ...


@dataclass(frozen=True, slots=True)
class Uniform:
    """The baseline: every level alike, whatever happened."""

    def weights(self, cells: Sequence[Cell], standings: Mapping[Cell, Standing], now: int) -> list[float]:
        """All the same."""
        return [1.0] * len(cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class InTheBalance:
    """Levels whose success is in the balance, harder ones once the easier ones go well, mastered ones now and then.

    Attributes:
        unlock_rate: a level is open when the one before it has reached this success rate.
        mastered_rate: from here on a level is only checked for forgetting.
        check_every: after so many draws a mastered level is due for a check, with the weight of a balanced one.
        floor: least weight of an open level, as a share of the greatest possible.
    """

    unlock_rate: float = 0.6
    mastered_rate: float = 0.9
    check_every: int = 50
    floor: float = 0.05

    def weights(self, cells: Sequence[Cell], standings: Mapping[Cell, Standing], now: int) -> list[float]:
        """Expected signal; none for levels that are not open yet."""
        found: list[float] = []
        before: Cell | None = None
        is_open = True
        for cell in cells:
            if before is None or before[0] != cell[0]:
                is_open = True
            else:
                is_open = is_open and standings.get(before, Standing()).rate >= self.unlock_rate
            found.append(self._weight(standings.get(cell, Standing()), now) if is_open else 0.0)
            before = cell
        return found

    def _weight(self, standing: Standing, now: int) -> float:
        if standing.rate >= self.mastered_rate:
            return _MOST if now - standing.seen >= self.check_every else self.floor * _MOST
        return max(standing.spread, self.floor * _MOST)


_MOST = 0.25  # p(1-p) at one half


class CurriculumSpec(BaseModel):
    """A curriculum as a run's configuration holds it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["uniform", "signal"] = Field(
        default="uniform", description="Every level alike, or those whose success is in the balance."
    )
    unlock_rate: float = Field(default=0.6, ge=0, le=1, description="Success rate that opens the next level.")
    mastered_rate: float = Field(default=0.9, ge=0, le=1, description="From here on only checked for forgetting.")
    check_every: int = Field(default=50, ge=1, description="Draws between two checks of a mastered level.")
    floor: float = Field(default=0.05, ge=0, le=1, description="Least weight of an open level.")
    fading: float = Field(default=0.9, gt=0, le=1, description="What an older play counts beside the next one.")

    def sampler(self) -> Sampler:
        """The sampler described."""
        if self.kind == "uniform":
            return Uniform()
        return InTheBalance(
            unlock_rate=self.unlock_rate,
            mastered_rate=self.mastered_rate,
            check_every=self.check_every,
            floor=self.floor,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Curriculum:
    """A sampler with what it has learnt about the player; frozen, so that a checkpoint can hold it.

    Attributes:
        cells: to choose from.
        sampler: how.
        seed: of the choices.
        fading: what an older play counts beside the next one.
        draws: choices made so far.
        taken: how often each cell was chosen, so that every choice is a new instance.
        standings: what is known.
    """

    cells: tuple[Cell, ...]
    sampler: Sampler = field(default_factory=Uniform)
    seed: int = 0
    fading: float = 0.9
    draws: int = 0
    taken: Mapping[Cell, int] = field(default_factory=dict[Cell, int])
    standings: Mapping[Cell, Standing] = field(default_factory=dict[Cell, Standing])

    def choose(self, count: int) -> tuple[tuple[Place, ...], "Curriculum"]:
        """The next instances to play, and the curriculum after choosing them.

        Raises:
            UserError: there is no cell to choose from.
        """
        if not self.cells:
            raise UserError("The curriculum has no game to choose from; name at least one.")
        weights = self.sampler.weights(self.cells, self.standings, self.draws)
        assert len(weights) == len(self.cells) and sum(weights) > 0, "a sampler leaves at least one cell open"
        rng = random.Random(f"{self.seed}|{self.draws}")
        taken, places = dict(self.taken), list[Place]()
        for cell in rng.choices(self.cells, weights, k=count):
            places.append((*cell, taken.get(cell, 0)))
            taken[cell] = taken.get(cell, 0) + 1
        return tuple(places), replace(self, draws=self.draws + count, taken=taken)

    def noting(self, cell: Cell, success: bool) -> "Curriculum":
        """The curriculum with one more play known."""
        known = self.standings.get(cell, Standing()).after(success, self.draws, self.fading)
        return replace(self, standings={**self.standings, cell: known})

    def saved(self) -> str:
        """What it knows, as JSON text."""
        known: list[_Known] = []
        for cell in sorted({*self.taken, *self.standings}):
            standing = self.standings.get(cell, Standing())
            taken = self.taken.get(cell, 0)
            known.append(_Known(cell=cell, taken=taken, won=standing.won, lost=standing.lost, seen=standing.seen))
        return _Saved(draws=self.draws, known=tuple(known)).model_dump_json()

    def restored(self, text: str) -> "Curriculum":
        """The curriculum with what another of its kind knew.

        Raises:
            UserError: the text was damaged.
        """
        try:
            saved = _Saved.model_validate_json(text)
        except ValidationError as error:
            raise UserError("What a curriculum knew was damaged: begin the run in another folder.") from error
        standings = {
            one.cell: Standing(won=one.won, lost=one.lost, seen=one.seen) for one in saved.known if one.seen >= 0
        }
        taken = {one.cell: one.taken for one in saved.known if one.taken}
        return replace(self, draws=saved.draws, taken=taken, standings=standings)


class _Known(BaseModel):
    """What a curriculum knows of a cell."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cell: Cell
    taken: int
    won: float
    lost: float
    seen: int


class _Saved(BaseModel):
    """What a curriculum knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draws: int
    known: tuple[_Known, ...]


def curriculum_of(spec: CurriculumSpec, games: Sequence[str], *, seed: int) -> Curriculum:
    """A curriculum that knows nothing yet.

    Args:
        spec: which.
        games: practice games, whose levels it chooses among.
        seed: of its choices.

    Raises:
        UserError: there is no such game.
    """
    return Curriculum(cells=cells_of(games), sampler=spec.sampler(), seed=seed, fading=spec.fading)


def cells_of(games: Sequence[str]) -> tuple[Cell, ...]:
    """Every level of some practice games, easiest first.

    Raises:
        UserError: there is no such game.
    """
    load_clemcore()
    return tuple((game, level) for game in games for level in find_game(game).master_type().levels)


def forgotten(standings: Mapping[Cell, Standing], best: Mapping[Cell, float], drop: float = 0.2) -> list[Cell]:
    """Cells whose success rate has fallen by more than `drop` below the best it has been."""
    return sorted(cell for cell, rate in best.items() if rate - standings.get(cell, Standing()).rate > drop)
