"""Supervised learning: trl's trainer over packed rows, computing logits only where there is loss."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from datasets import Dataset
from torch.nn.functional import cross_entropy
from transformers import PreTrainedTokenizerFast
from trl.trainer.sft_config import SFTConfig as TrlConfig
from trl.trainer.sft_trainer import SFTTrainer

from agent.errors import UserError
from trainer import rows
from trainer.counting import Counter, row_tally
from trainer.lora import Trainable, base_of, open_trainable
from trainer.masking import IGNORED, ChatMasker, Encoded, encode_all
from trainer.packed_attention import use_packed_attention
from trainer.packing import Plan, epochs, plan
from trainer.run_config import RunConfig, SftConfig
from trainer.run_folder import Result
from trainer.samples import ChatSample, read_records
from trainer.training import ALONE, Around, Prepared, run
from trainer.trl_settings import CountedMixin, arguments, drawn, held_out_split


class PackedTrainer(CountedMixin, SFTTrainer):
    """trl's trainer on rows without padding; each token's loss has its weight."""

    counter: Counter
    tally_of = staticmethod(row_tally)

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """Mean weighted loss over the trained tokens of a step.

        trl's own loss passes every position through the output layer where there is no Triton; here only positions
        whose next token is learnt are.
        """
        labels, weights = inputs["labels"][0], inputs["weights"][0]
        positions = (labels[1:] != IGNORED).nonzero()[:, 0]
        outputs = model(
            input_ids=inputs["input_ids"],
            position_ids=inputs["position_ids"],
            sequence_lengths=inputs["sequence_lengths"].tolist(),
            logits_to_keep=positions,
            use_cache=False,
        )
        losses = cross_entropy(outputs.logits[0].float(), labels[positions + 1], reduction="none")
        total = (losses * weights[positions + 1]).sum()
        if num_items_in_batch is None:
            loss = total / max(1, len(positions))
        else:
            loss = total / num_items_in_batch
            if self.args.average_tokens_across_devices:
                loss = loss * self.accelerator.num_processes  # gradients are averaged over processes afterwards
        return (loss, outputs) if return_outputs else loss


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """What is to be learnt, before any tokenizer has seen it.

    Attributes:
        samples: the conversations.
        weights: for each, a factor of the loss of each turn that is learnt; None for 1.
        first: conversations for warming up: gone through once, before the others.
        judged_by: conversations for the held-out loss; a share of the episodes when empty.
        epochs: how often the samples are gone through, at most.
        shuffle: whether they are mixed anew for every pass.
    """

    samples: Sequence[ChatSample]
    weights: Sequence[Sequence[float]] | None = None
    first: Sequence[ChatSample] = ()
    judged_by: Sequence[ChatSample] = ()
    epochs: float = 1.0
    shuffle: bool = True

    def fingerprint(self) -> str:
        """SHA-256 of all of it."""
        total = hashlib.sha256(repr([list(each) for each in self.weights or ()]).encode())
        for part in (self.first, self.samples, self.judged_by):
            for sample in part:
                total.update(sample.model_dump_json().encode() + b"\n")
            total.update(b"\0")
        return total.hexdigest()


def train(config: SftConfig, around: Around = ALONE) -> Result:
    """Runs supervised learning, or goes on with it.

    Args:
        config: the run.
        around: who watches.

    Raises:
        UserError: something about the run is unusable; one sentence.
    """
    samples, first, judged_by = (
        [sample for path in paths for sample in read_records(path, ChatSample)]
        for paths in (config.samples, config.first, config.judged_by)
    )
    lessons = Lessons(samples=samples, first=first, judged_by=judged_by, epochs=config.epochs, shuffle=config.shuffle)
    return learn(config, lessons, objective="sft", around=around)


def learn(config: RunConfig, lessons: Lessons, *, objective: str, around: Around) -> Result:
    """Supervised learning from samples in memory.

    Args:
        config: the run.
        lessons: what is to be learnt.
        objective: name of the stage.
        around: who watches.

    Raises:
        UserError: something about the run is unusable; one sentence.
    """
    if not lessons.samples:
        raise UserError("There is nothing to learn from: the samples are empty; make rollouts or name other files.")

    def prepare(processes: int, spent: int) -> Prepared:
        model, tokenizer = open_trainable(
            config.model, config.adapter, config.compute, adapter_from=config.adapter_from, seed=config.seed
        )
        masker = ChatMasker(tokenizer, keep_default_system=config.keep_default_system)
        pieces, lead, held_out = _sequences(config, masker, lessons)
        schedule = _schedule(config, lessons, (lead, pieces), processes, spent)
        material = Material(pieces=[*lead, *pieces], schedule=schedule, held_out=held_out, processes=processes)
        return Prepared(
            tokenizer=tokenizer,
            steps=schedule.steps,
            milestones=schedule.milestones(config.saving.milestones, config.budget_tokens),
            held_out=bool(held_out),
            make=lambda counter: packed_trainer(config, model, tokenizer, material, counter),
        )

    return run(config, objective=objective, data=lessons.fingerprint(), around=around, prepare=prepare)


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a trainer goes through.

    Attributes:
        pieces: all sequences.
        schedule: their order.
        held_out: sequences for the held-out loss.
        processes: how many take part.
    """

    pieces: Sequence[Encoded]
    schedule: Plan
    held_out: Sequence[Encoded] = ()
    processes: int = 1


def packed_trainer(
    config: RunConfig,
    model: Trainable,
    tokenizer: PreTrainedTokenizerFast,
    material: Material,
    counter: Counter,
) -> PackedTrainer:
    """The trainer of a schedule."""
    use_packed_attention(base_of(model))
    options = arguments(config, steps=material.schedule.steps, processes=material.processes)
    found = PackedTrainer(
        model=model,
        args=TrlConfig(
            **options,
            per_device_train_batch_size=1,
            packing=False,
            max_length=None,
            dataset_kwargs={"skip_prepare_dataset": True},
        ),
        data_collator=rows.collate,
        train_dataset=rows.dataset(material.pieces, material.schedule.rows),
        eval_dataset=_held_out_rows(material.held_out, config.batch_tokens),
        processing_class=tokenizer,
    )
    found.counter = counter
    return found


def _sequences(
    config: RunConfig, masker: ChatMasker, lessons: Lessons
) -> tuple[list[Encoded], list[Encoded], list[Encoded]]:
    """What is learnt from, what is gone through before, and what is held out."""
    samples, limit = lessons.samples, config.max_tokens
    factors = lessons.weights if lessons.weights is not None else [()] * len(samples)
    lead = encode_all(masker, lessons.first, max_tokens=limit) if lessons.first else []
    held = list(lessons.judged_by)
    kept = list(range(len(samples)))
    if not held:
        names = [sample.origin.episode or str(index) for index, sample in enumerate(samples)]
        apart = held_out_split(names, config.stopping.held_out, config.seed)
        kept = [index for index, out in enumerate(apart) if not out] or kept
        held = [sample for sample, out in zip(samples, apart, strict=True) if out] if len(kept) < len(samples) else []
    chosen, weights = [samples[i] for i in kept], [factors[i] for i in kept]
    pieces = encode_all(masker, chosen, max_tokens=limit, weights=weights)
    judged = [piece for sample in held for piece in masker.pieces(sample, max_tokens=limit)]
    most, sizes = config.stopping.held_out_tokens, [len(piece.ids) for piece in judged]
    return pieces, lead, drawn(judged, sizes, most, config.seed)


def _schedule(
    config: RunConfig,
    lessons: Lessons,
    sequences: tuple[Sequence[Encoded], Sequence[Encoded]],
    processes: int,
    spent: int,
) -> Plan:
    """The run laid out; indices count the warm-up first."""
    before, lengths = len(sequences[0]), [len(piece.ids) for piece in chain(*sequences)]
    capacity, seed = config.batch_tokens, config.seed if lessons.shuffle else None
    opening = epochs(lengths[:before], capacity, count=1.0, seed=seed) if before else iter(())
    rest = epochs(lengths[before:], capacity, count=lessons.epochs, seed=seed)
    micro, used = [], spent
    for row in chain(opening, ([index + before for index in row] for row in rest)):
        micro.append(row)
        used += sum(lengths[index] for index in row)
        if used > config.budget_tokens:
            break  # further passes would never be reached
    per_step = processes * config.optimiser.accumulate
    found = plan(micro, lengths, rows_per_step=per_step, budget=config.budget_tokens, spent=spent)
    if not found.steps and len(micro) < per_step:
        raise UserError(
            f"The samples fill {len(micro)} micro-batches of {capacity} tokens, and a step takes {per_step}: lower "
            "optimiser.accumulate or batch_tokens, or make more rollouts."
        )
    return found


def _held_out_rows(pieces: Sequence[Encoded], capacity: int) -> Dataset | None:
    if not pieces:
        return None
    lengths = [len(piece.ids) for piece in pieces]
    return rows.dataset(pieces, list(epochs(lengths, capacity, count=1.0, seed=0)))
