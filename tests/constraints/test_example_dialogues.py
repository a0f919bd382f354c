"""Forms guessed from example dialogues when nothing else tells."""

import pytest

from constraints.forms import Literal
from constraints.reader import read
from constraints.rulebook import Rulebook
from constraints.turn import constrain


def shapes(text: str) -> list[str]:
    forms = read(Rulebook(), text, own=False, message=0).forms
    return [
        "".join(part.text if isinstance(part, Literal) else f"«{part.name}»" for part in form.parts) for form in forms
    ]


def test_replies_with_a_common_beginning_show_a_form() -> None:
    text = (
        "We play a game.\nFor example:\n[game] one\n[you] **Guess:** crane\n[game] two\n[you] **Guess:** brain\n\nGo."
    )
    assert shapes(text) == ["**Guess:** «guess»"]


def test_several_kinds_of_replies_show_several_forms() -> None:
    text = "We play.\nFor example:\nGame: hall\nYou: [walk: left]"
    text += "\nGame: den\nYou: [walk: right]\nGame: end\nYou: STOP\n\nGo."
    assert shapes(text) == ["[walk: «walk»]", "STOP"]


def test_replies_without_anything_in_common_show_nothing() -> None:
    assert (
        shapes("We talk.\nFor example:\nGame: hello\nYou: good day to you\nGame: bye\nYou: see you soon\n\nGo.") == []
    )


def test_what_is_stated_comes_first() -> None:
    text = "Reply in the form: WORD: <a word>\nFor example:\nGame: hi\nYou: WORD: sun\nGame: hm\nYou: WORD: sea\n\nGo."
    assert shapes(text) == ["WORD: «word»"]


@pytest.mark.parametrize(
    ("rules", "good"),
    [
        ('What you can say:\nTo ask: the tag "=> ask" and after it a question.', "=> ask Is it made of ice?"),
        ("To talk, write > [answer]\nTo stop, write > stop\n[answer] stands for a sentence.", "> It is late."),
        ('Return JSON only. The keys of the object are:\n- "word": a five-letter word', '{"word": "zebra"}'),
    ],
)  # fmt: skip
def test_the_form_told_right_after_an_example_dialogue_is_no_part_of_it(rules: str, good: str) -> None:
    prompt = f"You play a game with a friend.\nFor example:\nQ: Is it here?\nA: It is.\nQ: And there?\nA: No.\n{rules}"
    rulebook = read(Rulebook(), prompt, own=False, message=0)
    assert not constrain(rulebook).check(good)
    assert all(form.slots or form.parse("> stop") is not None for form in rulebook.forms)


def test_a_form_shown_as_an_example_of_itself_keeps_no_brackets() -> None:
    prompt = (
        "You are a player in a guessing game. Write your reply on one line, exactly like this: Attempt: [guess]\n"
        "[guess] has to be replaced by a five-letter word."
    )
    assert not constrain(read(Rulebook(), prompt, own=False, message=0)).check("Attempt: canoe")
