import random

import pytest

from constraints.forms import Slot, SlotKind
from constraints.rulebook import Legend, Rule, Rulebook, RuleKind
from constraints.span import Span
from memory.belief import mark
from planner.choose import choose
from planner.eliminate import Eliminate
from planner.policies import policies
from planner.session import Option
from planner.wordgame import read_marking, without_prompting

NOWHERE = Span(message=0, start=0, end=0, text="")
LEGEND = Legend(exact="green", present="yellow", absent="red", span=NOWHERE, confidence=1.0)
COLOURS = {2: "green", 1: "yellow", 0: "red"}
HIDDEN = "crust vigor youth zebra cargo focus ghost gland stout bulky press value house adorn"


@pytest.fixture
def rulebook(make_form):
    reason, guess = Slot(name="explanation", kind=SlotKind.TEXT), Slot(name="guess", kind=SlotKind.WORD, letters=5)
    return Rulebook(forms=(make_form("explanation: ", reason, "\nguess: ", guess),), legend=LEGEND, letters=5)


def answer(guess: str, hidden: str) -> str:
    marks = " ".join(f"{letter}<{COLOURS[m]}>" for letter, m in zip(guess, mark(guess, hidden), strict=True))
    return f"guess_feedback: {marks}\n\nProvide your response only in this format.\nexplanation: details\nguess: word"


@pytest.mark.parametrize("hidden", HIDDEN.split())
def test_hidden_words_are_found_in_time_without_waste(talk, rulebook, hidden) -> None:
    player, policy = talk(rulebook), Eliminate()
    session = player.hear("Guess the word. Feedback for apple: a<red> p<green> p<red> l<red> e<green>. Begin!")
    guesses: list[str] = []
    while len(guesses) < 6:
        assert policy.fits(session) > 0.9
        option = policy.propose(session).options[0]
        guess = option.fills["guess"]
        assert guess not in guesses
        assert guess in option.reason
        assert "\n" not in option.reason
        guesses.append(guess)
        if guess == hidden:
            return
        player.say(option)
        session = player.hear(answer(guess, hidden))
    raise AssertionError(f"{hidden}: {guesses}")


def test_refused_words_are_dropped(talk, rulebook) -> None:
    player, policy = talk(rulebook), Eliminate()
    session = player.hear("Guess the word.")
    first = policy.propose(session).options[0]
    player.say(first)
    session = player.hear("Your guess is not a valid word for this game. Please try again.")
    assert all(option.fills["guess"] != first.fills["guess"] for option in policy.propose(session).options)


def test_a_guess_that_waits_for_its_feedback_is_kept(talk, rulebook) -> None:
    player, policy = talk(rulebook), Eliminate()
    first = policy.propose(player.hear("Guess the word.")).options[0]
    player.say(first)
    session = player.hear("guess_agreement: yes\nagreement_explanation: it is a fine word.")
    assert policy.propose(session).options[0].fills == first.fills


def test_contradictory_feedback_is_survived(talk, rulebook) -> None:
    player, policy = talk(rulebook), Eliminate()
    session = player.hear("Guess the word.")
    rng = random.Random(0)
    for _ in range(6):
        proposal = policy.propose(session)
        assert proposal.options
        player.say(proposal.options[0])
        guess = proposal.options[0].fills["guess"]
        marks = " ".join(f"{letter}<{rng.choice(['green', 'yellow', 'red'])}>" for letter in guess)
        session = player.hear(f"guess_feedback: {marks}")
    assert "is set aside" in policy.propose(session).options[0].reason


def test_a_word_outside_the_lexicon_leaves_something_to_say(talk, rulebook) -> None:
    player, policy = talk(rulebook), Eliminate()
    session = player.hear("Guess the word.")
    for guess in ("vozhd", "qajaq"):
        option = policy.propose(session).options[0]
        player.say(option)
        session = player.hear(answer(option.fills["guess"], guess))
        assert policy.propose(session).options


@pytest.mark.parametrize("length", [3, 4, 6, 7, 9])
def test_words_of_other_lengths(talk, make_form, length) -> None:
    slot = Slot(name="word", kind=SlotKind.WORD, letters=length)
    player = talk(Rulebook(forms=(make_form("[", slot, "]"),), legend=LEGEND))
    proposal = choose(policies(), player.hear("Guess!"))
    assert proposal.policy == "eliminate"
    assert all(len(option.fills["word"]) == length for option in proposal.options)


def test_the_explanation_keeps_to_lower_case_where_the_rules_say_so(talk, rulebook) -> None:
    lower = Rulebook(
        forms=rulebook.forms, legend=LEGEND, letters=5,
        rules=(Rule(kind=RuleKind.LOWERCASE, span=NOWHERE, confidence=1.0),),
    )  # fmt: skip
    reason = Eliminate().propose(talk(lower).hear("Guess!")).options[0].reason
    assert reason == reason.lower()


class Fond:
    """Ranks one word above all others once it is asked about the hint."""

    def __init__(self, word: str) -> None:
        self.word = word

    def rank(self, question, answers):
        return [0.0 if answer == self.word and "hint of it" in question else -8.0 for answer in answers]


def test_a_hint_moves_the_guess_through_the_ranker(talk, rulebook) -> None:
    def propose(policy: Eliminate) -> list[str]:
        player = talk(rulebook)
        player.hear("Guess.\n\nclue: hint of it")
        player.say(Option(form=0, fills={"guess": "slate", "explanation": "a start"}))
        return [option.fills["guess"] for option in policy.propose(player.hear(answer("slate", "blaze"))).options]

    early = (100.0, 50.0, 25.0)
    assert propose(Eliminate(ranker=Fond("blaze"), worth=early))[0] == "blaze"
    assert propose(Eliminate(ranker=Fond("plane"), worth=early))[0] == "plane"


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("a frozen home. Your first guess?", "a frozen home"),
        ("It melts! Now make your next guess.", "It melts!"),
        ("Home of kings. Good luck!", "Home of kings"),
        ("What a wild guess is", "What a wild guess is"),
        ("Take a guess", "Take a guess"),
        ("Make a wild stab. Say it in a word", "Make a wild stab"),
    ],
)
def test_a_hint_ends_before_the_game_asks_for_a_guess(value: str, hint: str) -> None:
    assert without_prompting(value) == hint


def test_an_example_that_lacks_a_mark_does_not_overrule_the_explanation(talk, rulebook) -> None:
    legend = Legend(exact="G", present="Y", absent="B", span=NOWHERE, confidence=1.0)
    player = talk(Rulebook(forms=rulebook.forms, legend=legend, letters=5))
    rules = 'G, Y and B are marks.\nGuess "broom" for the word "robin" would yield\nb=Y, r=Y, o=Y, o=B, m=B\n\n'
    marking = read_marking(player.hear(rules + "Which word do you try first?"), 5)
    assert marking is not None
    assert (marking.exact, marking.present, marking.absent) == ("G", "Y", "B")
