"""Question prompts: options in many shapes, short answers, room for reasoning, worked examples, quoted talk."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.concluding import concluded, has_room
from constraints.forms import Literal, ReplyForm, SlotKind
from constraints.reader import read
from constraints.rulebook import Rulebook
from constraints.turn import TurnConstraint, constrain

BIRD = "Which bird cannot fly?\n"
OPTIONS = (
    "(A) heron\n(B) ostrich\n(C) swift\n",
    "A) heron\nB) ostrich\nC) swift\n",
    "A. heron\nB. ostrich\nC. swift\n",
    "A: heron\nB: ostrich\nC: swift\n",
    "- A. heron\n- B. ostrich\n- C. swift\n",
    "[A] heron\n[B] ostrich\n[C] swift\n",
    "**A.** heron\n**B.** ostrich\n**C.** swift\n",
    "Options: (A) heron (B) ostrich (C) swift\n",
    "\nOptions:\n\nA. heron\n\nB. ostrich\n\nC. swift\n",
)


def forms_of(prompt: str) -> tuple[ReplyForm, ...]:
    return read(Rulebook(), prompt, own=False, message=0).forms


def turn_of(prompt: str) -> TurnConstraint:
    return constrain(read(Rulebook(), prompt, own=False, message=0))


def shape(form: ReplyForm) -> str:
    return "".join(part.text if isinstance(part, Literal) else f"<{part.kind.value}>" for part in form.parts)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize(
    "asked",
    [
        "Answer with the letter only.",
        "Respond with just the letter of the correct option.",
        "Give the letter of the right answer and nothing else.",
        "Reply with A, B or C.",
        "Answer:",
    ],
)
def test_a_letter_is_chosen_among_the_options(options: str, asked: str) -> None:
    (form,) = forms_of(BIRD + options + asked)
    (slot,) = form.slots
    assert slot.kind is SlotKind.CHOICE and slot.options == ("A", "B", "C") and len(form.parts) == 1


@pytest.mark.parametrize("options", OPTIONS)
def test_a_fixed_phrase_takes_one_of_the_letters(options: str) -> None:
    told = 'Answer only with "The answer is (X)" where X is the correct letter choice.\n\n'
    (form,) = forms_of(told + BIRD + options)
    assert shape(form) == "The answer is (<choice>)" and form.slots[0].options == ("A", "B", "C")


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize(
    "asked",
    [
        'Think step by step, then finish with "The answer is (X)" where X is the letter.',
        'First explain your reasoning, then end your reply with "The answer is (X)", X being the correct letter.',
        'Work through the problem and conclude with "The answer is (X)" where X is the letter of your choice.',
    ],
)
def test_reasoning_has_room_before_the_letter(options: str, asked: str) -> None:
    roomy, bare = forms_of(BIRD + options + asked)
    assert shape(roomy) == "<prose>\nThe answer is (<choice>)" and shape(bare) == "The answer is (<choice>)"
    assert roomy.slots[1].options == ("A", "B", "C")


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("What is 12 times 12? Think first. Give the final answer as a single number.", "<prose>\n<number>"),
        ("Give the final answer as a single number. What is 12 times 12? Think first.", "<prose>\n<number>"),
        ("Does wood float? First explain your reasoning, then answer yes or no on a new line.", "<prose>\n<choice>"),
        ("What is 5 + 7? Put your final answer within \\boxed{}.", "<prose>\n\\boxed{<text>}"),
        ('How many legs have six cats? Show your work and put the answer after "####".', "<prose>\n#### <number>"),
        (
            'Solve 3x + 5 = 20. Show your work and give the final answer on the last line in the form "Answer: <number>".',  # noqa: E501
            "<prose>\nAnswer: <number>",
        ),
    ],
)
def test_reasoning_has_room_before_other_answers(prompt: str, expected: str) -> None:
    forms = forms_of(prompt)
    assert [shape(form) for form in forms] == [expected, expected.removeprefix("<prose>\n")]


@pytest.mark.parametrize(
    ("prompt", "options"),
    [
        ("Is ice lighter than water? Answer yes or no.", ("yes", "no")),
        ("Is ice lighter than water? Please answer with Yes or No only.", ("Yes", "No")),
        ("Ice is lighter than water. True or false?", ("True", "False")),
        ("Ice is lighter than water. Reply with either true or false.", ("true", "false")),
        ("Is ice lighter than water? (yes/no)", ("yes", "no")),
        (BIRD + "1. heron\n2. ostrich\n3. swift\nAnswer with the number of the correct option.", ("1", "2", "3")),
        (BIRD + "a) heron\nb) ostrich\nReply with the letter.", ("a", "b")),
        (BIRD + "Options:\n- heron\n- ostrich\n- swift\nReply with one of the options.", ("heron", "ostrich", "swift")),
    ],
)
def test_short_answers_are_choices(prompt: str, options: tuple[str, ...]) -> None:
    (form,) = forms_of(prompt)
    (slot,) = form.slots
    assert slot.kind is SlotKind.CHOICE and slot.options == options


@pytest.mark.parametrize(
    "prompt",
    [
        "Is ice lighter than water? Answer yes or no and explain why.",
        "I do not know whether to answer yes or no to her. Write me a poem about it.",
        BIRD + "(A) heron\n(B) ostrich",
        "Explain step by step how to bake bread.",
        "Write a letter to a friend about these cities:\n- Rome\n- Oslo\n- Lima",
        "Give me one of your favourite recipes:\n1. soups\n2. cakes",
        "What is the last letter of the Greek alphabet?",
    ],
)
def test_nothing_short_is_read_where_nothing_short_is_asked(prompt: str) -> None:
    assert forms_of(prompt) == ()


def test_games_get_no_room_for_reasoning() -> None:
    prompt = (
        "We are playing a guessing game. You are the guesser. In every turn reply with 'GUESS: <word>'. "
        "Think step by step before you guess."
    )
    assert [shape(form)[:7] for form in forms_of(prompt)] == ["GUESS: "]


WORKED = (
    ("List: pear apple\nSorted: apple pear\n\nList: dog cat\nSorted: cat dog\n\nList: sun moon\nSorted:", "<text>"),
    ("sea -> See\nbread -> Brot\nhouse ->", "<text>"),
    ("Q: not True is\nA: False\n\nQ: True and True is\nA: True\n\nQ: not not False is\nA:", "<choice>"),
    ("Q: 2 + 2\nA: 4\n\nQ: 3 + 9\nA: 12\n\nQ: 7 + 5\nA:", "<number>"),
    (
        "Q: red or blue?\n(A) red\n(B) blue\nA: (A)\n\nQ: up?\n(A) up\n(B) no\nA: (A)\n\nQ: x?\n(A) x\n(B) y\nA:",
        "(<choice>)",
    ),
    ("Sum up.\n\nInput: ( [\nOutput: ] )\n\nInput: < {\nOutput: } >\n\nInput: [ [ (\nOutput:", "<text>"),
    (
        "Classify the mood as happy, sad or neutral.\nText: hurray\nMood: happy\n\nText: alas\nMood: sad\n\nText: so\nMood:",  # noqa: E501
        "<choice>",
    ),
    (
        "Q: 2 pens and 3 pens?\nA: 2 + 3 = 5. The answer is 5.\n\nQ: 4 and 4?\nA: 4 + 4 = 8. The answer is 8.\n\nQ: 1 and 2?\nA:",  # noqa: E501
        "<prose>\nThe answer is <number>.",
    ),
)


@pytest.mark.parametrize(("prompt", "expected"), WORKED)
def test_worked_examples_show_the_answer(prompt: str, expected: str) -> None:
    assert shape(forms_of(prompt)[0]) == expected


def test_quoted_talk_states_no_form() -> None:
    prompt = (
        "Read this talk and judge it.\n\n"
        'Ines: And you said ...\nPaul: I said nothing. Say it: you lied!\nInes: [laughs] Write "sorry" then.\nPaul: No.\n'  # noqa: E501
        "[end of talk]\n\nHow does Ines feel? Reply in this format:\n\nAnger: <score>\nJoy: <score>\n"
    )
    (form,) = forms_of(prompt)
    assert [slot.kind for slot in form.slots] == [SlotKind.NUMBER, SlotKind.NUMBER]


ROOMY = BIRD + OPTIONS[0] + 'Think step by step, then finish with "The answer is (X)" where X is the letter.'


def test_an_answer_in_the_draft_is_kept_with_its_reasoning() -> None:
    turn = turn_of(ROOMY)
    assert has_room(turn)
    reply, _ = concluded(turn, "Herons fly.\n\nSwifts fly too. The answer is (B).")
    assert reply == "Herons fly.\n\nSwifts fly too.\nThe answer is (B)"
    assert not turn.check(reply)


def test_a_bare_answer_needs_no_reasoning() -> None:
    turn = turn_of(ROOMY)
    assert concluded(turn, "The answer is (B)")[0] == "The answer is (B)"


def test_a_missing_answer_is_decoded_behind_the_reasoning() -> None:
    turn = turn_of(ROOMY)
    reply, rest = concluded(turn, "Herons fly, and swifts fly all their")
    assert reply is None
    grammar = rest.grammar()
    assert grammar is not None and grammar.choices is not None
    assert [choice[-3:] for choice in grammar.choices] == ["(A)", "(B)", "(C)"]
    assert all(not turn.check(choice) for choice in grammar.choices)


def test_a_number_on_the_last_line_is_found() -> None:
    turn = turn_of("What is 12 times 12? Think first. Give the final answer as a single number.")
    assert concluded(turn, "Twelve dozen is a gross.\n\n144")[0] == "Twelve dozen is a gross.\n144"
    reply, rest = concluded(turn, "Twelve dozen is a gross, and a gross is a hundred and forty-four in all")
    assert reply is None and rest.grammar() is not None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_whatever_the_draft_a_conclusion_is_legal(draft: str) -> None:
    turn = turn_of(ROOMY)
    reply, rest = concluded(turn, draft)
    replies = (reply,) if reply is not None else getattr(rest.grammar(), "choices", None) or ()
    assert replies
    assert all(not turn.check(one) for one in replies)


LINES = st.lists(
    st.sampled_from(
        ["A. x", "B. y", "(A) x", "1. one", "- z", "A:", "Answer:", "Q: who?", "Ann: hello there", "Think step by step.",  # noqa: E501
         "Answer yes or no.", "Reply with the letter.", "x ->", "", "#### 4", "The answer is (A)."]
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(LINES)
def test_reading_questions_is_total_and_its_cheapest_reply_legal(lines: list[str]) -> None:
    turn = turn_of("\n".join(lines))
    if turn.forms:
        assert not turn.check(turn.cheapest())
