"""Measuring: clemscore to the digit, results folders, figures, suites, the record, and what is refused."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games.arena import EpisodeStore, Row, play
from games.arena.episode import EpisodeKey, Outcome, Status
from games.arena.harness import load_clemcore
from games.errors import UserError
from ludens.evaluation.clem_results import read_results, suites_of
from ludens.evaluation.clem_scores import Scored, clem_scores, scored
from ludens.evaluation.figures import mean_estimate, paired, suite_figures
from ludens.evaluation.measured_record import (
    FILE_NAME,
    Estimate,
    MeasuredModel,
    MeasuredRecord,
    TaskFigures,
    read_record,
    write_record,
)
from ludens.evaluation.measured_results import measure_results
from ludens.evaluation.pairs import scores
from ludens.evaluation.record_building import new_record, of_plan, placed, replaced, with_tasks
from ludens.evaluation.suites import Source, choose, lessons
from ludens.evaluation.weights import measured_model

load_clemcore()
from games.scripted import expert_model  # noqa: E402 - after clemcore is loaded quietly

RECORDED = Path(__file__).parent / "recorded"
"""Scores of scripted players in practice games, and what `clem eval` made of them."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recorded scores as a results folder of `playpen eval`."""
    whole = tmp_path_factory.mktemp("playpen")
    for suite, episodes_ in json.loads((RECORDED / "scores.json").read_text()).items():
        for place, metrics in episodes_.items():
            write_scores(whole / suite, place, **metrics)
    return whole


def recorded_row(suite: str, model: str) -> dict[str, str]:
    """A model's row of the results.csv that `clem eval` wrote."""
    with (RECORDED / f"{suite}.results.csv").open(encoding="utf-8", newline="") as file:
        return next(row for row in csv.DictReader(file) if row[""] == model)


def outcome(game: str, number: int, quality: float | None, *, label: str = "bare", aborted: bool = False) -> Outcome:
    key = EpisodeKey(game=game, experiment="e", game_id=number, label=label)
    status = Status.ABORTED if aborted else Status.PLAYED
    return Outcome(key=key, status=status, success=quality == 100, quality=quality)


def write_scores(folder: Path, place: str, **metrics: object) -> None:
    target = folder / place
    target.mkdir(parents=True)
    (target / "scores.json").write_text(json.dumps({"turn scores": {}, "episode scores": metrics}))


# --- clemscore and statscore -------------------------------------------------------------------


@pytest.mark.parametrize("suite", ["clem", "static"])
def test_a_recorded_results_csv_is_repeated_to_the_digit(folder: Path, suite: str) -> None:
    outcomes = read_results(folder / suite)
    models = sorted({each.key.label for each in outcomes})
    assert models == ["learner", "learner-bare"]
    for model in models:
        row = recorded_row(suite, model)
        ours = clem_scores(scored(each for each in outcomes if each.key.label == model))
        assert [ours.clemscore, ours.played_pct, ours.quality] == [
            None if row[name] == "" else float(row[name])
            for name in ("-, clemscore", "all, Average % Played", "all, Average Quality Score")
        ]
        for game, figures in ours.games.items():
            assert figures.played_pct == float(row[f"{game}, % Played"])
            cell = row[f"{game}, Quality Score"]
            assert figures.quality == (None if cell == "" else float(cell))


def test_what_playpen_stored_is_what_the_results_folder_gives(folder: Path) -> None:
    record = measure_results(folder)
    stored = json.loads((RECORDED / "learner.val.json").read_text())
    seat = record.seats["learner"]
    assert {"clemscore": seat.clemscore, "statscore": seat.statscore} == stored


def test_an_aborted_episode_counts_as_not_played_and_has_no_quality() -> None:
    found = clem_scores([
        Scored(game="a", aborted=False, main_score=100.0),
        Scored(game="a", aborted=True, main_score=None),
        Scored(game="a", aborted=False, main_score=50.0),
        Scored(game="b", aborted=True, main_score=None),
    ])  # fmt: skip
    assert (found.games["a"].played_pct, found.games["a"].quality) == (66.67, 75.0)
    assert (found.games["b"].played_pct, found.games["b"].quality) == (0.0, None)
    assert found.played_pct == 33.34  # of 33.335, as numpy rounds
    assert found.quality == 75.0  # of the one game that has any
    assert found.clemscore == 25.01  # of 33.34 x 75 / 100


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.filterwarnings("ignore:indexing past lexsort depth")
def test_random_episodes_come_out_as_in_clemcore_itself(tmp_path: Path, seed: int) -> None:
    import pandas
    from clemcore.clemeval import save_clem_table

    rng = np.random.default_rng(seed)
    drawn = {
        model: [
            Scored(game=game, aborted=bool(rng.random() < 0.4), main_score=_drawn_score(rng))
            for game in "abcdef"
            for _ in range(rng.integers(1, 9))
        ]
        for model in ("one", "two", "three")
    }
    rows_ = [
        {
            "game": each.game,
            "model": model,
            "experiment": "e",
            "episode": f"instance_{number}",
            "metric": metric,
            "value": value,
        }
        for model, mine in drawn.items()
        for number, each in enumerate(mine)
        for metric, value in (
            ("Main Score", math.nan if each.main_score is None else each.main_score),
            ("Played", 1 - each.aborted),
        )
    ]
    theirs = save_clem_table(pandas.DataFrame(rows_), str(tmp_path))
    assert theirs is not None
    for model, mine in drawn.items():
        ours, row = clem_scores(mine), theirs.loc[model]
        assert (ours.clemscore, ours.played_pct) == (row["-, clemscore"], row["all, Average % Played"])
        assert ours.quality == row["all, Average Quality Score"]
        for game, each in ours.games.items():
            assert each.played_pct == row[f"{game}, % Played"]
            quality = row[f"{game}, Quality Score"]
            assert each.quality is None if math.isnan(quality) else each.quality == quality


def _drawn_score(rng: np.random.Generator) -> float | None:
    return [None, 0.0, 100.0, 100 / 3, float(rng.integers(0, 101)), float(rng.random() * 100)][rng.integers(0, 6)]


def test_no_quality_at_all_is_no_clemscore() -> None:
    assert clem_scores([Scored(game="a", aborted=True, main_score=None)]).clemscore is None


episodes = st.lists(
    st.tuples(st.sampled_from("abc"), st.booleans(), st.one_of(st.none(), st.floats(0, 100))), min_size=1, max_size=40
)


@settings(deadline=None)
@given(episodes)
def test_rounded_scores_stay_near_the_exact_ones(drawn: list[tuple[str, bool, float | None]]) -> None:
    outcomes = [
        outcome(game, number, quality, aborted=aborted) for number, (game, aborted, quality) in enumerate(drawn)
    ]
    found = clem_scores(scored(outcomes))
    exact = suite_figures(outcomes, np.random.default_rng(0))["bare"]
    assert exact.played_pct is not None
    assert found.played_pct == pytest.approx(exact.played_pct.value, abs=0.011)
    assert (found.quality is None) == (exact.quality is None)
    if found.quality is not None and exact.quality is not None and exact.score is not None:
        assert found.quality == pytest.approx(exact.quality.value, abs=0.011)
        assert found.clemscore == pytest.approx(exact.score.value, abs=0.03)
        assert exact.clem_score == found.clemscore


# --- results folders ---------------------------------------------------------------------------


def test_a_folder_of_playpen_is_two_suites_and_any_other_is_one(folder: Path, tmp_path: Path) -> None:
    assert suites_of(folder) == {"games": folder / "clem", "static": folder / "static"}
    assert suites_of(folder / "clem", "static") == {"static": folder / "clem"}
    with pytest.raises(UserError, match="is not a folder"):
        suites_of(tmp_path / "nothing")


def test_a_main_score_of_nan_is_none(tmp_path: Path) -> None:
    write_scores(tmp_path, "m/g/e/instance_00001", **{"Aborted": 1, "Main Score": math.nan, "Success": 0})
    (found,) = read_results(tmp_path)
    assert (found.status, found.quality, found.key.game_id) == (Status.ABORTED, None, 1)


@pytest.mark.parametrize(
    ("metrics", "complaint"),
    [
        ({"Main Score": 3}, "'Aborted' is None"),
        ({"Aborted": 0, "Main Score": "good"}, "'Main Score' is 'good'"),
        ({"Aborted": 0, "Played": 1}, "computes itself"),
    ],
)
def test_unusable_scores_are_refused_with_their_file(tmp_path: Path, metrics: dict, complaint: str) -> None:
    write_scores(tmp_path, "m/g/e/instance_00001", **metrics)
    with pytest.raises(UserError, match=complaint) as refusal:
        read_results(tmp_path)
    assert "instance_00001" in str(refusal.value)


def test_damaged_missing_and_unscored_results_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"name a folder that `clem run` wrote"):
        read_results(tmp_path)
    episode = tmp_path / "m" / "g" / "e" / "instance_00001"
    episode.mkdir(parents=True)
    (episode / "interactions.json").write_text("{}")
    with pytest.raises(UserError, match=r"run `clem score -r"):
        read_results(tmp_path)
    (episode / "scores.json").write_text('{"episode scores": {"Abor')
    with pytest.raises(UserError, match=r"instance_00001.scores\.json cannot be read as JSON"):
        read_results(tmp_path)
    (episode / "scores.json").write_text("[]")
    with pytest.raises(UserError, match="has no 'episode scores'"):
        read_results(tmp_path)
    (tmp_path / "scores.json").write_text("{}")
    (episode / "scores.json").unlink()
    with pytest.raises(UserError, match="MODEL/GAME/EXPERIMENT/EPISODE"):
        read_results(tmp_path)


def test_two_models_of_a_folder_are_compared_the_bare_one_first(folder: Path) -> None:
    record = measure_results(folder)
    assert [(each.suite, each.first, each.second) for each in record.comparisons] == [
        ("games", "learner-bare", "learner"),
        ("static", "learner-bare", "learner"),
    ]
    games = record.comparisons[0]
    assert games.total.pairs == sum(each.pairs for each in games.games.values())
    assert games.total.low <= games.total.difference <= games.total.high


# --- figures -----------------------------------------------------------------------------------


def test_broken_episodes_are_counted_and_count_nowhere() -> None:
    broken = Outcome(key=EpisodeKey(game="a", experiment="e", game_id=9, label="bare"), status=Status.ERROR, error="x")
    found = suite_figures([outcome("a", 1, 100), outcome("a", 2, None, aborted=True), broken], np.random.default_rng(0))
    game = found["bare"].games["a"]
    assert (game.n, game.errors, game.success_pct) == (2, 1, 50.0)
    assert game.score is not None and game.score.value == 50.0
    assert game.quality is not None and game.quality.value == 100.0


def test_only_broken_episodes_have_no_figures() -> None:
    broken = Outcome(key=EpisodeKey(game="a", experiment="e", game_id=9, label="bare"), status=Status.ERROR)
    found = suite_figures([broken], np.random.default_rng(0))["bare"]
    assert (found.score, found.clem_score, found.games["a"].score, found.games["a"].n) == (None, None, None, 0)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.floats(-50, 100), min_size=1, max_size=30), st.integers(0, 9))
def test_intervals_hold_the_mean_and_repeat(values: list[float], seed: int) -> None:
    first, again = (mean_estimate(values, np.random.default_rng(seed)) for _ in range(2))
    assert first is not None and first == again
    assert first.low <= first.value <= first.high
    assert first.value == pytest.approx(math.fsum(values) / len(values))


def test_paired_differences_name_better_and_worse() -> None:
    bare = [outcome("a", number, 0) for number in range(8)]
    mine = [outcome("a", number, 100 if number else 0, label="ludens") for number in range(8)]
    found = paired("games", scores([*bare, *mine]), np.random.default_rng(0))
    assert found is not None
    assert (found.total.pairs, found.total.better, found.total.worse) == (8, 7, 0)
    assert found.total.difference == pytest.approx(87.5)
    assert found.total.p_value < 0.05
    assert paired("games", scores(bare), np.random.default_rng(0)) is None


# --- suites ------------------------------------------------------------------------------------


def rows(count: int, experiments: int = 3) -> list[Row]:
    return [
        Row(experiment={"name": f"e{number % experiments}"}, game_instance={"game_id": number})
        for number in range(count)
    ]


@settings(deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 5))
def test_a_smaller_choice_begins_a_larger_one_and_takes_experiments_in_turn(fewer: int, more: int, seed: int) -> None:
    fewer, more = sorted((fewer, more))
    small, large = choose(rows(24), fewer, seed), choose(rows(24), more, seed)
    assert large[: len(small)] == small
    assert len(large) == min(more, 24) == len({row.identity for row in large})
    counts = [sum(row.identity[0] == name for row in large) for name in ("e0", "e1", "e2")]
    assert max(counts) - min(counts) <= 1


def test_practice_games_and_abilities_are_drawn_by_name() -> None:
    found = lessons(("games", "cognitive"), Source(games=("ludens_taboo", "mind"), instances=2, seed=3))
    assert {suite: [lesson.name for lesson in each] for suite, each in found.items()} == {
        "games": ["taboo"],
        "cognitive": ["mind"],
    }
    assert all(len(lesson.rows) == 2 for each in found.values() for lesson in each)


def fake_checkout(folder: Path) -> Path:
    """Three games that nobody plays: one tagged as played, one not, one static."""
    for place, tags in (("talk", ["2.0"]), ("old", ["1.0"]), ("static/quiz", ["static_1.0"])):
        game = folder / place
        (game / "in").mkdir(parents=True)
        name = place.rpartition("/")[2]
        (game / "clemgame.json").write_text(json.dumps({"game_name": name, "players": 1, "benchmark": tags}))
        (game / "master.py").write_text("")
        instances = {"experiments": [{"name": "e", "game_instances": [{"game_id": number} for number in range(5)]}]}
        (game / "in" / "instances.json").write_text(json.dumps(instances))
    return folder


def test_a_checkout_is_sorted_by_its_tags(tmp_path: Path) -> None:
    found = lessons(("games", "static"), Source(clembench=fake_checkout(tmp_path)))
    assert {suite: [(each.name, len(each.rows)) for each in lesson] for suite, lesson in found.items()} == {
        "games": [("talk", 5)],
        "static": [("quiz", 5)],
    }


def test_instances_of_another_folder_stand_for_the_games_own(tmp_path: Path) -> None:
    checkout = fake_checkout(tmp_path / "clembench")
    files = tmp_path / "files"
    (files / "static").mkdir(parents=True)
    instances = {"experiments": [{"name": "dev", "game_instances": [{"game_id": 7}]}]}
    (files / "talk.json").write_text(json.dumps(instances))
    (files / "static" / "quiz.json").write_text(json.dumps(instances))
    found = lessons(("games", "static"), Source(clembench=checkout, instance_files=files))
    assert [row.identity for lesson in (*found["games"], *found["static"]) for row in lesson.rows] == [("dev", 7)] * 2


@pytest.mark.parametrize(
    ("suites", "source", "complaint"),
    [
        (("games",), {"games": ("tabo",)}, r"There is no game 'tabo' in games; did you mean taboo"),
        (("cognitive",), {"games": ("wisdom",)}, r"there are memory, flexibility, planning, mind"),
        (("static",), {}, r"name a checkout with --clembench"),
        (("static",), {"clembench": "."}, r"holds no static suite"),
        (("games",), {"clembench": "nowhere"}, r"nowhere is not a folder"),
        (("games",), {"instance_files": "."}, r"name the checkout, too"),
        (("games",), {"clembench": "c", "instance_files": "none"}, r"none is not a folder"),
        (("games",), {"clembench": "c", "instance_files": "c"}, r"holds no GAME\.json for any of talk"),
    ],
)
def test_what_cannot_be_played_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suites: tuple, source: dict, complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    fake_checkout(tmp_path / "c")
    (tmp_path / "c" / "static" / "quiz" / "clemgame.json").unlink()
    paths = {name: Path(value) for name, value in source.items() if name != "games"}
    with pytest.raises(UserError, match=complaint):
        lessons(suites, Source(**{**source, **paths}))


# --- the record --------------------------------------------------------------------------------


def test_a_record_is_read_as_it_was_written_and_suites_replace_one_another(folder: Path, tmp_path: Path) -> None:
    record = measure_results(folder)
    assert read_record(write_record(record, tmp_path)) == read_record(tmp_path) == record
    fewer = replaced(record, "static", {}, None)
    assert fewer.seats["learner"].statscore is None and "static" not in fewer.seats["learner"].suites
    assert fewer.seats["learner"].clemscore == record.seats["learner"].clemscore
    assert [each.suite for each in fewer.comparisons] == ["games"]


def test_tasks_of_the_harness_are_added_to_those_known(tmp_path: Path) -> None:
    figures = TaskFigures(n=2, metric="acc,none", score=Estimate(value=50, low=0, high=100), metrics={"acc,none": 0.5})
    record = with_tasks(new_record(MeasuredModel(spec="embedded"), {}, 0), {"bare": {"one": figures}}, None)
    record = with_tasks(record, {"bare": {"two": figures}, "ludens": {"two": figures}}, None)
    assert list(record.seats["bare"].tasks) == ["one", "two"]
    assert read_record(write_record(record, tmp_path)) == record


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "is not JSON"),
        ("[]", "has format None"),
        ('{"format": 99}', "has format 99"),
        ('{"format": 1}', "is unusable at 'created'"),
    ],
)
def test_an_unusable_record_is_refused(tmp_path: Path, content: str, complaint: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    with pytest.raises(UserError, match=complaint):
        read_record(tmp_path)


def test_a_missing_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"There is no measurement at .*eval\.json"):
        read_record(tmp_path)
    with pytest.raises(UserError, match="cannot be written"):
        write_record(new_record(MeasuredModel(spec="x"), {}, 0), Path("/proc/nothing"))


def test_figures_say_which_instances_they_are_of(tmp_path: Path) -> None:
    plan = lessons(("cognitive",), Source(games=("memory",), instances=2))["cognitive"]
    with EpisodeStore.open(tmp_path, config={}, seed=0) as store:
        play(plan[0].game, plan[0].rows, [expert_model()], label="bare", store=store)
        outcomes = of_plan(store.outcomes(), plan)
    whole, half = (
        placed("cognitive", suite_figures(some, np.random.default_rng(0))["bare"], "bare", some, plan)
        for some in (outcomes, outcomes[:1])
    )
    assert whole.games["memory"].score == Estimate(value=100, low=100, high=100)
    assert whole.episodes == "cognitive"
    assert len(whole.games["memory"].instances_sha256) == 64
    assert whole.games["memory"].instances_sha256 != half.games["memory"].instances_sha256


def test_weights_are_known_by_their_bytes(tmp_path: Path) -> None:
    file = tmp_path / "m.gguf"
    file.write_bytes(b"weights")
    one = measured_model(str(file))
    assert one.files == {"m.gguf": one.sha256} and len(one.sha256) == 64
    (tmp_path / "config.json").write_text("{}")
    whole = measured_model(f"transformers:{tmp_path}")
    assert set(whole.files) == {"m.gguf", "config.json"} and whole.sha256 != one.sha256
    file.write_bytes(b"others")
    assert measured_model(str(file)).sha256 != one.sha256
    assert measured_model(f"{file}+{tmp_path / 'config.json'}").files.keys() == {"m.gguf", "config.json"}
    adapter = tmp_path / "adapter"
    adapter.mkdir()
    (adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(tmp_path)}))
    (adapter / "config.json").write_text("{}")
    over = measured_model(str(adapter)).files.keys()
    assert over == {"adapter_config.json", "config.json", f"{tmp_path.name}/config.json", "m.gguf"}
    (adapter / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(adapter)}))
    assert measured_model(str(adapter)).files.keys() == {"adapter_config.json", "config.json"}
    for remote in ("http://localhost:1/v1#m", "somebody/something"):
        assert measured_model(remote) == MeasuredModel(spec=remote)


def test_a_record_holds_no_nan() -> None:
    with pytest.raises(ValueError, match="finite"):
        Estimate(value=math.nan, low=0, high=0)
    schema = json.dumps(MeasuredRecord.model_json_schema())
    assert '"additionalProperties": false' in schema
