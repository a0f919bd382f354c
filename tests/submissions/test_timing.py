"""How long an evaluation takes is arithmetic: monotone in what is asked, and in what a machine can do."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import UserError
from ludens.plan import Question, advice, plan
from submissions.timing import GPUS, RECORDED, Counts, Way, estimate, rates

counts = st.builds(
    Counts,
    instances=st.integers(1, 500),
    calls=st.floats(1, 100),
    prompt_tokens=st.floats(1, 8000),
    reply_tokens=st.floats(1, 500),
)
A100 = rates(GPUS["a100"], parameters=8e9, weight_bytes=16e9)


@settings(deadline=None)
@given(counts, st.integers(1, 64), st.integers(0, 4096))
def test_more_work_never_takes_less_time(count: Counts, batch: int, thinking: int):
    way = Way(name="x", switches="", batch=batch, thinking=thinking)
    base = estimate(way, [count], A100)
    assert estimate(way, [replace(count, instances=count.instances + 1)], A100).seconds >= base.seconds
    assert estimate(replace(way, thinking=thinking + 1), [count], A100).seconds >= base.seconds
    assert estimate(replace(way, batch=batch + 1), [count], A100).seconds <= base.seconds
    assert estimate(replace(way, cached=False), [count], A100).read >= base.read
    assert estimate(replace(way, share=0.5), [count], A100).calls == pytest.approx(0.5 * base.calls)


def test_a_larger_gpu_is_faster():
    way = Way(name="x", switches="")
    games = list(RECORDED.values())
    h100 = rates(GPUS["h100"], parameters=8e9, weight_bytes=16e9)
    assert estimate(way, games, h100).seconds < estimate(way, games, A100).seconds


def test_recorded_counts_are_near_what_was_counted_for_an_8b_model():
    calls = sum(count.all_calls for count in RECORDED.values())
    assert 11_000 < calls < 13_500


def test_a_plan_says_what_fits():
    found = plan(Question(model="llama-3.1-8b", hours=2.0, thinking_tokens=1024))
    ways = {each["way"]: each for each in found.as_json()["ways"]}
    assert ways["Ludens, nothing planned, side by side"]["fits"]
    assert not ways["Ludens, thinking"]["fits"]
    told = "\n".join(advice(found))
    assert "run_seconds: 6480" in told
    assert "Thoughts fit up to about" in told


def test_weights_that_do_not_fit_are_told():
    found = plan(Question(model="qwen3.5-27b", gpu="T4"))
    assert not found.memory
    assert not any(way["fits"] for way in found.as_json()["ways"])


def test_measured_rates_replace_the_data_sheet():
    found = plan(Question(model="tiny-8b", reading=100.0, writing=7.0, games=("taboo",)))
    assert (found.rate.reading, found.rate.writing) == (100.0, 7.0)
    assert set(found.counts) == {"taboo"}


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (Question(model="llama-3.1-8b", gpu="abacus"), "data sheet"),
        (Question(model="mystery"), "--params"),
        (Question(model="llama-3.1-8b", games=("chess",)), "chess"),
    ],
)
def test_what_cannot_be_planned(question: Question, told: str):
    with pytest.raises(UserError, match=told):
        plan(question)
