"""The funnel: drafts are checked, mended, tried again, and there is always a reply."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.agent import POLICIES_OF, Agent
from agent.bare import reply_bare
from agent.config import MODULES, AgentConfig
from agent.errors import GrammarError, UserError
from agent.models.language_model import Completion, Sampling
from agent.models.scripted import ScriptedModel
from agent.trace import Trace
from agent.transcript import Message
from constraints.grammar import Grammar
from planner.policies import policies

TAGGED = "Reply in the form: GUESS: <a word>. Do not add any other text.\n\nCLUE: a sour yellow fruit"
MOVES = (
    'To move, use "GO: DIRECTION" and replace DIRECTION with one of [north, south, east, west]. '
    'To stop the exploration, answer with "DONE" instead.\n'
    "You are in the Attic. Currently available directions: north. What is your next instruction?"
)


UNPLANNED = AgentConfig().without("planner")
"""The model speaks for itself; forms, rules and checks hold it."""


def said(text: str) -> list[Message]:
    return [Message(role="user", content=text)]


def kinds(trace: Trace) -> list[str]:
    return [event.kind for event in trace.events]


def test_a_legal_draft_leaves_as_it_is() -> None:
    decision = Agent(ScriptedModel(["GUESS: lemon"]), UNPLANNED).act(said(TAGGED))
    assert decision.reply == "GUESS: lemon"
    assert kinds(decision.trace) == ["rules_read", "remembered", "proposed", "constrained", "drafted", "said"]
    assert decision.usage.calls == 1


def test_text_after_the_form_is_cut_without_another_call() -> None:
    decision = Agent(ScriptedModel(["GUESS: lemon\n\nI hope this helps!"]), UNPLANNED).act(said(TAGGED))
    assert decision.reply == "GUESS: lemon"
    assert "rejected" in kinds(decision.trace)
    assert decision.usage.calls == 1


def test_a_hopeless_model_still_sends_a_legal_reply() -> None:
    config = UNPLANNED
    decision = Agent(ScriptedModel(["…!?\n\n\n###"]), config).act(said(TAGGED))
    assert decision.reply.startswith("GUESS: ")
    assert decision.usage.calls <= config.repairs + 2


def test_the_model_is_told_what_was_wrong_in_the_end() -> None:
    model = ScriptedModel(["…!?\n\n\n###"])
    Agent(model, AgentConfig(repairs=4, repair_tokens=10_000).without("planner")).act(said(TAGGED))
    complaints = [messages[-1].content for messages, _, _ in model.calls if len(messages) > 1]
    assert complaints
    assert "not allowed" in complaints[-1]


def test_resampling_uses_other_seeds() -> None:
    model = ScriptedModel(["…!?\n\n\n###"])
    Agent(model, AgentConfig(seed=11, repair_tokens=10_000).without("planner")).act(said(TAGGED))
    seeds = [sampling.seed for _, _, sampling in model.calls]
    assert seeds[0] == 11
    assert len(set(seeds)) == len(seeds)


def test_without_checks_the_draft_leaves_stripped() -> None:
    decision = Agent(ScriptedModel([" no form at all \n"]), UNPLANNED.without("check")).act(said(TAGGED))
    assert decision.reply == "no form at all"


def test_a_determined_reply_needs_no_model() -> None:
    model = ScriptedModel(["anything"])
    decision = Agent(model).act(said(MOVES))
    assert decision.reply == "GO: north"
    assert model.calls == []


@pytest.mark.parametrize("prompt", ["How are you today?", "Name three rivers of France.", "2 + 2 ="])
def test_where_no_rule_is_read_the_reply_is_the_bare_models(prompt: str) -> None:
    script = ["  I am fine.\n\nAnd you? \n"]
    sampling = Sampling(max_tokens=50)
    wrapped, bare = ScriptedModel(script), ScriptedModel(script)
    assert Agent(wrapped).act(said(prompt), sampling).reply == reply_bare(bare, said(prompt), sampling).reply
    assert wrapped.calls == bare.calls


def test_with_every_stage_off_the_reply_is_the_bare_models() -> None:
    sampling = Sampling(max_tokens=50)
    wrapped, bare = ScriptedModel(["Well, lemon."]), ScriptedModel(["Well, lemon."])
    agent = Agent(wrapped, AgentConfig().without(*MODULES))
    assert agent.act(said(TAGGED), sampling).reply == reply_bare(bare, said(TAGGED), sampling).reply
    assert wrapped.calls == bare.calls


def test_every_policy_that_a_module_stands_for_exists() -> None:
    known = {policy.name for policy in policies()}
    assert {name for names in POLICIES_OF.values() for name in names} <= known


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(UserError, match="brain"):
        AgentConfig().without("brain")


class SlowModel(ScriptedModel):
    """A model whose calls move the clock."""

    def __init__(self, script: Sequence[str], seconds: float) -> None:
        super().__init__(script)
        self.now = 0.0
        self._seconds = seconds

    def clock(self) -> float:
        return self.now

    def complete(self, messages: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> Completion:
        self.now += self._seconds
        completion = super().complete(messages, grammar, sampling)
        return Completion(
            text=completion.text,
            finished=True,
            prompt_tokens=completion.prompt_tokens,
            cached_tokens=0,
            generated_tokens=completion.generated_tokens,
            seconds=self._seconds,
        )


def test_when_the_run_is_out_of_time_replies_are_legal_and_cost_no_call() -> None:
    model = SlowModel(["GUESS: lemon"], seconds=4.0)
    agent = Agent(model, AgentConfig(run_seconds=10).without("planner"), clock=model.clock)
    decisions = [agent.act(said(TAGGED)) for _ in range(6)]
    assert [decision.usage.calls for decision in decisions] == [1, 1, 0, 0, 0, 0]
    assert all(decision.reply.startswith("GUESS: ") for decision in decisions)
    assert "hurried" in kinds(decisions[-1].trace)


def test_the_time_left_bounds_each_call() -> None:
    model = SlowModel(["GUESS: lemon"], seconds=1.0)
    Agent(model, AgentConfig(reply_seconds=5).without("planner"), clock=model.clock).act(said(TAGGED))
    limit = model.calls[0][2].seconds
    assert limit is not None
    assert 0 < limit <= 5


def test_a_grammar_that_the_decoder_cannot_follow_leaves_the_checks_in_charge() -> None:
    def speak(messages: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> str:
        if grammar is not None:
            raise GrammarError("too hard")
        return "I say GUESS: lemon"

    batch = [said(TAGGED), said(TAGGED)]
    for decision in Agent(ScriptedModel(speak), UNPLANNED).act_batch(batch):
        assert decision.reply == "GUESS: lemon"
        assert "unsteered" in kinds(decision.trace)


@settings(max_examples=40, deadline=None)
@given(prompt=st.text(min_size=1, max_size=200), script=st.lists(st.text(max_size=40), min_size=1, max_size=3))
def test_any_prompt_and_any_draft_give_a_reply(prompt: str, script: list[str]) -> None:
    decision = Agent(ScriptedModel(script), AgentConfig(embedder="none")).act(said(prompt))
    assert isinstance(decision.reply, str)
    assert Trace.model_validate_json(decision.trace.model_dump_json()) == decision.trace


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([TAGGED, MOVES, "How are you?", "Answer with yes or no: is it late?"]), max_size=5))
def test_a_batch_equals_single_turns(prompts: list[str]) -> None:
    def speak(messages: Sequence[Message], grammar: Grammar | None, sampling: Sampling) -> str:
        return f"GUESS: word{sampling.seed}" if "GUESS" in messages[0].content else f"seed {sampling.seed}"

    batch = [said(prompt) for prompt in prompts]
    together = [decision.reply for decision in Agent(ScriptedModel(speak), UNPLANNED).act_batch(batch)]
    assert together == [Agent(ScriptedModel(speak), UNPLANNED).act(messages).reply for messages in batch]
