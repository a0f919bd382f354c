"""What a run tells whoever watches it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Stepped:
    """A step is done, or something was measured after it.

    Attributes:
        step: steps done.
        steps: steps of the run.
        tokens: tokens in the ledger.
        budget: tokens allowed.
        loss: of this step, where it was the step that was noted.
        measured: held-out loss, practice score or rewards, by name.
    """

    step: int
    steps: int
    tokens: int
    budget: int
    loss: float | None = None
    measured: Mapping[str, float] = field(default_factory=dict)


Listener = Callable[[Stepped], None]


def unheard(_: Stepped) -> None:
    """Listens to nothing."""
