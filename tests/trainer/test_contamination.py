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
from trainer.curriculum import CurriculumSpec
from trainer.datasets_threads import whole
from trainer.grpo_course import course_of, lessons
from trainer.measured import refuse_measured
from trainer.rollout_plan import PlayerSpec, RolloutPlan, jobs
from trainer.rollout_play import Expert, Seated
from trainer.run_config import DpoConfig, GrpoConfig, RetrospectConfig, RunConfig, SftConfig
from trainer.samples import ChatSample, Origin, PreferenceSample, Trajectory, chat, write_records
from trainer.store import TrajectoryStore

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


def test_a_run_that_names_measured_instances_learns_from_none_of_them(tmp_path: Path, guard: Guard) -> None:
    measured = tmp_path / "dev.json"  # as the fixture wrote it
    common = {"out": tmp_path / "run", "budget_tokens": 900, "measured": (measured,)}
    fine, bad = about("fine"), about("Describe LANTERN without light, oil, or night.")
    pair = PreferenceSample(
        prompt=bad.messages[:1],
        chosen=bad.messages[1:],
        rejected=chat([("assistant", "no")]),
        kind="turn",
        origin=bad.origin,
    )
    for name, records in {"fine": [fine], "bad": [fine, bad], "pairs": [pair]}.items():
        write_records(tmp_path / f"{name}.jsonl", records)
    refuse_measured(SftConfig(**common, samples=(tmp_path / "fine.jsonl",)))
    refuse_measured(SftConfig(**{**common, "measured": ()}, samples=(tmp_path / "bad.jsonl",)))
    runs: list[RunConfig] = [
        SftConfig(**common, samples=(tmp_path / "bad.jsonl",)),
        SftConfig(**common, samples=(tmp_path / "fine.jsonl",), judged_by=(tmp_path / "bad.jsonl",)),
        SftConfig(**common, samples=(tmp_path / "fine.jsonl",), first=(tmp_path / "bad.jsonl",)),
        DpoConfig(**common, samples=(tmp_path / "pairs.jsonl",)),
    ]
    for config in runs:
        with pytest.raises(UserError, match=r"holds the measured instance dev\.json") as caught:
            refuse_measured(config)
        assert "\n" not in str(caught.value)


def test_instances_that_are_played_while_learning_leave_out_measured_ones(tmp_path: Path) -> None:
    def config(**changes: Any) -> GrpoConfig:
        return GrpoConfig(out=tmp_path / "run", budget_tokens=900, games=("taboo",), instances=6, seed=5, **changes)

    first = lessons(config())
    path = tmp_path / "measured.json"
    path.write_text(
        json.dumps({"experiments": [{"name": "e", "game_instances": [json.loads(first[0].row)["game_instance"]]}]})
    )
    left = lessons(config(measured=(path,)))
    assert [job.row for job in left] == [job.row for job in first[1:]]
    spec = CurriculumSpec(kind="uniform")
    steps = {"steps": 12, "groups": 4, "curriculum": spec}
    free, kept = (course_of(config(**steps, **more), processes=1) for more in ({}, {"measured": (path,)}))
    drawn = [job.row for step in range(12) for job in free.jobs(range(4 * step, 4 * step + 4))]
    others = [job.row for step in range(12) for job in kept.jobs(range(4 * step, 4 * step + 4))]
    assert first[0].row in drawn
    assert first[0].row not in others
    assert sum(one != other for one, other in zip(drawn, others, strict=True)) == 1


def test_episodes_of_a_store_that_repeat_a_measured_instance_stop_a_run(tmp_path: Path) -> None:
    plan = RolloutPlan(games=("guesswhat",), count=1, seed=11, learner=PlayerSpec(kind="expert")).checked()
    (one,) = Seated(plan=plan, players=[Expert()])(jobs(plan))
    assert isinstance(one, Trajectory)
    path = tmp_path / "measured.json"
    path.write_text(
        json.dumps({"experiments": [{"name": "e", "game_instances": [json.loads(one.instance)["game_instance"]]}]})
    )
    with TrajectoryStore.open(tmp_path / "store") as store:
        store.introduce("expert", {})
        store.save(one)
    config = RetrospectConfig(out=tmp_path / "run", budget_tokens=9, store=tmp_path / "store", measured=(path,))
    with pytest.raises(UserError, match="holds the measured instance"):
        refuse_measured(config)
