import pytest

from memory.belief import Clue
from memory.events import Event, Source
from memory.feedback import read_clues, refused_words
from memory.marks import Marking, read_marks

COLOURS = Marking(exact="green", present="yellow", absent="red")
SIGNS = Marking(exact="=", present="~", absent=".")
PLACES = Marking(exact="right place", present="wrong place", absent="not in the word")
SQUARES = Marking(exact="🟩", present="🟨", absent="⬛")
WORDS = Marking(exact="hit", present="near", absent="miss")
LETTERS = Marking(exact="G", present="Y", absent="B")
DIGITS = Marking(exact="2", present="1", absent="0")

ROWS = [
    ("guess_feedback: c<red> r<green> a<red> n<red> e<yellow>\n\nguess: word", COLOURS, "crane"),
    ("C:red, R:green, A:red, N:red, E:yellow", COLOURS, "crane"),
    ("Your guess crane: red green red red yellow. Guess again.", COLOURS, ""),
    ('[("c","red"),("r","green"),("a","red"),("n","red"),("e","yellow")]', COLOURS, "crane"),
    ("C R A N E\n. = . . ~", SIGNS, ""),
    ("crane  .=..~", SIGNS, ""),
    ("c. r= a. n. e~", SIGNS, "crane"),
    ("[.c] [=r] [.a] [.n] [~e]", SIGNS, "crane"),
    ("⬛🟩⬛⬛🟨", SQUARES, ""),
    ("c⬛r🟩a⬛n⬛e🟨", SQUARES, "crane"),
    ("Result: c=x, r==, a=x, n=x, e=?", Marking(exact="=", present="?", absent="x"), "crane"),
    ("02001", DIGITS, ""),
    ("C0 R2 A0 N0 E1", DIGITS, "crane"),
    ("BGBBY", LETTERS, ""),
    ("c-B r-G a-B n-B e-Y", LETTERS, "crane"),
    ("c = miss | r = hit | a = miss | n = miss | e = near", WORDS, "crane"),
    ("Feedback:\nc - miss\nr - hit\na - miss\nn - miss\ne - near", WORDS, "crane"),
    (
        "1st letter c: not in the word; 2nd letter r: right place; 3rd letter a: not in the word; "
        "4th letter n: not in the word; 5th letter e: wrong place",
        PLACES,
        "crane",
    ),
    (
        "Letter 1 (C) is not in the word, letter 2 (R) is in the right place, letter 3 (A) is not in the word, "
        "letter 4 (N) is not in the word, letter 5 (E) is in the wrong place.",
        PLACES,
        "crane",
    ),
]


@pytest.mark.parametrize(("text", "marking", "letters"), ROWS)
def test_reads_marks_in_many_forms(text: str, marking: Marking, letters: str) -> None:
    assert [(word, marks) for word, marks, _ in read_marks(text, marking, 5)] == [(letters, (0, 2, 0, 0, 1))]


@pytest.mark.parametrize(("text", "marking", "letters"), ROWS)
def test_marks_are_put_to_the_guess_they_belong_to(text: str, marking: Marking, letters: str) -> None:
    events = [
        Event(index=0, source=Source.GAME, text="Example: a<yellow> p<yellow> p<green> l<yellow> e<red>"),
        Event(index=1, source=Source.SELF, text="guess: crane", fills=(("why", "a start"), ("guess", "crane"))),
        Event(index=2, source=Source.GAME, text=text),
    ]
    assert read_clues(events, marking, 5, ("guess",)) == (Clue(guess="crane", marks=(0, 2, 0, 0, 1), turn=2),)


def test_a_board_of_all_guesses_so_far() -> None:
    events = [
        Event(index=0, source=Source.GAME, text="Guess!"),
        Event(index=1, source=Source.SELF, text="crane", fills=(("guess", "crane"),)),
        Event(index=2, source=Source.GAME, text="CRANE 🟩⬛⬛⬛⬛"),
        Event(index=3, source=Source.SELF, text="couch", fills=(("guess", "couch"),)),
        Event(index=4, source=Source.GAME, text="CRANE 🟩⬛⬛⬛⬛\nCOUCH 🟩🟨⬛⬛🟩"),
    ]
    clues = read_clues(events, SQUARES, 5)
    assert [(clue.guess, clue.marks) for clue in clues] == [("crane", (2, 0, 0, 0, 0)), ("couch", (2, 1, 0, 0, 2))]


def test_usual_marks_are_read_without_a_legend() -> None:
    events = [
        Event(index=0, source=Source.GAME, text="Guess!"),
        Event(index=1, source=Source.SELF, text="crane", fills=(("guess", "crane"),)),
        Event(index=2, source=Source.GAME, text="⬜🟩⬜⬜🟨"),
    ]
    assert [clue.marks for clue in read_clues(events, None, 5)] == [(0, 2, 0, 0, 1)]


@pytest.mark.parametrize(
    "text",
    [
        "Your guess is not a valid word for this game. Please try again.",
        "Sorry, that isn't in my word list.",
        "Unknown word! Another one, please.",
        "I don't know that word.",
        "That reply could not be used. Please try again.",
    ],
)
def test_refused_words_are_noticed(text: str) -> None:
    events = [
        Event(index=0, source=Source.GAME, text="Guess a valid word!"),
        Event(index=1, source=Source.SELF, text="talen", fills=(("guess", "talen"),)),
        Event(index=2, source=Source.GAME, text=text),
    ]
    assert list(refused_words(events, 5)) == ["talen"]


def test_prose_around_marks_is_no_feedback() -> None:
    assert read_marks("Green letters are right, yellow ones misplaced, red ones wrong.", COLOURS, 5) == []
    assert read_marks("Well... let us see. Hm.", SIGNS, 5) == []


@pytest.mark.parametrize(
    ("text", "marking"),
    [
        ("1. t: -\n2. r: +\n3. a: ~\n4. c: -\n5. e: -", Marking(exact="+", present="~", absent="-")),
        ("1) t: .\n2) r: *\n3) a: o\n4) c: .\n5) e: .", Marking(exact="*", present="o", absent=".")),
        ("Result: 1. t: -\n2. r: +\n3. a: ~\n4. c: -\n5. e: -", Marking(exact="+", present="~", absent="-")),
        ("trace x=?xx", Marking(exact="=", present="?", absent="x")),
    ],
)
def test_marks_in_numbered_lines_and_letters_among_signs(text: str, marking: Marking) -> None:
    ((_, verdicts, _),) = read_marks(text, marking, 5)
    assert verdicts == (0, 2, 1, 0, 0)
