"""Wordings that were once misread."""

import pytest

from constraints.forms import Literal, SlotKind
from constraints.reader import read
from constraints.rulebook import Rulebook, RuleKind


def heard(*texts: str) -> Rulebook:
    rulebook = Rulebook()
    for index, text in enumerate(texts):
        rulebook = read(rulebook, text, own=False, message=index)
    return rulebook


def shapes(rulebook: Rulebook) -> list[str]:
    return [
        "".join(part.text if isinstance(part, Literal) else f"«{part.name}»" for part in form.parts)
        for form in rulebook.forms
    ]


@pytest.mark.parametrize(
    "answers",
    [
        "Find out what I am thinking of by asking questions that can be answered with yes or no.",
        "Ask questions. I will answer with yes or no.",
        "Ask questions to which I reply with either yes or no.",
    ],
)
def test_answers_of_others_do_not_limit_a_question(answers: str) -> None:
    rulebook = heard(f"You play a game. {answers} Reply in the form: QUESTION: <your question>. No other text.")
    assert shapes(rulebook) == ["QUESTION: «question»"]
    assert rulebook.forms[0].slots[0].kind is SlotKind.TEXT


def test_own_answers_are_limited() -> None:
    rulebook = heard("I ask questions. You answer with yes or no. Reply in the form: ANSWER: <your answer>")
    assert rulebook.forms[0].slots[0].options == ("yes", "no")


@pytest.mark.parametrize(
    "prompt",
    [
        "Guess the word. It has 0 letters. Write GUESS: <word> and nothing else.",
        "Guess the word. Please write GUESS: <word> and nothing else.",
        "Guess the word. Reply only with GUESS: <word>",
        "Guess the word. Use this form:\nWrite GUESS: <word>",
    ],
)
def test_verbs_before_a_tag_are_no_part_of_it(prompt: str) -> None:
    rulebook = heard(prompt)
    assert shapes(rulebook) == ["GUESS: «guess»"]
    assert rulebook.letters is None
    assert rulebook.forms[0].slots[0].letters is None


def test_a_system_message_without_a_form_is_not_the_games_first_message() -> None:
    task = "Write an essay about bees without any commas, in at least three sentences."
    alone, after = heard(task), heard("You are a helpful assistant.", task)
    assert {rule.kind for rule in alone.rules} == {rule.kind for rule in after.rules}
    assert RuleKind.SENTENCES in {rule.kind for rule in after.rules}


def test_a_system_message_with_the_form_is_the_first_message() -> None:
    rulebook = heard("You guess words. Reply in the form: GUESS: <a word>", "CLUE: Write at least three sentences.")
    assert shapes(rulebook) == ["GUESS: «guess»"]
    assert rulebook.of(RuleKind.SENTENCES) == ()


TWO_LINES = (
    "You write the single action you want to take in the game starting with >. "
    'Write your plan for your next actions on the {where}, starting with "Next actions:".'
)
SHOWN = " For example:\n> open cupboard\nNext actions: take orange, eat orange"


@pytest.mark.parametrize("where", ["line below your action", "next line", "second line", "line after it"])
@pytest.mark.parametrize("shown", ["", SHOWN, SHOWN + '\n\nReply with "> done" once you are through.'])
def test_a_line_below_belongs_to_the_same_form(where: str, shown: str) -> None:
    rulebook = heard(TWO_LINES.format(where=where) + shown)
    assert shapes(rulebook) == ["> «action»\nNext actions: «next actions»"]
    assert rulebook.forms[0].parse("> open cupboard\nNext actions: take orange, eat orange") is not None


def test_a_line_instead_is_another_form() -> None:
    rulebook = heard(
        "You write the single action you want to take in the game starting with >. "
        'Or write your question on the next line, starting with "Question:".'
    )
    assert shapes(rulebook) == ["> «action»", "Question: «question»"]


def test_a_command_word_beside_an_object_is_a_value_of_its_slot() -> None:
    rulebook = heard('You act in a small world. Reply as JSON: {"act": "<act>"}. Say "quit" once you are through.')
    assert shapes(rulebook) == ['{"act": "«act»"}']
    assert rulebook.forms[0].parse('{"act": "quit"}') == {"act": "quit"}


def test_words_that_lead_to_a_template_are_no_part_of_it() -> None:
    rulebook = heard("REPLY FORMAT\nWhat you send is one line and no more, namely Pick -> $PICKS\n$PICKS: your words.")
    assert [form.parts[0] for form in rulebook.forms] == [Literal(text="Pick -> ")]
