import pytest

from games.catalogue import CATALOGUE
from games.errors import UserError
from games.minigames.exercise import same_list
from games.minigames.rules import KINDS
from games.sample import listing, sample, show
from games.school import rows

NAMES = [game.alias for game in CATALOGUE]


def test_every_game_is_listed():
    assert [name for name, _ in listing()] == NAMES
    assert len(NAMES) == 15  # fourteen games and the minigames


@pytest.mark.parametrize("alias", NAMES)
def test_a_card_tells_what_there_is_to_know(alias):
    card = show(alias, seed=2)
    text = card.as_text()
    for word in (card.name, card.alias, card.description, card.scoring, *card.roles, *card.levels):
        assert word in text
    assert all(prompt in text for prompt in card.prompts.values())
    assert show(alias, seed=2) == card


@pytest.mark.parametrize("alias", NAMES)
def test_a_sample_is_an_expert_episode(alias):
    episode = sample(alias, seed=6)
    assert episode.score == pytest.approx(100.0)
    assert episode.rewards
    text = episode.as_text()
    assert all(said in text for _, _, said in episode.turns)
    assert sample(alias, seed=6) == episode


def test_unknown_games_and_levels_are_named():
    with pytest.raises(UserError, match="Did you mean taboo"):
        show("tabo")
    with pytest.raises(UserError, match="unknown level"):
        sample("taboo", level="x")


def test_there_are_more_than_twenty_six_minigames_and_all_are_drawn():
    assert len(KINDS) >= 26
    drawn = {row["game_instance"]["kind"] for row in rows("minigames", count=2 * len(KINDS), seed=1)}
    assert drawn == set(KINDS)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_minigame_accepts_its_answer_and_refuses_nonsense(kind):
    for row in rows("minigames", split="train", count=200, seed=4):
        instance = row["game_instance"]
        if instance["kind"] == kind:
            judge = KINDS[kind].judge
            assert judge(instance["answer"], instance["answer"], instance["facts"]) == ""
            assert judge("well, maybe, who knows", instance["answer"], instance["facts"]) != ""


def test_lists_may_have_blanks_after_commas_or_not():
    assert same_list("pear,plum ,  Fig.", "pear, plum, fig", {}) == ""
    assert same_list("plum, pear, fig", "pear, plum, fig", {})
