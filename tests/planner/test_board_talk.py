"""Boards told apart and compared, in sessions folded from whole prompts."""

import pytest

from agent.fold import Fold, normalise
from agent.transcript import Message
from memory.figures import read_figures
from planner.compare import Compare, due_now
from planner.session import Session
from planner.tellapart import PickOut, TellApart, wanted_board

GRIDS = ("X . .\n. X .\n. . X", "X X X\n. . .\nX . X", ". . X\n. X .\nX . .")


def session(*turns: str) -> Session:
    """A session of turns that alternate between the game and this player."""
    roles = ("user", "assistant")
    return Fold().session(normalise([Message(role=roles[n % 2], content=turn) for n, turn in enumerate(turns)]))


def speaker(target: str, others: tuple[str, str]) -> Session:
    return session(
        'Three grids of 3 by 3 cells: one target and two others. "X" is a filled cell, "." an empty one. Describe the '
        f"target.\n\nTarget:\n{target}\n\nOther grid:\n{others[0]}\n\nOther grid:\n{others[1]}\n\n"
        "Output format\nexpression: <expression>\n<expression>: your description, on one line.\nPlease begin."
    )


def listener(words: str, labels: tuple[str, str, str]) -> Session:
    shown = "\n\n".join(f"{label}:\n{grid}" for label, grid in zip(labels, GRIDS, strict=True))
    return session(
        'You see three grids of 3 by 3 cells. "X" is a filled cell, "." an empty one. Another player describes one of '
        f"them. Which one?\n\n{shown}\n\nOutput format\nAnswer: <choice>\n<choice>: one of {labels[0]}, {labels[1]} or "
        f"{labels[2]}.\nPlease add nothing else.\n\nThe description: {words}\nWhich grid is it?"
    )


@pytest.mark.parametrize("labels", [("first", "second", "third"), ("A", "B", "C"), ("left", "middle", "right")])
@pytest.mark.parametrize("target", range(3))
def test_the_listener_finds_what_the_speaker_describes(labels: tuple[str, str, str], target: int) -> None:
    others = [grid for number, grid in enumerate(GRIDS) if number != target]
    told = TellApart().propose(speaker(GRIDS[target], (others[0], others[1])))
    (words,) = told.options[0].fills.values()
    heard = listener(words, labels)
    assert PickOut().fits(heard) > 0.9
    assert labels[target] in PickOut().propose(heard).options[0].fills.values()


def test_a_listener_that_understands_nothing_asks_the_model() -> None:
    class Third:
        def rank(self, question: str, answers: list[str]) -> list[float]:
            return [-3.0, -2.0, -1.0]

    options = PickOut(ranker=Third()).propose(listener("I have no idea, sorry", ("A", "B", "C"))).options
    assert [next(iter(option.fills.values())) for option in options] == ["C", "B", "A"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Target:\n{0}\n\nOther grid:\n{1}\n\nOther grid:\n{2}", 0),
        ("Wrong ones first:\n{0}\n\n{1}\n\nNow the right one:\n{2}", 2),
        ("Describe grid U so that nobody takes it for T or V.\nT\n{0}\nU\n{1}\nV\n{2}", 1),
    ],
)
def test_which_board_is_wanted(text: str, place: int) -> None:
    filled = text.format(*GRIDS)
    assert wanted_board(filled, read_figures(filled)) == place


RULES = (
    'You have this grid ("X" filled, "." empty), your partner has one too. '
    "Find out whether the two grids are the same.\n"
    "{grid}\nYou will be told each time what is due. One of these forms each time:\n"
    "- to describe your grid: DESCRIPTION: <description>\n- to ask a question: QUESTION: <question>\n"
    "- to answer a question: ANSWER: <answer>\n- to decide at the end: DECISION: <decision>\n"
    '<decision> is either "same" or "different".\n\n'
)


def decided(own: str, partner: str) -> str:
    """What is decided after a partner's description and an answer."""
    game = session(
        RULES.format(grid=own) + "Please describe your grid.",
        "DESCRIPTION: Filled are row 1",
        f"Your partner describes their grid: {partner}\nPlease decide now: are the two grids the same?",
    )
    assert due_now(game) == "decide"
    return next(iter(Compare().propose(game).options[0].fills.values()))


def test_sameness_is_decided_by_the_description() -> None:
    description = next(
        iter(Compare().propose(session(RULES.format(grid=GRIDS[1]) + "Please describe your grid.")).options)
    ).fills
    words = next(iter(description.values()))
    assert decided(GRIDS[1], words) == "same"
    assert decided(GRIDS[0], words) == "different"


def test_an_answer_outweighs_a_description() -> None:
    own = GRIDS[1]
    words = "Filled are row 1; row 3, columns 1 and 3; all else is empty"
    game = session(
        RULES.format(grid=own) + f"Your partner describes their grid: {words}\nPlease ask a question now.",
        "QUESTION: Which columns are filled in row 2 of your grid?",
        "Your partner answers: column 2\nTime to decide.",
    )
    assert next(iter(Compare().propose(game).options[0].fills.values())) == "different"


def test_questions_are_answered_from_the_own_board() -> None:
    game = session(
        RULES.format(grid=GRIDS[0])
        + "Your partner asks: Which columns are filled in row 2?\nPlease answer the question."
    )
    assert list(Compare().propose(game).options[0].fills.values()) == ["Column 2"]
