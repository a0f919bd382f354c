"""What looks like a form or a list of values and is none."""

from constraints.reader import read
from constraints.rulebook import Rulebook
from constraints.turn import constrain


def test_an_echoed_definition_beside_a_template_is_no_form() -> None:
    prompt = (
        "You work with a partner. You reply in the form\n\nREASON: $EXPLANATION\nAGREEMENT: $AGREEMENT\n\n"
        "$EXPLANATION is a short reason, on one line. $AGREEMENT is yes or no.\n\nThe partner guesses: crane\n"
        "Reason: $EXPLANATION is a short reason, on one line\nDo you agree?"
    )
    rulebook = read(Rulebook(), prompt, own=False, message=0)
    assert len(rulebook.forms) == 1
    assert constrain(rulebook).check("REASON: it fits\nAGREEMENT: yes") == []


def test_marks_of_letters_in_a_later_message_are_no_forms() -> None:
    prompt = "Find a word of five letters. Reply in this form:\n\nAnswer -> <guess>\n\n<guess> is a five-letter word."
    rulebook = read(Rulebook(), prompt, own=False, message=0)
    rulebook = read(rulebook, "Answer -> about", own=True, message=1)
    judged = "Your guess was judged like this:\n1. a: B\n2. b: B\n3. o: B\n4. u: B\n5. t: B\nThe next guess, please."
    assert constrain(read(rulebook, judged, own=False, message=2)).check("Answer -> which") == []


def test_remarks_on_the_form_are_no_values() -> None:
    prompt = (
        "We play a game with words. Your reply is a JSON object with these keys:\n"
        '- "why": a short reason, on one line\n- "guess": a five-letter word'
    )
    turn = constrain(read(Rulebook(), prompt, own=False, message=0))
    assert turn.check('{"why": "it fits all marks", "guess": "crane"}') == []
