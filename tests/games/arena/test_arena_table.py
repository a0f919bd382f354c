import io
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from games.arena import EpisodeKey, Outcome, Status, Usage, as_json, load_rows, play, render, summarise
from games.arena.bootstrap import interval, resample


def outcome(game, number, status, quality=None, label="bare"):
    return Outcome(
        key=EpisodeKey(game=game, experiment="e", game_id=number, label=label),
        status=status,
        success=None,
        quality=quality,
        usage=Usage(calls=2, prompt_tokens=30, tokens=5, seconds=0.5),
        error="it broke" if status is Status.ERROR else "",
    )


def report(outcomes, seed=0, **options):
    return summarise(outcomes, np.random.default_rng(seed), **options)


SMALL = [
    outcome("a", 0, Status.PLAYED, 100.0),
    outcome("a", 1, Status.PLAYED, 50.0),
    outcome("a", 2, Status.ABORTED),
    outcome("a", 3, Status.ABORTED),
    outcome("b", 0, Status.ABORTED),
    outcome("c", 0, Status.PLAYED, 30.0),
    outcome("c", 1, Status.ERROR),
]

scores = st.one_of(st.none(), st.floats(0, 100))
episodes = st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), scores), min_size=1, max_size=30)


def drawn(cases):
    return [
        outcome(game, number, Status.PLAYED if played else Status.ABORTED, quality)
        for number, (game, played, quality) in enumerate(cases)
    ]


def test_figures_are_means_per_game_and_means_of_means():
    shown = as_json(report(SMALL))
    assert list(shown["games"]) == ["a", "b", "c"]
    assert shown["games"]["a"]["bare"]["played_pct"] == 50.0
    assert shown["games"]["a"]["bare"]["quality"] == 75.0
    assert shown["games"]["b"]["bare"] == {
        "episodes": 1,
        "played_pct": 0.0,
        "played_pct_ci": [0.0, 0.0],
        "quality": None,
        "quality_ci": None,
        "calls": 2,
        "tokens": 5,
        "seconds": 0.5,
    }
    total = shown["total"]["bare"]
    assert total["played_pct"] == 50.0  # (50 + 0 + 100) / 3
    assert total["quality"] == 52.5  # (75 + 30) / 2: game b was never played
    assert total["clemscore"] == pytest.approx(26.25)
    assert total["seconds"] == 3.5


def test_an_error_counts_in_no_score_and_is_shown():
    shown = as_json(report(SMALL))
    assert shown["games"]["c"]["bare"]["episodes"] == 1
    assert shown["games"]["c"]["bare"]["errors"] == shown["total"]["bare"]["errors"] == 1
    assert "errors" not in shown["games"]["a"]["bare"]
    only = as_json(report([outcome("a", 0, Status.ERROR)]))
    assert only["games"]["a"]["bare"]["played_pct"] is None
    assert only["total"]["bare"]["clemscore"] is None


def test_nothing_played_is_null_and_never_nan():
    shown = as_json(report([outcome("a", 0, Status.ABORTED)]))
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    assert shown["total"]["bare"]["clemscore"] is None
    assert as_json(report([])) == {"games": {}, "total": {}}


def test_the_keys_are_those_promised():
    shown = as_json(report([each for each in SMALL if each.status is not Status.ERROR]))
    line = {key for key in shown["games"]["a"]["bare"] if not key.endswith("_ci")}
    assert line == {"episodes", "played_pct", "quality", "calls", "tokens", "seconds"}
    assert {key for key in shown["total"]["bare"] if not key.endswith("_ci")} == {
        "played_pct",
        "quality",
        "clemscore",
        "seconds",
    }


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_figures_agree_with_clem_eval_on_the_same_episodes(games, store, tmp_path, capsys):
    from clemcore.clemeval import perform_evaluation
    from relay_players import Sequential

    for name in ("relay", "old_relay", "relay_short"):
        play(games[name], load_rows(games[name]), [Sequential()], label="toy", store=store)
    for episode in store.episodes():  # the files that `clem score` leaves behind, from the records in the store
        key = episode.outcome.key
        folder = tmp_path / "results" / "toy" / key.game / key.experiment / f"instance_{key.game_id:05d}"
        folder.mkdir(parents=True)
        (folder / "scores.json").write_text(json.dumps(episode.scores))
    theirs = perform_evaluation(str(tmp_path / "results"), return_dataframe=True).loc["toy"]
    ours = as_json(report(store.outcomes()))
    capsys.readouterr()
    assert ours["total"]["toy"]["clemscore"] == pytest.approx(theirs["-, clemscore"], abs=0.01)
    assert ours["total"]["toy"]["played_pct"] == pytest.approx(theirs["all, Average % Played"], abs=0.01)
    assert ours["total"]["toy"]["quality"] == pytest.approx(theirs["all, Average Quality Score"], abs=0.01)
    for name, line in ours["games"].items():
        assert line["toy"]["played_pct"] == pytest.approx(theirs[f"{name}, % Played"], abs=0.01)
        assert line["toy"]["quality"] == pytest.approx(theirs[f"{name}, Quality Score"], abs=0.01)
        assert 0 < line["toy"]["quality"] < 100


@given(episodes)
def test_intervals_contain_the_point_estimate_and_stay_in_range(cases):
    shown = as_json(report(drawn(cases), resamples=50))
    lines = [*(lines["bare"] for lines in shown["games"].values()), shown["total"]["bare"]]
    for line in lines:
        for name in ("played_pct", "quality", "clemscore"):
            if line.get(name) is not None:
                low, high = line[f"{name}_ci"]
                assert -1e-9 <= low <= line[name] <= high <= 100 + 1e-9


@given(episodes, st.integers(0, 9))
def test_the_table_depends_on_episodes_and_seed_and_not_on_order(cases, seed):
    outcomes = drawn(cases)
    assert report(outcomes, seed, resamples=20).total == report(outcomes[::-1], seed, resamples=20).total


@given(st.floats(0, 100), st.integers(1, 20))
def test_equal_episodes_leave_no_doubt(quality, count):
    line = as_json(report([outcome("a", n, Status.PLAYED, quality) for n in range(count)], resamples=20))
    total = line["total"]["bare"]
    assert total["played_pct_ci"] == [100.0, 100.0]
    assert total["quality_ci"] == pytest.approx([quality, quality], abs=1e-9)


def test_the_interval_narrows_with_the_square_root_of_the_episodes():
    rng = np.random.default_rng(0)
    widths = []
    for count in (25, 400):
        draws = resample([True] * count, list(rng.uniform(0, 100, count)), 4000, rng)
        low, high = interval(draws.quality, 50.0)
        widths.append(high - low)
    assert widths[0] / widths[1] == pytest.approx(4.0, rel=0.25)
    assert widths[0] == pytest.approx(2 * 1.96 * 100 / math.sqrt(12 * 25), rel=0.25)  # the normal approximation


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(300):
        played = list(rng.random(60) < 0.7)
        low, high = interval(resample(played, [None] * 60, 400, rng).played_pct, 100 * sum(played) / 60)
        hits += low <= 70 <= high
    assert 0.88 <= hits / 300 <= 0.99


def test_resamples_without_a_quality_are_left_out():
    draws = resample([True, False], [80.0, None], 400, np.random.default_rng(0))
    assert 0.15 < np.isnan(draws.quality).mean() < 0.35
    assert interval(draws.quality, 80.0) == (80.0, 80.0)


@pytest.mark.parametrize("width", [80, 120])
def test_the_rendered_table_shows_both_players_and_the_errors(width):
    outcomes = [
        *SMALL,
        outcome("a", 0, Status.PLAYED, 99.0, label="ludens"),
        outcome("[b]", 0, Status.ABORTED, label="x"),
    ]
    console = Console(width=width, file=io.StringIO())
    console.print(render(report(outcomes)))
    text = console.file.getvalue()
    for expected in (
        "bare",
        "ludens",
        "[b]",
        "all games",
        "Errors",
        "75.0",
        "99.0",
        "(99–99)",
        "(100–100)",
        "clemscore: bare 26.25",
    ):
        assert expected in text, expected
    assert all(len(line) <= width for line in text.splitlines())
