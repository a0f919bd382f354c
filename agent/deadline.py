"""Deadlines: how long a reply and a run may still take."""

import time
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The instant by which a reply must have left.

    Attributes:
        until: that instant on `clock`; None for no limit.
        clock: seconds since some fixed instant.
    """

    until: float | None
    clock: Clock = time.monotonic

    @classmethod
    def of(cls, *, reply_s: float | None, run_s_left: float | None, clock: Clock = time.monotonic) -> "Deadline":
        """The nearer of the two limits, counted from now."""
        limits = [limit for limit in (reply_s, run_s_left) if limit is not None]
        return cls(until=clock() + min(limits) if limits else None, clock=clock)

    def seconds_left(self) -> float | None:
        """Seconds until the deadline, never below 0; None for no limit."""
        return None if self.until is None else max(0.0, self.until - self.clock())

    def allows(self, seconds: float) -> bool:
        """Whether that much time is left."""
        left = self.seconds_left()
        return left is None or left >= seconds
