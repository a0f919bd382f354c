import json
import shutil
from pathlib import Path

import pytest

from games.arena import find_games, load_rows, rows_of
from games.errors import UserError

FIXTURE = Path(__file__).parent / "fixture" / "games"
GOOD = {"experiments": [{"name": "easy", "level": 1, "game_instances": [{"game_id": 0, "word": "a"}, {"game_id": 1}]}]}


def test_games_are_found_with_all_that_playing_needs(games):
    assert list(games) == ["old_relay", "relay", "relay_short"]
    assert (games["relay"].players, games["old_relay"].players) == (2, 1)
    assert games["relay_short"].instances_file == (FIXTURE / "relay" / "in" / "short.json").resolve()


def test_three_levels_are_searched_and_no_more(tmp_path):
    for depth, name in ((3, "near"), (4, "far")):
        folder = tmp_path.joinpath(*"abcd"[: depth - 1], name)
        shutil.copytree(FIXTURE / "old_relay", folder)
        (folder / "clemgame.json").write_text(json.dumps({"game_name": name, "players": 1}))
    assert [game.name for game in find_games([tmp_path]).games] == ["near"]


def test_the_first_of_two_games_of_one_name_counts(tmp_path):
    shutil.copytree(FIXTURE / "relay", tmp_path / "copy")
    catalog = find_games([tmp_path, FIXTURE])
    assert {game.name: game.path.name for game in catalog.games}["relay"] == "copy"


def test_an_unknown_game_is_answered_with_its_neighbours():
    with pytest.raises(UserError, match=r"no game 'realy'; did you mean relay"):
        find_games([FIXTURE]).select(["relay", "realy"])
    with pytest.raises(UserError, match="known are old_relay, relay, relay_short"):
        find_games([FIXTURE]).select(["zzzzzz"])


def test_selection_keeps_the_order_asked_for_and_drops_repetitions():
    names = [game.name for game in find_games([FIXTURE]).select(["relay_short", "relay", "relay_short"])]
    assert names == ["relay_short", "relay"]


def test_a_missing_folder_and_an_empty_one_are_named(tmp_path):
    with pytest.raises(UserError, match="nowhere is not a folder"):
        find_games([tmp_path / "nowhere"])
    with pytest.raises(UserError, match="No game was found"):
        find_games([tmp_path]).select()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "cannot be read as JSON"),
        ("[3]", "entry 0 is not an object"),
        ('{"players": 1}', "game_name is missing"),
        ('{"game_name": "x", "players": "two"}', "players is missing or not a number"),
        ('{"game_name": "x", "players": 1, "instances": 3}', "instances is not a text"),
        ('{"game_name": "x", "players": 1}', "no master.py"),
    ],
)
def test_an_unreadable_game_is_named_and_disturbs_no_other(tmp_path, content, complaint):
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "clemgame.json").write_text(content)
    shutil.copytree(FIXTURE / "old_relay", tmp_path / "good")
    catalog = find_games([tmp_path])
    assert [game.name for game in catalog.select()] == ["old_relay"]
    assert len(catalog.unreadable) == 1
    with pytest.raises(UserError, match=complaint):
        catalog.select(["x"])


def test_rows_carry_experiment_instance_and_origin(games):
    rows = load_rows(games["relay"])
    assert len(rows) == 16
    assert rows[0].identity == ("easy", 0)
    assert rows[0].experiment == {"name": "easy", "hint": "none"}
    assert rows[9].origin.endswith("instances.json, experiments[1].game_instances[1]")


def test_an_instances_file_is_found_by_name_and_by_path(games):
    by_name = load_rows(games["relay"], "short")
    assert by_name == load_rows(games["relay"], FIXTURE / "relay" / "in" / "short.json")
    assert len(by_name) == 3


def test_the_digest_depends_on_content_and_not_on_order():
    row = rows_of(GOOD)[0]
    same = rows_of(json.loads(json.dumps(GOOD, sort_keys=True)))[0]
    other = rows_of(json.loads(json.dumps(GOOD).replace('"level": 1', '"level": 2')))[0]
    assert row.digest() == same.digest() != other.digest()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("{", "is not JSON"),
        ("[]", r"bad.json is \[\], not an object"),
        ("{}", "experiments is missing; it must be a list"),
        ('{"experiments": 3}', "experiments is 3, not a list"),
        ('{"experiments": []}', "experiments is empty"),
        ('{"experiments": [{"game_instances": []}]}', r"experiments\[0\]: name is missing"),
        ('{"experiments": [{"name": "a"}]}', r"experiments\[0\]: game_instances is missing"),
        ('{"experiments": [{"name": "a", "game_instances": []}]}', "holds no game instance"),
        ('{"experiments": [{"name": "a", "game_instances": [7]}]}', r"game_instances\[0\] is 7, not an object"),
        ('{"experiments": [{"name": "a", "game_instances": [{}]}]}', r"\[0\]: game_id is missing"),
        (
            '{"experiments": [{"name": "a", "game_instances": [{"game_id": "1"}]}]}',
            'game_id is "1", not a whole number',
        ),
        ('{"experiments": [{"name": "a", "game_instances": [{"game_id": -1}]}]}', "game_id is -1"),
        (
            '{"experiments": [{"name": "a", "game_instances": [{"game_id": 1}, {"game_id": 1}]}]}',
            r"game_instances\[1\]: game_id 1 is taken by game_instances\[0\]",
        ),
    ],
)
def test_a_malformed_instances_file_is_named_with_place_and_field(games, tmp_path, content, complaint):
    file = tmp_path / "bad.json"
    file.write_text(content)
    with pytest.raises(UserError, match=complaint) as caught:
        load_rows(games["relay"], file)
    assert str(file) in str(caught.value)


def test_a_missing_instances_file_is_named(games):
    with pytest.raises(UserError, match=r"relay has no instances at .*nothing\.json"):
        load_rows(games["relay"], "nothing")
