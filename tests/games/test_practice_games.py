import copy
import math
import os
import re
import subprocess
import sys

import pytest

from games.catalogue import CATALOGUE, ROOM, find_game
from games.school import rows
from games.scripted import blunder_model, expert_model, stumbling_model

NAMES = [game.alias for game in CATALOGUE]


@pytest.mark.parametrize("alias", NAMES)
def test_a_stumbler_breaks_one_rule_after_another(alias, load_practice, play_practice):
    benchmark = load_practice(f"ludens_{alias}")
    rules = set()
    for row in rows(alias, count=8, seed=13):
        played = play_practice(benchmark, row, [stumbling_model()] * spec_players(benchmark))
        assert played.record["Success"] == 0
        rules.add((played.record["Ended"]["role"], played.record["Ended"]["rule"]))
    assert len(rules) >= 2


def spec_players(benchmark):
    return benchmark.game_spec.players


@pytest.mark.parametrize("alias", NAMES)
def test_the_expert_reaches_the_ceiling_in_every_voice(alias, load_practice, play_practice):
    benchmark = load_practice(f"ludens_{alias}")
    for split in ("train", "validation", "test"):
        for row in rows(alias, split=split, count=10, seed=11):
            played = play_practice(benchmark, row, [expert_model()] * spec_players(benchmark))
            assert played.score == pytest.approx(100.0), (row["experiment"], played.record["Ended"])
            assert played.scores["episode scores"]["Success"] == 1
            assert played.scores["episode scores"]["Violated Request Count"] == 0
            assert not any(re.search(r"\{[a-z_]+\}", heard) for _, heard, _ in played.said), "an unfilled slot"
            assert all(heard.strip() for _, heard, _ in played.said)


@pytest.mark.parametrize("alias", NAMES)
def test_a_blunder_is_rejected_for_the_rule_it_breaks(alias, load_practice, play_practice):
    benchmark = load_practice(f"ludens_{alias}")
    count = spec_players(benchmark)
    seen = set()
    for row in rows(alias, count=16, seed=12):
        for role in find_game(alias).master_type().roles:
            for rule in rules_of(benchmark, row, role, count):
                played = play_practice(benchmark, row, [blunder_model(rule, role)] * count)
                violations = played.events("violation")
                assert violations, (rule, role, row["game_instance"]["protocol"]["drawn"])
                assert {violation["rule"] for violation in violations} == {rule}
                assert {violation["role"] for violation in violations} == {role}
                ended = played.record["Ended"]
                assert ended["rule"] == rule
                assert ended["role"] == role
                lost = ended["outcome"] == "lost"
                assert played.record["Aborted"] == int(not lost)
                assert played.record["Lose"] == int(lost)
                assert played.record["Success"] == 0
                assert played.score == 0.0 if lost else math.isnan(played.score)
                seen.add(rule)
    assert {"form.empty", "form.missing", "form.extra", "form.several"} <= seen or alias == "minigames"


def rules_of(benchmark, row, role, count):
    """The rules that a role can break at its first turn in this instance."""
    found = {}

    class Probe:
        def reply(self, game, asked):
            if asked == role and not found:
                found.update(game.blunders(asked))
            return game.expert(asked)

    from games.scripted import ScriptedModel

    model = ScriptedModel(Probe(), "probe")
    master = benchmark.create_game_master(row["experiment"], [model] * count)
    master.setup(**row["game_instance"])
    master.before_game()
    done = False
    while not done and not found:
        player = master.current_player
        done, _ = master.step(player(master.get_context_for(player)))
    return sorted(found)


RELOADING = """
import sys
from clemcore.clemgame import GameBenchmark, GameRegistry
from clemcore.backends import CustomResponseModel
{early}
import pathlib, games
registry = GameRegistry()
registry.register_from_directories(str(pathlib.Path(games.__file__).parent), 0)
for name in ("ludens_taboo", "ludens_wordle_critic", "ludens_taboo", "ludens_map_graph"):
    with GameBenchmark.load_from_spec(registry.get_game_spec(name)) as benchmark:
        from games.school import rows
        for row in rows(name, count=2, seed=1):
            models = [CustomResponseModel()] * benchmark.game_spec.players
            master = benchmark.create_game_master(row["experiment"], models)
            master.setup(**row["game_instance"])
            master.before_game()
            done = False
            while not done:
                player = master.current_player
                done, _ = master.step(player(master.get_context_for(player)))
            assert master.metrics()["score"] > 99.9
print("ok")
"""


@pytest.mark.parametrize("early", ["", "import games.school"])
def test_games_may_be_loaded_and_unloaded_one_after_another(early):
    """clemcore drops the modules that a game brought along; whatever was imported before must not mind."""
    done = subprocess.run(
        [sys.executable, "-c", RELOADING.format(early=early)], capture_output=True, text=True, timeout=120
    )
    assert done.stdout.strip().endswith("ok"), done.stderr


@pytest.mark.parametrize("alias", NAMES)
def test_an_episode_can_branch_from_any_turn(alias, load_practice):
    benchmark = load_practice(f"ludens_{alias}")
    row = rows(alias, count=2, seed=4)[1]
    master = benchmark.create_game_master(row["experiment"], [expert_model()] * spec_players(benchmark))
    master.setup(**row["game_instance"])
    master.before_game()
    done, turn = False, 0
    while not done:
        branch = copy.deepcopy(master)
        assert branch.step("~~ nothing that fits ~~\n\n~~ at all ~~") is not None
        if turn == 0:
            again = copy.deepcopy(master)
            finished = False
            while not finished:
                player = again.current_player
                finished, _ = again.step(player(again.get_context_for(player)))
            assert again.metrics()["score"] == pytest.approx(100.0)
        player = master.current_player
        done, _ = master.step(player(master.get_context_for(player)))
        turn += 1
    assert master.metrics()["score"] == pytest.approx(100.0)


@pytest.mark.slow
def test_clem_itself_lists_runs_and_scores_the_games(tmp_path):
    (tmp_path / "games").symlink_to(ROOM, target_is_directory=True)
    clem = os.path.join(os.path.dirname(sys.executable), "clem")

    def run(*arguments):
        done = subprocess.run([clem, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120)
        return done.stdout + done.stderr

    listed = run("list", "games")
    assert all(game.name in listed for game in CATALOGUE)
    run("run", "-g", "ludens_wordle_critic", "-m", "mock", "-r", "results")
    run("score", "-r", "results")
    scores = list((tmp_path / "results").rglob("scores.json"))
    assert len(scores) == 12
    assert all('"Main Score": 100.0' in file.read_text() for file in scores)


def test_rewards_are_logged_beside_the_final_score(load_practice, play_practice):
    benchmark = load_practice("ludens_map")
    row = rows("map", count=1, seed=1)[0]
    played = play_practice(benchmark, row, [expert_model()])
    rewards = played.events("reward")
    assert len(rewards) == len(played.said)
    assert all(reward["value"] > 0 for reward in rewards)
    assert any("Reward" in scores for scores in played.scores["round scores"].values())
