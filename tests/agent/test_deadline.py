"""Deadlines on a clock of our own."""

from hypothesis import given
from hypothesis import strategies as st

from agent.deadline import Deadline


class Clock:
    """A clock that stands still until it is told to move."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_no_limit_allows_everything() -> None:
    deadline = Deadline.of(reply_s=None, run_s_left=None)
    assert deadline.seconds_left() is None
    assert deadline.allows(1e9)


@given(
    reply=st.none() | st.floats(min_value=0.01, max_value=100),
    run=st.none() | st.floats(min_value=0, max_value=100),
    passed=st.floats(min_value=0, max_value=300),
)
def test_the_nearer_limit_counts_and_time_never_runs_below_zero(
    reply: float | None, run: float | None, passed: float
) -> None:
    clock = Clock()
    deadline = Deadline.of(reply_s=reply, run_s_left=run, clock=clock)
    clock.now += passed
    limits = [limit for limit in (reply, run) if limit is not None]
    left = deadline.seconds_left()
    if not limits:
        assert left is None
    else:
        assert left is not None
        assert left >= 0
        assert abs(left - max(0.0, min(limits) - passed)) < 1e-6
