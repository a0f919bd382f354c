"""The default set of policies."""

from planner.choose import Policy
from planner.eliminate import Eliminate
from planner.explore import Explore
from planner.guess import Guess
from planner.judge import Judge
from planner.session import Ranker


def policies(ranker: Ranker | None = None) -> tuple[Policy, ...]:
    """Every way of playing, ready to be chosen from by `planner.choose.choose`.

    Args:
        ranker: the language model as a judge of short texts; None to do without.
    """
    return (Explore(), Eliminate(ranker=ranker), Judge(ranker=ranker), Guess(ranker=ranker))
