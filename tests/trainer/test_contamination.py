"""What is measured is recognised by content: in another file, under other names, drawn with other signs."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import UserError
from trainer.contamination import Guard, refuse
from trainer.contamination_content import boards_in, content_of
from trainer.datasets_threads import whole
from trainer.rollout_plan import PlayerSpec, RolloutPlan, jobs
from trainer.rollout_play import Expert, Seated
from trainer.samples import ChatSample, Origin, PreferenceSample, Trajectory, chat

INSTANCES: dict[str, dict[str, Any]] = {
    "boards": {"one": "X X .\n. X .\n. . .", "two": "X . .\nX . .\nX X X", "three": ". . X\nX . X\n. X ."},
    "words": {"target_word": "lantern", "related_word": ["light", "oil", "night"]},
    "candidates": {"options": ["gram", "litre", "tonne", "metre", "pint"], "target_word": "pint"},
    "map": {"Nodes": "['Attic', 'Bar', 'Cellar', 'Den']", "Ways": "[('Attic', 'Bar')]", "Start": "Bar"},
    "secret": {"target_word": "sneak", "clue": "underhanded fellow", "difficulty": "high_frequency"},
    "text": {"prompt": "Put the red book on the shelf in the study and the plate on the kitchen table. " * 2},
}


@pytest.fixture
def guard(tmp_path: Path) -> Guard:
    rules = "These are the rules of all the games in this file, which every one of the instances repeats in full."
    games = [{"game_id": number, "rules": rules, **one} for number, one in enumerate(INSTANCES.values())]
    path = tmp_path / "dev.json"
    path.write_text(json.dumps({"experiments": [{"name": "e", "game_instances": games}]}))
    return Guard.of([path])


def instance(**fields: Any) -> str:
    return json.dumps({"game_name": "g", "experiment": {"name": "x"}, "game_instance": fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"grids": [["#-#", "#--", "##-"], ["oo-", "-o-", "---"], ["a--", "a--", "aaa"], ["--b", "b-b", "-b-"]]},
        {"target": "lantern", "related": ["Night", "oil", "light"]},
        {"secret": "gram", "candidates": ["pint", "gram", "metre", "tonne", "litre"]},
        {"rooms": [{"name": "Den", "x": 0}, {"name": "Bar", "x": 1}, {"name": "Attic", "x": 2}, {"name": "Cellar"}]},
        {"target": "sneak", "max_guesses": 6},
    ],
)
def test_the_same_instance_in_another_dress_is_recognised(guard: Guard, fields: dict[str, Any]) -> None:
    assert guard.instance(instance(**fields)) is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"grids": [["oo-", "-o-", "---"]]},
        {"target": "lantern", "related": ["lamp", "oil", "light"]},
        {"secret": "gram", "candidates": ["pint", "gram", "metre", "tonne", "stone"]},
        {"rooms": [{"name": "Den"}, {"name": "Bar"}, {"name": "Attic"}]},
        {"target": "house", "protocol": {"prompts": {"a": "sneak"}}},
    ],
)
def test_other_instances_are_not(guard: Guard, fields: dict[str, Any]) -> None:
    assert guard.instance(instance(**fields)) is None


def about(text: str, reply: str = "ok") -> ChatSample:
    origin = Origin(game="g", source="rehearsal")
    return ChatSample(messages=chat([("user", text), ("assistant", reply)]), trained=(1,), origin=origin)


@pytest.mark.parametrize(
    "sample",
    [
        about("Which one?\n\no o _\n_ o _\n_ _ _\n\nor\n\no _ _\no _ _\no o o\n"),
        about("Describe LANTERN without light, oil, or night."),
        about("You are in the Attic. You see: Den; Cellar; Bar."),
        about("The clue is: underhanded fellow.", "GUESS: sneak"),
        about("PUT the red book on the shelf in the study and the plate on the kitchen table. " * 2),
    ],
)
def test_conversations_about_them_are_refused_in_one_sentence(guard: Guard, sample: ChatSample) -> None:
    with pytest.raises(UserError, match=r"holds the measured instance dev\.json, e, ") as caught:
        refuse([about("fine"), sample], guard)
    assert "\n" not in str(caught.value) and "Sample 1" in str(caught.value)
    pair = PreferenceSample(
        prompt=sample.messages[:1],
        chosen=sample.messages[1:],
        rejected=chat([("assistant", "no")]),
        kind="turn",
        origin=sample.origin,
    )
    with pytest.raises(UserError):
        refuse([pair], guard)


def test_conversations_about_other_things_pass(guard: Guard) -> None:
    rules = "These are the rules of all the games in this file, which every one of the instances repeats in full."
    fine = [
        "a lantern at night",
        "sneak in",
        "the Attic and the Den",
        rules,
        "o o _\n_ o _\n_ _ _",
        "x x x\nx x x\nx x x",
    ]
    refuse([about(text) for text in fine], guard)


@given(
    st.lists(st.lists(st.sampled_from("ab"), min_size=4, max_size=4), min_size=3, max_size=6), st.permutations("#.xo")
)
def test_a_board_is_the_same_however_it_is_drawn(rows: list[list[str]], signs: list[str]) -> None:
    drawn = "\n".join(" ".join(row) for row in rows)
    other = "\n".join("".join(signs["ab".index(cell)] for cell in row) for row in rows)
    assert list(boards_in(f"text\n\n{drawn}\n\nmore")) == list(boards_in(other)) != []


def test_words_below_each_other_are_no_board() -> None:
    assert list(boards_in("crane\nsloth\nmouse\n")) == []
    assert content_of(["crane", "sloth", "mouse"]).lists


def test_practice_instances_are_recognised_in_the_conversations_they_gave(tmp_path: Path) -> None:
    plan = RolloutPlan(
        games=("taboo", "codenames", "matchit", "referencegame", "guesswhat", "imagegame"),
        count=2,
        seed=11,
        learner=PlayerSpec(kind="expert"),
    ).checked()
    rows = [json.loads(job.row)["game_instance"] for job in jobs(plan)]
    path = tmp_path / "measured.json"
    path.write_text(json.dumps({"experiments": [{"name": "e", "game_instances": rows}]}))
    guard = Guard.of([path])
    for one in Seated(plan=plan, players=[Expert()])(jobs(plan)):
        assert isinstance(one, Trajectory)
        assert guard.instance(one.instance) is not None
        assert any(guard.chat(part.messages) for role in one.roles for part in whole(one, role)), one.id
    fresh = plan.model_copy(update={"seed": 12})
    assert [guard.instance(job.row) for job in jobs(fresh)] == [None] * 12


@pytest.mark.parametrize("content", ["", "[]", '{"experiments": []}', '{"experiments": [{"name": "a"}]}'])
def test_a_file_without_instances_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "dev.json"
    path.write_text(content)
    with pytest.raises(UserError, match=r"dev\.json") as caught:
        Guard.of([path])
    assert "\n" not in str(caught.value)
