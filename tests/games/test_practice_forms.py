import random

import pytest
from clemcore.clemgame import ParseError
from hypothesis import given
from hypothesis import strategies as st

from games.protocol.forms import Move, MoveForm, Slot, SlotKind
from games.protocol.moves import MoveKind, SlotSpec
from games.protocol.record import Protocol, Strictness
from games.protocol.shapes import STYLES
from games.protocol.styles import draw_forms, fitting_styles
from games.protocol.template import fill, parse_voices

LINE = Slot(meaning="some text")
WAY = Slot(kind=SlotKind.CHOICE, meaning="a way", choices=("north", "up", "upstairs"))
CLUE = MoveKind(
    name="clue",
    verbs=("clue", "hint"),
    purpose="to hint",
    slots=(SlotSpec(name="clue", labels=("clue", "my clue"), slot=LINE),),
)
GO = MoveKind(
    name="go",
    verbs=("go", "walk"),
    purpose="to go",
    slots=(SlotSpec(name="direction", labels=("direction",), slot=WAY),),
)
STOP = MoveKind(name="stop", verbs=("stop", "done"), purpose="to stop")
PAIR = MoveKind(
    name="pair",
    verbs=("pair",),
    purpose="to pair",
    slots=(
        SlotSpec(name="why", labels=("reason", "explanation"), slot=LINE),
        SlotSpec(name="guess", labels=("guess",), slot=LINE),
    ),
)
MAP = MoveKind(
    name="map",
    verbs=("map",),
    purpose="to draw",
    slots=(
        SlotSpec(name="step", labels=("step",), slot=WAY),
        SlotSpec(name="graph", labels=("graph",), slot=Slot(kind=SlotKind.JSON, meaning="a map")),
    ),
)

texts = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=20).filter(str.strip)


@given(st.integers(0, 10**6), texts, texts, st.sampled_from(sorted(STYLES)))
def test_what_is_written_is_read_back(seed, text, reason, style):
    for moves in ([CLUE], [GO, STOP], [PAIR], [MAP]):
        if style not in fitting_styles(moves):
            continue
        _, forms = draw_forms(random.Random(seed), moves, styles=[style])
        for move in moves:
            fields = {
                "clue": text,
                "direction": "up",
                "why": reason,
                "guess": text,
                "step": "upstairs",
                "graph": '{"a": [1, {"b": "c"}]}',
            }
            fields = {name: fields[name] for name in forms[move.name].slots}
            written = forms[move.name].render(fields)
            assert forms[move.name].read(written) == fields
            if "\n" not in text:
                assert fields in forms[move.name].find_all(f"well then\n{written}\nthat is it") or style == "plain"


@given(st.integers(0, 10**6))
def test_walking_and_stopping_are_never_confused(seed):
    _, forms = draw_forms(random.Random(seed), [GO, STOP])
    protocol = Protocol(prompts={}, forms=forms, says={})
    assert protocol.parse(forms["stop"].render({}), ("go", "stop")) == Move(name="stop")
    go = Move(name="go", fields={"direction": "north"})
    assert protocol.parse(forms["go"].render(go.fields), ("go", "stop")) == go


TAG = MoveForm(kind="pattern", template="GUESS: {guess}", slots={"guess": LINE})


def protocol(form=TAG, **strictness):
    return Protocol(prompts={}, forms={"guess": form}, says={}, strictness=Strictness(**strictness))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "form.empty"),
        (" \n", "form.empty"),
        ("crane", "form.missing"),
        ("GUESS:", "form.missing"),
        ("GUESS: crane\nwell", "form.extra"),
        ("ok\nGUESS: crane", "form.extra"),
        ("guess: crane", "form.extra"),
        ("GUESS: a\nGUESS: b", "form.several"),
    ],
)
def test_a_strict_form_names_what_is_wrong(text, rule):
    with pytest.raises(ParseError) as error:
        protocol().parse(text, ("guess",))
    assert error.value.key == rule


@pytest.mark.parametrize("text", ["GUESS: crane", "GUESS:crane", "  GUESS:  crane \n", "GUESS: crane\n\n"])
def test_blanks_at_the_edges_do_no_harm(text):
    assert protocol().parse(text, ("guess",))["guess"] == "crane"


@pytest.mark.parametrize("text", ["I think so.\nGUESS: crane\nbecause", "guess: crane", "GUESS: crane"])
def test_a_tolerant_form_ignores_other_lines(text):
    assert protocol(mode="tolerant").parse(text, ("guess",))["guess"] == "crane"


def test_a_tolerant_form_still_wants_exactly_one():
    for text, rule in (("GUESS: a\nor\nGUESS: b", "form.several"), ("I say GUESS: a", "form.missing")):
        with pytest.raises(ParseError) as error:
            protocol(mode="tolerant").parse(text, ("guess",))
        assert error.value.key == rule


def test_json_is_read_in_any_layout_but_with_these_keys_only():
    form = MoveForm(kind="json", template='{"action": "go", "way": "{direction}"}', slots={"direction": WAY})
    assert form.read('{ "way" : "UP",\n "action": "Go" }') == {"direction": "up"}
    assert form.read('{"way": "up"}') is None
    assert form.read('{"way": "up", "action": "go", "why": "x"}') is None
    assert form.read('{"way": "down", "action": "go"}') is None
    assert form.read('{"way": 3, "action": "go"}') is None
    assert form.find_all('so: {"action": "go", "way": "north"} ok') == [{"direction": "north"}]


@given(st.text(max_size=200))
def test_reading_is_total(text):
    for kind in ([CLUE], [GO, STOP], [PAIR], [MAP]):
        for style in fitting_styles(kind):
            _, forms = draw_forms(random.Random(1), kind, styles=[style])
            for form in forms.values():
                form.read(text)
                form.find_all(text)


def test_a_form_whose_slots_do_not_fit_is_refused():
    with pytest.raises(ValueError, match="do not match"):
        MoveForm(kind="pattern", template="GUESS: {guess}", slots={})


def test_empty_values_take_their_line_with_them():
    assert fill("a {x}\n{y}\n{z}\nb", x="1", y="", z="") == "a 1\nb"
    assert fill("{x} so\n  {x}in", x="") == "so\n  in"
    with pytest.raises(KeyError):
        fill("{missing}")


def test_articles_fit_what_comes_into_the_slot():
    assert fill("There is a {place}. A {kind} word.", place="anvil", kind="own") == "There is an anvil. An own word."
    assert fill("There is a {place}. A {kind} word.", place="uniform", kind="deadly").startswith(
        "There is a uniform. A d"
    )


def test_an_empty_value_leaves_no_gap():
    assert fill("One. {more} Two.", more="") == "One. Two."


def test_voices_are_sections_of_a_text():
    voices = parse_voices("@prompt guesser one\nhello {x}\n\n@say begin\ngo\n@say begin\nstart\n")
    assert voices.prompts == {"guesser": {"one": "hello {x}"}}
    assert voices.says == {"begin": ("go", "start")}
