"""The default set of policies."""

from memory.clues import Clues
from memory.dictionary import Dictionary
from memory.meanings import Meanings
from planner.act import Act
from planner.answer import Answer
from planner.association import Association
from planner.attest import Attest
from planner.choose import Policy
from planner.compare import Compare
from planner.eliminate import Eliminate
from planner.explore import Explore
from planner.gather import Gather
from planner.guess import Guess
from planner.hint import Hint
from planner.inquire import Inquire
from planner.judge import Judge
from planner.kinds import Kinds
from planner.paint import Dictate, Follow
from planner.pick import Pick
from planner.select import Select
from planner.session import Ranker
from planner.tellapart import PickOut, TellApart


def policies(
    ranker: Ranker | None = None, meanings: Meanings | None = None, dictionary: Dictionary | None = None
) -> tuple[Policy, ...]:
    """Every way of playing, ready to be chosen from by `planner.choose.choose`.

    Args:
        ranker: the language model as a judge of short texts; None to do without.
        meanings: words as vectors, for hints and descriptions; None to do without.
        dictionary: what words can mean, for clues; None to do without.
    """
    association = Association(meanings=meanings) if meanings is not None else None
    clues = Clues(meanings=meanings, dictionary=dictionary) if meanings is not None else None
    kinds = Kinds(dictionary=dictionary) if dictionary is not None else None
    return (
        Act(),
        Explore(),
        Eliminate(ranker=ranker, affinity=clues),
        Judge(ranker=ranker),
        Guess(association=association),
        Hint(association=association),
        Gather(association=association),
        Pick(association=association),
        Answer(meanings=meanings),
        Dictate(),
        Follow(),
        TellApart(),
        PickOut(ranker=ranker),
        Select(ranker=ranker),
        Compare(),
        Inquire(meanings=meanings, kinds=kinds),
        Attest(meanings=meanings, ranker=ranker, kinds=kinds),
    )
