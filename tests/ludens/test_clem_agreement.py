"""clemscore of our own agrees with `clem score` and `clem eval` on the same episodes, run as their users run them."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import games
from games import school
from games.arena import EpisodeStore, Row, find_games, play
from games.arena.harness import load_clemcore
from games.errors import UserError
from ludens.evaluation.clem_folder import write_clem_folder
from ludens.evaluation.clem_results import read_results
from ludens.evaluation.clem_scores import clem_scores, scored
from ludens.evaluation.figures import suite_figures
from ludens.evaluation.measured_results import measure_results

load_clemcore()
from games.scripted import demonstrator_model, stumbling_model  # noqa: E402 - after clemcore is loaded quietly

PLAYED = ("taboo", "wordle", "privateshared")
PLAYERS = {"careful": demonstrator_model, "careless": stumbling_model}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two players' episodes of three games: the careless one plays only half of them to the end."""
    folder = tmp_path_factory.mktemp("run")
    with EpisodeStore.open(folder, config={}, seed=0) as store:
        for name in PLAYED:
            (game,) = find_games().select([f"ludens_{name}"])
            rows = [
                Row(experiment=row["experiment"], game_instance=row["game_instance"])
                for row in school.rows(name, split="train", count=3, seed=5)
            ]
            play(game, rows, [demonstrator_model()], label="careful", store=store)
            play(game, rows[:1], [stumbling_model()], label="careless", store=store)
            play(game, rows[1:], [demonstrator_model()], label="careless", store=store)
    return folder


def clem(folder: Path, *arguments: str) -> None:
    """Runs clemcore's command line in a folder of its own."""
    path = os.pathsep.join([str(Path(games.__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-W", "ignore", "-m", "clemcore.cli", *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path, "CLEM_DISABLE_BANNER": "1"},
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.slow
def test_clem_score_and_clem_eval_come_to_the_same(run: Path, tmp_path: Path) -> None:
    results = tmp_path / "results"
    with EpisodeStore.join(run) as store:
        assert write_clem_folder(store.episodes(), results) == 18
        outcomes = store.outcomes()
    (tmp_path / "game_registry.json").write_text(json.dumps([{"benchmark_path": str(Path(games.__file__).parent)}]))
    clem(tmp_path, "score", "-r", str(results))
    clem(tmp_path, "eval", "-r", str(results))
    with (results / "results.csv").open(encoding="utf-8", newline="") as file:
        theirs = {row[""]: row for row in csv.DictReader(file)}
    assert set(theirs) == set(PLAYERS)
    record = measure_results(results)
    figures = suite_figures(outcomes, np.random.default_rng(0))
    for player, row in theirs.items():
        wanted = float(row["-, clemscore"])
        assert 0 < wanted < 100
        assert record.seats[player].clemscore == wanted  # from the scores that they wrote
        mine = clem_scores(scored(each for each in outcomes if each.key.label == player))
        assert mine.clemscore == wanted  # from our own episodes
        assert figures[player].clem_score == wanted
        exact = figures[player].score
        assert exact is not None and exact.value == pytest.approx(wanted, abs=0.01)
        for game, each in mine.games.items():
            assert each.played_pct == float(row[f"{game}, % Played"])
            assert each.quality == float(row[f"{game}, Quality Score"])


def test_what_broke_is_not_written_and_names_are_kept_from_leaving_the_folder(run: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    from games.arena import Status

    with EpisodeStore.join(run) as store:
        episode = next(store.episodes())
    broken = replace(episode, outcome=replace(episode.outcome, status=Status.ERROR))
    assert write_clem_folder([broken], tmp_path / "none") == 0
    away = replace(episode, outcome=replace(episode.outcome, key=replace(episode.outcome.key, label="../out")))
    with pytest.raises(UserError, match="cannot be the name of a folder"):
        write_clem_folder([away], tmp_path / "none")
    assert not (tmp_path / "out").exists()
    with pytest.raises(UserError, match="holds no scores"):
        read_results(tmp_path)
