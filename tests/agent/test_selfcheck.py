"""Self-checks: what memory says against a reply of legal form, and that a reply leaves all the same."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.agent import Agent
from agent.config import AgentConfig
from agent.fold import Fold, normalise
from agent.models.language_model import Sampling
from agent.models.scripted import ScriptedModel
from agent.selfcheck import CHECKS, barred_topics, kept_words, self_check
from agent.trace import Rejected, Said
from agent.transcript import Message
from agent.utterance import utterance
from constraints.grammar import Grammar
from planner.session import Session

UNPLANNED = AgentConfig().without("planner")

DESCRIBE = (
    'Describe the word so that your partner can guess it. The word is "lantern". Never say: lamp, light, candle. '
    "Reply in the form: CLUE: <your clue>. Do not add any other text."
)
QUIZ = (
    "You play a guessing game. Find out what I am thinking of by asking me questions. "
    "Do not ask about the spelling or the letters of the word, and ask one question at a time. Never ask for a hint. "
    "Reply in the form: QUESTION: <your question>. Do not add any other text."
)
ADVENTURE = "You explore a house. Write the action you want to take, starting with >. For example:\n> open window"


def chat(*texts: str) -> list[Message]:
    """Messages by turns, the game's first."""
    return [Message(role="assistant" if number % 2 else "user", content=text) for number, text in enumerate(texts)]


def session(*texts: str) -> Session:
    return Fold(capacity=0).session(normalise(chat(*texts)))


def kinds(session: Session, reply: str) -> list[str]:
    return [violation.kind for violation in self_check(session, reply)]


@pytest.mark.parametrize(
    "reply",
    ["CLUE: an old lantern", "CLUE: lanterns hang on it", "CLUE: it gives light", "CLUE: lighter than a torch"],
)
def test_a_word_to_be_kept_leaks_in_any_form(reply: str) -> None:
    assert "leak" in kinds(session(DESCRIBE), reply)


def test_a_harmless_clue_leaks_nothing() -> None:
    assert kinds(session(DESCRIBE), "CLUE: sailors carried it through dark nights") == []


@pytest.mark.parametrize(
    "rules",
    [
        "Your secret word is 'orchid'. Never reveal it to the other player.",
        "The password is: orchid.\nTalk about gardens, but you must not mention the password.",
        "Keep the code word to yourself. The code word is orchid.",
    ],
)
def test_secrets_are_read_in_several_wordings_and_guarded_in_explanations(rules: str) -> None:
    told = session(f"{rules} Answer in this form:\nexplanation: <why>\nanswer: <one word>")
    assert "orchid" in kept_words(told)
    assert "leak" in kinds(told, "explanation: because the orchids bloom\nanswer: garden")
    assert kinds(told, "explanation: because it rains\nanswer: garden") == []


def test_a_secret_that_may_be_told_when_asked_is_no_leak() -> None:
    rules = "Your secret word is 'orchid'. Do not tell it unless I ask for it."
    assert kept_words(session(rules)) == ()


@pytest.mark.parametrize(
    ("failure", "next_scene"),
    [
        ("You can't open that.", "You are in the hall."),
        ("Nothing happens.", "The hall is quiet."),
        ("That is not possible here.", "What next?"),
        ("GAME: The door is locked, and there is no way to open it.", "Hall."),
        ("I don't understand this command.", "Try something."),
    ],
)
def test_a_failed_action_is_not_repeated_while_nothing_changed(failure: str, next_scene: str) -> None:
    now = session(ADVENTURE, "> open chest", f"{failure} {next_scene}")
    assert "repeated_failure" in kinds(now, "> open chest")
    assert "repeated_failure" not in kinds(now, "> take key")


def test_after_something_worked_the_action_may_be_tried_again() -> None:
    now = session(ADVENTURE, "> open chest", "You can't open that.", "> take key", "Taken: the key.")
    assert kinds(now, "> open chest") == []


def test_after_two_failures_neither_is_repeated() -> None:
    now = session(ADVENTURE, "> open chest", "You can't open that.", "> eat lamp", "That is not possible.")
    assert "repeated_failure" in kinds(now, "> open chest")
    assert "repeated_failure" in kinds(now, "> eat lamp")


@pytest.mark.parametrize(
    "again", ["QUESTION: Is it an animal?", "QUESTION: is it animal", "QUESTION: Is it an Animal ?"]
)
def test_an_answered_question_is_not_asked_again(again: str) -> None:
    now = session(QUIZ, "QUESTION: Is it an animal?", "ANSWER: no")
    assert "repeated_attempt" in kinds(now, again)
    assert kinds(now, "QUESTION: Is it a plant?") == []


def test_a_wrong_guess_is_not_made_again_but_may_be_confirmed() -> None:
    form = "Guess what I describe. Reply in the form: GUESS: <a word>"
    assert "repeated_attempt" in kinds(session(form, "GUESS: lemon", "CLUE: it is green"), "GUESS: lemon")
    waiting = session(form, "GUESS: lemon", "The critic agrees with your guess. What is your final guess?")
    assert kinds(waiting, "GUESS: lemon") == []


@pytest.mark.parametrize(
    "question",
    [
        "QUESTION: Does the word start with B?",
        "QUESTION: How is it spelled?",
        "QUESTION: How many letters does it have?",
        "QUESTION: Can you give me a hint?",
    ],
)
def test_questions_of_a_forbidden_kind_are_seen(question: str) -> None:
    assert "forbidden_question" in kinds(session(QUIZ), question)


def test_what_is_not_forbidden_may_be_asked() -> None:
    assert barred_topics("Ask questions about the word's letters. Answer with yes or no.") == ()
    assert barred_topics("You may not ask how the word is spelled.") == ("spelling",)
    assert kinds(session(QUIZ), "QUESTION: Is it bigger than a house?") == []


def test_one_question_means_one() -> None:
    assert "several_questions" in kinds(session(QUIZ), "QUESTION: Is it red? Is it blue?")


@pytest.mark.parametrize(
    ("first", "second"),
    [("ANSWER: yes", "ANSWER: no"), ("ANSWER: No.", "ANSWER: Yes, it is.")],
)
def test_the_same_question_gets_the_same_answer(first: str, second: str) -> None:
    rules = "I ask you about your card, a red seven. Reply in the form: ANSWER: <your answer>"
    now = session(f"{rules}\n\nIs your card red?", first, "Is your card a seven?", "ANSWER: yes", "Is your card red?")
    assert "contradiction" in kinds(now, second)
    assert kinds(now, first) == []


def test_another_story_is_a_contradiction() -> None:
    rules = "Talk with the other guest. Reply in the form: SAY: <one sentence>"
    now = session(rules, "SAY: My name is Clara and my home is Lisbon.", "GUEST: Where do you live again?")
    assert "contradiction" in kinds(now, "SAY: My home is Vienna, a big town.")
    assert kinds(now, "SAY: My home is Lisbon, as I said.") == []


def test_questions_about_what_changes_may_be_answered_otherwise() -> None:
    rules = "Reply in the form: ANSWER: <yes or no>"
    question = "Does your partner know your age by now?"
    now = session(f"{rules}\n\n{question}", "ANSWER: no", "Tell it.", "ANSWER: yes", question)
    assert kinds(now, "ANSWER: yes") == []


def rejected(decision_events: Sequence[object]) -> list[str]:
    return [text for event in decision_events if isinstance(event, Rejected) for text in event.violations]


def test_a_mistake_drives_the_repair_and_stands_in_the_trace() -> None:
    messages = chat(QUIZ, "QUESTION: Is it an animal?", "ANSWER: no")
    model = ScriptedModel(["QUESTION: Is it an animal?", "QUESTION: Is it a plant?"])
    decision = Agent(model, UNPLANNED).act(messages)
    assert decision.reply == "QUESTION: Is it a plant?"
    assert any(text.startswith("repeated_attempt") for text in rejected(decision.trace.events))


def test_without_checks_the_mistake_leaves() -> None:
    messages = chat(QUIZ, "QUESTION: Is it an animal?", "ANSWER: no")
    model = ScriptedModel(["QUESTION: Is it an animal?", "QUESTION: Is it a plant?"])
    assert Agent(model, UNPLANNED.without("check")).act(messages).reply == "QUESTION: Is it an animal?"


def test_a_useless_reply_of_legal_form_leaves_when_nothing_better_comes() -> None:
    messages = chat(QUIZ, "QUESTION: Is it an animal?", "ANSWER: no")
    decision = Agent(ScriptedModel(["QUESTION: Is it an animal?"]), UNPLANNED).act(messages)
    assert decision.reply == "QUESTION: Is it an animal?"
    said = decision.trace.events[-1]
    assert isinstance(said, Said)
    assert not said.legal


def test_a_grave_mistake_does_not_leave_when_anything_else_may() -> None:
    decision = Agent(ScriptedModel(["QUESTION: How is it spelled?"]), UNPLANNED).act(chat(QUIZ))
    assert decision.reply.startswith("QUESTION: ")
    assert "spelled" not in decision.reply


DOORS = "Move through the house. Answer with one of: north, south, east. Nothing else."


def test_among_few_choices_the_failed_one_is_left_out() -> None:
    messages = chat(DOORS, "north", "You can't go north. Answer with one of: north, south, east. Nothing else.")

    def speak(messages: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> str:
        choices = grammar.choices if grammar is not None else None
        return "north" if choices is None or "north" in choices else choices[0]

    decision = Agent(ScriptedModel(speak), UNPLANNED).act(messages)
    assert decision.reply in ("south", "east")
    assert decision.usage.calls <= 2


def test_the_only_legal_reply_is_never_withheld() -> None:
    only = "Move through the house. Answer with one of: north, south. Nothing else."
    refusal = "You can't go there. Answer with one of: north, south. Nothing else."
    messages = chat(only, "north", refusal, "south", refusal)
    for draft in ("north", "south"):
        assert Agent(ScriptedModel([draft]), UNPLANNED).act(messages).reply in ("north", "south")


def test_where_nothing_was_read_the_bare_reply_leaves() -> None:
    messages = chat("How are you?", "Is it an animal?", "You can't ask that. Nothing happens.")
    assert Agent(ScriptedModel(["Is it an animal?"])).act(messages).reply == "Is it an animal?"


TEXTS = st.one_of(
    st.text(max_size=120),
    st.sampled_from([DESCRIBE, QUIZ, ADVENTURE, DOORS, "You can't.", "My name is Ann.", "ANSWER: no", "> look", "?"]),
)


@settings(max_examples=120, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=7).filter(lambda texts: len(texts) % 2 == 1), reply=TEXTS)
def test_checks_are_total_and_pure(texts: list[str], reply: str) -> None:
    now = session(*texts)
    said = utterance(now.rulebook, reply)
    for check in CHECKS:
        assert check(now, said) == check(now, said)


@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXTS, min_size=1, max_size=5).filter(lambda texts: len(texts) % 2 == 1), draft=TEXTS)
def test_there_is_always_a_reply_and_form_comes_first(texts: list[str], draft: str) -> None:
    messages = chat(*texts)
    decision = Agent(ScriptedModel([draft]), UNPLANNED).act(messages)
    assert isinstance(decision.reply, str)
    rulebook = Agent(ScriptedModel([draft]), UNPLANNED).session(messages).rulebook
    if rulebook.forms or rulebook.rules:
        assert decision.reply
