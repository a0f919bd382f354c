"""Choosing among listed options by what the question adds to them."""

from collections.abc import Sequence

import pytest

from constraints.reader import read
from constraints.rulebook import Rulebook
from memory.events import Event, Source
from memory.store import Memory, remember
from planner.choose import choose, is_sayable
from planner.select import Select
from planner.session import Option, Proposal, Session

QUESTION = "Which of them can fly?\n"
OPTIONS = "(A) a stone\n(B) a gull\n(C) a lamp\n"


class Leaning:
    """A judge that leans to the last option, and a little to the gull where flying is spoken of."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def rank(self, question: str, answers: Sequence[str]) -> list[float]:
        self.asked.append(question)
        return [place + (0.5 if "fly" in question and place == 1 else 0.0) for place, _ in enumerate(answers)]


def session_of(*messages: str) -> Session:
    rulebook, memory = Rulebook(), Memory()
    for index, text in enumerate(messages):
        rulebook = read(rulebook, text, own=False, message=index)
        memory = remember(memory, Event(index=index, source=Source.GAME, text=text))
    return Session(rulebook=rulebook, memory=memory)


@pytest.mark.parametrize(
    ("prompt", "reply"),
    [
        (QUESTION + OPTIONS + "Answer with the letter only.", "B"),
        ("Answer with the letter only.\n\n" + QUESTION + OPTIONS, "B"),
        (f'Answer only with "The answer is (X)" where X is the letter.\n\nQuestion:\n{QUESTION}Options:\n{OPTIONS}',
         "The answer is (B)"),
        (QUESTION + "Options:\n- a stone\n- a gull\n- a lamp\nReply with one of the options.", "a gull"),
    ],
)  # fmt: skip
def test_the_option_that_the_question_speaks_for_is_chosen(prompt: str, reply: str) -> None:
    ranker, session = Leaning(), session_of(prompt)
    select = Select(ranker=ranker)
    assert select.fits(session) > 0.9
    proposal = select.propose(session)
    best = proposal.options[0]
    assert session.rulebook.forms[best.form].render(best.fills) == reply
    whole, unasked = ranker.asked
    assert whole == prompt and "fly" not in unasked and "stone" in unasked
    assert "letter" in unasked or "options" in unasked  # how to reply is not left out


@pytest.mark.parametrize(
    "prompt",
    [
        QUESTION + OPTIONS + "Think step by step, then answer with the letter.",
        "Can a gull fly? Answer yes or no.",
        f"Q: {QUESTION}{OPTIONS}A: (B)\n\nQ: {QUESTION}{OPTIONS}A: (B)\n\nQ: {QUESTION}{OPTIONS}A:",
        QUESTION + OPTIONS,
    ],
)
def test_other_prompts_are_left_to_decoding(prompt: str) -> None:
    assert Select(ranker=Leaning()).fits(session_of(prompt)) == 0.0


def test_only_the_first_message_is_a_question() -> None:
    prompt = QUESTION + OPTIONS + "Answer with the letter only."
    assert Select(ranker=Leaning()).fits(session_of(prompt, prompt)) == 0.0


class Stray:
    name = "stray"

    def fits(self, session: Session) -> float:
        return 1.0

    def propose(self, session: Session) -> Proposal:
        slot = session.rulebook.forms[0].slots[0]
        return Proposal(policy="stray", options=(Option(form=0, fills={slot.name: "a gull"}),))


def test_what_the_rules_do_not_offer_is_never_proposed() -> None:
    session = session_of(QUESTION + OPTIONS + "Answer with the letter only.")
    assert not is_sayable(Stray().propose(session).options[0], session.rulebook)
    assert choose((Stray(), Select(ranker=Leaning())), session).policy == "select"
