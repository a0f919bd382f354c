"""What all of trl's trainers are told alike, and how they are made countable."""

import hashlib
import math
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import torch
from accelerate import PartialState
from transformers.utils import logging as transformers_logging

from agent.errors import UserError
from trainer.counting import Counter, TallyOf
from trainer.run_config import RunConfig


class CountedMixin:
    """Put before a trl trainer: counts each step's tokens, and takes no number for a loss that is none."""

    counter: Counter
    tally_of: TallyOf | None

    def get_batch_samples(self, epoch_iterator: Any, num_batches: int, device: Any) -> Any:
        """Fetches the batches of a step and counts them before they are used."""
        batches, items = super().get_batch_samples(epoch_iterator, num_batches, device)  # pyright: ignore
        if batches and self.tally_of is not None:
            self.counter.count(self.tally_of(batches))
        return batches, items

    def training_step(self, *args: Any, **kwargs: Any) -> torch.Tensor:
        """One micro-batch.

        Raises:
            UserError: the loss is no number.
        """
        loss: torch.Tensor = super().training_step(*args, **kwargs)  # pyright: ignore[reportAttributeAccessIssue]
        if not math.isfinite(loss.item()):
            step = self.state.global_step + 1  # pyright: ignore[reportAttributeAccessIssue]
            raise UserError(
                f"The loss of step {step} is {loss.item()}, no number: lower optimiser.learning_rate, or set "
                "compute.precision to fp32, and run into another folder."
            )
        return loss

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Notes the ledger's tokens beside every figure."""
        super().log({**logs, "tokens": self.counter.total_tokens}, start_time)  # pyright: ignore

    def create_model_card(self, *args: Any, **kwargs: Any) -> None:
        """None: the report says what came of the run."""


def arguments(config: RunConfig, *, steps: int, processes: int) -> dict[str, Any]:
    """The trainer arguments that are the same for all objectives."""
    cpu = not uses_gpu(config)
    return {
        "output_dir": str(config.out / "checkpoints"),
        "max_steps": max(1, steps),
        "per_device_eval_batch_size": 1,
        "gradient_accumulation_steps": config.optimiser.accumulate,
        "learning_rate": config.optimiser.learning_rate,
        "lr_scheduler_type": config.optimiser.schedule,
        "warmup_steps": round(config.optimiser.warmup * steps),
        "weight_decay": config.optimiser.weight_decay,
        "max_grad_norm": config.optimiser.max_grad_norm,
        "bf16": config.compute.precision == "bf16",
        "use_cpu": cpu,
        "gradient_checkpointing": config.compute.checkpointing,
        "dataloader_pin_memory": not cpu,
        "seed": config.seed,
        "data_seed": config.seed,
        "report_to": "none",
        "save_strategy": "no",  # the keeper says when
        "eval_strategy": "no",
        "logging_strategy": "no",
        "logging_nan_inf_filter": False,
        "disable_tqdm": True,
        "remove_unused_columns": False,
        "train_sampling_strategy": "sequential",
        "ddp_find_unused_parameters": False if processes > 1 else None,
        "ddp_backend": "gloo" if processes > 1 and cpu else None,
    }


def uses_gpu(config: RunConfig) -> bool:
    """Whether the run computes on a GPU.

    Raises:
        UserError: it asks for one and there is none.
    """
    if config.compute.device == "cuda" and not torch.cuda.is_available():
        raise UserError("There is no CUDA GPU here: set compute.device to cpu or auto.")
    return config.compute.device != "cpu" and torch.cuda.is_available()


def sharded() -> bool:
    """Whether `accelerate launch` was told to scatter the weights over the processes (FSDP).

    A forward pass then takes all processes in step, so that none can play games by itself.
    """
    return os.environ.get("ACCELERATE_USE_FSDP", "false").lower() == "true"


def processes_of(config: RunConfig) -> PartialState:
    """Who takes part in this run; `accelerate launch` says so in the environment."""
    if config.compute.threads is not None:
        torch.set_num_threads(config.compute.threads)
    return PartialState(cpu=not uses_gpu(config))


@contextmanager
def quiet_training() -> Iterator[None]:
    """Keeps the libraries' progress bars, advice and warnings to themselves while a trainer lives."""
    level = transformers_logging.get_verbosity()
    transformers_logging.set_verbosity_error()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers_logging.set_verbosity(level)


Sized = TypeVar("Sized")


def drawn(pieces: Sequence[Sized], lengths: Sequence[int], most_tokens: int, seed: int) -> list[Sized]:
    """Pieces drawn at random until they are `most_tokens` long together; at least one where there is one.

    Args:
        pieces: to draw from.
        lengths: of the pieces.
        most_tokens: length of all drawn ones, about.
        seed: of the drawing.
    """
    found: list[Sized] = []
    used = 0
    for index in np.random.default_rng(seed).permutation(len(pieces)).tolist():
        if found and used + lengths[index] > most_tokens:
            break
        found.append(pieces[index])
        used += lengths[index]
    return found


def held_out_split(episodes: Sequence[str], share: float, seed: int) -> list[bool]:
    """Which samples are held out: whole episodes, chosen by a hash, so that more data moves none of them.

    Args:
        episodes: a name for each sample; samples of one name stay together.
        share: of the episodes, about.
        seed: another seed chooses others.
    """
    limit = int(share * 2**32)
    return [int.from_bytes(hashlib.sha256(f"{seed}\0{name}".encode()).digest()[:4]) < limit for name in episodes]
