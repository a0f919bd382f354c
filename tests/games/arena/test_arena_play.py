import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from clemcore.backends import CustomResponseModel
from relay_players import Batching, Sequential

from games.arena import (
    EpisodeEnded,
    EpisodeSkipped,
    EpisodeStarted,
    EpisodeStore,
    Row,
    Status,
    Tally,
    TurnTaken,
    find_games,
    load_rows,
    play,
)
from games.arena.harness import loaded
from games.errors import UserError

FIXTURE = Path(__file__).parent / "fixture"


def timeless(value):
    """A record without its timestamps."""
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in ("timestamp", "results_folder")}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def figures(store, label):
    """Everything that must not depend on how the episodes were played."""
    return [
        (
            (episode.outcome.key.experiment, episode.outcome.key.game_id),
            replace(episode.outcome, key=None),
            timeless(episode.interactions),
            timeless(episode.requests),
            timeless(episode.scores),
        )
        for episode in store.episodes(label=label)
    ]


def words(*given, experiment="easy"):
    return [
        Row(experiment={"name": experiment}, game_instance={"game_id": number, "word": word}, origin=f"row {number}")
        for number, word in enumerate(given)
    ]


def test_every_episode_is_played_scored_and_told(games, store):
    events = []
    tally = play(
        games["relay"], load_rows(games["relay"]), [Sequential()], label="toy", store=store, on_event=events.append
    )
    outcomes = store.outcomes()
    assert tally == Tally(
        played=sum(each.status is Status.PLAYED for each in outcomes),
        aborted=sum(each.status is Status.ABORTED for each in outcomes),
    )
    assert tally.played and tally.aborted and tally.played + tally.aborted == 16
    assert [event.outcome for event in events if isinstance(event, EpisodeEnded)] == [
        each for each in sorted(outcomes, key=lambda each: each.key)
    ]
    for outcome in outcomes:
        assert (outcome.quality is None) == (outcome.status is Status.ABORTED)
        assert outcome.success == bool(outcome.quality)
        own = [event for event in events if isinstance(event, TurnTaken) and event.key == outcome.key]
        assert [event.turn for event in own] == list(range(1, len(own) + 1))
        assert [event.player for event in own] == (["Player 1", "Player 2"] * 3)[: len(own)]
        assert outcome.usage.calls == len(own)
        assert outcome.usage.tokens == sum(len(event.reply) for event in own)
        assert outcome.usage.seconds == 0.25 * len(own)
        assert outcome.usage.prompt_tokens == sum(event.usage.prompt_tokens for event in own) > 0


def test_side_by_side_and_one_by_one_give_the_same_episodes(games, store):
    rows = load_rows(games["relay"])
    model = Batching()
    play(games["relay"], rows, [Sequential()], label="one by one", store=store, batch_size=5)
    tally = play(games["relay"], rows, [model], label="side by side", store=store, batch_size=5)
    assert tally.played + tally.aborted == 16
    assert max(model.batches) == 5 and len(model.batches) < 20
    assert figures(store, "one by one") == figures(store, "side by side")


def test_two_models_are_asked_in_their_own_batches(games, store):
    teller, hearer = Batching("teller"), Batching("hearer")
    play(games["relay"], load_rows(games["relay"]), [teller, hearer], label="two", store=store, batch_size=4)
    assert len(teller.batches) > 1 and len(hearer.batches) > 1
    (first, *_) = store.episodes(label="two")
    assert {name: player["model_name"] for name, player in first.interactions["players"].items()} == {
        "GM": "programmatic",
        "Player 1": "teller",
        "Player 2": "hearer",
    }


@pytest.mark.parametrize("batch_size", [1, 4])
def test_programmatic_players_play_but_are_not_billed(games, store, batch_size):
    models = [Batching(), CustomResponseModel()]
    play(games["relay"], words("script", "other"), models, label="toy", store=store, batch_size=batch_size)
    for episode in store.episodes():
        asked = episode.requests["Player 1"]["calls"]
        assert episode.outcome.usage.calls == len(asked)
        assert "Player 2" in episode.requests or len(asked) == 1


def test_legacy_games_are_played_and_scored(games, store):
    tally = play(games["old_relay"], load_rows(games["old_relay"]), [Sequential()], label="toy", store=store)
    assert tally.errors == 0 and tally.played and tally.aborted
    assert {outcome.quality for outcome in store.outcomes()} == {None, 0.0, 100.0}


def clem_run(game, model, folder):
    """The same game through clemcore's own runner, as `clem run` and `clem score` do it."""
    from clemcore.backends import Model
    from clemcore.clemgame import (
        ExperimentFileSaver,
        GameBenchmarkCallbackList,
        GameInstances,
        InstanceFileSaver,
        InteractionsFileSaver,
        ResultsFolder,
    )
    from clemcore.clemgame.callbacks.files import PlayerFileSaver
    from clemcore.clemgame.runners import sequential

    results, infos = ResultsFolder(folder, run_dir=Model.to_identifier([model])), Model.to_infos([model])
    callbacks = GameBenchmarkCallbackList([
        InstanceFileSaver(results),
        ExperimentFileSaver(results, player_model_infos=infos),
        InteractionsFileSaver(results, player_model_infos=infos),
        PlayerFileSaver(results),
    ])  # fmt: skip
    rows = [{"experiment": dict(row.experiment), "game_instance": dict(row.game_instance)} for row in load_rows(game)]
    with loaded(game) as benchmark:
        sequential.run(benchmark, GameInstances(game.name, rows), [model], callbacks=callbacks)
        # The fixture empties the instance it is given, in place, after it was saved; hence the copies above.
        benchmark.compute_scores(list(folder.rglob("interactions.json")))
    return results.to_run_dir_path() / game.name


@pytest.mark.parametrize("name", ["relay", "old_relay"])
def test_records_are_those_of_clem_run_and_clem_score(games, store, tmp_path, name):
    play(games[name], load_rows(games[name]), [Sequential()], label="toy", store=store)
    folder = clem_run(games[name], Sequential(), tmp_path / "results")
    for episode in store.episodes():
        key = episode.outcome.key
        theirs = folder / key.experiment / f"instance_{key.game_id:05d}"
        assert timeless(json.loads((theirs / "interactions.json").read_text())) == timeless(episode.interactions)
        scores = json.loads((theirs / "scores.json").read_text().replace("NaN", "null"))
        assert timeless(scores) == timeless(episode.scores)
        for player, calls in episode.requests.items():
            file = theirs / f"{player.lower().replace(' ', '_')}.requests.json"
            assert timeless(json.loads(file.read_text())) == timeless(calls)


@pytest.mark.parametrize("batch_size", [1, 4])
@pytest.mark.parametrize(("word", "message"), [("break", "RuntimeError: the game broke"),
                                               ("fall", "OSError: the model fell over"),
                                               ("unscorable", "ZeroDivisionError: no score today")])  # fmt: skip
def test_an_exception_is_an_error_and_never_a_score(games, store, word, message, batch_size):
    model = Batching(broken_by="fall")
    rows = words("horse", word, "tiger")
    tally = play(games["relay"], rows, [model], label="toy", store=store, batch_size=batch_size)
    assert tally.errors == 1 and tally.played + tally.aborted == 2
    (broken,) = [episode for episode in store.episodes() if episode.outcome.status is Status.ERROR]
    assert broken.outcome.key.game_id == 1
    assert (broken.outcome.error, broken.outcome.quality, broken.outcome.success) == (message, None, None)
    assert broken.traceback.startswith("Traceback") and message in broken.traceback
    assert broken.scores == {}


def test_an_error_is_tried_again(games, store):
    rows = words("horse", "fall", "tiger")
    play(games["relay"], rows, [Batching(broken_by="fall")], label="toy", store=store)
    tally = play(games["relay"], rows, [Batching()], label="toy", store=store)
    assert (tally.skipped, tally.errors, tally.played + tally.aborted) == (2, 0, 1)
    assert all(outcome.status is not Status.ERROR for outcome in store.outcomes())


def test_an_instance_the_game_rejects_is_named_and_disturbs_no_other(games, store):
    rows = [
        *words("horse", "tiger"),
        Row(experiment={"name": "easy"}, game_instance={"game_id": 9}, origin="f.json, x[2]"),
    ]
    tally = play(games["relay"], rows, [Batching()], label="toy", store=store, batch_size=2)
    assert tally.errors == 1 and tally.played + tally.aborted == 2
    assert store.outcomes()[-1].error == "f.json, x[2] cannot be set up: field 'word' is missing"


def test_a_reply_that_is_no_text_is_an_error(games, store):
    class Silent(Batching):
        def generate_response(self, messages):
            return messages, {}, None

    class Short(Batching):
        def generate_batch_response(self, batch_messages):
            return super().generate_batch_response(batch_messages)[:-1]

    class Opaque(Batching):
        def generate_response(self, messages):
            return messages, {"object": object()}, "TELL: me"

    for model in (Silent(), Short(), Opaque()):
        label = type(model).__name__
        tally = play(games["relay"], words("horse", "tiger"), [model], label=label, store=store, batch_size=2)
        assert tally == Tally(errors=2), label


def test_a_stored_episode_is_skipped_and_told(games, store):
    rows = load_rows(games["relay"])
    play(games["relay"], rows[:4], [Batching()], label="toy", store=store)
    events = []
    tally = play(games["relay"], rows, [Batching()], label="toy", store=store, on_event=events.append)
    assert tally.skipped == 4 == sum(isinstance(event, EpisodeSkipped) for event in events)
    assert sum(isinstance(event, EpisodeStarted) for event in events) == 12
    assert play(games["relay"], rows, [Batching()], label="other", store=store).skipped == 0


def test_stored_episodes_of_another_instance_are_not_passed_off(games, store):
    play(games["relay"], words("horse"), [Batching()], label="toy", store=store)
    with pytest.raises(UserError, match="played on another instance than row 0"):
        play(games["relay"], words("tiger"), [Batching()], label="toy", store=store)


def test_the_number_of_models_must_fit_and_instances_be_distinct(games, store):
    with pytest.raises(UserError, match="relay is for 2 players; give one model or 2"):
        play(games["relay"], words("horse"), [Batching()] * 3, label="toy", store=store)
    with pytest.raises(UserError, match="asked for twice"):
        play(games["relay"], words("horse") * 2, [Batching()], label="toy", store=store)


def test_a_failing_listener_is_the_callers_fault_not_an_error_episode(games, store):
    def listen(event):
        raise KeyError("listener")

    with pytest.raises(KeyError, match="listener"):
        play(games["relay"], words("horse"), [Batching()], label="toy", store=store, on_event=listen)
    assert store.outcomes() == []


def test_game_code_is_forgotten_after_play_and_the_path_restored(games, store):
    before = list(sys.path)
    play(games["relay"], words("horse"), [Batching()], label="toy", store=store)
    assert sys.path == before
    assert "relay_words" not in sys.modules


def test_a_game_whose_code_does_not_load_is_named(tmp_path, store):
    (tmp_path / "game").mkdir()
    (tmp_path / "game" / "clemgame.json").write_text('{"game_name": "lame", "players": 1}')
    (tmp_path / "game" / "master.py").write_text("import no_such_module_anywhere")
    (game,) = find_games([tmp_path]).select(["lame"])
    before = list(sys.path)
    with pytest.raises(UserError, match=r"lame in .* cannot be loaded .*no_such_module_anywhere"):
        play(game, words("horse"), [Batching()], label="toy", store=store)
    assert sys.path == before


def play_relay(folder, pause_s, **options):
    command = [sys.executable, str(FIXTURE / "play_relay.py"), str(folder), str(pause_s)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def test_nothing_is_lost_or_doubled_by_a_kill(games, store, tmp_path):
    folder = tmp_path / "killed"
    stored = {}
    for lines in (1, 4):
        process = play_relay(folder, 0.03)
        for _ in range(lines):
            assert process.stdout.readline() == "stored\n"
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        with EpisodeStore.join(folder) as killed:
            now = {episode.outcome.key: episode for episode in killed.episodes()}
        assert len(now) >= len(stored) + lines
        assert stored.items() <= now.items()
        stored = now
    process = play_relay(folder, 0)
    assert process.communicate() == ("", "")
    assert process.returncode == 0
    play(games["relay"], load_rows(games["relay"]), [Sequential()], label="toy", store=store)
    with EpisodeStore.join(folder) as resumed:
        assert stored.items() <= {episode.outcome.key: episode for episode in resumed.episodes()}.items()
        assert figures(resumed, "toy") == figures(store, "toy")


def test_playing_writes_nothing_beside_the_run_and_prints_nothing(tmp_path):
    (tmp_path / "empty").mkdir()
    process = play_relay(tmp_path / "run", 0, cwd=tmp_path / "empty")
    assert process.communicate() == ("", "")
    assert process.returncode == 0
    assert list((tmp_path / "empty").iterdir()) == []
    assert {file.name for file in (tmp_path / "run").iterdir()} == {"episodes.sqlite", "run.lock"}


def python(code, folder):
    root = Path(__file__).parents[3]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True)


def test_importing_the_arena_loads_no_clemcore(tmp_path):
    code = "import sys, games.arena; print([name for name in ('clemcore', 'nltk', 'pandas') if name in sys.modules])"
    assert python(code, tmp_path).stdout == "[]\n"


def test_loading_clemcore_leaves_logging_and_the_working_directory_alone(tmp_path):
    code = """if True:
        import logging, logging.config
        configure = logging.config.dictConfig
        from games.arena.harness import load_clemcore
        load_clemcore()
        assert logging.config.dictConfig is configure
        assert logging.getLogger().handlers == [] and logging.getLogger("clemcore.run").handlers == []
        logging.getLogger("clemcore.clemgame").warning("unheard")
    """
    done = python(code, tmp_path)
    assert (done.stdout, done.stderr) == ("", "")
    assert list(tmp_path.iterdir()) == []
