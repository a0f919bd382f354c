"""What a reply may pick: the words that lie on the table now, no more than the number announced."""

import pytest

from agent.fold import Fold, normalise
from agent.legality import constraints_of, heeded, sound
from agent.transcript import Message
from constraints.forms import Literal, ReplyForm, Slot, SlotKind
from constraints.rulebook import Rulebook
from constraints.span import Span
from constraints.turn import TurnConstraint
from memory.store import Memory
from planner.session import Option, Proposal, Session

RULES = (
    "Each round you get a clue and a number. Pick words from the table that go with the clue, at most as many as the "
    "number says. Write your reply on one line, exactly like this: <guesses>GUESSES_HERE</guesses>\n"
    "GUESSES_HERE: your words, separated by commas.\n\n"
)
TABLE = "garden, cello, football, fox, wagon, waffle, sandal, tuba"
CRITIC = (
    "Say what you think of the guess. Use one of these forms:\n\nADVICE: <a short reason>\n\nor\n\n"
    "VERDICT: <yes or no>\n\nDo not add any other text."
)


def session(*texts: str) -> Session:
    roles = ("user", "assistant")
    messages = [Message(role=roles[number % 2], content=text) for number, text in enumerate(texts)]
    return Fold(capacity=0).session(normalise(messages))


def turn(*texts: str) -> TurnConstraint:
    return constraints_of(session(*texts), Proposal(), options=1, text_tokens=40, reply_tokens=100)[-1]


@pytest.mark.parametrize(
    ("message", "number"),
    [
        (f'The clue is "yourself", for 3 of these words: {TABLE}', 3),
        (f"clue=weather n=4\nboard: {TABLE}", 4),
        (f'Your partner says "frozen" and means 2. The table:\n{TABLE}', 2),
        (f"Pick up to 3 that go with: ice\n{TABLE}", 3),
    ],
)
def test_no_more_is_picked_than_announced(message: str, number: int) -> None:
    items = TABLE.split(", ")
    now = turn(RULES + message)
    assert now.check(f"<guesses>{', '.join(items[:number])}</guesses>") == []
    assert now.check(f"<guesses>{', '.join(items[: number + 1])}</guesses>") != []


def test_a_line_of_words_is_a_list() -> None:
    rules = RULES.replace("<guesses>GUESSES_HERE</guesses>\nGUESSES_HERE:", "> WORDS\nWORDS:")
    now = turn(f"{rules}Words: {TABLE}\nPick up to 2 that go with: ice")
    assert now.check("> garden, fox") == []
    assert now.check("> ice") != []
    assert now.check("> garden, fox, tuba") != []


def test_what_is_gone_is_not_picked() -> None:
    now = turn(
        f'{RULES}The clue is "animal", for 2 of these words: {TABLE}',
        "<guesses>fox, tuba</guesses>",
        'The word fox was right, tuba was wrong. The clue is "food", for 1 of these words: garden, cello, waffle',
    )
    assert now.check("<guesses>waffle</guesses>") == []
    for gone in ("fox", "tuba", "sandal"):
        assert now.check(f"<guesses>{gone}</guesses>") != []


def test_a_form_refused_gives_way_to_another() -> None:
    said = "ADVICE: it is fine"
    assert len(heeded(session(CRITIC))) == 2
    again = session(CRITIC, said, "Sorry, that is not in the right form. Please try again.")
    assert [again.rulebook.forms[index].parse(said) for index in heeded(again)] == [None]
    shown = session(CRITIC, said, "Sorry, that is not in the right form. The form is: ADVICE: <a short reason>")
    assert [shown.rulebook.forms[index].parse(said) is not None for index in heeded(shown)] == [True]
    assert len(heeded(session(CRITIC, said, "Thank you. What do you think of the next one?"))) == 2


def test_a_plan_never_says_a_placeholder() -> None:
    now = session("You play a game. Reply in exactly this form and add nothing else:\n\nGUESS: $GUESS\n\nBegin.")
    plans = Proposal(options=(Option(form=0, fills={"guess": "$GUESS"}), Option(form=0, fills={"guess": "lemon"})))
    assert [option.fills["guess"] for option in sound(now.rulebook, plans).options] == ["lemon"]
    assert sound(now.rulebook, Proposal()) == Proposal()


def test_only_ways_that_lead_on_are_taken() -> None:
    rules = (
        "Walk through the rooms. Reply in this form and add nothing else:\n\nMove: STEP_HERE\n\n"
        "In place of STEP_HERE write one of GO: north, GO: east, GO: south, GO: west.\n\n"
    )
    now = turn(f"{rules}Current room: Attic\nAvailable directions: south, east")
    assert now.check("Move: GO: south") == []
    assert now.check("Move: GO: north") != []


def test_targets_are_words_still_to_be_found() -> None:
    rules = (
        "Give a one-word clue for some of your words, in this form and nothing else:\n\n"
        "CLUE: <one word>\nTARGETS: <your words, separated by commas>\n\n"
    )
    first = "Your words: panda, hammer, harp\nOpponent words: mermaid, cedar\nKiller words: ferry"
    later = "Right: harp. The words left are:\n- your words: panda, hammer\n- opponent: mermaid\n- killer: ferry"
    now = turn(rules + first, "CLUE: music\nTARGETS: harp", later)
    assert now.check("CLUE: animal\nTARGETS: panda") == []
    assert now.check("CLUE: animal\nTARGETS: harp") != []
    assert now.check("CLUE: animal\nTARGETS: mermaid") != []


def test_nothing_is_drafted_before_a_planned_answer_with_room_for_reasoning() -> None:
    parts = (
        Slot(name="reasoning", kind=SlotKind.PROSE),
        Literal(text="\nANSWER: "),
        Slot(name="answer", kind=SlotKind.CHOICE, options=("yes", "no")),
    )
    form = ReplyForm(parts=parts, span=Span(message=0, start=0, end=1, text="x"), confidence=1.0)
    now = Session(rulebook=Rulebook(forms=(form,)), memory=Memory())
    plan = Proposal(options=(Option(form=0, fills={"answer": "yes"}, certain=True),))
    grammar = constraints_of(now, plan, options=1, text_tokens=40, reply_tokens=100)[0].grammar()
    assert grammar is not None
    assert grammar.only_reply is not None
    assert grammar.only_reply.endswith("\nANSWER: yes")


def test_a_vulgar_word_is_offered_only_where_the_game_wrote_it_itself() -> None:
    rules = "You play a game. Reply in exactly this form and add nothing else:\n\nGUESS: $GUESS\n\nBegin."
    plans = Proposal(options=(Option(form=0, fills={"guess": "slut"}), Option(form=0, fills={"guess": "lemon"})))
    own = session(rules)
    assert [option.fills["guess"] for option in sound(own.rulebook, plans, own.memory).options] == ["lemon"]
    laid = session(f"{rules} The words are: slut, lemon.")
    assert len(sound(laid.rulebook, plans, laid.memory).options) == 2
