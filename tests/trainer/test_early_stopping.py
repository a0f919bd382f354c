import math

from hypothesis import given
from hypothesis import strategies as st

from trainer.early_stopping import best_of, looks_without_gain, reason_to_stop

LOSSES = st.lists(st.floats(0, 10), max_size=20)


def test_a_fall_below_the_papers_figure_is_no_gain():
    assert looks_without_gain([2.0, 1.99, 1.986], min_gain=0.015) == 2
    assert looks_without_gain([2.0, 1.99, 1.98], min_gain=0.015) == 0  # measured from the best, not from the last
    assert looks_without_gain([2.0, 1.98, 1.97], min_gain=0.015) == 1


@given(LOSSES)
def test_falling_losses_never_wait(losses):
    falling = [10.0 - index for index in range(len(losses))]
    assert looks_without_gain(falling) == 0


@given(LOSSES, st.floats(0, 1))
def test_waiting_is_counted_by_a_fold(losses, gain):
    for end in range(1, len(losses) + 1):
        before = looks_without_gain(losses[: end - 1], min_gain=gain)
        assert looks_without_gain(losses[:end], min_gain=gain) in (0, before + 1)


def test_no_number_is_no_gain_and_never_the_best():
    assert looks_without_gain([math.nan, 1.0, math.nan]) == 1
    assert best_of([math.nan, 1.0, 0.5, math.nan]) == 2
    assert best_of([math.nan]) is None


def test_why_to_stop():
    log = [{"step": i, "eval_loss": loss} for i, loss in enumerate([2.0, 1.999, 1.998], start=1)]
    rules = {"patience": 2, "min_gain": 0.015, "score_patience": 0}
    assert "held-out" in (reason_to_stop(log, **rules) or "")
    assert reason_to_stop(log[:2], **rules) is None
    assert reason_to_stop(log, **{**rules, "patience": 0}) is None
    between = [{"step": i, "eval_loss": loss} for i, loss in ((1, 2.0), (2, 1.999), (3, 1.998), (10, 1.5))]
    assert reason_to_stop(between, **rules, every_steps=10) is None
    scores = [{"step": i, "practice_score": score} for i, score in enumerate([10.0, 9.0])]
    assert "practice" in (reason_to_stop(scores, patience=0, min_gain=0, score_patience=1) or "")
