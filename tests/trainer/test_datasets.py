"""Data sets: successes only, every accepted reply learnt once, refused ones never, the same for the same seed."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import UserError
from trainer.contamination import Guard
from trainer.datasets import DataPlan, as_dataset, chat_samples, prepare, write
from trainer.datasets_mix import converse, rehearsed
from trainer.datasets_preferences import preferences
from trainer.datasets_select import balanced, held_out, successes
from trainer.datasets_threads import alternates, before, branches, pieces, whole
from trainer.rollout_plan import PlayerSpec, RolloutPlan, jobs
from trainer.rollout_play import Expert, Seated
from trainer.samples import (
    ChatMessage,
    ChatSample,
    Draft,
    EpisodeId,
    Fault,
    Origin,
    PreferenceKind,
    PreferenceSample,
    RewardNote,
    Trajectory,
    Turn,
    chat,
    read_records,
)

AGAIN = Fault(rule="form", outcome="asked again")


def turn(role: str, keeps: int, heard: str, reply: str, **more: Any) -> Turn:
    heard_chat = chat([("user", heard)])
    return Turn(**{"role": role, "player": "ludens", "keeps": keeps, "heard": heard_chat, "reply": reply, **more})


def episode(*turns: Turn, index: int = 0, **more: Any) -> Trajectory:
    key = {"game": "riddle", "level": "easy", "split": "train", "seed": 1, "index": index, "label": "ludens"}
    key |= {name: more.pop(name) for name in ("game", "level", "split", "attempt", "label") if name in more}
    fields = {"outcome": "won", "quality": 100.0, "turns": turns, "protocol": "p", "instance": "{}"}
    return Trajectory(**{**fields, "id": EpisodeId(**key), **more})


def expert_episodes(*games: str, count: int = 4) -> list[Trajectory]:
    plan = RolloutPlan(games=games, count=count, seed=3, learner=PlayerSpec(kind="expert")).checked()
    found = list(Seated(plan=plan, players=[Expert()])(jobs(plan)))
    return [one for one in found if isinstance(one, Trajectory)]


def texts(messages: tuple[ChatMessage, ...]) -> list[str]:
    return [message.content for message in messages]


# --- conversations -------------------------------------------------------------------------------------------

REFUSED = episode(
    turn("a", 0, "question", "bad", fault=AGAIN),
    turn("a", 2, "wrong form", "good"),
    turn("b", 0, "listen", "yes"),
    turn("a", 4, "next", "last"),
)
ASIDES = episode(
    turn("a", 0, "rules", "ok"),
    turn("a", 2, "aside 1", "yes"),
    turn("a", 2, "aside 2", "no"),
    turn("a", 2, "question", "tea"),
    turn("a", 4, "aside 3", "maybe"),
)


def test_refused_replies_go_with_the_complaints_about_them() -> None:
    (one,) = whole(REFUSED, "a")
    assert texts(one.messages) == ["question", "good", "next", "last"]
    assert (one.learnt, one.turns) == ((1, 3), (1, 3))
    assert texts(before(REFUSED, 3)) == ["question", "good", "next"]
    assert texts(before(REFUSED, 0)) == ["question"]


def test_pieces_grow_and_teach_their_last_reply_only() -> None:
    assert [texts(piece.messages) for piece in pieces(REFUSED, "a")] == [
        ["question", "good"],
        ["question", "good", "next", "last"],
    ]
    assert [piece.learnt for piece in pieces(REFUSED, "a")] == [(1,), (3,)]


def test_side_questions_on_one_memory_are_joined() -> None:
    assert [branch.joined for branch in branches(ASIDES, "a")] == [2, 1]
    block, main = whole(ASIDES, "a")
    assert texts(block.messages) == ["rules", "ok", "aside 1", "yes", "aside 2", "no"]
    assert block.learnt == (3, 5)
    assert texts(main.messages) == ["rules", "ok", "question", "tea", "aside 3", "maybe"]
    assert main.learnt == (1, 3, 5)
    assert [piece.learnt for piece in pieces(ASIDES, "a")] == [(1,), (3, 5), (3,), (5,)]


def test_a_refused_side_question_whose_complaint_was_forgotten_goes_alone() -> None:
    one = episode(
        turn("a", 0, "rules", "ok"),
        turn("a", 2, "aside", "hm", fault=AGAIN),
        turn("a", 4, "wrong form", "yes"),
        turn("a", 4, "question", "tea"),
    )
    assert [texts(part.messages) for part in whole(one, "a")] == [["rules", "ok", "aside", "yes", "question", "tea"]]


steps = st.lists(
    st.tuples(st.sampled_from("ab"), st.booleans(), st.booleans(), st.sampled_from("xyz")), min_size=1, max_size=9
)


@settings(deadline=None, max_examples=200)
@given(steps)
def test_every_accepted_reply_is_learnt_once_and_no_refused_one(drawn: list[tuple[str, bool, bool, str]]) -> None:
    """Random episodes: who speaks, whether the reply is refused, whether the exchange is forgotten afterwards."""
    turns: list[Turn] = []
    memory: dict[str, int] = {}
    for number, (role, refused, forgotten, text) in enumerate(drawn):
        keeps = memory.get(role, 0)
        turns.append(turn(role, keeps, f"{text}{number}", f"r{number}", fault=AGAIN if refused else None))
        memory[role] = keeps if forgotten and keeps and not refused else keeps + 2
    one = episode(*turns)
    for cut in (whole, pieces):
        learnt: Counter[int] = Counter()
        for role in one.roles:
            for conversation in cut(one, role):
                assert alternates(conversation.messages)
                assert conversation.learnt[-1] == len(conversation.messages) - 1
                for at, said in zip(conversation.learnt, conversation.turns, strict=True):
                    assert conversation.messages[at].content == turns[said].reply
                    assert not turns[said].asked_again and turns[said].role == role
                    learnt[said] += 1
        accepted = {index for index, own in enumerate(turns) if not own.asked_again}
        assert set(learnt) <= accepted and all(count == 1 for count in learnt.values())
        assert set(learnt) == accepted or any(own.asked_again for own in turns)


def test_real_games_give_conversations_whose_last_state_is_the_transcript() -> None:
    for one in expert_episodes("taboo", "map", "privateshared", "imagegame", "codenames", count=2):
        assert sum(len(piece.turns) for role in one.roles for piece in pieces(one, role)) == len(one.turns)
        assert sum(len(part.turns) for role in one.roles for part in whole(one, role)) == len(one.turns)
        for role in one.roles:
            for piece in pieces(one, role):
                assert piece.messages[-1].content == one.turns[piece.turns[-1]].reply


# --- choosing ------------------------------------------------------------------------------------------------


def test_only_wins_are_learnt_from_and_the_same_words_once() -> None:
    won, lost = episode(turn("a", 0, "q", "x")), episode(turn("a", 0, "q", "y"), outcome="lost")
    again = episode(turn("a", 0, "q", "x"), attempt=1)
    poor = episode(turn("a", 0, "q", "z"), quality=20.0)
    assert successes([won, lost, again, poor]) == [won, poor]
    assert successes([won, lost, again, poor], min_quality=50) == [won]


def many(games: dict[str, int]) -> list[Trajectory]:
    return [
        episode(turn("a", 0, f"{game} {index}", "x"), game=game, level=f"l{index % 3}", index=index)
        for game, count in games.items()
        for index in range(count)
    ]


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(1, 9), min_size=1), st.integers(0, 5))
def test_games_are_balanced_over_levels_and_reproducible(games: dict[str, int], seed: int) -> None:
    chosen = balanced(many(games), per_game=None, seed=seed)
    assert Counter(one.id.game for one in chosen) == {game: min(games.values()) for game in games}
    assert chosen == balanced(many(games), per_game=None, seed=seed)
    for game, count in games.items():
        levels = Counter(one.id.level for one in chosen if one.id.game == game)
        if count == 9:
            assert max(levels.values()) - min(levels.values()) <= 1 or len(levels) < 3


def test_held_out_instances_do_not_depend_on_what_else_is_there() -> None:
    everything = many({"a": 9, "b": 9})
    learnt, judged = held_out(everything, share=0.4, seed=1)
    assert len(learnt) + len(judged) == 18 and judged
    assert held_out(everything[::2], share=0.4, seed=1)[1] == [one for one in everything[::2] if one in judged]
    other = [
        episode(turn("a", 0, "other", "words"), game=one.id.game, level=one.id.level, index=one.id.index, attempt=3)
        for one in judged
    ]
    assert held_out(other, share=0.4, seed=1) == ([], other)


# --- preferences ---------------------------------------------------------------------------------------------


def pairs_of(*played: Trajectory, kind: PreferenceKind) -> list[tuple[list[str], list[str], list[str]]]:
    return [(texts(pair.prompt), texts(pair.chosen), texts(pair.rejected)) for pair in preferences(played, [kind])]


def test_dialogues_part_where_the_players_words_differ() -> None:
    won = episode(turn("a", 0, "q", "same"), turn("a", 2, "go on", "right"))
    lost = episode(turn("a", 0, "q", "same"), turn("a", 2, "go on", "wrong"), attempt=1, outcome="lost")
    assert pairs_of(won, lost, kind="dialogue") == [(["q", "same", "go on"], ["right"], ["wrong"])]
    assert pairs_of(won, lost, kind="turn") == [(["q", "same", "go on"], ["right"], ["wrong"])]


def test_other_instances_and_faults_of_the_partner_give_no_pair() -> None:
    won = episode(turn("a", 0, "q", "right"), turn("b", 0, "p", "fine"))
    elsewhere = episode(turn("a", 0, "q", "wrong"), index=1, outcome="lost")
    partner = episode(
        turn("a", 0, "q", "other"), turn("b", 0, "p", "nonsense"), attempt=1, outcome="aborted", ended_by="b"
    )
    assert pairs_of(won, elsewhere, kind="dialogue") == []
    assert pairs_of(won, partner, kind="dialogue") == [(["p"], ["fine"], ["nonsense"])]


def test_only_the_words_of_chosen_players_are_preferred() -> None:
    won = episode(turn("a", 0, "q", "right", player="expert"), label="expert")
    lost = episode(turn("a", 0, "q", "wrong"), outcome="lost")
    assert len(preferences([won, lost], players=("expert",))) == 1
    assert preferences([won, lost], players=("ludens",)) == []


def test_refused_replies_and_rejected_drafts_lose_against_what_was_taken() -> None:
    assert pairs_of(REFUSED, kind="turn") == [(["question"], ["good"], ["bad"])]
    drafts = (Draft(text=" mine ", violations=("x",), written=True), Draft(text="form", violations=(), written=False))
    checked = episode(turn("a", 0, "q", "kept", drafts=drafts), outcome="aborted", ended_by="b")
    assert pairs_of(checked, kind="self_check") == [(["q"], ["kept"], ["mine"])]
    faulty = episode(turn("a", 0, "q", "kept", drafts=drafts, fault=Fault(rule="r", outcome="aborted")))
    assert pairs_of(faulty, kind="self_check") == []


# --- mixing --------------------------------------------------------------------------------------------------


def test_partners_words_are_learnt_where_they_were_understood() -> None:
    won = episode(turn("a", 0, "describe", "round fruit", player="teacher"), turn("b", 0, "round fruit", "apple"))
    (shared,) = converse(won, frozenset({"ludens"}))
    assert (texts(shared.messages), shared.origin.role, shared.origin.source) == (
        ["describe", "round fruit"],
        "a",
        "converse",
    )


def test_in_lost_episodes_only_understood_pairs_of_turns_are_shared() -> None:
    good = (RewardNote(role="b", value=0.5, reason="right"),)
    lost = episode(
        turn("a", 0, "describe", "red"),
        turn("b", 0, "red", "rose", rewards=good),
        turn("a", 2, "more", "blue"),
        turn("b", 2, "blue", "sky"),
        outcome="lost",
    )
    assert [texts(one.messages)[-1] for one in converse(lost, frozenset({"ludens"}))] == ["red", "rose"]


def test_rehearsal_comes_after_every_so_many() -> None:
    samples = [
        ChatSample(
            messages=chat([("user", f"{n}"), ("assistant", "a")]),
            trained=(1,),
            origin=Origin(game="g", source="rollout"),
        )
        for n in range(9)
    ]
    mixed = rehearsed(samples[:6], samples[6:], every=3)
    assert [one.messages[0].content for one in mixed] == ["0", "1", "2", "6", "3", "4", "5", "7"]
    assert rehearsed(samples[:2], samples[2:], every=0) == samples[:2]


# --- whole data sets -----------------------------------------------------------------------------------------


def test_warm_up_comes_first_and_again(tmp_path: Path) -> None:
    played = expert_episodes("taboo", "wordle", "minigames", count=6)
    plan = DataPlan(players=("expert",), warm_up=("minigames",), rehearse_every=3, held_out=0.2, seed=4)
    found = prepare(played, plan)
    sources = [one.origin.source for one in found.train]
    warm = sources.count("minigame")
    assert sources[:3] == ["minigame"] * 3 and "minigame" in sources[6:] and warm
    assert found == prepare(played, plan)
    assert found.train != prepare(played, plan.model_copy(update={"seed": 5})).train
    held = {one.origin.episode for one in found.validation}
    assert held and not held & {one.origin.episode for one in found.train}
    counts = write(found, tmp_path, plan)
    assert tuple(read_records(tmp_path / "chat.train.jsonl", ChatSample)) == found.train
    assert tuple(read_records(tmp_path / "pairs.train.jsonl", PreferenceSample)) == found.pairs
    assert json.loads((tmp_path / "card.json").read_text())["files"] == counts


def test_samples_become_a_hugging_face_data_set() -> None:
    datasets = pytest.importorskip("datasets")
    samples = chat_samples(expert_episodes("taboo", count=3), DataPlan(players=("expert",)))
    table = as_dataset(samples)
    assert isinstance(table, datasets.Dataset) and table.num_rows == len(samples)
    assert table[0]["messages"][0]["role"] == "user"
    assert [ChatSample.model_validate_json(json.dumps(row)) for row in table] == samples


def test_nothing_to_learn_from_is_one_sentence() -> None:
    with pytest.raises(UserError, match="holds no episode of train"):
        prepare([], DataPlan())
    with pytest.raises(UserError, match="holds no episode of train"):
        prepare([episode(turn("a", 0, "q", "x"), split="validation")], DataPlan())
    with pytest.raises(UserError, match="none is a success"):
        prepare([episode(turn("a", 0, "q", "x"), outcome="lost")], DataPlan())


def test_episodes_on_measured_instances_are_left_out(tmp_path: Path) -> None:
    played = expert_episodes("taboo", "guesswhat", count=3)
    measured = json.loads(played[0].instance)
    file = tmp_path / "dev.json"
    file.write_text(
        json.dumps({"experiments": [{"name": "e", "game_instances": [measured["game_instance"]]}]}), encoding="utf-8"
    )
    found = prepare(played, DataPlan(players=("expert",), held_out=0), Guard.of([file]))
    assert found.dropped == 1
    assert str(played[0].id) not in {one.origin.episode for one in found.train}
