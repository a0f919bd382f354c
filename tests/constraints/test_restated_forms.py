"""A complaint that shows one of several standing forms again wants that form, as it was read."""

import pytest

from constraints.forms import Literal
from constraints.reader import read
from constraints.rulebook import Rulebook

FORMS = """You play with a friend. In every turn, reply with one of these:
[ASK: $QUESTION] (to ask a question)
[ANSWER: $ANSWER] (to answer a question)
[DECISION: $DECISION] (to decide)
$QUESTION is one question, on one line. $ANSWER is your answer, on one line. $DECISION is "same" or "different".
Please begin."""

COMMANDS = """You walk through a house. Use one of these forms:
- say <message> (to talk)
- `go <direction>`
<message> is a short sentence."""

TOLD = """What you can say:
To ask a question: the tag "QUERY:" and after it your question, on one line
To guess the word: the tag "GUESS:" and after it one word."""


def heads(rulebook: Rulebook) -> list[str]:
    return [part.text for form in rulebook.forms for part in form.parts[:1] if isinstance(part, Literal)]


def after(first: str, complaint: str) -> Rulebook:
    rulebook = read(Rulebook(), first, own=False, message=0)
    rulebook = read(rulebook, "hello", own=True, message=1)
    return read(rulebook, complaint, own=False, message=2)


@pytest.mark.parametrize(
    ("first", "complaint", "wanted"),
    [
        (FORMS, "The required form was not found. The form is: [ANSWER: $ANSWER]", ["[ANSWER: "]),
        (FORMS, "Once again, please. Wrong: no form. What is wanted: [ANSWER: $ANSWER]", ["[ANSWER: "]),
        (FORMS, "I could not accept this. Once more, as agreed: [DECISION: $DECISION]", ["[DECISION: "]),
        (FORMS, "Invalid reply. Allowed now:\n[ASK: $QUESTION]\n[ANSWER: $ANSWER]", ["[ASK: ", "[ANSWER: "]),
        (COMMANDS, "Sorry, the form is missing. Form to use: say <message>", ["say "]),
        (COMMANDS, "I did not understand. What is wanted: go <direction>", ["go "]),
        (TOLD, 'The form was not found. What is wanted: "GUESS:" and one word', ["GUESS: "]),
    ],
)
def test_only_the_forms_shown_again_are_active(first: str, complaint: str, wanted: list[str]) -> None:
    rulebook = after(first, complaint)
    assert heads(rulebook) == wanted
    kept = {form.parts for form in rulebook.standing}
    assert {form.parts for form in rulebook.forms} <= kept


def test_the_reply_after_the_next_is_free_again() -> None:
    rulebook = after(FORMS, "The required form was not found. The form is: [ANSWER: $ANSWER]")
    rulebook = read(rulebook, "[ANSWER: it is blue]", own=True, message=3)
    rulebook = read(rulebook, "Thank you. What now?", own=False, message=4)
    assert len(rulebook.forms) == 3


def test_no_complaint_narrows_nothing() -> None:
    assert len(after(COMMANDS, "You are in the hall. You see a lamp.").forms) == 2
