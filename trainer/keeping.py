"""The callback that keeps a run safe: when to look, when to save, what to keep, when to stop.

Everything it decides is a function of the step and of the run's log, so a run that was killed decides the same.
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import torch
from transformers import PreTrainedTokenizerFast, TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from trainer import early_stopping
from trainer.checkpoints import replace_folder, seal, write_whole
from trainer.counting import Counter
from trainer.events import Listener, Stepped
from trainer.lora import Trainable, name_base
from trainer.run_config import RunConfig


class Validator(Protocol):
    """Looks at a model in the middle of its training."""

    def score(self, model: Trainable, tokenizer: PreTrainedTokenizerFast) -> Mapping[str, float]:
        """What it can do, by name; `practice_score` is what early stopping looks at."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What the callback watches a run with.

    Attributes:
        config: the run.
        steps: steps of the run.
        milestones: the share of the budget that is reached after a step.
        counter: the ledger.
        held_out: whether there is anything to compute a held-out loss on.
        validator: looks at the model at the milestones; None for nobody.
        listen: told of every step.
        main: whether this process writes.
        seconds: wall time of the run before this start.
    """

    config: RunConfig
    steps: int
    milestones: Mapping[int, float]
    counter: Counter
    held_out: bool
    validator: Validator | None
    listen: Listener
    main: bool
    seconds: float = 0.0


class Keeper(TrainerCallback):
    """Saves, looks and stops."""

    def __init__(self, watch: Watch, save: Callable[[Path], None], tokenizer: PreTrainedTokenizerFast) -> None:
        """Watches a run.

        Args:
            watch: what with.
            save: writes the weights being trained into a folder; called in every process.
            tokenizer: the model's.
        """
        self._watch = watch
        self._save = save
        self._tokenizer = tokenizer
        self._began = monotonic()
        self.stopped: str | None = None

    @property
    def seconds(self) -> float:
        """Wall time of the run, its earlier starts included."""
        return self._watch.seconds + monotonic() - self._began

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Decides what happens after this step."""
        watch, step = self._watch, state.global_step
        last = step >= watch.steps
        control.should_log = True
        look = step in watch.milestones or step % watch.config.stopping.every_steps == 0 or last
        control.should_evaluate = watch.held_out and look
        control.should_save = last or step in watch.milestones or step % watch.config.saving.every_steps == 0

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        """Keeps the weights when the held-out loss is the best so far."""
        losses = early_stopping.logged(state.log_history, early_stopping.HELD_OUT)
        best = early_stopping.best_of([value for _, value in losses])
        if losses and best == len(losses) - 1 and not self._scored(state):
            self._keep_best(state.global_step)
        self._tell(state, measured={early_stopping.HELD_OUT: losses[-1][1]} if losses else {})
        self._stop_if_due(state, control)
        control.should_save = control.should_save or control.should_training_stop  # comes after this, once

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        """Tells the listener."""
        if logs and "loss" in logs:
            self._tell(state, loss=float(logs["loss"]))

    def on_save(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        model: Trainable | None = None,
        **_: Any,
    ) -> None:
        """Seals the checkpoint; at a milestone the weights are kept and looked at."""
        watch, step = self._watch, state.global_step
        if step in watch.milestones and model is not None:
            self._milestone(state, model, watch.milestones[step])
        if watch.main:
            state.save_to_json(str(Path(str(args.output_dir)) / f"checkpoint-{step}" / "trainer_state.json"))
            seal(Path(str(args.output_dir)), step, watch.counter.mark, self.seconds)
        self._stop_if_due(state, control)

    def _milestone(self, state: TrainerState, model: Trainable, share: float) -> None:
        """Keeps the weights, has them looked at and notes the scores in the log."""
        folder = self._watch.config.out / "milestones" / f"{share:.0%}".replace("%", "")
        draft = folder.with_name(folder.name + ".partial")
        self._write(draft, folder)
        if self._watch.validator is None or not self._watch.main:
            return
        with torch.random.fork_rng():  # looking at the model must not change its training
            scores = dict(self._watch.validator.score(model, self._tokenizer))
        state.log_history.append({"step": state.global_step, "milestone": share, **scores})
        known = [-value for _, value in early_stopping.logged(state.log_history, early_stopping.SCORE)]
        if known and early_stopping.best_of(known) == len(known) - 1:
            self._keep_best(state.global_step)
        self._tell(state, measured=scores)

    def _keep_best(self, step: int) -> None:
        best = self._watch.config.out / "best"
        self._write(best.with_name("best.partial"), best)
        if self._watch.main:
            write_whole(best / "step.json", f'{{"step": {step}}}')

    def _write(self, draft: Path, target: Path) -> None:
        if self._watch.main:
            shutil.rmtree(draft, ignore_errors=True)
            draft.parent.mkdir(parents=True, exist_ok=True)
        self._save(draft)
        if self._watch.main:
            for file in ("training_args.bin", "README.md"):  # the trainer's own, with paths of this machine
                (draft / file).unlink(missing_ok=True)
            name_base(draft, self._watch.config.model)
            replace_folder(draft, target)

    def _scored(self, state: TrainerState) -> bool:
        """Whether the practice score decides what is best."""
        return bool(early_stopping.logged(state.log_history, early_stopping.SCORE))

    def _stop_if_due(self, state: TrainerState, control: TrainerControl) -> None:
        stopping = self._watch.config.stopping
        reason = early_stopping.reason_to_stop(
            state.log_history,
            patience=stopping.patience,
            min_gain=stopping.min_gain,
            score_patience=stopping.score_patience,
            every_steps=stopping.every_steps,
        )
        if reason is not None and not control.should_training_stop:
            self.stopped = reason
            control.should_training_stop = True

    def _tell(self, state: TrainerState, *, loss: float | None = None, measured: Mapping[str, float] = {}) -> None:
        watch = self._watch
        watch.listen(
            Stepped(
                step=state.global_step,
                steps=watch.steps,
                tokens=watch.counter.total_tokens,
                budget=watch.config.budget_tokens,
                loss=loss,
                measured=measured,
            )
        )
