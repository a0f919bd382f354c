"""What all objectives share: trl's trainers made countable and killable, and the life of a run around them."""

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from accelerate import PartialState
from transformers import PreTrainedTokenizerFast, PrinterCallback, Trainer
from transformers.trainer_callback import TrainerState
from transformers.utils import logging as transformers_logging

from agent.errors import BudgetExceeded, UserError
from trainer.checkpoints import Seal, replace_folder, weights_fingerprint
from trainer.counting import Counter, TallyOf
from trainer.early_stopping import HELD_OUT, SCORE, logged, reason_to_stop
from trainer.events import Listener, unheard
from trainer.keeping import Keeper, Validator, Watch
from trainer.ledger import Ledger, Mark, Opening, Replay
from trainer.run_config import RunConfig
from trainer.run_folder import Result, RunFolder

SPENT = "the budget is spent"
DONE = "all was gone through"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A run that is ready but for its trainer.

    Attributes:
        config: the run.
        objective: its name.
        data: fingerprint of what is learnt from.
        steps: its steps, given how many tokens the ledger held when its stage began; 0 when not one fits.
        milestones: the shares of the budget reached after steps.
        held_out: whether there is a held-out set.
        replay: whether steps after a checkpoint come again exactly.
    """

    config: RunConfig
    objective: str
    data: str
    steps: int
    milestones: dict[int, float]
    held_out: bool
    replay: Replay = "exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """Who stands around a run.

    Attributes:
        validator: looks at the model at the milestones.
        listen: told of every step.
    """

    validator: Validator | None = None
    listen: Listener = field(default=unheard)


ALONE = Around()
"""Nobody watches."""


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


def processes_of(config: RunConfig) -> PartialState:
    """Who takes part in this run; `accelerate launch` says so in the environment."""
    if config.compute.threads is not None:
        torch.set_num_threads(config.compute.threads)
    return PartialState(cpu=not uses_gpu(config))


def spent_before(folder: RunFolder, job_ledger: Path, stage: str) -> int:
    """Tokens that the ledger held when this stage began."""
    from trainer.ledger import verify

    if not job_ledger.exists() or not job_ledger.stat().st_size:
        return 0
    account = verify(job_ledger)
    own = account.stages[-1]
    mine = own.name == stage and (not own.closed or folder.checkpoint() is not None)
    return account.state.total_tokens - (own.tokens if mine else 0)


def drive(
    job: Job,
    folder: RunFolder,
    make: Callable[[Counter], Trainer],
    *,
    tokenizer: PreTrainedTokenizerFast,
    around: Around,
    state: PartialState,
) -> Result:
    """Trains from where the folder says, to the end, and notes the result.

    Args:
        job: the run.
        folder: its folder.
        make: gives the trainer, which counts into the counter.
        tokenizer: the model's.
        around: who watches.
        state: who takes part.

    Raises:
        UserError: the ledger or the folder is another run's, the budget is too small for one step, or the loss is no
            number.
    """
    if not job.steps:
        raise UserError(
            f"The budget leaves no room for a single step: raise budget_tokens above {job.config.budget_tokens}, or "
            "lower batch_tokens."
        )
    config, objective = job.config, job.objective
    opening = Opening(
        stage=config.stage or objective,
        budget_tokens=config.budget_tokens,
        model=config.model,
        config=f"{config.fingerprint()}:{job.data}",
    )
    ledger: Ledger | None = None
    closed = False
    if state.is_main_process:
        ledger = folder.ledger(config, opening, replay=job.replay)
        closed = ledger is None
    state.wait_for_everyone()
    found = folder.checkpoint() if state.is_main_process else _sealed(folder)
    try:
        if not closed:
            mark = ledger.mark if ledger is not None else Mark(entries=0, head="")
            counter = Counter(ledger, mark=mark, processes=state.num_processes)
            stopped = _train(job, folder, make, counter, found, tokenizer, around, state)
        else:
            stopped = DONE
        state.wait_for_everyone()
        return _finished(job, folder, ledger, stopped, state)
    finally:
        if ledger is not None:
            ledger.release()


def _sealed(folder: RunFolder) -> tuple[Path, Seal] | None:
    """The checkpoint as a process sees it that must not tidy up."""
    places = sorted(folder.checkpoints.glob("checkpoint-*/sealed.json"))
    seals = [(place.parent, Seal.model_validate_json(place.read_text(encoding="utf-8"))) for place in places]
    return max(seals, key=lambda pair: pair[1].step, default=None)


def _train(
    job: Job,
    folder: RunFolder,
    make: Callable[[Counter], Trainer],
    counter: Counter,
    found: tuple[Path, Seal] | None,
    tokenizer: PreTrainedTokenizerFast,
    around: Around,
    state: PartialState,
) -> str:
    """Runs the trainer; says why it ended."""
    if found is not None and (over := _over(job, found)) is not None:
        return over
    with quiet_training():
        trainer = make(counter)
        trainer.remove_callback(PrinterCallback)
        watch = Watch(
            config=job.config,
            steps=job.steps,
            milestones=job.milestones,
            counter=counter,
            held_out=job.held_out,
            validator=around.validator,
            listen=around.listen,
            main=state.is_main_process,
            seconds=0.0 if found is None else found[1].seconds,
        )
        keeper = Keeper(watch, lambda place: trainer.save_model(str(place), _internal_call=True), tokenizer)
        trainer.add_callback(keeper)
        try:
            trainer.train(resume_from_checkpoint=None if found is None else str(found[0]))
        except BudgetExceeded:
            _save_now(trainer, keeper)
            return SPENT
        return keeper.stopped or DONE


def _over(job: Job, found: tuple[Path, Seal]) -> str | None:
    """Why a run that was killed after its last step needs no further one."""
    if found[1].step >= job.steps:
        return DONE
    stopping = job.config.stopping
    return reason_to_stop(
        history_of(found[0]),
        patience=stopping.patience,
        min_gain=stopping.min_gain,
        score_patience=stopping.score_patience,
    )


def _save_now(trainer: Trainer, keeper: Keeper) -> None:
    """Saves the state after the last whole step, unless it is saved already."""
    place = Path(str(trainer.args.output_dir)) / f"checkpoint-{trainer.state.global_step}"
    if trainer.state.global_step and not (place / "sealed.json").exists():
        trainer._save_checkpoint(trainer.model, None)
        keeper.on_save(trainer.args, trainer.state, trainer.control)


def _finished(job: Job, folder: RunFolder, ledger: Ledger | None, stopped: str, state: PartialState) -> Result:
    """Puts the last weights in place, closes the ledger and notes the result."""
    found = folder.checkpoint() if state.is_main_process else _sealed(folder)
    if found is None:
        raise UserError(f"The budget of {job.config.budget_tokens} tokens was spent before one step: raise it.")
    place, sealed = found
    final, history = folder.path / "final", history_of(place)
    if state.is_main_process:
        _copy_weights(place, final)
        head = sealed.mark.head
        if ledger is not None:
            head = ledger.close(weights_fingerprint(final)).head
        else:
            head = _head(folder.ledger_path(job.config))
    else:
        head = ""
    losses = [value for _, value in logged(history, HELD_OUT)]
    scores = [value for _, value in logged(history, SCORE)]
    steps = [note for note in history if "loss" in note]
    best = folder.path / "best"
    result = Result(
        objective=job.objective,
        steps=sealed.step,
        tokens=int(max((note.get("tokens", 0) for note in history), default=0)),
        seconds=round(sealed.seconds, 2),
        stopped=stopped,
        loss=steps[-1]["loss"] if steps else None,
        held_out=min(losses, default=None),
        score=max(scores, default=None),
        head=head,
        model=job.config.model,
        weights=str(final),
        best=str(best if best.is_dir() else final),
    )
    if state.is_main_process:
        folder.finish(result, history)
    return result


def history_of(checkpoint: Path) -> list[dict[str, Any]]:
    """What was noted up to a checkpoint."""
    return TrainerState.load_from_json(str(checkpoint / "trainer_state.json")).log_history


_WEIGHTS = ("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model")
_STATE = ("trainer_state.json", "sealed.json")


def _copy_weights(place: Path, final: Path) -> None:
    import shutil

    draft = final.with_name("final.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for pattern in _WEIGHTS:
        for file in place.glob(pattern):
            if file.name not in _STATE:
                shutil.copy2(file, draft / file.name)
    replace_folder(draft, final)


def _head(path: Path) -> str:
    from trainer.ledger import verify

    return verify(path).state.head


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


def held_out_split(episodes: Sequence[str], share: float, seed: int) -> list[bool]:
    """Which samples are held out: whole episodes, chosen by a hash, so that more data moves none of them.

    Args:
        episodes: a name for each sample; samples of one name stay together.
        share: of the episodes, about.
        seed: another seed chooses others.
    """
    import hashlib

    limit = int(share * 2**32)
    return [int.from_bytes(hashlib.sha256(f"{seed}\0{name}".encode()).digest()[:4]) < limit for name in episodes]
