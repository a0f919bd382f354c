import pytest

from constraints.forms import Slot, SlotKind
from constraints.rulebook import Rulebook
from planner.choose import choose
from planner.policies import policies

FACTS = "destination: Oslo\nclass: economy\ntransport: ferry\n\nAnswer in the form\nANSWER: <one sentence>\n\n"


@pytest.fixture
def forms(make_form):
    whether = Slot(name="aside", kind=SlotKind.CHOICE, options=("yes", "no"))
    return make_form("ANSWER: ", Slot(name="answer", kind=SlotKind.TEXT)), make_form("ASIDE: ", whether)


def test_answers_with_the_field_asked_for_and_knows_what_it_told(talk, forms) -> None:
    player = talk(Rulebook(forms=forms))
    probe = "ME: Does the agent know your destination by now?"
    first = choose(policies(), player.hear(f"You travel. Your facts:\n{FACTS}{probe}"))
    assert (first.policy, first.options[0].fills) == ("answer", {"aside": "no"})
    player.say(first.options[0])
    told = choose(policies(), player.hear("AGENT: What is your destination?"))
    assert "Oslo" in told.options[0].fills["answer"]
    assert "ferry" not in told.options[0].fills["answer"]
    player.say(told.options[0])
    assert choose(policies(), player.hear(probe)).options[0].fills == {"aside": "yes"}
    other = "ME: Have you already told the agent the transport?"
    assert choose(policies(), player.hear(other)).options[0].fills == {"aside": "no"}


def test_questions_without_known_fields_are_left_to_the_model(talk, forms) -> None:
    assert choose(policies(), talk(Rulebook(forms=forms)).hear("How are you?")).options == ()


def test_a_request_without_a_question_mark_is_answered(talk, forms) -> None:
    player = talk(Rulebook(forms=forms))
    player.hear(f"You travel. Your facts:\n{FACTS}AGENT: Hello.")
    asked = choose(policies(), player.hear("AGENT: Please tell me which class you book."))
    assert "economy" in asked.options[0].fills["answer"]


def test_fields_that_a_question_may_mean_alike_are_told_together(talk, forms) -> None:
    facts = "starter: olives\nmain dish: curry\ndrink: cider\n\nAnswer in the form\nANSWER: <one sentence>\n\n"
    player = talk(Rulebook(forms=forms))
    told = choose(policies(), player.hear(f"You dine. Your order:\n{facts}WAITER: What will it be?"))
    assert "curry" in told.options[0].fills["answer"] and "olives" in told.options[0].fills["answer"]
