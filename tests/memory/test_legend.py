import pytest

from memory.legend import infer_marking
from memory.marks import Marking

PROSE = (
    "{e} marks a letter that is right and in the right place, {p} a letter that occurs in the word but in another "
    "place, {a} a letter that does not occur.",
    "How to read the marks: {e} = right letter, right place; {p} = right letter, wrong place; {a} = not in the word.",
    "If a letter belongs exactly there you see {e}. If it belongs to the word but somewhere else you see {p}. "
    "Otherwise you see {a}.",
    "- {e}: the letter stands in the correct position\n- {p}: the letter is at a different position\n"
    "- {a}: the word does not contain the letter",
    "Letters in their proper place get {e}; letters that the word has elsewhere get {p}; all the rest get {a}.",
)
VOCABULARIES = (
    ("green", "yellow", "red"),
    ("+", "~", "-"),
    ("2", "1", "0"),
    ("hot", "warm", "cold"),
    ("🟩", "🟨", "⬜"),
)
VERDICTS = (2, 1, 0)


def layouts(guess: str, marks: list[str]) -> list[str]:
    pairs = list(zip(guess, marks, strict=True))
    return [
        " ".join(f"{a}<{b}>" for a, b in pairs),
        " ".join(f"{a}({b})" for a, b in pairs),
        ", ".join(f"{a}={b}" for a, b in pairs),
        " | ".join(f"{a.upper()} {b}" for a, b in pairs),
        " ".join(guess.upper()) + "\n" + " ".join(marks),
        "\n".join(f"{number}. {a}: {b}" for number, (a, b) in enumerate(pairs, 1)),
    ]


@pytest.mark.parametrize("words", VOCABULARIES)
@pytest.mark.parametrize("prose", PROSE)
def test_examples_and_prose_together_give_the_legend(prose: str, words: tuple[str, str, str]) -> None:
    shown = dict(zip(VERDICTS, words, strict=True))
    for guess, hidden, verdicts in (("crane", "brain", (0, 2, 2, 1, 0)), ("robot", "honor", (1, 2, 0, 2, 0))):
        for row in layouts(guess, [shown[verdict] for verdict in verdicts]):
            text = (
                f"Guess my word. {prose.format(e=words[0], p=words[1], a=words[2])}\n"
                f'If the hidden word were "{hidden}" and you said "{guess}", you would be told:\n{row}\nGo ahead!'
            )
            assert infer_marking(text, 5) == Marking(exact=words[0], present=words[1], absent=words[2]), row


def test_an_example_that_shows_all_marks_needs_no_prose() -> None:
    text = 'Suppose the word is "brain". A guess of "crane" brings this answer:\nc(no) r(yes) a(yes) n(hm) e(no)'
    assert infer_marking(text, 5) == Marking(exact="yes", present="hm", absent="no")


@pytest.mark.parametrize(
    "text", ["", "Guess a word.", 'The words "brain" and "crane" are nice.', "(" * 50_000, '"crane" ' * 900]
)
def test_no_legend_where_none_is_explained(text: str) -> None:
    assert infer_marking(text, 5) is None
