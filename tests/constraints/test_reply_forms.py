"""`render` and `parse` are inverses."""

from hypothesis import given
from hypothesis import strategies as st

from constraints.forms import Literal, ReplyForm, Slot, SlotKind, find_literal, json_end, match_literal
from constraints.span import Span

SPAN = Span(message=0, start=0, end=0, text="")
WORDS = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)
TEXTS = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)


def form(*parts: Literal | Slot) -> ReplyForm:
    return ReplyForm(parts=parts, span=SPAN, confidence=1.0)


TWO_LINES = form(
    Literal(text="explanation: "),
    Slot(name="explanation", kind=SlotKind.TEXT),
    Literal(text="\nguess: "),
    Slot(name="guess", kind=SlotKind.WORD),
)


@given(explanation=TEXTS, guess=WORDS)
def test_parse_inverts_render(explanation: str, guess: str) -> None:
    fills = {"explanation": explanation, "guess": guess}
    assert TWO_LINES.parse(TWO_LINES.render(fills)) == fills


@given(explanation=TEXTS, guess=WORDS, blank=st.sampled_from(["", " ", "\n", "  \n"]))
def test_parse_forgives_blanks_and_letter_case(explanation: str, guess: str, blank: str) -> None:
    reply = f"{blank}EXPLANATION:  {explanation}{blank}\n\nGuess:{guess}{blank}"
    assert TWO_LINES.parse(reply) == {"explanation": explanation, "guess": guess}


def test_parse_refuses_other_shapes() -> None:
    assert TWO_LINES.parse("guess: apple") is None
    assert TWO_LINES.parse("explanation: because\nguess:") is None
    assert TWO_LINES.parse("explanation: a\nb\nguess: apple") is None
    assert form(Literal(text="DONE")).parse("DONE, I think") is None
    assert form(Literal(text="DONE")).parse(" done ") == {}


def test_objects_within_objects_are_found() -> None:
    move = form(
        Literal(text='{"action": "GO: '),
        Slot(name="direction", kind=SlotKind.CHOICE, options=("north", "south")),
        Literal(text='", "graph": '),
        Slot(name="graph", kind=SlotKind.JSON),
        Literal(text="}"),
    )
    reply = '{"action":"GO: north","graph":{"nodes":["a } b"],"edges":{"north":[]}}}'
    assert move.parse(reply) == {"direction": "north", "graph": '{"nodes":["a } b"],"edges":{"north":[]}}'}


def test_fixed_text_is_matched_without_regard_to_blanks() -> None:
    assert match_literal('", "graph": ', '","graph":{}', 0) == 10
    assert match_literal("GO: ", "STOP", 0) is None
    assert find_literal("\nguess: ", "a guess: no\nguess: yes", 0) == 12
    assert json_end('{"a": "}"} rest', 0) == 10


@given(text=st.text(max_size=300))
def test_parse_is_total(text: str) -> None:
    fills = TWO_LINES.parse(text)
    assert fills is None or set(fills) == {"explanation", "guess"}
