"""Preference learning: trl's DPO trainer on pairs that we encode ourselves."""

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from transformers import PreTrainedTokenizerFast
from trl.trainer.dpo_config import DPOConfig as TrlConfig
from trl.trainer.dpo_trainer import DPOTrainer

from agent.errors import UserError
from trainer import pairs
from trainer.counting import Counter, Tally, padded_tally
from trainer.lora import Trainable, open_trainable
from trainer.masking import ChatMasker
from trainer.packing import Plan, plan
from trainer.run_config import DpoConfig, RunConfig
from trainer.run_folder import Result
from trainer.samples import PreferenceSample, Record, read_records
from trainer.training import ALONE, Around, Prepared, run
from trainer.trl_settings import CountedMixin, arguments, drawn, held_out_split


def tally(batches: Sequence[dict[str, Any]]) -> Tally:
    """What DPO batches consume: every pair goes through the weights, and through the untrained ones beside them."""
    parts = [padded_tally(one["input_ids"], one["attention_mask"], one["completion_mask"]) for one in batches]
    sequences = [ids for part, _ in parts for ids in part]
    return sequences + sequences, sum(trained for _, trained in parts)


class PairTrainer(CountedMixin, DPOTrainer):
    """trl's trainer on pairs that are token ids already."""

    counter: Counter
    tally_of = staticmethod(tally)

    def _prepare_dataset(self, dataset: Any, *_: Any, **__: Any) -> Any:
        return dataset


def train(config: DpoConfig, around: Around = ALONE) -> Result:
    """Runs preference learning, or goes on with it.

    Args:
        config: the run.
        around: who watches.

    Raises:
        UserError: something about the run is unusable; one sentence.
    """
    if config.adapter.kind == "full":
        raise UserError("DPO compares with the untrained weights, which an adapter leaves in place: train an adapter.")
    if config.adapter_from is not None:
        raise UserError("DPO compares with the weights without their adapter: merge adapter_from into the model first.")
    samples = [sample for path in config.samples for sample in read_records(path, PreferenceSample)]

    def prepare(processes: int, spent: int) -> Prepared:
        model, tokenizer = open_trainable(
            config.model, config.adapter, config.compute, adapter_from=None, seed=config.seed
        )
        masker = ChatMasker(tokenizer, keep_default_system=config.keep_default_system)
        names = [sample.origin.episode or str(index) for index, sample in enumerate(samples)]
        apart = held_out_split(names, config.stopping.held_out, config.seed)
        kept = [sample for sample, out in zip(samples, apart, strict=True) if not out] or samples
        found = pairs.encode_pairs(masker, kept, max_tokens=config.max_tokens)
        out = [sample for sample, out in zip(samples, apart, strict=True) if out] if len(kept) < len(samples) else []
        judged = pairs.encode_pairs(masker, out, max_tokens=config.max_tokens) if out else []
        most, sizes = config.stopping.held_out_tokens, [pair.tokens for pair in judged]
        held_out = drawn(judged, sizes, most, config.seed)
        schedule = _schedule(config, found, processes, spent)
        return Prepared(
            tokenizer=tokenizer,
            steps=schedule.steps,
            milestones=schedule.milestones(config.saving.milestones, config.budget_tokens),
            held_out=bool(held_out),
            make=lambda counter: _trainer(config, (model, tokenizer), (found, held_out), schedule, counter, processes),
        )

    return run(config, objective="dpo", data=fingerprint(samples), around=around, prepare=prepare)


def fingerprint(samples: Sequence[Record]) -> str:
    """SHA-256 of samples."""
    total = hashlib.sha256()
    for sample in samples:
        total.update(sample.model_dump_json().encode() + b"\n")
    return total.hexdigest()


def shuffled(count: int, *, epochs: float, seed: int) -> list[int]:
    """Indices in random order, once per pass; a fraction of a pass at the end is a share of it."""
    order: list[int] = []
    left, number = epochs, 0
    while left > 0:
        once = np.random.default_rng([seed, number]).permutation(count).tolist()
        order += once[: max(1, round(count * min(1.0, left)))]
        left, number = left - 1, number + 1
    return order


def rows_of(order: Sequence[int], size: int) -> list[list[int]]:
    """Micro-batches of `size`; what fills none is left out."""
    return [list(order[at : at + size]) for at in range(0, len(order) - size + 1, size)]


def enough(schedule: Plan, rows: Sequence[Sequence[int]], per_step: int, what: str) -> Plan:
    """The schedule, if the data fill a step.

    Raises:
        UserError: they do not.
    """
    if not schedule.steps and len(rows) < per_step:
        raise UserError(
            f"The {what} fill {len(rows)} micro-batches, and a step takes {per_step}: lower optimiser.accumulate or "
            "the micro-batch, or make more rollouts."
        )
    return schedule


def _schedule(config: DpoConfig, found: Sequence[pairs.Pair], processes: int, spent: int) -> Plan:
    rows = rows_of(shuffled(len(found), epochs=config.epochs, seed=config.seed), config.pairs)
    per_step = processes * config.optimiser.accumulate
    lengths = [2 * pair.tokens for pair in found]  # twice, as in `tally`
    schedule = plan(rows, lengths, rows_per_step=per_step, budget=config.budget_tokens, spent=spent)
    return enough(schedule, rows, per_step, "pairs")


def _trainer(
    config: RunConfig,
    weights: tuple[Trainable, PreTrainedTokenizerFast],
    material: tuple[Sequence[pairs.Pair], Sequence[pairs.Pair]],
    schedule: Plan,
    counter: Counter,
    processes: int,
) -> PairTrainer:
    assert isinstance(config, DpoConfig)
    (model, tokenizer), (learnt, held_out) = weights, material
    order = [index for row in schedule.rows for index in row]
    found = PairTrainer(
        model=model,
        args=TrlConfig(
            **arguments(config, steps=schedule.steps, processes=processes),
            per_device_train_batch_size=config.pairs,
            beta=config.beta,
            max_length=None,
        ),
        data_collator=pairs.Collator(pad_id=_pad_id(tokenizer)),
        train_dataset=pairs.dataset(learnt, order),
        eval_dataset=pairs.dataset(held_out, range(len(held_out))) if held_out else None,
        processing_class=tokenizer,
    )
    found.counter = counter
    return found


def _pad_id(tokenizer: PreTrainedTokenizerFast) -> int:
    found = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else tokenizer.eos_token_id
    return found if isinstance(found, int) else 0
