"""Forms of every kind under rules of every kind: the mask never empties, and what it admits the check accepts."""

import random

import llguidance
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.forms import Literal, Part, ReplyForm, Slot, SlotKind
from constraints.moment import Moment
from constraints.replay import LIMITS, admits
from constraints.rulebook import Rule, Rulebook, RuleKind
from constraints.span import Span
from constraints.turn import TurnConstraint, constrain

TOKENIZER = llguidance.LLTokenizer("byte")
SPAN = Span(message=0, start=0, end=4, text="CLUE: $WHY")
WORDS = ("theory", "ship", "red", "harbour", "owl", "bee", "it", "crane")

tags = st.sampled_from(["CLUE: ", "> ", "<say>", "[GUESS: ", "guess(", "/do ", "=> ", "Answer - ", '"'])
ends = st.sampled_from(["", "", "", ".", "</say>", "]", ")", '"', " now"])
bounds = st.one_of(st.none(), st.integers(1, 6))


@st.composite
def slots(draw: st.DrawFn, name: str) -> Slot:
    kind = draw(st.sampled_from([kind for kind in SlotKind if kind is not SlotKind.JSON]))
    low, high = draw(bounds), draw(bounds)
    if low is not None and high is not None and low > high:
        low, high = high, low
    options = tuple(draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=5, unique=True)))
    if kind is SlotKind.CHOICE:
        return Slot(name=name, kind=kind, options=options, sentence=draw(st.booleans()))
    if kind is SlotKind.LIST:
        return Slot(name=name, kind=kind, options=options if draw(st.booleans()) else (), low=low, high=high)
    if kind is SlotKind.NUMBER:
        return Slot(name=name, kind=kind, low=low, high=high)
    if kind is SlotKind.GRID:
        return Slot(name=name, kind=kind, rows=draw(st.integers(1, 3)), columns=draw(st.integers(1, 3)), separator=" ",
                    alphabet=draw(st.sampled_from(["▢", "-", "#x"])))  # fmt: skip
    if kind is SlotKind.WORD:
        return Slot(name=name, kind=kind, letters=draw(st.one_of(st.none(), st.integers(3, 7))))
    return Slot(name=name, kind=kind, low=low if kind is SlotKind.TEXT else None, high=high)


@st.composite
def forms(draw: st.DrawFn) -> ReplyForm:
    parts: list[Part] = []
    for index in range(draw(st.integers(1, 3))):
        break_ = "\n" if index else ""
        name = draw(st.sampled_from(["guess", "clue", "question", "explanation", "words"])) + str(index)
        parts += [Literal(text=break_ + draw(tags)), draw(slots(name))]
        closing = draw(ends)
        if closing:
            parts.append(Literal(text=closing))
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, Literal) and joined and isinstance(joined[-1], Literal):
            joined[-1] = Literal(text=joined[-1].text + part.text)
        else:
            joined.append(part)
    return ReplyForm(parts=tuple(joined), span=SPAN, confidence=1.0)


@st.composite
def turns(draw: st.DrawFn) -> TurnConstraint:
    kinds = [RuleKind.NO_REPEAT, RuleKind.LOWERCASE, RuleKind.ONE_QUESTION, RuleKind.BRIEF]
    rules = [Rule(kind=kind, span=SPAN, confidence=1.0) for kind in kinds if draw(st.booleans())]
    forbidden = tuple(draw(st.lists(st.sampled_from(WORDS), max_size=4, unique=True)))
    if forbidden:
        rules.append(Rule(kind=RuleKind.FORBIDDEN_WORDS, span=SPAN, confidence=1.0, words=forbidden))
    drawn = tuple(draw(st.lists(forms(), min_size=1, max_size=3)))
    fills = st.fixed_dictionaries(
        {slot.name: st.sampled_from([*WORDS, "a red owl?", "…", "1"]) for form in drawn for slot in form.slots}
    )
    moment = Moment(
        said=tuple(draw(st.lists(fills, max_size=3))),
        plain=draw(st.booleans()),
        listed=tuple(draw(st.lists(st.sampled_from(WORDS), max_size=3))),
        text_tokens=4_000,
    )
    return constrain(Rulebook(forms=drawn, rules=tuple(rules)), moment=moment)


def walk(lark: str, rng: random.Random, steps: int = 200) -> str | None:
    """A reply drawn from the masks; None when it was not finished within the steps."""
    grammar = llguidance.LLMatcher.grammar_from_lark(lark)
    matcher = llguidance.LLMatcher(TOKENIZER, grammar, log_level=0, limits=LIMITS)
    assert not matcher.is_error(), matcher.get_error()
    out = bytearray()
    for _ in range(steps):
        bits = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8), bitorder="little")
        allowed = np.nonzero(bits[: TOKENIZER.vocab_size])[0].tolist()
        assert not matcher.is_error(), f"{matcher.get_error()[:200]} after {bytes(out)!r}"
        assert allowed, f"the mask is empty after {bytes(out)!r}"
        if TOKENIZER.eos_token in allowed and (len(allowed) == 1 or rng.random() < 0.2):
            return out.decode(errors="ignore")
        likely = [token for token in allowed if chr(token) in " \nabcdehiorstwy?."] if rng.random() < 0.8 else []
        out.append(rng.choice(likely or [token for token in allowed if token < 256]))
        matcher.consume_token(out[-1])
        if matcher.is_stopped():
            return out.decode(errors="ignore")
    return None


@settings(max_examples=120, deadline=None)
@given(turn=turns(), seed=st.integers(0, 1000))
def test_the_mask_never_empties_and_the_check_agrees(turn: TurnConstraint, seed: int) -> None:
    grammar = turn.grammar()
    assert grammar is not None
    rng = random.Random(seed)
    for _ in range(4):
        reply = walk(grammar.lark, rng)
        if reply is not None:
            assert turn.check(reply.rstrip()) == [], (reply, grammar.lark)


@settings(max_examples=150, deadline=None)
@given(turn=turns())
def test_the_cheapest_reply_is_legal_by_grammar_and_check(turn: TurnConstraint) -> None:
    reply = turn.cheapest()
    assert turn.check(reply) == [], reply
    grammar = turn.grammar()
    assert grammar is not None
    if len(turn.forms) == 1:  # forms that begin alike may hide each other from a lexer that never steps back
        assert admits(turn, reply), (reply, grammar.lark)
