import pytest

from memory.events import Event, Source
from memory.facts import bare, latest, read_facts


def facts(text: str):
    return read_facts(Event(index=3, source=Source.GAME, text=text))


@pytest.mark.parametrize(
    ("text", "relation", "value"),
    [
        ("clue: utility", "clue", "utility"),
        ("Target word: ladder.", "target word", "ladder"),
        ('CLUE: "snow white"', "clue", "snow white"),
        ("- **Guess** -> bulky", "guess", "bulky"),
        ("[HINT: something bright]", "hint", "something bright"),
        ("<target_word>ladder</target_word>", "target word", "ladder"),
        ('{"clue": "a big cat", "number": 2}', "clue", "a big cat"),
        ("The target word is ladder. Start now.", "target word", "ladder"),
        ("Word = ladder", "word", "ladder"),
        ("explanation: it fits (mostly)", "explanation", "it fits (mostly)"),
        ("Zieltext: Straße 5, links", "zieltext", "Straße 5, links"),
    ],
)
def test_reads_labelled_and_stated_values(text: str, relation: str, value: str) -> None:
    assert (relation, value) in {(fact.relation, fact.value) for fact in facts(text)}


def test_every_fact_points_at_its_text() -> None:
    text = "clue: utility\nThe secret word is hidden.\n<guess>bulky</guess>"
    for fact in facts(text):
        assert fact.value in text[fact.start : fact.end]


def test_labelled_lines_win_over_prose_of_the_same_message() -> None:
    found = latest(facts("clue: utility\nRemember: the clue is important."), ("clue",))
    assert found is not None
    assert found.value == "utility"


@pytest.mark.parametrize("text", ["a: " * 200_000, "(" * 300_000, "the word is " * 60_000, "x_y" * 300_000])
def test_long_texts_are_read_within_bounds(text: str) -> None:
    assert len(facts(text)) <= 400


@pytest.mark.parametrize(
    ("written", "plain"),
    [('"x y".', "x y"), ("**bold**", "bold"), ("wait...", "wait..."), ("it's", "it's"), ("x]", "x"), ("", "")],
)
def test_bare_strips_only_what_is_around(written: str, plain: str) -> None:
    assert bare(written) == plain


@pytest.mark.parametrize(
    "text", ["The clue is: a frozen home", "HINT clue >> a frozen home", "(clue) a frozen home", "[Clue] a frozen home"]
)
def test_labels_may_be_bracketed_or_end_in_is(text: str) -> None:
    (fact,) = [
        fact for fact in read_facts(Event(index=0, source=Source.GAME, text=text)) if fact.relation.endswith("clue")
    ]
    assert (fact.value, fact.labelled) == ("a frozen home", True)
