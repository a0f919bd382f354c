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
from trainer.trl_settings import CountedMixin, arguments, held_out_split


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


def train(config: SftConfig, around: Around = ALONE) -> Result:
    """Runs supervised learning, or goes on with it.

    Args:
        config: the run.
        around: who watches.

    Raises:
        UserError: something about the run is unusable; one sentence.
    """
    first = [sample for path in config.first for sample in read_records(path, ChatSample)]
    samples = [sample for path in config.samples for sample in read_records(path, ChatSample)]
    return learn(config, samples, first=first, objective="sft", around=around)


def learn(
    config: RunConfig,
    samples: Sequence[ChatSample],
    *,
    first: Sequence[ChatSample] = (),
    weights: Sequence[Sequence[float]] | None = None,
    objective: str,
    around: Around,
) -> Result:
    """Supervised learning from samples in memory.

    Args:
        config: the run.
        samples: the conversations.
        first: conversations for warming up: gone through once, before the others.
        weights: for each sample, a factor of the loss of each turn that is learnt; 1 when left out.
        objective: name of the stage.
        around: who watches.
    """
    if not samples:
        raise UserError("There is nothing to learn from: the samples are empty; make rollouts or name other files.")

    def prepare(processes: int, spent: int) -> Prepared:
        model, tokenizer = open_trainable(
            config.model, config.adapter, config.compute, adapter_from=config.adapter_from, seed=config.seed
        )
        masker = ChatMasker(tokenizer, keep_default_system=config.keep_default_system)
        pieces, lead, held_out = _sequences(config, masker, samples, first, weights)
        schedule = _schedule(config, pieces, lead, processes, spent)
        material = Material(pieces=[*lead, *pieces], schedule=schedule, held_out=held_out, processes=processes)
        return Prepared(
            tokenizer=tokenizer,
            steps=schedule.steps,
            milestones=schedule.milestones(config.saving.milestones, config.budget_tokens),
            held_out=bool(held_out),
            make=lambda counter: packed_trainer(config, model, tokenizer, material, counter),
        )

    data = fingerprint([*first, *samples], weights)
    return run(config, objective=objective, data=data, around=around, prepare=prepare)


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


def fingerprint(samples: Sequence[ChatSample], weights: Sequence[Sequence[float]] | None = None) -> str:
    """SHA-256 of samples and their weights."""
    total = hashlib.sha256(repr([list(each) for each in weights or ()]).encode())
    for sample in samples:
        total.update(sample.model_dump_json().encode() + b"\n")
    return total.hexdigest()


def _sequences(
    config: RunConfig,
    masker: ChatMasker,
    samples: Sequence[ChatSample],
    first: Sequence[ChatSample],
    weights: Sequence[Sequence[float]] | None,
) -> tuple[list[Encoded], list[Encoded], list[Encoded]]:
    """What is learnt from, what is gone through before, and what is held out."""
    factors = weights if weights is not None else [()] * len(samples)
    names = [sample.origin.episode or str(index) for index, sample in enumerate(samples)]
    apart = held_out_split(names, config.stopping.held_out, config.seed)
    kept = [index for index, out in enumerate(apart) if not out] or list(range(len(samples)))
    out = [index for index in range(len(samples)) if index not in set(kept)]

    def encoded(indices: Sequence[int]) -> list[Encoded]:
        chosen, chosen_factors = [samples[i] for i in indices], [factors[i] for i in indices]
        return encode_all(masker, chosen, max_tokens=config.max_tokens, weights=chosen_factors)

    lead = encode_all(masker, first, max_tokens=config.max_tokens) if first else []
    held = [piece for i in out for piece in masker.pieces(samples[i], max_tokens=config.max_tokens)]
    return encoded(kept), lead, held


def _schedule(
    config: RunConfig, pieces: Sequence[Encoded], lead: Sequence[Encoded], processes: int, spent: int
) -> Plan:
    """The run laid out; indices count the lead first."""
    lengths = [len(piece.ids) for piece in chain(lead, pieces)]
    passes = getattr(config, "epochs", 1.0)
    capacity = config.batch_tokens
    opening = epochs(lengths[: len(lead)], capacity, count=1.0, seed=config.seed) if lead else iter(())
    rest = epochs(lengths[len(lead) :], capacity, count=passes, seed=config.seed)
    micro, used = [], spent
    for row in chain(opening, ([index + len(lead) for index in row] for row in rest)):
        micro.append(row)
        used += sum(lengths[index] for index in row)
        if used > config.budget_tokens:
            break  # further epochs would never be reached
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
