import json
from collections import Counter

import pytest

from games.catalogue import CATALOGUE, find_game
from games.errors import UserError
from games.generate import default_instances, generate
from games.maps.building import Building, shape_key
from games.protocol.record import Protocol
from games.protocol.statements import FormTalk, openings, shape
from games.protocol.styles import UNSEEN_STYLES
from games.protocol.template import load_voices
from games.school import GAMES, rows, rows_from_file, spread
from games.splits import SPLITS

NAMES = [game.alias for game in CATALOGUE]
SPOKEN = [name for name in NAMES if name != "minigames"]  # those whose wording and forms are drawn
ROLES_OF_PROMPTS = {
    "taboo": ["describer", "guesser"],
    "wordle": ["guesser", "critic"],
    "maps": ["explore", "find", "draw"],
    "grids": ["giver", "follower", "speaker", "listener", "match"],
    "guesswhat": ["guesser", "answerer"],
    "codenames": ["cluegiver", "guesser"],
    "privateshared": ["answerer"],
    "adventure": ["adventurer"],
}


def instances(alias, split, count=30, seed=5):
    data = generate(alias, split=split, seed=seed, count=count)
    return [instance for experiment in data["experiments"] for instance in experiment["game_instances"]]


def material(alias, instance):
    """What must not be shared between splits."""
    if "building" in instance:
        names = {room["name"] for room in instance["building"]["rooms"]}
        return names | {shape_key(Building.model_validate(instance["building"]))}
    if "layout" in instance:
        layout = instance["layout"]
        return {*layout["rooms"], *layout["things"], *(place["name"] for place in layout["places"])}
    if alias == "imagegame":
        return {"/".join(instance["target"])}
    if "grids" in instance:
        return {"/".join(rows) for rows in instance["grids"]}
    if "slots" in instance:
        return {instance["protocol"]["drawn"]["domain"], *(slot["thing"] for slot in instance["slots"])}
    if "candidates" in instance:
        return set(instance["candidates"])
    if "order" in instance:
        return set(instance["order"])
    if "kind" in instance:
        return {instance["question"]}
    return {instance["target"], *instance.get("related", ())}


@pytest.mark.parametrize("alias", NAMES)
def test_generation_depends_on_its_arguments_only(alias):
    assert generate(alias, split="train", seed=1, count=3) == generate(alias, split="train", seed=1, count=3)
    assert generate(alias, split="train", seed=1, count=3) != generate(alias, split="train", seed=2, count=3)


@pytest.mark.parametrize("alias", NAMES)
def test_splits_share_nothing(alias):
    seen = {split: set() for split in SPLITS}
    for split in SPLITS:
        for instance in instances(alias, split, count=60):
            seen[split] |= material(alias, instance)
    assert all(seen.values())
    assert not seen["train"] & seen["validation"]
    assert not seen["train"] & seen["test"]
    assert not seen["validation"] & seen["test"]


@pytest.mark.parametrize("game", CATALOGUE, ids=NAMES)
def test_the_committed_file_is_what_the_generator_writes(game):
    assert json.loads(game.instances_file.read_text(encoding="utf-8")) == default_instances(game)
    assert rows_from_file(game.alias, game.instances_file)


@pytest.mark.parametrize("alias", SPOKEN)
def test_voices_forms_and_strictness_vary(alias):
    drawn = [instance["protocol"]["drawn"] for instance in instances(alias, "train", count=60)]
    for key in drawn[0]:
        if key.endswith(".voice"):
            assert len({choice[key] for choice in drawn}) >= 6, key
        if key.endswith(".style"):
            assert len({choice[key] for choice in drawn}) >= 3, key
    assert len({choice["strictness"] for choice in drawn}) == 4


@pytest.mark.parametrize("alias", SPOKEN)
def test_every_prompt_shows_the_form_of_every_reply(alias):
    for instance in instances(alias, "train", count=20):
        protocol = Protocol.model_validate(instance["protocol"])
        said = "\n".join(protocol.prompts.values())
        for form in protocol.forms.values():
            talk = FormTalk(placeholder=protocol.words["placeholder"])
            assert form.is_plain or shape(form, talk) in said or is_told(form, said)
            for slot in form.slots.values():
                assert slot.meaning in said


def is_told(form, said):
    """True when the fixed parts of a form are named in a text."""
    if form.kind == "json":
        return all(key in said for key in json.loads(form.template))
    lines = openings(form)
    return form.template in said if not form.slots else lines is not None and all(own in said for own, _ in lines)


@pytest.mark.parametrize("alias", SPOKEN)
def test_some_instances_tell_their_forms_in_words(alias):
    drawn = [instance["protocol"]["drawn"] for instance in instances(alias, "train", count=60)]
    told = [choice for choice in drawn if any(key.endswith(".stated") for key in choice)]
    assert 0.03 < len(told) / len(drawn) < 0.5


@pytest.mark.parametrize(("folder", "roles"), ROLES_OF_PROMPTS.items())
def test_each_role_has_nine_wordings_and_two_kept_back(folder, roles):
    voices = load_voices(f"games.{folder}")
    for role in roles:
        kept = [name for name in voices.prompts[role] if name.startswith("unseen")]
        assert len(kept) >= 2
        assert len(voices.prompts[role]) - len(kept) >= 9
        assert all("{form}" in text and "{strict}" in text for text in voices.prompts[role].values())


@pytest.mark.parametrize("alias", NAMES)
def test_rows_are_spread_over_the_levels(alias):
    levels = find_game(alias).master_type().levels
    got = rows(alias, count=2 * len(levels), seed=3)
    assert [row["experiment"]["name"] for row in got] == list(levels) * 2
    assert all(set(row) == {"game_name", "experiment", "game_instance"} for row in got)
    assert len(rows(alias, count=7, seed=3)) == 7


@pytest.mark.parametrize("alias", ["taboo", "imagegame", "minigames"])
def test_a_longer_list_begins_with_the_shorter_one(alias):
    assert rows(alias, count=20, seed=3)[:7] == rows(alias, count=7, seed=3)


def test_a_level_can_be_taken_up_where_it_was_left():
    whole = generate("map", split="train", level="loops", seed=4, count=6)["experiments"][0]["game_instances"]
    rest = generate("map", split="train", level="loops", seed=4, count=2, start=4)["experiments"][0]["game_instances"]
    assert rest == whole[4:]
    later = rows("map", split="train", level="loops", count=2, seed=4, start=4)
    assert [row["game_instance"] for row in later] == rest
    assert {row["experiment"]["name"] for row in later} == {"loops"}
    with pytest.raises(UserError, match="start must be at least 0"):
        generate("map", split="train", seed=4, count=1, start=-1)
    with pytest.raises(UserError, match="unknown level 'steep'"):
        rows("map", split="train", level="steep", count=1, seed=4)


@pytest.mark.parametrize("alias", ["taboo", "wordle_critic", "adventure"])
def test_spread_rows_cover_levels_wordings_and_forms_evenly(alias):
    def uses(chosen):
        drawn = [row["game_instance"]["protocol"]["drawn"] for row in chosen]
        keys = [key for key in drawn[0] if key.endswith((".voice", ".style")) or key == "strictness"]
        return [Counter(choice[key] for choice in drawn) for key in keys]

    levels = find_game(alias).master_type().levels
    even = spread(alias, count=30, seed=6)
    assert even == spread(alias, count=30, seed=6)
    assert Counter(row["experiment"]["name"] for row in even) == dict.fromkeys(levels, 30 // len(levels))
    assert len({row["game_instance"]["game_id"] for row in even}) == 30
    plain = rows(alias, split="train", count=30, seed=6)
    assert sum(max(use.values()) for use in uses(even)) < sum(max(use.values()) for use in uses(plain))


def test_names_and_aliases_find_a_game_and_near_misses_are_named():
    assert find_game("taboo") is find_game("ludens_taboo")
    assert set(GAMES) == set(NAMES)
    with pytest.raises(UserError, match="Did you mean wordle"):
        find_game("wordl")
    with pytest.raises(UserError, match="no practice game 'x'"):
        rows("x", count=1, seed=1)


def test_unusable_arguments_are_named():
    with pytest.raises(UserError, match="unknown level 'hrad'"):
        generate("taboo", split="train", level="hrad", seed=1, count=1)
    with pytest.raises(UserError, match="Did you mean 'common'"):
        generate("taboo", split="train", level="comon", seed=1, count=1)
    with pytest.raises(UserError, match="Unknown split 'dev'"):
        generate("taboo", split="dev", seed=1, count=1)
    with pytest.raises(UserError, match="at least 1"):
        rows("taboo", count=0, seed=1)


def write(tmp_path, data):
    path = tmp_path / "instances.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def test_a_bad_file_is_named_with_its_field(tmp_path):
    good = generate("map", split="train", level="small", seed=1, count=1)

    def broken(change):
        data = json.loads(json.dumps(good))
        change(data["experiments"][0])
        with pytest.raises(UserError) as error:
            rows_from_file("map", write(tmp_path, data))
        assert "instances.json" in str(error.value)
        return str(error.value)

    assert "'building'" in broken(lambda e: e["game_instances"][0].pop("building"))
    assert "room that does not exist" in broken(lambda e: e["game_instances"][0]["building"]["doors"].append([0, 99]))
    assert "cannot be reached" in broken(lambda e: e["game_instances"][0]["building"]["doors"].pop())
    assert "'extra'" in broken(lambda e: e["game_instances"][0].update(extra=1))
    assert "'max_turns'" in broken(lambda e: e["game_instances"][0].update(max_turns=-1))
    assert "unknown level 'huge'" in broken(lambda e: e.update(name="huge"))
    assert "game_instances" in broken(lambda e: e.pop("game_instances"))


def test_a_file_that_is_no_instance_file_is_named(tmp_path):
    with pytest.raises(UserError, match="experiments"):
        rows_from_file("taboo", write(tmp_path, {"a": 1}))
    (tmp_path / "x.json").write_text("{", encoding="utf-8")
    with pytest.raises(UserError, match=r"x\.json"):
        rows_from_file("taboo", tmp_path / "x.json")
    with pytest.raises(UserError, match=r"none\.json"):
        rows_from_file("taboo", tmp_path / "none.json")


def test_a_master_names_a_bad_instance_and_level(load_practice):
    from games.scripted import expert_model

    benchmark = load_practice("ludens_wordle")
    row = rows("wordle", count=1, seed=1)[0]
    master = benchmark.create_game_master(row["experiment"], [expert_model()])
    with pytest.raises(Exception, match="field 'target'"):
        master.setup(**{**row["game_instance"], "target": "toolong"})
    with pytest.raises(Exception, match="unknown level 'x'"):
        benchmark.create_game_master({"name": "x"}, [expert_model()])
    for field, change in {
        "protocol.prompts": {"prompts": {}},
        "'begin'": {"says": {}},
        "protocol.drawn": {"drawn": 3},
    }.items():
        master = benchmark.create_game_master(row["experiment"], [expert_model()])
        instance = row["game_instance"]
        with pytest.raises(Exception, match=field):
            master.setup(**{**instance, "protocol": {**instance["protocol"], **change}})
    with pytest.raises(Exception, match="corrective"):
        benchmark.create_game_master({**row["experiment"], "corrective": -1}, [expert_model()])


@pytest.mark.parametrize("alias", SPOKEN)
def test_some_voices_are_kept_back_for_the_test_split(alias):
    def kept(split):
        drawn = [instance["protocol"]["drawn"] for instance in instances(alias, split, count=40)]
        values = [(key.rsplit(".", 1)[-1], value) for choice in drawn for key, value in choice.items()]
        return (
            {value for key, value in values if key == "voice" and "unseen" in value},
            {value for key, value in values if key == "style" and value in UNSEEN_STYLES},
        )

    assert all(kept("test"))
    assert not any(kept("train"))
    assert not any(kept("validation"))
