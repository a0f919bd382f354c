"""How fast supervised learning goes through the embedded model, and how much memory it takes.

Run it as `python benchmarks/training.py [--tokens 8192] [--threads 2] [--batch-tokens 2048] [--rank 16] [--json]`.
Learns from experts' dialogues of all practice games in two ways, each in a process of its own: packed (as `ludens train
sft` does) and plain (trl's trainer as it comes: padded batches, weights in single precision under bf16 autocast). On a
machine that others use, too, compare the two and the tokens per CPU second; tokens per second hold on an idle one.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

VARIANTS = ("packed", "plain")
PLAIN_BATCH = 4
PLAIN_TOKENS = 512


def talks(tokens: int, masker: Any) -> list[Any]:
    """Encoded dialogues of experts, of all games in turn, about `tokens` long together."""
    from games.arena.harness import load_clemcore

    load_clemcore()
    from trainer.datasets_threads import whole
    from trainer.rollout_plan import PlayerSpec, RolloutPlan, chunks, jobs
    from trainer.rollout_play import Expert, Seated
    from trainer.samples import ChatSample, Origin, Trajectory

    plan = RolloutPlan(count=4, seed=5, learner=PlayerSpec(kind="expert"), traces=False).checked()
    found: list[Any] = []
    for chunk in chunks(jobs(plan), 1):
        for one in Seated(plan=plan, players=[Expert()])(chunk):
            assert isinstance(one, Trajectory)
            for role in one.roles:
                for talk in whole(one, role):
                    origin = Origin(game=one.id.game, source="expert")
                    sample = ChatSample(messages=talk.messages, trained=talk.learnt, origin=origin)
                    found += masker.pieces(sample, max_tokens=PLAIN_TOKENS)
        if sum(len(piece.ids) for piece in found) >= tokens:
            break
    return found


def measured(variant: str, options: argparse.Namespace) -> dict[str, float]:
    """One variant, in this process: warm-up step first, then all others are timed."""
    import torch
    from transformers import PrinterCallback

    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as scratch:
        trainer = (_packed if variant == "packed" else _plain)(options, Path(scratch))
        clock = _clocked()
        clock.counter = trainer.counter
        trainer.remove_callback(PrinterCallback)
        trainer.add_callback(clock)
        trainer.train()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    tokens = clock.tokens
    return {
        "steps": float(clock.steps),
        "tokens": float(tokens),
        "seconds": clock.seconds,
        "tokens_per_s": tokens / clock.seconds,
        "tokens_per_cpu_s": tokens / clock.cpu_seconds,
        "peak_mb": peak_mb,
    }


def _config(options: argparse.Namespace, out: Path) -> Any:
    from trainer.run_config import Adapter, Compute, Optimiser, RunConfig, Stopping

    return RunConfig(
        out=out,
        budget_tokens=10 * options.tokens,
        batch_tokens=options.batch_tokens,
        max_tokens=min(options.batch_tokens, 2048),
        adapter=Adapter(rank=options.rank, alpha=2 * options.rank),
        optimiser=Optimiser(learning_rate=1e-4),
        compute=Compute(device="cpu", threads=options.threads),
        stopping=Stopping(held_out=0.0),
    )


def _counter() -> Any:
    """A counter without a ledger."""
    from trainer.counting import Counter
    from trainer.ledger import Mark

    class Counted(Counter):
        def count(self, tally: Any) -> None:
            self.total_tokens += sum(len(ids) for ids in tally[0])

    return Counted(None, mark=Mark(entries=0, head=""), processes=1)


def _packed(options: argparse.Namespace, out: Path) -> Any:
    from trainer.lora import open_trainable
    from trainer.masking import ChatMasker
    from trainer.packing import epochs, plan
    from trainer.sft import Material, packed_trainer
    from trainer.trl_settings import quiet_training

    config = _config(options, out)
    model, tokenizer = open_trainable("embedded", config.adapter, config.compute, adapter_from=None, seed=0)
    pieces = talks(options.tokens, ChatMasker(tokenizer))
    lengths = [len(piece.ids) for piece in pieces]
    rows = list(epochs(lengths, config.batch_tokens, count=1.0, seed=0))
    schedule = plan(rows, lengths, rows_per_step=1, budget=config.budget_tokens)
    with quiet_training():
        return packed_trainer(config, model, tokenizer, Material(pieces=pieces, schedule=schedule), _counter())


def _plain(options: argparse.Namespace, out: Path) -> Any:
    from datasets import Dataset
    from peft import get_peft_model
    from trl.trainer.sft_config import SFTConfig
    from trl.trainer.sft_trainer import SFTTrainer

    from agent.models.hf_file import open_weights
    from trainer.counting import padded_tally
    from trainer.lora import directory_of, lora_config
    from trainer.masking import IGNORED, ChatMasker
    from trainer.trl_settings import CountedMixin, arguments, quiet_training

    class Plain(CountedMixin, SFTTrainer):
        @staticmethod
        def tally_of(batches: Sequence[dict[str, Any]]) -> Any:
            parts = [padded_tally(one["input_ids"], one["attention_mask"], one["labels"] != IGNORED) for one in batches]
            return [ids for sequences, _ in parts for ids in sequences], sum(n for _, n in parts)

    config = _config(options, out)
    model, tokenizer = open_weights(directory_of("embedded"), adapter=None, device="cpu", dtype="float32")
    pieces = talks(options.tokens, ChatMasker(tokenizer))
    data = Dataset.from_dict({"input_ids": [p.ids for p in pieces], "labels": [p.labels for p in pieces]})
    steps = len(pieces) // PLAIN_BATCH
    with quiet_training():
        trainer = Plain(
            model=get_peft_model(model, lora_config(config.adapter)),
            args=SFTConfig(
                **arguments(config, steps=steps, processes=1), per_device_train_batch_size=PLAIN_BATCH, max_length=None
            ),
            train_dataset=data,
            processing_class=tokenizer,
        )
    trainer.counter = _counter()
    return trainer


def _clocked() -> Any:
    """A callback that times every step but the first; made late, because transformers takes seconds to import."""
    from transformers import TrainerCallback

    class Clock(TrainerCallback):
        def __init__(self) -> None:
            self.steps = self.tokens = 0
            self.seconds = self.cpu_seconds = 0.0
            self._began, self._last = (0.0, 0.0), 0
            self.counter: Any = None

        def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self._began = (time.perf_counter(), time.process_time())

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if state.global_step > 1:
                self.steps += 1
                self.seconds += time.perf_counter() - self._began[0]
                self.cpu_seconds += time.process_time() - self._began[1]
                self.tokens += self.counter.total_tokens - self._last
            self._last = self.counter.total_tokens

    return Clock()


def main() -> None:
    """Measures both variants and prints them."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--tokens", type=int, default=8192, help="about how many tokens to go through")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--batch-tokens", type=int, default=2048)
    parser.add_argument("--rank", type=int, default=16)
    parser.add_argument("--only", choices=VARIANTS)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found: dict[str, dict[str, float]] = {}
    for variant in VARIANTS if options.only is None else (options.only,):
        with multiprocessing.get_context("spawn").Pool(1) as pool:  # a process each: peak memory is per process
            found[variant] = pool.apply(measured, (variant, options))
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for variant, figures in found.items():
        print(
            f"{variant:>7}: {figures['tokens_per_s']:6.0f} tokens/s, {figures['tokens_per_cpu_s']:6.0f} tokens per CPU "
            f"second, peak {figures['peak_mb']:,.0f} MB ({figures['steps']:.0f} steps, {figures['tokens']:,.0f} tokens)"
        )


if __name__ == "__main__":
    main()
