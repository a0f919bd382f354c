"""Learning from what others said afterwards: feedback decoded into a reward per turn, then learnt from.

Three ways, all of ReSpect's (Chen et al. 2024, section 4): learn the well-received turns only; weigh every turn's
log-likelihood by its reward (REINFORCE on recorded turns); or KTO on well- and badly-received turns.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from transformers import PreTrainedTokenizerFast
from trl.trainer.kto_config import KTOConfig as TrlConfig
from trl.trainer.kto_trainer import KTOTrainer

from agent.errors import UserError
from agent.models.locate import load
from trainer.counting import Counter as TokenCounter
from trainer.counting import Tally, padded_tally
from trainer.dpo import enough, rows_of, shuffled
from trainer.feedback import Asked, Both, Feeling, Judge, Received, Signs, received
from trainer.lora import Trainable, open_trainable
from trainer.masking import ChatMasker
from trainer.packing import Plan, plan
from trainer.run_config import RetrospectConfig
from trainer.run_folder import Result
from trainer.samples import ChatMessage, ChatSample, Origin, Trajectory
from trainer.sft import Lessons, learn
from trainer.store import TrajectoryStore
from trainer.training import ALONE, Around, Prepared, run
from trainer.trl_settings import CountedMixin, arguments
from trainer.unpaired import Collator, Unpaired, dataset

_KTO_BATCH = 4  # KTO compares turns with those of their neighbours in a batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewarded:
    """A conversation with a reward for each turn.

    Attributes:
        sample: the conversation; all turns of the player are learnt.
        rewards: one for each of them.
        feelings: what was decoded for each of them.
    """

    sample: ChatSample
    rewards: tuple[float, ...]
    feelings: tuple[Feeling, ...]


def train(config: RetrospectConfig, around: Around = ALONE) -> Result:
    """Runs retrospective learning, or goes on with it.

    Args:
        config: the run.
        around: who watches.

    Raises:
        UserError: something about the run is unusable; one sentence.
    """
    with TrajectoryStore.join(config.store) as store:
        trajectories = list(store.trajectories())
    if not trajectories:
        raise UserError(f"{config.store} holds no trajectory: play some with `ludens rollout` first.")
    with judge_of(config) as judge:
        rewarded = decoded(trajectories, judge, config)
    told = Counter(feeling for one in rewarded for feeling in one.feelings)
    if config.method == "kto":
        return _kto(config, rewarded, around)
    kept = _kept(rewarded, config)
    if not kept:
        raise UserError(
            f"No turn was received in a way to learn from ({dict(told)}): use another judge or play more games."
        )
    lessons = Lessons(samples=[one.sample for one in kept], weights=[one.rewards for one in kept], epochs=config.epochs)
    return learn(config, lessons, objective="retrospect", around=around)


@contextmanager
def judge_of(config: RetrospectConfig) -> Iterator[Judge]:
    """Who decodes; a model is loaded for as long as it takes."""
    if config.judge == "rules":
        yield Signs()
        return
    model = load(config.model)
    try:
        asked = Asked(model)
        yield asked if config.judge == "model" else Both(asked)
    finally:
        close = getattr(model, "close", None)
        if close is not None:
            close()


def decoded(trajectories: Sequence[Trajectory], judge: Judge, config: RetrospectConfig) -> list[Rewarded]:
    """All conversations of all roles with their rewards; scripted players' words are not learnt."""
    rewards: dict[Feeling, float] = {
        "positive": config.positive,
        "neutral": config.neutral,
        "negative": config.negative,
    }
    found: list[Rewarded] = []
    for trajectory in trajectories:
        for role in trajectory.roles:
            turns = received(trajectory, role)
            if all(trajectory.turns[index].player == "expert" for index, _ in turns):
                continue
            feelings = judge.feelings([turn for _, turn in turns])
            judged: list[tuple[Received, Feeling, float]] = [
                (turn, feeling, rewards[feeling]) for (_, turn), feeling in zip(turns, feelings, strict=True)
            ]
            origin = Origin(
                game=trajectory.id.game,
                level=trajectory.id.level,
                role=role,
                protocol=trajectory.protocol,
                source="rollout",
                episode=str(trajectory.id),
            )
            found += _threads(judged, origin)
    return found


def _threads(judged: Sequence[tuple[Received, Feeling, float]], origin: Origin) -> list[Rewarded]:
    """Turns put together as long as each context continues the one before; a game may make a player forget."""
    found: list[Rewarded] = []
    messages: tuple[ChatMessage, ...] = ()
    marks: list[tuple[int, Feeling, float]] = []
    for turn, feeling, reward in judged:
        if marks and turn.context[: len(messages)] != messages:
            found.append(_rewarded(messages, marks, origin))
            marks = []
        messages = (*turn.context, ChatMessage(role="assistant", content=turn.reply))
        marks.append((len(messages) - 1, feeling, reward))
    return [*found, _rewarded(messages, marks, origin)] if marks else found


def _rewarded(
    messages: tuple[ChatMessage, ...], marks: Sequence[tuple[int, Feeling, float]], origin: Origin
) -> Rewarded:
    return Rewarded(
        sample=ChatSample(messages=messages, trained=tuple(index for index, _, _ in marks), origin=origin),
        rewards=tuple(reward for _, _, reward in marks),
        feelings=tuple(feeling for _, feeling, _ in marks),
    )


def _kept(rewarded: Sequence[Rewarded], config: RetrospectConfig) -> list[Rewarded]:
    """Conversations with the turns that are learnt: those with a reward; only well-received ones when filtering."""
    found: list[Rewarded] = []
    for one in rewarded:
        chosen = [
            place
            for place, reward in enumerate(one.rewards)
            if (reward > 0 if config.method == "filter" else reward != 0)
        ]
        if chosen:
            trained = tuple(one.sample.trained[place] for place in chosen)
            last = one.sample.messages[: trained[-1] + 1]
            sample = ChatSample(messages=last, trained=trained, origin=one.sample.origin)
            rewards = tuple(one.rewards[place] for place in chosen)
            found.append(Rewarded(sample=sample, rewards=rewards, feelings=one.feelings))
    return found


class UnpairedTrainer(CountedMixin, KTOTrainer):
    """trl's KTO trainer on turns that are token ids already."""

    counter: TokenCounter

    @staticmethod
    def tally_of(batches: Sequence[dict[str, Any]]) -> Tally:
        """What KTO batches consume: turns, and mismatched ones for its baseline, by trained and untrained weights."""
        parts: list[Tally] = []
        for one in batches:
            parts.append(padded_tally(one["input_ids"], one["attention_mask"], one["completion_mask"]))
            sequences, _ = padded_tally(one["KL_input_ids"], one["KL_attention_mask"], one["KL_completion_mask"])
            parts.append((sequences, 0))
        found = [ids for sequences, _ in parts for ids in sequences]
        return found + found, sum(trained for _, trained in parts)

    def _prepare_dataset(self, dataset: Any, *_: Any, **__: Any) -> Any:
        return dataset


def _kto(config: RetrospectConfig, rewarded: Sequence[Rewarded], around: Around) -> Result:
    """KTO on turns that were received well or badly."""
    turns = [
        (one.sample.messages[:index], one.sample.messages[index].content, feeling == "positive")
        for one in rewarded
        for index, feeling in zip(one.sample.trained, one.feelings, strict=True)
        if feeling != "neutral"
    ]
    if len({desirable for _, _, desirable in turns}) < 2:
        raise UserError("KTO needs turns that were received well and badly: use method reinforce or play more games.")
    data = hashlib.sha256(repr(turns).encode()).hexdigest()

    def prepare(processes: int, spent: int) -> Prepared:
        model, tokenizer = open_trainable(
            config.model, config.adapter, config.compute, adapter_from=config.adapter_from, seed=config.seed
        )
        masker = ChatMasker(tokenizer, keep_default_system=config.keep_default_system)
        encoded = [
            Unpaired(prompt=tuple(masker.prompt(context)), completion=tuple(masker.reply(reply)), desirable=desirable)
            for context, reply, desirable in turns
        ]
        fitting = [one for one in encoded if one.tokens <= config.max_tokens]
        rows = rows_of(shuffled(len(fitting), epochs=config.epochs, seed=config.seed), _KTO_BATCH)
        per_step = processes * config.optimiser.accumulate
        lengths = [4 * one.tokens for one in fitting]  # as in `tally_of`
        schedule = plan(rows, lengths, rows_per_step=per_step, budget=config.budget_tokens, spent=spent)
        schedule = enough(schedule, rows, per_step, "turns")
        return Prepared(
            tokenizer=tokenizer,
            steps=schedule.steps,
            milestones=schedule.milestones(config.saving.milestones, config.budget_tokens),
            held_out=False,
            make=lambda counter: _kto_trainer(config, (model, tokenizer), fitting, schedule, (counter, processes)),
        )

    return run(config, objective="retrospect", data=data, around=around, prepare=prepare)


def _kto_trainer(
    config: RetrospectConfig,
    weights: tuple[Trainable, PreTrainedTokenizerFast],
    turns: Sequence[Unpaired],
    schedule: Plan,
    counting: tuple[TokenCounter, int],
) -> UnpairedTrainer:
    model, tokenizer = weights
    found = UnpairedTrainer(
        model=model,
        args=TrlConfig(
            **arguments(config, steps=schedule.steps, processes=counting[1]),
            per_device_train_batch_size=_KTO_BATCH,
            beta=config.beta,
            max_length=None,
        ),
        data_collator=Collator(pad_id=tokenizer.pad_token_id if isinstance(tokenizer.pad_token_id, int) else 0),
        train_dataset=dataset(turns, schedule.rows),
        processing_class=tokenizer,
    )
    found.counter = counting[0]
    return found
