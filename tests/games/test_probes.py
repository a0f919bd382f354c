"""Cognitive probes: every question has the answer that its story tells."""

import random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games import school
from games.branching import Episode
from games.probes import flexibility, memory, mind, planning
from games.probes.rules import LEVELS, plain
from games.scripted import expert_model

NAMES = ("Ada", "Bo", "Cleo", "Dan", "Eve")
THINGS = ("hammer", "spoon", "pencil", "scarf", "mug", "saw", "comb", "bell", "rope")
seeds = st.integers(0, 2**32 - 1).map(random.Random)


@pytest.mark.parametrize("split", ["train", "validation", "test"])
def test_the_expert_answers_everything(split: str) -> None:
    rows = school.rows("probes", split=split, count=24, seed=5)
    assert {row["experiment"]["name"] for row in rows} == set(LEVELS)
    for row in rows:
        episode = Episode(row=row, models=[expert_model()]).play_on()
        assert episode.metrics["score"] == 100
        assert episode.ended["outcome"] == "won"


def test_a_wrong_answer_costs_its_share_and_ends_nothing() -> None:
    row = next(row for row in school.rows("probes", count=8, seed=2) if row["experiment"]["name"] == "mind")
    episode = Episode(row=row)
    good = episode.master.expert("player")
    first = row["game_instance"]["questions"][0]["answers"][0]
    episode.say(good.replace(first, "moon"))
    assert not episode.done
    episode.play_on()
    assert episode.metrics["score"] == 75
    assert episode.ended["outcome"] == "lost"


def test_a_reply_in_another_form_ends_it() -> None:
    (row,) = school.rows("probes", count=1, seed=3)
    episode = Episode(row=row)
    turn = episode.say("I do not feel like it.")
    assert turn.violation is not None
    assert turn.violation["rule"] == "form.missing"
    assert episode.done


def test_the_same_seed_draws_the_same_questions() -> None:
    assert school.rows("probes", count=8, seed=4) == school.rows("probes", count=8, seed=4)
    assert school.rows("probes", count=8, seed=4) != school.rows("probes", count=8, seed=5)


@settings(deadline=None, max_examples=60)
@given(seeds)
def test_memory_asks_for_what_was_told_that_many_messages_ago(rng: random.Random) -> None:
    questions = memory.draw(rng, NAMES, THINGS)
    told = [next(thing for thing in THINGS if thing in question.text.split(".")[0]) for question in questions]
    for place, question in enumerate(questions):
        back = int(question.about[0]) if question.counted else 0
        assert question.answers == (told[place - back],)
    assert sum(question.counted for question in questions) >= memory.FACTS - max(memory.DEPTHS)


@settings(deadline=None, max_examples=60)
@given(seeds)
def test_cards_are_sorted_by_one_rule_between_switches(rng: random.Random) -> None:
    questions = flexibility.draw(rng, NAMES, THINGS)
    rules = ["colour" if question.answers[0] in flexibility.COLOURS else "shape" for question in questions]
    runs = [set(rules[start : start + flexibility.RUN]) for start in range(0, len(rules), flexibility.RUN)]
    assert all(len(run) == 1 for run in runs)
    assert runs[0] != runs[1] != runs[2]
    assert all(question.judged for question in questions)


@settings(deadline=None, max_examples=40)
@given(seeds)
def test_a_route_is_the_only_shortest_one(rng: random.Random) -> None:
    for question in planning.draw(rng, NAMES, THINGS):
        if not question.about.startswith("way"):
            continue
        roads = question.text.split(": ")[1].split(". ")[0].split("; ")
        net = nx.Graph(tuple(road.split(" and ")) for road in roads)
        path = question.answers[0].split(", ")
        assert list(nx.all_shortest_paths(net, path[0], path[-1])) == [path]


@settings(deadline=None, max_examples=60)
@given(seeds)
def test_beliefs_follow_what_was_seen(rng: random.Random) -> None:
    questions = {question.about: question for question in mind.draw(rng, NAMES, THINGS)}
    belief = questions.get("false belief") or questions["true belief"]
    place = "memory" if "false belief" in questions else "what is real"
    assert belief.answers == questions[place].answers == questions["belief about a belief"].answers
    assert questions["memory"].answers != questions["what is real"].answers


def test_answers_are_compared_without_case_articles_and_stops() -> None:
    assert plain("The Basket.") == plain("basket")
    assert plain("Mill, Forge") == plain("mill,forge")
