"""Whatever the grammar admits the check accepts, and the mask never empties.

Replies are drawn byte by byte from the masks of llguidance itself.
"""

import random
from collections.abc import Mapping, Sequence

import llguidance
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constraints.moment import Moment
from constraints.reader import read
from constraints.replay import admits
from constraints.rulebook import Rulebook
from constraints.turn import TurnConstraint, constrain

TOKENIZER = llguidance.LLTokenizer("byte")

PROMPTS = {
    "tag": 'Reply in the form: CLUE: <some text>. Do not say the word "harbour" and do not use "ship".',
    "word": "Find the five-letter word. You may not repeat a guess. Make your guess in the form: GUESS: <a word>",
    "two lines": "Use lowercase letters in your reply and this format:\nexplanation: details\nagreement: yes or no",
    "map": 'Use "GO: WAY" and replace WAY with one of [north, south, east]. Answer "DONE" to stop. Ways: north, east.',
    "object": (
        'Answer with {"action": "GO: WAY", "graph": {"nodes": [], "edges": {"up": [], "down": '
        "[]}}} and replace WAY with "
        'one of [up, down]. Example:\n{"action": "GO: up", "graph": {"nodes": ["Hall"], "edges": '
        '{"up": [["Hall", "Den"]], '
        '"down": []}}}\nLet us start.'
    ),
    "list": (
        "Write up to 3 words from the list as a comma-separated list. Start your list with 'PICK: '.\n\n"
        "owl, cat, dog, eel, fox, hen, ant, bee, cow, pig, rat, bat"
    ),
    "grid": "A grid of 3 by 3:\n- - -\n- - -\n- - -\nReturn only the grid.",
    "scores": "Use this format:\n\nJoy: <score from 0 to 10>\nFear: <score from 0 to 10>",
    "question": "Ask one question per turn and never more than one question.\nUse the form QUESTION: <your question>",
    "element": "Give your move between <move> and </move>.",
    "sentence": 'Say "I walk to the PLACE_HERE now." PLACE_HERE: one word.',
    "free": 'Tell a story. Do not use any commas and avoid the word "sea". Wrap the entire response in double quotes.',
}


def turn_of(prompt: str, said: Sequence[Mapping[str, str]] = (), tokens: int | None = 60) -> TurnConstraint:
    return constrain(
        read(Rulebook(), prompt, own=False, message=0), moment=Moment(said=tuple(said), text_tokens=tokens)
    )


def walk(lark: str, rng: random.Random, steps: int = 300) -> str | None:
    """A reply drawn from the masks; None when it was not finished within the steps."""
    matcher = llguidance.LLMatcher(TOKENIZER, llguidance.LLMatcher.grammar_from_lark(lark), log_level=0)
    assert not matcher.is_error(), matcher.get_error()
    out = bytearray()
    for _ in range(steps):
        bits = np.unpackbits(np.frombuffer(matcher.compute_bitmask(), dtype=np.uint8), bitorder="little")
        allowed = np.nonzero(bits[: TOKENIZER.vocab_size])[0].tolist()
        assert allowed, f"the mask is empty after {bytes(out)!r}"
        assert not matcher.is_error(), matcher.get_error()
        if TOKENIZER.eos_token in allowed and (len(allowed) == 1 or rng.random() < 0.15):
            return out.decode(errors="ignore")
        plain = [token for token in allowed if 32 <= token < 127 or token == 10]
        choices = plain if plain and rng.random() < 0.95 else [token for token in allowed if token < 256]
        out.append(rng.choice(choices))
        matcher.consume_token(out[-1])
        if matcher.is_stopped():
            return out.decode(errors="ignore")
    return None


@pytest.mark.parametrize("name", PROMPTS)
def test_what_the_grammar_admits_the_check_accepts(name: str) -> None:
    said = [{"guess": "crane", "question": "Is it big?"}]
    turn = turn_of(PROMPTS[name], said)
    grammar = turn.grammar()
    if grammar is None:  # a reply without a form is drafted freely and mended afterwards
        assert name == "free"
        return
    rng = random.Random(name)
    finished = 0
    for _ in range(40):
        reply = walk(grammar.lark, rng)
        if reply is not None:
            finished += 1
            assert turn.check(reply.rstrip()) == [], reply
    assert finished > 5


@pytest.mark.parametrize("name", PROMPTS)
def test_the_cheapest_reply_is_legal(name: str) -> None:
    turn = turn_of(PROMPTS[name])
    reply = turn.cheapest()
    assert turn.check(reply) == []
    assert reply == turn.cheapest() == reply.strip()
    if name != "free":
        assert admits(turn, reply), reply


@pytest.mark.parametrize("name", PROMPTS)
def test_listed_choices_are_admitted(name: str) -> None:
    turn = turn_of(PROMPTS[name])
    grammar = turn.grammar()
    if grammar is None:
        assert name == "free"
        return
    for reply in (grammar.choices or ())[:: max(1, len(grammar.choices or ()) // 20)]:
        assert admits(turn, reply)
        assert turn.check(reply) == []


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("tag", "CLUE: ships rest here"),
        ("tag", "CLUE: many harbours"),
        ("tag", "CLUE: quiet water\n"),
        ("word", "GUESS: crane"),
        ("word", "GUESS: planes"),
        ("two lines", "explanation: Because.\nagreement: yes"),
        ("map", "GO: south"),
        ("map", "DONE."),
        ("list", "PICK: owl, owl"),
        ("list", "PICK: owl, cat, dog, eel"),
        ("list", "PICK: lion"),
        ("grid", "- - -\n- - -"),
        ("scores", "Joy: 11\nFear: 2"),
        ("question", "QUESTION: Is it red? Is it blue?"),
        ("object", '{"action": "GO: left", "graph": {"nodes": [], "edges": {"up": [], "down": []}}}'),
    ],
)
def test_breaches_are_refused_by_both(name: str, reply: str) -> None:
    turn = turn_of(PROMPTS[name], [{"guess": "crane"}])
    violations = turn.check(reply)
    assert violations
    assert all(violation.hint.endswith((".", '"')) or violation.hint for violation in violations)
    assert not admits(turn, reply)


def test_nothing_read_means_free_decoding() -> None:
    turn = turn_of("What is the capital of France?")
    assert turn.grammar() is None
    assert turn.check("anything at all\n") == []


def test_planners_may_fill_slots_beforehand() -> None:
    rulebook = read(Rulebook(), PROMPTS["two lines"], own=False, message=0)
    turn = constrain(rulebook, form=0, fills={"agreement": "no"})
    assert turn.check("explanation: it does not fit\nagreement: no") == []
    assert turn.check("explanation: it does not fit\nagreement: yes") != []
    done = constrain(rulebook, form=0, fills={"agreement": "no", "explanation": "it does not fit"})
    grammar = done.grammar()
    assert grammar is not None
    assert grammar.only_reply == "explanation: it does not fit\nagreement: no"


def test_one_token_of_text_still_makes_a_reply() -> None:
    grammar = turn_of(PROMPTS["tag"], tokens=1).grammar()
    assert grammar is not None
    assert walk(grammar.lark, random.Random(1)) is not None


FRAGMENTS = st.sampled_from(
    [
        "Reply in the form: A: <text>. ",
        "Use this format:\n",
        "GUESS: <a word>\n",
        "- to stop: STOP\n",
        "one of [a, b] ",
        '{"a": "<b>", "c": []}\n',
        'Do not use the word "cat". ',
        "Answer with yes or no. ",
        "Options: red, green\n",
        "five-letter word ",
        "at least 3 sentences. ",
        "no commas. ",
        "`say(<x>)`\n",
        "> go\n",
        "\n\n",
        'Say "I am $X." ',
        "$X means one of 1, 2 or 3. ",
        "all lowercase. ",
        "up to 2 words from the list\n",
        "[move]\n",
        "<a>$B</a>\n",
    ]
)


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(FRAGMENTS, min_size=1, max_size=8), seed=st.integers(0, 1000))
def test_the_property_holds_for_any_mixture_of_statements(parts: list[str], seed: int) -> None:
    turn = turn_of("".join(parts), tokens=30)
    grammar = turn.grammar()
    if grammar is None:
        return
    reply = walk(grammar.lark, random.Random(seed), steps=150)
    if reply is not None and turn.forms:
        assert turn.check(reply.rstrip()) == [], (reply, grammar.lark)
    assert turn.check(turn.cheapest()) == [] or not turn.forms
