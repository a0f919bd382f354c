import pytest

from games.branching import Episode, Point
from games.catalogue import CATALOGUE
from games.school import rows
from games.scripted import blunder_model, expert_model

NAMES = [game.alias for game in CATALOGUE]


@pytest.mark.parametrize("alias", NAMES)
def test_a_branch_goes_its_own_way(alias):
    row = rows(alias, count=2, seed=8)[1]
    trunk = Episode(row=row)
    branches = []
    while not trunk.done:
        branches.append(trunk.branch())
        trunk.play_on(1)
    assert trunk.metrics["score"] == pytest.approx(100.0)
    for place, branch in enumerate(branches):
        assert len(branch.turns) == place
        assert not branch.done
        again = branch.branch().play_on()
        assert [turn.reply for turn in again.turns] == [turn.reply for turn in trunk.turns]
        assert again.metrics == trunk.metrics
        spoilt = branch.branch()
        spoilt.say("")
        assert spoilt.turns[-1].violation is not None
        assert spoilt.turns[-1].violation["rule"] == "form.empty"
        assert len(branch.turns) == place  # the branch it came from is untouched


@pytest.mark.parametrize("alias", NAMES)
def test_a_point_is_plain_data_and_can_be_resumed(alias):
    trunk = Episode(row=rows(alias, count=1, seed=8)[0]).play_on()
    for place in range(len(trunk.turns) + 1):
        point = Point.from_json(trunk.point(place).to_json())
        resumed = Episode.resume(point)
        assert [(turn.role, turn.heard, turn.reply) for turn in resumed.turns] == [
            (turn.role, turn.heard, turn.reply) for turn in trunk.turns[:place]
        ]
        if not resumed.done:
            assert resumed.messages[-1]["content"] == trunk.turns[place].heard
            assert resumed.role == trunk.turns[place].role
    assert resumed.done
    assert resumed.ended == trunk.ended


def test_messages_are_what_a_model_would_see():
    episode = Episode(row=rows("taboo", count=1, seed=3)[0])
    assert [message["role"] for message in episode.messages] == ["user"]
    episode.play_on(1)
    assert episode.role == "guesser"
    wrong = episode.master.protocol.render(episode.master.protocol.parse(episode.master.expert("guesser"), ("guess",)))
    episode.say(wrong.replace(episode.master.instance.target, "pineapple"))
    assert episode.role == "describer"
    assert [message["role"] for message in episode.messages] == ["user", "assistant", "user"]
    assert "pineapple" in episode.messages[-1]["content"]


def test_probes_leave_no_trace_in_memory():
    episode = Episode(row=rows("privateshared", count=1, seed=3)[0])
    prompt = episode.master.protocol.prompts["answerer"]
    asked = 0
    while not episode.done:
        messages = episode.messages
        asked = max(asked, len(messages))
        assert prompt in messages[0]["content"]
        assert [message["role"] for message in messages] == ["user", "assistant"] * (len(messages) // 2) + ["user"]
        episode.play_on(1)
    slots = len(episode.master.instance.slots)
    assert asked <= 2 + 2 * slots + 1


def test_rewards_come_with_the_turn_that_earned_them():
    episode = Episode(row=rows("map", count=1, seed=3)[0]).play_on()
    assert all(turn.rewards and turn.rewards[0]["value"] > 0 for turn in episode.turns)


@pytest.mark.parametrize("alias", [name for name in NAMES if name != "minigames"])
def test_corrective_feedback_gives_every_reply_another_chance(alias):
    for row in rows(alias, count=6, seed=5, corrective=2):
        episode = Episode(row=row)
        while not episode.done:
            told = len(episode.turns)
            for _ in range(2):
                role = episode.role
                episode.say(" \n ")
                assert not episode.done
                assert episode.role == role
                assert "empty" in episode.messages[-1]["content"]
            episode.play_on(1)
            assert len(episode.turns) == told + 3
        assert episode.metrics["score"] == pytest.approx(100.0)
    episode = Episode(row=row, models=[expert_model()] * len(episode.master.roles))
    for _ in range(3):
        episode.say("")
    assert episode.ended["rule"] == "form.empty"
    assert episode.master.aborted


@pytest.mark.parametrize("alias", NAMES)
def test_playing_well_pays_more_than_blundering(alias):
    for row in rows(alias, count=4, seed=9):
        expert = Episode(row=row).play_on()
        earned = sum(note["value"] for turn in expert.turns for note in turn.rewards)
        assert earned > 0
        for rule in Episode(row=row).master.blunders(expert.turns[0].role):
            blunderer = Episode(row=row, models=[blunder_model(rule)] * len(expert.master.roles)).play_on()
            assert sum(note["value"] for turn in blunderer.turns for note in turn.rewards) < earned
