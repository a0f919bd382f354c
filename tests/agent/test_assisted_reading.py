"""The model helps to read: only where the reader is at a loss, and only what the prompt itself bears out."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.agent import Agent
from agent.anchoring import ASSISTED, assisted, looks_like_a_game, merge
from agent.assisted_reading import AssistedReader, needs_help
from agent.bare import reply_bare
from agent.config import AgentConfig
from agent.errors import GrammarError
from agent.filled_form import FilledForm, FilledLine, form_grammar, option_candidates, tag_candidates
from agent.fold import Fold, normalise
from agent.models.language_model import Sampling
from agent.models.scripted import ScriptedModel
from agent.reading_cache import ReadingCache
from agent.reading_trial import TRIALS
from agent.trace import Assisted
from agent.transcript import Message
from constraints.forms import ReplyForm, Slot, SlotKind
from constraints.grammar import Grammar
from constraints.reader import read
from constraints.rulebook import Rulebook, RuleKind
from constraints.span import Span

ODD = (
    "This is a game for two players, with six turns. Each of your turns is a single line that starts out FOUND+ "
    "followed by one word of the hidden story, or QUIT+ alone when you give up. Never mention the words stone or river."
)
"""A game whose form the deterministic reader does not find, by the fixture below."""


def read_no_form(rulebook: Rulebook, text: str, *, own: bool, message: int) -> Rulebook:
    """A deterministic reader that finds rules and lists but no form."""
    found = read(rulebook, text, own=own, message=message)
    return Rulebook(rules=found.rules, options=found.options, messages=found.messages, heard=found.heard)


def answer(**items: object) -> str:
    blank: dict[str, object] = {
        "fixed_form": True,
        "replies": [],
        "options": [],
        "forbidden": [],
        "one_line": False,
        "one_word": False,
    }
    return json.dumps({**blank, **items})


def line(tag: str, value: str) -> Mapping[str, str]:
    return {"tag": tag, "value": value}


def reader(text: str, folder: Path | None = None) -> tuple[AssistedReader, ScriptedModel]:
    model = ScriptedModel([text])
    return AssistedReader(
        model=model, cache=ReadingCache(model="m", folder=folder), base=read_no_form, trials=()
    ), model


def helped(text: str, prompt: str = ODD) -> Rulebook:
    return reader(text)[0](Rulebook(), prompt, own=False, message=0)


def shapes(rulebook: Rulebook) -> list[tuple[object, ...]]:
    return [tuple(part.kind if isinstance(part, Slot) else part.text for part in form.parts) for form in rulebook.forms]


def test_tags_that_stand_in_the_demand_become_forms() -> None:
    rulebook = helped(answer(replies=[[line("FOUND+", "one word")], [line("QUIT+", "nothing")]]))
    assert shapes(rulebook) == [("FOUND+ ", SlotKind.WORD), ("QUIT+",)]
    assert rulebook.standing == rulebook.forms
    assert {form.confidence for form in rulebook.forms} == {ASSISTED}
    for form in rulebook.forms:
        assert ODD[form.span.start : form.span.end] == form.span.text


@pytest.mark.parametrize("tag", ["GUESS:", "found+", "FOUND=", "WORD"])
def test_what_the_prompt_does_not_say_is_dropped(tag: str) -> None:
    assert helped(answer(replies=[[line(tag, "text")]])).forms == ()


def test_forbidden_words_need_a_ban_before_them() -> None:
    rulebook = helped(answer(fixed_form=False, forbidden=["stone", "river", "story", "gravel"]))
    assert [rule.words for rule in rulebook.of(RuleKind.FORBIDDEN_WORDS) if rule.confidence == ASSISTED] in (
        [("stone", "river")],
        [],  # the reader found them by itself
    )
    assert "story" not in {word for rule in rulebook.rules for word in rule.words}


def test_a_bare_reply_of_any_text_is_no_form() -> None:
    assert helped(answer(replies=[[line("", "text")]])).forms == ()


def test_a_bare_word_is_believed_where_the_prompt_wants_nothing_else() -> None:
    prompt = "A guessing game in six turns. Simply write a five-letter word, nothing else, please."
    (form,) = helped(answer(one_word=True), prompt).forms
    assert form.slots[0].kind is SlotKind.WORD
    assert form.slots[0].letters == 5


def test_an_example_in_the_prompt_outweighs_the_models_kind() -> None:
    prompt = (
        "In this game you and a partner take turns. Write a line that begins with the tag SAY= and one word.\n"
        "For example:\nSAY= three small ducks"
    )
    assert shapes(helped(answer(replies=[[line("SAY=", "one word")]]), prompt)) == [("SAY= ", SlotKind.TEXT)]


def test_what_was_read_without_the_model_wins() -> None:
    prompt = "A game: you win by guessing. Reply in the form: GUESS: <a word>. Use the tag TIP: only to cheat."
    plain = read(Rulebook(), prompt, own=False, message=0)
    filled = FilledForm(fixed_form=True, replies=((FilledLine(tag="TIP:", value="text"),),))
    assert merge(plain, filled, prompt, 0).forms == plain.forms


def test_a_form_that_an_example_shows_joins_an_unsure_one() -> None:
    prompt = "A game of guessing. Each turn, write a line, exactly like this, with the tag.\nTIP: a small bird"
    unsure = Rulebook(
        forms=(
            ReplyForm(
                parts=(Slot(name="word", kind=SlotKind.WORD),),
                span=Span(message=0, start=0, end=1, text="A"),
                confidence=0.4,
            ),
        )
    )
    filled = FilledForm(fixed_form=True, replies=((FilledLine(tag="TIP:", value="text"),),))
    assert len(merge(unsure, filled, prompt, 0).forms) == 2


def test_only_the_first_message_of_a_game_is_read_with_help() -> None:
    assistant, model = reader(answer())
    later = assistant(Rulebook(heard=1, messages=2), ODD, own=False, message=2)
    own = assistant(Rulebook(), ODD, own=True, message=0)
    assert later.forms == own.forms == ()
    assert model.calls == []


@pytest.mark.parametrize(
    "prompt",
    [
        "How are you today?",
        "Write a poem about rivers in exactly four lines.",
        "Which of these is a prime number? (A) 4 (B) 7\nAnswer with the letter only.",
        "Describe the rules of chess.",
        "Start your answer with Yes or No, followed by your reasons.",
    ],
)
def test_prompts_that_are_no_games_need_no_help(prompt: str) -> None:
    assert not needs_help(Rulebook(), prompt)


@pytest.mark.parametrize("prompt", ["How are you today?", "Name three rivers of France.", "Play a game with me!"])
def test_where_no_form_is_read_the_reply_is_the_bare_models(prompt: str) -> None:
    sampling = Sampling(max_tokens=50)
    wrapped, bare = ScriptedModel(["  Well.\n"]), ScriptedModel(["  Well.\n"])
    messages = [Message(role="user", content=prompt)]
    assert Agent(wrapped).act(messages, sampling).reply == reply_bare(bare, messages, sampling).reply
    assert wrapped.calls == bare.calls


def test_the_model_is_asked_once_and_never_again_after_a_restart(tmp_path: Path) -> None:
    said = answer(replies=[[line("FOUND+", "text")]])
    first, model = reader(said, tmp_path)
    before = first(Rulebook(), ODD, own=False, message=0)
    assert first(Rulebook(), ODD, own=False, message=0) == before
    assert len(model.calls) == 1
    again, unused = reader("not even JSON", tmp_path)
    assert again(Rulebook(), ODD, own=False, message=0) == before
    assert unused.calls == []
    assert [file.suffix for file in tmp_path.rglob("*") if file.is_file()] == [".json"]


@pytest.mark.parametrize("damage", [b"", b'{"fixed_form": tr', b'{"surprise": 1}', b"\xff\xfe"])
def test_a_damaged_file_is_read_again(tmp_path: Path, damage: bytes) -> None:
    first, _ = reader(answer(one_line=True), tmp_path)
    kept = first.reading(ODD)
    (file,) = (entry for entry in tmp_path.rglob("*.json"))
    file.write_bytes(damage)
    second, model = reader(answer(one_line=True), tmp_path)
    assert second.reading(ODD) == kept
    assert len(model.calls) == 1
    assert FilledForm.model_validate_json(file.read_bytes()) == kept


def test_other_models_and_prompts_have_readings_of_their_own(tmp_path: Path) -> None:
    keys = {ReadingCache(model=model, folder=tmp_path).key(prompt) for model in "ab" for prompt in "xy"}
    assert len(keys) == 4


def test_an_unwritable_folder_costs_time_only(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assistant, model = reader(answer(one_line=True), blocked)
    assert assistant.reading(ODD) == assistant.reading(ODD)
    assert len(model.calls) == 1


@pytest.mark.parametrize("said", ["", "I think", "{}", '{"fixed_form": "maybe"}', answer(replies=[[]])])
def test_a_useless_answer_changes_nothing(said: str) -> None:
    assert helped(said) == read_no_form(Rulebook(), ODD, own=False, message=0)


def test_a_grammar_that_cannot_be_followed_changes_nothing() -> None:
    def speak(messages: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> str:
        raise GrammarError("too hard")

    assistant = AssistedReader(model=ScriptedModel(speak), cache=ReadingCache(model="m"), base=read_no_form, trials=())
    assert assistant(Rulebook(), ODD, own=False, message=0).forms == ()


def test_replaying_with_help_equals_continuing() -> None:
    texts = [ODD, "FOUND+ gate", "No. Go on."]
    messages = normalise(
        [Message(role="assistant" if number % 2 else "user", content=text) for number, text in enumerate(texts)]
    )
    assistant, _ = reader(answer(replies=[[line("FOUND+", "text")]]))
    warm = Fold(read_rules=assistant)
    warm.session(messages[:1])
    fresh, _ = reader(answer(replies=[[line("FOUND+", "text")]]))
    assert warm.session(messages) == Fold(read_rules=fresh, capacity=0).session(messages)
    assert warm.session(messages).memory.events[1].fills == (("found", "gate"),)


def test_help_is_traced_and_billed() -> None:
    model = ScriptedModel([answer(replies=[[line("FOUND+", "text")]]), "FOUND+ gate"])
    agent = Agent(model, AgentConfig().without("planner"))
    assert agent._reader is not None
    agent._reader.base = read_no_form
    agent._reader.trials = ()
    decision = agent.act([Message(role="user", content=ODD)])
    assert decision.reply == "FOUND+ gate"
    assert decision.usage.calls == 2
    (event,) = (event for event in decision.trace.events if isinstance(event, Assisted))
    assert event.forms == ("FOUND+ <found>",)
    again = agent.act([Message(role="user", content=ODD)])
    assert again.usage.calls == 1


def test_help_can_be_switched_off() -> None:
    model = ScriptedModel(["anything"])
    Agent(model, AgentConfig(assisted_reading=False)).act([Message(role="user", content=ODD)])
    assert all("JSON record" not in messages[-1].content for messages, _, _ in model.calls)


FAIR = (
    answer(replies=[[line("NAME:", "text")]]),
    answer(replies=[[line("WALK=", "text")], [line("REST=", "text")]]),
    answer(one_word=True),
)


def test_a_model_that_passes_the_trial_is_believed() -> None:
    for trial, said in zip(TRIALS, FAIR, strict=True):
        assert trial.passed(FilledForm.model_validate_json(said))
        assert needs_help(Rulebook(), trial.prompt)
    model = ScriptedModel([*FAIR, answer(replies=[[line("FOUND+", "text")]])])
    assistant = AssistedReader(model=model, cache=ReadingCache(model="m"), base=read_no_form)
    assert len(assistant(Rulebook(), ODD, own=False, message=0).forms) == 1
    assert len(model.calls) == 4


@pytest.mark.parametrize(
    "said",
    [
        answer(replies=[[line("HEAR:", "text")]]),
        answer(replies=[[line("NAME:", "text")], [line("HEAR:", "text")]]),
        answer(),
        "no",
    ],
)
def test_a_model_that_fails_the_trial_is_not_asked(said: str) -> None:
    model = ScriptedModel([said])
    assistant = AssistedReader(model=model, cache=ReadingCache(model="m"), base=read_no_form)
    assert assistant(Rulebook(), ODD, own=False, message=0).forms == ()
    assert assistant(Rulebook(), ODD, own=False, message=0).forms == ()
    assert len(model.calls) <= 2


JUNK = st.text(max_size=200)
LINES = st.builds(
    FilledLine,
    tag=st.one_of(JUNK, st.sampled_from(["FOUND+", "QUIT+", ""])),
    value=st.sampled_from(["text", "one word"]),
)
FILLED = st.builds(
    FilledForm,
    fixed_form=st.booleans(),
    replies=st.lists(st.lists(LINES, max_size=3).map(tuple), max_size=3).map(tuple),
    options=st.lists(JUNK, max_size=3).map(tuple),
    forbidden=st.lists(st.one_of(JUNK, st.just("stone")), max_size=3).map(tuple),
    one_line=st.booleans(),
    one_word=st.booleans(),
)


@settings(max_examples=150, deadline=None)
@given(prompt=st.one_of(JUNK, st.just(ODD), JUNK.map(lambda text: ODD + text)), filled=FILLED)
def test_merging_is_total_and_everything_has_an_anchor(prompt: str, filled: FilledForm) -> None:
    plain = read_no_form(Rulebook(), prompt, own=False, message=0)
    merged = merge(plain, filled, prompt, 0)
    for form in assisted(merged).forms:
        for part in form.parts:
            if not isinstance(part, Slot):
                assert all(piece.strip() in prompt for piece in part.text.split("\n"))
            else:
                assert all(option in prompt for option in part.options)
    assert all(word in prompt for rule in assisted(merged).rules for word in rule.words)
    assert all(rule in merged.rules for rule in plain.rules)


@settings(max_examples=100, deadline=None)
@given(st.one_of(JUNK, st.text(alphabet="aB :<>[]/\"'\n", max_size=300)))
def test_candidates_stand_in_the_prompt(prompt: str) -> None:
    for text in (*tag_candidates(prompt), *option_candidates(prompt)):
        assert text in prompt
    assert looks_like_a_game(prompt) in (True, False)


def test_the_schema_has_no_room_for_extra_keys() -> None:
    schema = json.loads(form_grammar(["A:"], ["x"]).json_schema or "")
    assert schema["additionalProperties"] is False
    assert set(schema["required"]) == set(FilledForm.model_fields)


@pytest.mark.model
def test_the_embedded_model_fills_the_form() -> None:
    from agent.models.locate import load

    model = load("embedded")
    helper = AssistedReader(model=model, cache=ReadingCache(model="embedded"))
    assert not helper.trusted()  # so that it never makes things worse
    grammar = form_grammar(tag_candidates(ODD), option_candidates(ODD))
    said = model.complete([Message(role="user", content=ODD)], grammar, Sampling(max_tokens=220))
    FilledForm.model_validate_json(said.text)
