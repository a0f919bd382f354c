"""The leaderboard of the 2026 challenge, as facts with their source, and who may be put beside it."""

from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

from ludens.evaluation.measured_record import SuiteName

_FILE = "leaderboard_2026.json"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Standing(_Record):
    """One model of the board."""

    model: str = Field(description="Its name.")
    team: str = Field(description='Who handed it in; "" for a model that was measured as it is published.')
    base: str = Field(description="The published model that it was made from.")
    clemscore: float = Field(description="On the public validation split.")
    statscore: float = Field(description="On the static suites of that split.")
    in_domain_clemscore: float = Field(description="On held-out instances of the same games.")
    out_of_domain_clemscore: float = Field(description="On games that nobody had seen.")


class Leaderboard(_Record):
    """The board."""

    about: str = Field(description="What was measured.")
    source: str = Field(description="Where the figures come from: a public repository.")
    licence: str = Field(description="Under which licence.")
    games: tuple[str, ...] = Field(description="The games behind clemscore.")
    static: tuple[str, ...] = Field(description="The suites behind statscore.")
    models: tuple[Standing, ...] = Field(description="Best clemscore first.")

    def covers(self, suite: SuiteName, games: frozenset[str]) -> bool:
        """Whether a score over these games is one over the board's own games or suites, all of them."""
        behind = {"games": self.games, "static": self.static}.get(suite, ())
        return bool(behind) and games == frozenset(behind)


@cache
def leaderboard() -> Leaderboard:
    """The board of 2026."""
    return Leaderboard.model_validate_json((files("ludens.evaluation") / _FILE).read_text(encoding="utf-8"))
