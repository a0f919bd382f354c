"""The association policies, over vectors made by hand: every word is close to the words of its own group."""

import numpy as np
import pytest

from constraints.forms import Slot, SlotKind
from constraints.rulebook import Rule, Rulebook, RuleKind
from constraints.span import Span
from memory.meanings import Meanings
from planner.choose import choose
from planner.policies import policies

GROUPS = (
    ["truck", "lorry", "cargo", "haul", "wheel", "road", "driver", "engine"],
    ["moon", "night", "sky", "star", "comet", "orbit", "planet", "dark"],
    ["bread", "butter", "flour", "toast", "oven", "crust", "dough", "yeast"],
    ["violin", "cello", "fiddle", "tune", "melody", "concert", "chord", "song"],
)
WORDS = tuple(word for group in GROUPS for word in group)
NOWHERE = Span(message=0, start=0, end=0, text="")


class Groups:
    """Each word points near its group's axis, and a little to its own side."""

    def embed(self, texts):
        rows = []
        for text in texts:
            row = np.full(len(GROUPS) + len(WORDS), 1e-3)
            for word in text.casefold().replace(".", " ").replace(",", " ").split():
                for axis, group in enumerate(GROUPS):
                    if word in group:
                        row[axis] += 1.0
                        row[len(GROUPS) + WORDS.index(word)] += 0.25
                        row[len(GROUPS) + axis * 8 + (group.index(word) + 1) % 8] += 0.2
            rows.append(row / np.linalg.norm(row))
        return np.array(rows, dtype=np.float32)


@pytest.fixture
def chosen():
    return policies(None, Meanings(Groups(), words=WORDS))


def test_descriptions_avoid_what_is_forbidden_and_are_resolved(talk, make_form, chosen) -> None:
    form = make_form("CLUE: ", Slot(name="clue", kind=SlotKind.TEXT))
    rule = Rule(kind=RuleKind.FORBIDDEN_WORDS, span=NOWHERE, confidence=1.0, words=("moon", "night", "sky"))
    giver = talk(Rulebook(forms=(form,), rules=(rule,)))
    guesser = talk(Rulebook(forms=(make_form("GUESS: ", Slot(name="guess", kind=SlotKind.WORD)),)))
    session = giver.hear(
        "Describe a word to your partner.\nThe word is: moon\nYou must not use these words:\n- night\n- sky\n"
    )
    proposal = choose(chosen, session)
    assert proposal.policy == "hint"
    clue = giver.say(proposal.options[0])
    assert not any(word in clue for word in ("moon", "night", "sky"))
    heard = choose(chosen, guesser.hear(f"Guess the word. You have 3 tries.\n\n{clue}"))
    assert heard.policy == "guess"
    assert heard.options[0].fills["guess"] in GROUPS[1]
    guesser.say(heard.options[0])
    again = choose(chosen, guesser.hear("CLUE: Think of orbit and planet."))
    assert all(option.fills["guess"] != heard.options[0].fills["guess"] for option in again.options)


def test_clues_gather_our_words_and_the_partner_picks_them(talk, make_form, chosen) -> None:
    clue, targets = Slot(name="clue", kind=SlotKind.WORD), Slot(name="targets", kind=SlotKind.LIST)
    giver = talk(Rulebook(forms=(make_form("CLUE: ", clue, "\nTARGETS: ", targets),)))
    session = giver.hear(
        "One word for several of your words.\n\nYour team words are: bread, dough, toast.\n"
        "Your opponent's words are: star, comet.\nThe kill words are: violin."
    )
    proposal = choose(chosen, session)
    assert proposal.policy == "gather"
    fills = proposal.options[0].fills
    assert fills["clue"] in GROUPS[2]
    assert set(fills["targets"].split(", ")) == {"bread", "dough", "toast"}
    picked = Slot(name="guess", kind=SlotKind.LIST, high=3)
    picker = talk(Rulebook(forms=(make_form("GUESS: ", picked),)))
    answer = choose(
        chosen,
        picker.hear(f"Up to 3 words that go with '{fills['clue']}'.\n\nstar, bread, comet, dough, violin, toast"),
    )
    assert answer.policy == "pick"
    assert set(answer.options[0].fills["guess"].split(", ")) == {"bread", "dough", "toast"}


def test_without_vectors_these_policies_stay_silent(talk, make_form) -> None:
    form = make_form("GUESS: ", Slot(name="guess", kind=SlotKind.WORD))
    assert choose(policies(), talk(Rulebook(forms=(form,))).hear("CLUE: it is round.")).options == ()
