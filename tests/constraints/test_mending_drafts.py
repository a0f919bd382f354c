"""The cheap mend of drafts: in forms, and under general instructions."""

import pytest

from constraints.reader import read
from constraints.rulebook import Rulebook
from constraints.turn import TurnConstraint, constrain


def turn_of(prompt: str) -> TurnConstraint:
    return constrain(read(Rulebook(), prompt, own=False, message=0))


TAG = "Make your guess in the form: GUESS: <a word>"
LINES = "Use this format:\nexplanation: details\nagreement: yes or no"
WAYS = 'Use "GO: WAY" and replace WAY with one of [north, south]. Answer "DONE" to stop.'
PICK = "Pick up to 2 words. Start your comma-separated list of words with 'PICK: '.\n\nowl, cat, dog, eel"


@pytest.mark.parametrize(
    ("prompt", "draft", "mended"),
    [
        (TAG, "GUESS: apple\n", "GUESS: apple"),
        (TAG, "guess: apple.", "GUESS: apple"),
        (TAG, "apple", "GUESS: apple"),
        (TAG, '"GUESS: apple"', "GUESS: apple"),
        (TAG, "Let me think about fruit.\nGUESS: apple\nI hope so!", "GUESS: apple"),
        (LINES, "Explanation: it fits\n\nAgreement: Yes, it does.", "explanation: it fits\nagreement: yes"),
        (WAYS, "I will go North.", "GO: north"),
        (WAYS, "```\nGO: south\n```", "GO: south"),
        (PICK, "PICK: Owl, lion, cat, owl, dog", "PICK: owl, cat"),
    ],
)
def test_drafts_in_forms_are_mended(prompt: str, draft: str, mended: str) -> None:
    turn = turn_of(prompt)
    assert turn.repair(draft) == mended
    assert turn.check(mended) == []


@pytest.mark.parametrize(("prompt", "draft"), [(TAG, "apples and pears"), (WAYS, "north or south?"), (TAG, "")])
def test_what_cannot_be_mended_is_left_to_the_model(prompt: str, draft: str) -> None:
    assert turn_of(prompt).repair(draft) is None


DRAFT = (
    "The sea is wide, deep and cold. Ships cross it every day. Gulls follow them, crying. Nobody "
    "knows where they sleep."
)


@pytest.mark.parametrize(
    "instruction",
    [
        "Do not use any commas.",
        "Your entire reply should be in lowercase letters.",
        "Write your whole response in capital letters.",
        "Wrap the entire response in double quotation marks.",
        "Use less than 3 sentences.",
        "Answer in less than 12 words.",
        "Give it a title wrapped in double angular brackets, such as <<title>>.",
        "At the end, add a postscript starting with P.S.",
        "Finish your response with this exact phrase: That is all.",
        "There should be 3 paragraphs.",
        "Highlight at least 2 sections with markdown, like *this*.",
        "Use at least 2 placeholders in square brackets, such as [name].",
        'Include the keywords "tide" and "lamp".',
        "The word gull should appear at least 3 times.",
        "The letter z should appear at least 5 times.",
        "Words in all capital letters should appear at least 3 times.",
        "Write in all lowercase letters and do not use any commas. Wrap the entire response in double quotes.",
    ],
)
def test_free_drafts_are_mended(instruction: str) -> None:
    turn = turn_of(f"Tell me about the sea. {instruction}")
    assert turn.check(DRAFT) != []
    mended = turn.repair(DRAFT)
    assert mended is not None
    assert turn.check(mended) == []


def test_a_language_is_out_of_reach_without_a_model() -> None:
    turn = turn_of("Tell me about the sea. Your entire response should be in Russian, no other language.")
    assert turn.repair(DRAFT) is None
    assert turn.check("Море широкое и глубокое.") == []
