import pytest

from games.adventure.knowing import sensible_command
from games.adventure.world import Layout, Place, World
from games.branching import Episode
from games.catalogue import CATALOGUE, find_game
from games.school import rows
from games.scripted import demonstrator_model
from games.wordle.marks import consistent

NAMES = [game.alias for game in CATALOGUE]


def demonstrated(alias, count, seed=3):
    seats = len(find_game(alias).master_type().roles)
    for row in rows(alias, split="train", count=count, seed=seed):
        yield Episode(row=row, models=[demonstrator_model()] * seats).play_on()


@pytest.mark.parametrize("alias", NAMES)
def test_a_demonstrator_breaks_no_rule_and_mostly_wins(alias):
    episodes = list(demonstrated(alias, 20))
    assert not any(turn.violation for episode in episodes for turn in episode.turns)
    assert sum(episode.ended["outcome"] == "won" for episode in episodes) >= 12


def test_words_are_only_demonstrated_that_fit_what_was_said():
    for episode in demonstrated("wordle", 9):
        history = episode.master.history
        assert all(consistent(word, history[:place]) for place, (word, _) in enumerate(history))


def test_a_room_is_looked_for_among_those_not_seen():
    walked = [len(episode.turns) for episode in demonstrated("map_room", 20)]
    straight = [len(Episode(row=row).play_on().turns) for row in rows("map_room", split="train", count=20, seed=3)]
    assert all(longer >= shorter for longer, shorter in zip(walked, straight, strict=True))
    assert sum(walked) > sum(straight)


def test_clues_are_of_the_kind_of_their_words_where_the_team_has_a_kind():
    clues = [
        episode.master.protocol.parse(turn.reply, ("clue",))["clue"]
        for episode in demonstrated("codenames", 10)
        for turn in episode.turns
        if turn.role == "cluegiver"
    ]
    assert not {"link", "bundle", "trio"} & set(clues)


def test_questions_about_meaning_come_before_questions_that_name_words():
    for episode in demonstrated("guesswhat", 12):
        asked = [turn.reply for turn in episode.turns if turn.role == "guesser"]
        if episode.row["experiment"]["name"] != "one_kind":
            assert "Would you call it" in asked[0]


def test_a_thing_is_looked_for_where_it_may_be_and_found_behind_a_lid():
    layout = Layout(
        rooms=("hall", "den", "attic"),
        doors=(("hall", "den"), ("den", "attic")),
        start="hall",
        places=(
            Place(name="chest", room="attic", container=True, open=False),
            Place(name="desk", room="hall", container=False),
        ),
        things={"key": "chest"},
        goals=(("key", "desk"),),
        hands=None,
    )
    world, seen, said = World.begin(layout), {"hall"}, []
    while (command := sensible_command(world, seen))[0] != "done":
        said.append(command)
        assert world.do(*command) == ""
        seen.add(world.here)
    assert said[:4] == [("go", "den", ""), ("go", "attic", ""), ("open", "chest", ""), ("take", "key", "")]
    assert said[-1] == ("put", "key", "desk")
