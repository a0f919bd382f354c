"""Free replies under general instructions: mended, extended, judged alike."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from constraints.free import judge
from constraints.free_mending import extension, mend_free, nearest
from constraints.moment import Moment
from constraints.reader import read
from constraints.rulebook import Rule, Rulebook, RuleKind
from constraints.span import Span
from constraints.turn import TurnConstraint, constrain

DRAFT = (
    "The harbour was quiet, and the boats lay still. A boy named Tom fed the gulls, which were hungry.\n\n"
    "Later the wind rose; the sea grew rough, but nobody went home."
)
NOWHERE = Span(message=0, start=0, end=0, text="")


def turn_of(prompt: str) -> TurnConstraint:
    return constrain(read(Rulebook(), prompt, own=False, message=0))


def rule(kind: RuleKind, *words: str, low: int | None = None, high: int | None = None) -> Rule:
    return Rule(kind=kind, span=NOWHERE, confidence=1.0, words=words, low=low, high=high)


@pytest.mark.parametrize(
    "prompt",
    [
        "Describe a harbour without using any commas.",
        "Describe a harbour. Your entire response should be in lowercase letters.",
        "Describe a harbour. Answer with at least 7 sentences.",
        "Describe a harbour. Use at most 20 words.",
        "Describe a harbour. Give exactly 4 bullet points.",
        "Describe a harbour. Give two different responses separated by 6 asterisk symbols: ******.",
        "Describe a harbour. Your answer must be in JSON format.",
        "Describe a harbour. Do not use the words gulls and wind.",
        "Describe a harbour. Wrap your entire response with double quotation marks.",
        "Describe a harbour. Finish your response with the exact phrase \"That is all there is to say.\"",
        "Describe a harbour. Highlight at least 3 sections in your answer with markdown, such as *highlighted*.",
        "Describe a harbour. Include the keywords lantern and rope.",
    ],
)  # fmt: skip
def test_one_instruction_is_mended(prompt: str) -> None:
    turn = turn_of(prompt)
    assert turn.rules and not turn.forms
    assert turn.check(DRAFT)
    mended = turn.repair(DRAFT)
    assert mended is not None and not turn.check(mended)


def test_a_good_draft_is_left_alone() -> None:
    turn = turn_of("Describe a harbour. Use at least 20 words.")
    assert turn.repair(DRAFT) == DRAFT


def test_letter_case_and_commas_are_not_steered_but_mended() -> None:
    assert turn_of("Tell a story. Do not use any commas. Use only capital letters.").grammar() is None


def test_a_beginning_to_choose_is_steered() -> None:
    grammar = turn_of('Is water wet? Start your answer with "Yes" or "No" and then explain.').grammar()
    assert grammar is not None and '"Yes" | "No"' in grammar.lark


def test_free_text_of_slots_does_not_bound_free_replies() -> None:
    rulebook = read(Rulebook(), 'Is water wet? Start your answer with "Yes" or "No".', own=False, message=0)
    grammar = constrain(rulebook, moment=Moment(text_tokens=40, reply_tokens=900)).grammar()
    assert grammar is not None and "max_tokens=900" in grammar.lark


def test_a_language_is_checked_but_not_forced_letter_by_letter() -> None:
    turn = turn_of("Describe a harbour. Your entire response should be in Russian.")
    assert turn.grammar() is None
    assert turn.check(DRAFT)
    assert not turn.check("Гавань была тихой, лодки стояли у берега.")


def test_the_sentence_with_a_forbidden_word_goes() -> None:
    assert mend_free(
        "Boats are here. The sea is blue. Gulls cry loudly.", (rule(RuleKind.FORBIDDEN_WORDS, "sea"),)
    ) == ("Boats are here. Gulls cry loudly.")


def test_cut_off_json_is_closed() -> None:
    mended = mend_free('{"boats": ["Anna", "Berta"], "note": "still at s', (rule(RuleKind.JSON),))
    assert mended is not None and json.loads(mended)["boats"] == ["Anna", "Berta"]


def test_short_drafts_are_gone_on_with() -> None:
    more = extension("Boats.", (rule(RuleKind.WORDS, low=50),))
    assert more is not None and more.joint == " "
    assert extension(DRAFT, (rule(RuleKind.WORDS, low=5),)) is None


def test_a_second_reply_is_asked_for() -> None:
    more = extension("Boats.", (rule(RuleKind.TWO_RESPONSES, "******"),))
    assert more is not None and "******" in more.joint


def test_out_of_reach_keeps_the_draft() -> None:
    rules = (rule(RuleKind.WORDS, low=5_000), rule(RuleKind.NO_COMMAS))
    assert mend_free(DRAFT, rules) is None
    assert nearest(DRAFT, rules) == DRAFT.replace(",", "")


@pytest.mark.parametrize(
    ("instruction", "kind", "low", "high"),
    [
        ("Don't use capital letters.", RuleKind.LOWERCASE, None, None),
        ("No uppercase letters allowed.", RuleKind.LOWERCASE, None, None),
        ("No lowercase letters, please.", RuleKind.CAPITALS, None, None),
        ("Make every letter capital.", RuleKind.CAPITALS, None, None),
        ("No more than 3 words may be in capital letters.", RuleKind.CAPITAL_WORDS, None, 3),
        ("You can't use commas.", RuleKind.NO_COMMAS, None, None),
        ("Write about 50 words.", RuleKind.WORDS, 40, 60),
        ("Use square brackets for placeholders, at least 3.", RuleKind.PLACEHOLDERS, 3, None),
        ("Give 2 haikus and separate them with the divider ***.", RuleKind.PARAGRAPHS, 2, 2),
    ],
)
def test_one_instruction_is_read(instruction: str, kind: RuleKind, low: int | None, high: int | None) -> None:
    rules = turn_of(f"Describe a harbour. {instruction}").rules
    (found,) = [rule for rule in rules if rule.kind is kind]
    assert (found.low, found.high) == (low, high)
    assert not {RuleKind.LOWERCASE, RuleKind.CAPITALS} & {rule.kind for rule in rules} - {kind}


def test_a_request_to_repeat_may_stand_below() -> None:
    told = "First repeat the request below word for word, then answer it. Do not change it.\n\nName three harbours."
    (found,) = [rule for rule in turn_of(told).rules if rule.kind is RuleKind.REPEAT_PROMPT]
    assert found.words == ("Name three harbours.",)


KINDS = st.sampled_from([kind for kind in RuleKind if kind is not RuleKind.LANGUAGE])
RULES = st.lists(
    st.builds(
        lambda kind, word, low, high: rule(kind, word, low=low, high=high),
        KINDS,
        st.sampled_from(["sea", "******", "P.S.", "a", "***", "Section", "That is all."]),
        st.one_of(st.none(), st.integers(0, 1_000_000)),
        st.one_of(st.none(), st.integers(0, 50)),
    ),
    max_size=4,
).map(tuple)


@settings(max_examples=150, deadline=None)
@example("0", (rule(RuleKind.WORDS, high=0),))
@given(st.text(max_size=300), RULES)
def test_mending_is_total_and_never_worse(text: str, rules: tuple[Rule, ...]) -> None:
    best = nearest(text, rules)
    assert len(judge(best, rules)) <= len(judge(text.strip(), rules))
    mended = mend_free(text, rules)
    assert mended is None or not judge(mended, rules)
