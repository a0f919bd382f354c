"""What a prompt writes where a value goes is no value."""

import pytest

from constraints.reader import read
from constraints.replay import admits
from constraints.rulebook import Rulebook
from constraints.turn import TurnConstraint, constrain


def now(text: str) -> TurnConstraint:
    return constrain(read(Rulebook(), text, own=False, message=0))


@pytest.mark.parametrize("echo", ["GUESS_HERE", "GUESS-HERE", "guess", "Here"])
def test_an_echoed_placeholder_is_rejected(echo: str) -> None:
    constraint = now(
        "Each of your messages must have the form\n<Answer: GUESS_HERE>\nGUESS_HERE stands for a single word."
    )
    assert "placeholder" in [violation.kind for violation in constraint.check(f"<Answer: {echo}>")]
    assert constraint.check("<Answer: igloo>") == []


def test_an_example_value_is_a_value() -> None:
    constraint = now("Reply in the form: GUESS: <a word>. Do not add any other text.")
    assert constraint.check("GUESS: apple") == []
    assert [violation.kind for violation in constraint.check("GUESS: word")] == ["placeholder"]


@pytest.mark.parametrize(
    ("form", "echoes"),
    [
        ("[ANSWER: $ANSWER]", ["[ANSWER: $ANSWALON]", "[ANSWER: it is $answer]", "[ANSWER: see $X]"]),
        ("ANSWER: <your answer>", ["ANSWER: <anything>", "ANSWER: a <b> c"]),
        ("ANSWER: ANSWER_HERE", ["ANSWER: ANSWERS_HERE", "ANSWER: my answer_here"]),
        ("ANSWER = [answer]", ["ANSWER = [answers]", "ANSWER = the [b]"]),
    ],
)
def test_nothing_that_looks_like_the_placeholder_leaves(form: str, echoes: list[str]) -> None:
    constraint = now(f"You play a game. Reply in exactly this form and add nothing else:\n\n{form}\n\nBegin.")
    assert constraint.forms
    legal = form.replace("$ANSWER", "a red one").replace("<your answer>", "a red one")
    legal = legal.replace("ANSWER_HERE", "a red one").replace("[answer]", "a red one")
    assert constraint.check(legal) == []
    for echo in echoes:
        assert constraint.check(echo) != [], echo
        assert not admits(constraint, echo), echo
