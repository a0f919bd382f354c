"""Hard rules, options, limits and general instructions."""

import pytest

from constraints.reader import read
from constraints.rulebook import Rulebook, RuleKind


def book(text: str) -> Rulebook:
    return read(Rulebook(), text, own=False, message=0)


def rules(text: str) -> dict[RuleKind, tuple[tuple[str, ...], int | None, int | None]]:
    return {rule.kind: (rule.words, rule.low, rule.high) for rule in book(text).rules}


def forbidden(text: str) -> set[str]:
    return {word for rule in book(text).of(RuleKind.FORBIDDEN_WORDS) for word in rule.words}


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        (
            "Reply in the form: CLUE: <text>. You cannot use the target word itself in your "
            "clue. The same holds for the "
            "related words below.\nThis is the target word that you describe:\n\nharbour\n\nRelated words are:\n"
            "- ship\n- quay",
            {"harbour", "ship", "quay"},
        ),
        ("Describe it in the form: CLUE: <text>. Taboo words: river, bank. Target word: bridge", {"river", "bank"}),
        ('Reply as CLUE: <text>. Never say the word. Your word is "lemon".', {"lemon"}),
    ],
)
def test_forbidden_words_are_read(prompt: str, words: set[str]) -> None:
    assert words <= forbidden(prompt)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Currently available directions: north, east. What now?", ("north", "east")),
        ("Remaining words: ['apple', 'pear']", ("apple", "pear")),
        ("Your team words are: moon, star, sun.", ("moon", "star", "sun")),
        ("Options left:\n- red\n- green", ("red", "green")),
        ("You can go north, east or west.", ("north", "east", "west")),
        ("Doors lead south | west", ("south", "west")),
        ("Pick from these.\n\nowl, cat, dog, eel", ("owl", "cat", "dog", "eel")),
    ],
)
def test_options_are_read(text: str, values: tuple[str, ...]) -> None:
    assert any(entry.values == values for entry in book(text).options)


def test_every_rule_has_its_receipt() -> None:
    text = "Reply in the form: A: <text>. Do not add any other text. Give short answers."
    for rule in book(text).rules:
        assert text[rule.span.start : rule.span.end] == rule.span.text
    for form in book(text).forms:
        assert text[form.span.start : form.span.end] == form.span.text


def test_turn_limits() -> None:
    assert book("You have six attempts to guess it.").turn_limit == 6
    assert book("The maximum number of questions you can ask is 7.").turn_limit == 7
    assert book("Say hello.").turn_limit is None


GENERAL = [
    ("Answer in at least 300 words.", RuleKind.WORDS, ((), 300, None)),
    ("Use less than 5 sentences.", RuleKind.SENTENCES, ((), None, 4)),
    ("Your reply should have between 100 and 150 words.", RuleKind.WORDS, ((), 100, 150)),
    ("Do not use any commas in your response.", RuleKind.NO_COMMAS, ((), None, None)),
    ("Wrap your entire response in double quotation marks.", RuleKind.QUOTED, ((), None, None)),
    ("Your whole answer should be in lowercase letters only.", RuleKind.LOWERCASE, ((), None, None)),
    ("Write your entire reply in capital letters.", RuleKind.CAPITALS, ((), None, None)),
    ('Include the keywords "tide" and "lamp".', RuleKind.KEYWORDS, (("tide", "lamp"), 1, None)),
    ("The word rain should appear at least 3 times.", RuleKind.KEYWORDS, (("rain",), 3, None)),
    ("Avoid the following keywords: sleep, cook.", RuleKind.FORBIDDEN_WORDS, (("sleep", "cook"), None, None)),
    ("The letter q should appear at least 4 times.", RuleKind.LETTER_COUNT, (("q",), 4, None)),
    ("Your response must have exactly 3 bullet points.", RuleKind.BULLETS, ((), 3, 3)),
    ("There should be 4 paragraphs separated by ***.", RuleKind.PARAGRAPHS, (("***",), 4, 4)),
    ("Highlight at least 2 sections with markdown, like *this*.", RuleKind.HIGHLIGHTS, ((), 2, None)),
    ("Use at least 3 placeholders in square brackets, such as [name].", RuleKind.PLACEHOLDERS, ((), 3, None)),
    ("Give it a title wrapped in double angular brackets, such as <<title>>.", RuleKind.TITLE, ((), None, None)),
    ("At the end, add a postscript starting with P.S.", RuleKind.POSTSCRIPT, (("P.S.",), None, None)),
    ("Finish your response with this exact phrase: That is all.", RuleKind.ENDS, (("That is all.",), None, None)),
    ("Your entire output must be in JSON format.", RuleKind.JSON, ((), None, None)),
    ("Your entire response should be in German, no other language.", RuleKind.LANGUAGE, (("de",), None, None)),
    ("Give two different responses separated by ******.", RuleKind.TWO_RESPONSES, (("******",), 2, 2)),
    ("Start your answer with 'True' or 'False', then explain.", RuleKind.STARTS, (("True", "False"), None, None)),
]


@pytest.mark.parametrize(("instruction", "kind", "expected"), GENERAL)
def test_general_instructions_are_read(
    instruction: str, kind: RuleKind, expected: tuple[tuple[str, ...], int | None, int | None]
) -> None:
    assert rules(f"Tell me about lighthouses. {instruction}").get(kind) == expected


def test_a_request_to_be_repeated_is_kept_word_for_word() -> None:
    text = "Write a line about rain. First repeat the request above word for word without change, then answer."
    assert rules(text)[RuleKind.REPEAT_PROMPT][0] == ("Write a line about rain.",)


def test_worked_examples_show_the_form_of_the_answer() -> None:
    shots = (
        "Q: Is ice cold?\nOptions:\n(A) yes\n(B) no\nA: (A)\n\nQ: Is fire cold?\nOptions:\n(A) yes\n(B) no\nA: (B)\n\n"
    )
    form = book(shots + "Q: Is snow warm?\nOptions:\n(A) yes\n(B) no\n(C) both\nA:").forms[0]
    assert form.slots[0].options == ("A", "B", "C")
    assert form.render({"answer": "C"}) == "(C)"
