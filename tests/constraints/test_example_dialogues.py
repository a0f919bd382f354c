"""Forms guessed from example dialogues when nothing else tells."""

from constraints.forms import Literal
from constraints.reader import read
from constraints.rulebook import Rulebook


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
