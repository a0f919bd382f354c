"""What a prompt writes where a value goes is no value."""

import pytest

from constraints.reader import read
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
