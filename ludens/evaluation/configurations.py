"""The grid of an ablation: which stages of the agent are on."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from agent.config import MODULES, AgentConfig
from agent.errors import UserError

FULL, NONE, BARE = "full", "none", "bare"

GRID = (
    FULL,
    *(f"without {module}" for module in MODULES),
    *(f"only {module}" for module in MODULES),
    NONE,
    BARE,
)
"""Names of all configurations, in the order in which they are shown."""


def place_of(label: str) -> tuple[int, str]:
    """A key to sort players by: configurations as the grid has them, others after them by name."""
    return (GRID.index(label), "") if label in GRID else (len(GRID), label)


class Configuration(BaseModel):
    """One column of the ablation."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description='"full", "none", "bare", "without X" or "only X".')
    agent: AgentConfig = Field(description="How the agent plays.")
    bare: bool = Field(default=False, description="Whether the model plays without the agent.")


def grid(base: AgentConfig, wanted: Sequence[str] = ()) -> tuple[Configuration, ...]:
    """The full agent, each stage off, each stage alone, every stage off, and the bare model.

    Args:
        base: the full agent.
        wanted: names of configurations to keep, in any order; all of them when empty.

    Raises:
        UserError: a wanted name is not in the grid.
    """
    alone = [
        Configuration(name=f"only {module}", agent=base.without(*(other for other in MODULES if other != module)))
        for module in MODULES
    ]
    everything = (
        Configuration(name=FULL, agent=base),
        *(Configuration(name=f"without {module}", agent=base.without(module)) for module in MODULES),
        *alone,
        Configuration(name=NONE, agent=base.without(*MODULES)),
        Configuration(name=BARE, agent=base, bare=True),
    )
    names = [each.name for each in everything]
    for name in wanted:
        if name not in names:
            raise UserError(f"There is no configuration '{name}' to play; choose from {', '.join(names)}.")
    return tuple(each for each in everything if not wanted or each.name in wanted)
