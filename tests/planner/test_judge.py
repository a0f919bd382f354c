import pytest

from constraints.forms import Slot, SlotKind
from constraints.rulebook import Legend, Rulebook
from constraints.span import Span
from planner.choose import choose
from planner.judge import Judge, proposed_word
from planner.policies import policies
from planner.wordgame import read_hint

NOWHERE = Span(message=0, start=0, end=0, text="")
LEGEND = Legend(exact="green", present="yellow", absent="red", span=NOWHERE, confidence=1.0)


@pytest.fixture
def rulebook(make_form):
    why = Slot(name="explanation", kind=SlotKind.TEXT)
    verdict = Slot(name="agreement", kind=SlotKind.CHOICE, options=("yes", "no"))
    return Rulebook(forms=(make_form("explanation: ", why, "\nagreement: ", verdict),), legend=LEGEND, letters=5)


def ask(player, word: str, feedback: str = ""):
    return player.hear(f"clue: hulking\nexplanation: a large word.\nguess: {word}\n{feedback}")


def test_agrees_with_a_first_guess(talk, rulebook) -> None:
    session = ask(talk(rulebook), "bulky")
    proposal = choose(policies(), session)
    assert proposal.policy == "judge"
    assert proposal.options[0].fills == {"agreement": "yes"}
    assert "bulky" in proposal.options[0].reason


@pytest.mark.parametrize(
    ("word", "verdict"), [("large", "yes"), ("lofty", "no"), ("bulky", "no"), ("lager", "yes"), ("legal", "no")]
)
def test_agrees_only_with_what_the_feedback_allows(talk, rulebook, word, verdict) -> None:
    player, judge = talk(rulebook), Judge()
    player.say(judge.propose(ask(player, "bulky")).options[0])
    session = ask(player, word, "guess_feedback: r<yellow> a<green> l<yellow> l<red> y<red>")
    option = judge.propose(session).options[0]
    assert (option.fills, option.certain) == ({"agreement": verdict}, True)
    assert word in option.reason


def test_marks_without_letters_belong_to_the_guess_before(talk, make_form) -> None:
    legend = Legend(exact="=", present="~", absent=".", span=NOWHERE, confidence=1.0)
    verdict = Slot(name="verdict", kind=SlotKind.CHOICE, options=("accept", "reject"))
    player, judge = talk(Rulebook(forms=(make_form("[", verdict, "]"),), legend=legend, letters=5)), Judge()
    player.say(judge.propose(player.hear("Proposed word: crane")).options[0])
    session = player.hear("Feedback: .=..~\nProposed word: clear")
    assert judge.propose(session).options[0].fills == {"verdict": "reject"}


def test_a_yes_or_no_about_something_else_is_left_alone(talk, rulebook) -> None:
    assert Judge().fits(talk(rulebook).hear("Is it raining?")) == 0.0


def test_a_proposal_with_a_remark_is_read_and_an_example_is_none(talk, make_form) -> None:
    verdict = Slot(name="opinion", kind=SlotKind.CHOICE, options=("I agree", "I disagree"))
    player = talk(Rulebook(forms=(make_form("OPINION: ", verdict),), letters=5))
    shown = 'If the hidden word were "sheep" and you said "spell", you would be told s=hit.\n\n'
    session = player.hear(f"{shown}Proposed word: crane (reason: (none given))\nThe clue was: a lifting bird")
    proposed = proposed_word(session)
    assert proposed is not None and proposed.value == "crane"
    assert read_hint(session) == "a lifting bird"
    assert Judge().propose(session).options[0].fills == {"opinion": "I agree"}
