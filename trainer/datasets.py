"""Data sets: from a store of trajectories to samples, the same ones for the same store, plan and seed."""

import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.errors import UserError
from trainer.contamination import Guard
from trainer.datasets_mix import converse, exercises, rehearsed, sample
from trainer.datasets_preferences import balanced_pairs, preferences
from trainer.datasets_select import balanced, held_out, successes
from trainer.datasets_threads import pieces, whole
from trainer.samples import ChatSample, PreferenceKind, PreferenceSample, Record, Source, Trajectory, write_records

if TYPE_CHECKING:
    from datasets import Dataset


class DataPlan(BaseModel):
    """Which samples to make of a store."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: Literal["pieces", "whole"] = Field(
        default="whole", description="Growing pieces with loss on the last reply, or whole conversations."
    )
    players: tuple[str, ...] = Field(
        default=("ludens", "demonstrator"), description="Players whose words are learnt where they won."
    )
    splits: tuple[Literal["train", "validation"], ...] = Field(
        default=("train",), description="Material to learn from; the rest is measured."
    )
    per_game: int | None = Field(default=None, ge=1, description="Episodes of each game; None for the rarest's number.")
    min_quality: float = Field(default=0.0, ge=0, le=100, description="Least main score of an episode to learn from.")
    converse: bool = Field(default=False, description="Whether speakers learn from being understood, and hearers too.")
    warm_up: tuple[str, ...] = Field(default=(), description="Games that come first, and again as rehearsal.")
    warm_up_count: int = Field(default=400, ge=0, description="Most warm-up samples.")
    rehearse_every: int = Field(default=0, ge=0, description="After how many samples one of the warm-up comes again.")
    pairs: tuple[PreferenceKind, ...] = Field(
        default=("dialogue", "turn", "self_check"), description="Kinds of preference pairs."
    )
    pairs_per_game: int | None = Field(default=None, ge=1, description="Most pairs of each kind and game.")
    held_out: float = Field(default=0.05, ge=0, lt=1, description="Share of instances that is judged by, not learnt.")
    seed: int = Field(default=0, ge=0, description="Of every choice and order.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSets:
    """What a store gives.

    Attributes:
        train: samples to learn, in their order.
        validation: samples to judge by.
        pairs: preference pairs to learn from.
        dropped: episodes left out because they hold what is measured.
    """

    train: tuple[ChatSample, ...]
    validation: tuple[ChatSample, ...]
    pairs: tuple[PreferenceSample, ...]
    dropped: int


def prepare(trajectories: Iterable[Trajectory], plan: DataPlan, guard: Guard | None = None) -> DataSets:
    """All samples of a plan.

    Args:
        trajectories: of a store, in its order.
        plan: which samples.
        guard: knows the instances that are measured; episodes on them are left out.

    Raises:
        UserError: there is nothing to learn from.
    """
    everything = [one for one in trajectories if one.id.split in plan.splits]
    if not everything:
        raise UserError(f"The store holds no episode of {' or '.join(plan.splits)}; play some with `ludens rollout`.")
    clean = [one for one in everything if guard is None or guard.episode(one) is None]
    learnt, judged = held_out(clean, share=plan.held_out, seed=plan.seed)
    train = chat_samples(learnt, plan)
    if not train:
        raise UserError(
            f"Of {len(everything)} trajectories none is a success of {', '.join(plan.players)}; roll out more."
        )
    pairs = balanced_pairs(
        preferences(learnt, plan.pairs, players=plan.players), per_game=plan.pairs_per_game, seed=plan.seed
    )
    return DataSets(
        train=tuple(train),
        validation=tuple(chat_samples(judged, plan.model_copy(update={"per_game": 10**9, "rehearse_every": 0}))),
        pairs=tuple(pairs),
        dropped=len(everything) - len(clean),
    )


def chat_samples(trajectories: Sequence[Trajectory], plan: DataPlan) -> list[ChatSample]:
    """Samples for supervised learning: warm-up first, then the games, balanced before they are cut up."""
    learners = frozenset(plan.players)
    good = [one for one in successes(trajectories, min_quality=plan.min_quality) if _played_by(one, learners)]
    games = balanced([one for one in good if one.id.game not in plan.warm_up], per_game=plan.per_game, seed=plan.seed)
    cut = whole if plan.form == "whole" else pieces
    found = [
        sample(one, role, conversation, _source(one, role))
        for one in games
        for role in one.roles
        if any(turn.player in learners for turn in one.turns if turn.role == role)
        for conversation in cut(one, role)
    ]
    if plan.converse:
        chosen = {str(one.id) for one in games}
        others = [one for one in trajectories if one.outcome != "won" or str(one.id) in chosen]
        found = rehearsed(found, _shuffled([more for one in others for more in converse(one, learners)], plan.seed), 2)
    warm = _warm_up(good, plan)
    return warm + rehearsed(found, warm, plan.rehearse_every)


def as_dataset(samples: Sequence[Record]) -> "Dataset":
    """Samples as a Hugging Face data set, a column per field.

    Raises:
        UserError: the library is not installed.
    """
    try:
        from datasets import Dataset
    except ModuleNotFoundError as error:
        raise UserError("Data sets need the library datasets: pip install 'ludens[trainer]'") from error
    return Dataset.from_list([one.model_dump(mode="json") for one in samples])


def write(found: DataSets, folder: Path, plan: DataPlan) -> dict[str, int]:
    """Writes the data sets and their plan into a folder; returns how many samples went into each file.

    Raises:
        UserError: the folder cannot be written.
    """
    files: dict[str, Sequence[Record]] = {
        "chat.train.jsonl": found.train,
        "chat.validation.jsonl": found.validation,
        "pairs.train.jsonl": found.pairs,
    }
    counts = {name: write_records(folder / name, samples) for name, samples in files.items()}
    card = {
        "plan": plan.model_dump(mode="json"),
        "files": counts,
        "dropped_as_measured": found.dropped,
        "chats_per_game": dict(sorted(Counter(one.origin.game for one in found.train).items())),
        "chats_per_source": dict(sorted(Counter(one.origin.source for one in found.train).items())),
        "pairs_per_kind": dict(sorted(Counter(one.kind for one in found.pairs).items())),
    }
    (folder / "card.json").write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return counts


def _warm_up(good: Sequence[Trajectory], plan: DataPlan) -> list[ChatSample]:
    chosen = [one for one in good if one.id.game in plan.warm_up]
    spread = balanced(chosen, per_game=plan.warm_up_count, seed=plan.seed)
    return exercises(spread, "minigame")[: plan.warm_up_count]


def _played_by(one: Trajectory, learners: frozenset[str]) -> bool:
    return any(turn.player in learners for turn in one.turns)


def _source(one: Trajectory, role: str) -> Source:
    """Scripted players are marked: what an expert says cannot always be known, as it looks into the instance."""
    players = {turn.player for turn in one.turns if turn.role == role}
    if "expert" in players:
        return "expert"
    return "demonstrator" if "demonstrator" in players else "rollout"


def _shuffled(samples: Sequence[ChatSample], seed: int) -> list[ChatSample]:
    mixed = list(samples)
    random.Random(f"{seed}|converse").shuffle(mixed)
    return mixed
