"""The life of a run, whatever its objective: begun, gone on with after a kill, watched, ended."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accelerate import PartialState
from transformers import PreTrainedTokenizerFast, PrinterCallback, Trainer
from transformers.trainer_callback import TrainerState

from agent.errors import BudgetExceeded, UserError
from trainer.checkpoints import Seal, replace_folder, weights_fingerprint
from trainer.counting import Counter
from trainer.early_stopping import HELD_OUT, SCORE, logged, reason_to_stop
from trainer.events import Listener, unheard
from trainer.keeping import Keeper, Validator, Watch
from trainer.ledger import Ledger, Mark, Opening, Replay, verify
from trainer.lora import name_base
from trainer.measured import refuse_measured
from trainer.run_config import RunConfig
from trainer.run_folder import Result, RunFolder
from trainer.trl_settings import processes_of, quiet_training

SPENT = "the budget is spent"
DONE = "all was gone through"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What an objective makes of a run before its first step.

    Attributes:
        tokenizer: the model's.
        steps: of the run, given what the ledger held when its stage began; 0 when the budget has no room for one.
        milestones: the share of the budget that is reached after a step.
        held_out: whether there is a held-out set.
        make: gives the trainer, which counts into the counter.
        replay: whether steps after a checkpoint come again exactly.
    """

    tokenizer: PreTrainedTokenizerFast
    steps: int
    milestones: Mapping[int, float]
    held_out: bool
    make: Callable[[Counter], Trainer]
    replay: Replay = "exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run under way.

    Attributes:
        config: its settings.
        objective: its name.
        data: fingerprint of what is learnt from.
        folder: where it lies.
        around: who watches.
        state: who takes part.
    """

    config: RunConfig
    objective: str
    data: str
    folder: RunFolder
    around: Around
    state: PartialState

    @property
    def stage(self) -> str:
        """Its name in the ledger."""
        return self.config.stage or self.objective

    @property
    def ledger_path(self) -> Path:
        """Where its ledger lies."""
        return self.folder.ledger_path(self.config)


def run(
    config: RunConfig, *, objective: str, data: str, around: Around, prepare: Callable[[int, int], Prepared]
) -> Result:
    """Trains, or goes on with training; a run that has ended is not run again.

    Args:
        config: the run.
        objective: its name.
        data: fingerprint of what is learnt from.
        around: who watches.
        prepare: given the number of processes and the tokens spent by earlier stages, gets everything ready.

    Raises:
        UserError: something about the run is unusable; one sentence.
    """
    refuse_measured(config)
    state = processes_of(config)
    folder = RunFolder.open(config, objective=objective, data=data, main=state.is_main_process)
    try:
        done = folder.result()
        if done is not None:
            return done
        this = Run(config=config, objective=objective, data=data, folder=folder, around=around, state=state)
        with quiet_training():
            return _driven(this, prepare(state.num_processes, _spent_before(this)))
    finally:
        folder.release()


def _spent_before(run: Run) -> int:
    """Tokens that the ledger held when this stage began."""
    path = run.ledger_path
    if not path.exists() or not path.stat().st_size:
        return 0
    account = verify(path)
    last = account.stages[-1]
    mine = last.name == run.stage and (not last.closed or _sealed(run) is not None)
    return account.state.total_tokens - (last.tokens if mine else 0)


def _driven(run: Run, prepared: Prepared) -> Result:
    """Trains from where the folder says, to the end, and notes the result.

    Raises:
        UserError: the ledger or the folder is another run's, the budget is too small for one step, or the loss is no
            number.
    """
    config = run.config
    if not prepared.steps:
        raise UserError(
            f"The budget of {config.budget_tokens} tokens leaves no room for a single step: raise budget_tokens or "
            "lower batch_tokens."
        )
    opening = Opening(
        stage=run.stage,
        budget_tokens=config.budget_tokens,
        model=config.model,
        config=f"{config.fingerprint()}:{run.data}",
    )
    found = run.folder.checkpoint() if run.state.is_main_process else None
    ledger = run.folder.ledger(config, opening, replay=prepared.replay) if run.state.is_main_process else None
    run.state.wait_for_everyone()
    found = found or _sealed(run)
    try:
        stopped = _over(run, prepared, found) if found is not None else None
        if stopped is None:
            mark = ledger.mark if ledger is not None else Mark(entries=0, head="")
            counter = Counter(ledger, mark=mark, processes=run.state.num_processes)
            stopped = _trained(run, prepared, counter, found)
        run.state.wait_for_everyone()
        return _finished(run, ledger, stopped)
    finally:
        if ledger is not None:
            ledger.release()


def _sealed(run: Run) -> tuple[Path, Seal] | None:
    """The newest checkpoint, for a process that must not tidy up."""
    places = sorted(run.folder.checkpoints.glob("checkpoint-*/sealed.json"))
    seals = [(place.parent, Seal.model_validate_json(place.read_text(encoding="utf-8"))) for place in places]
    return max(seals, key=lambda pair: pair[1].step, default=None)


def _over(run: Run, prepared: Prepared, found: tuple[Path, Seal]) -> str | None:
    """Why a run that was killed after its last step needs no further one."""
    if found[1].step >= prepared.steps:
        return DONE
    stopping = run.config.stopping
    return reason_to_stop(
        history_of(found[0]),
        patience=stopping.patience,
        min_gain=stopping.min_gain,
        score_patience=stopping.score_patience,
        every_steps=stopping.every_steps,
    )


def _trained(run: Run, prepared: Prepared, counter: Counter, found: tuple[Path, Seal] | None) -> str:
    """Runs the trainer; says why it ended."""
    trainer = prepared.make(counter)
    trainer.remove_callback(PrinterCallback)
    watch = Watch(
        config=run.config,
        steps=prepared.steps,
        milestones=prepared.milestones,
        counter=counter,
        held_out=prepared.held_out,
        validator=run.around.validator,
        listen=run.around.listen,
        main=run.state.is_main_process,
        seconds=0.0 if found is None else found[1].seconds,
    )
    keeper = Keeper(watch, lambda place: trainer.save_model(str(place), _internal_call=True), prepared.tokenizer)
    trainer.add_callback(keeper)
    try:
        trainer.train(resume_from_checkpoint=None if found is None else str(found[0]))
    except BudgetExceeded:
        _save_now(trainer, keeper)
        return SPENT
    return keeper.stopped or DONE


def _save_now(trainer: Trainer, keeper: Keeper) -> None:
    """Saves the state after the last whole step, unless it is saved already."""
    place = Path(str(trainer.args.output_dir)) / f"checkpoint-{trainer.state.global_step}"
    if trainer.state.global_step and not (place / "sealed.json").exists():
        assert trainer.model is not None
        trainer._save_checkpoint(trainer.model, None)
        keeper.on_save(trainer.args, trainer.state, trainer.control)


def _finished(run: Run, ledger: Ledger | None, stopped: str) -> Result:
    """Puts the last weights in place, closes the ledger and notes the result; all of it can be done again."""
    found = run.folder.checkpoint() if run.state.is_main_process else _sealed(run)
    if found is None:
        raise UserError(f"The budget of {run.config.budget_tokens} tokens was spent before one step: raise it.")
    place, sealed = found
    final, best, history = run.folder.path / "final", run.folder.path / "best", history_of(place)
    if run.state.is_main_process:
        _copy_weights(place, final, run.config.model)
        if ledger is not None:
            ledger.close(weights_fingerprint(final))
    run.state.wait_for_everyone()
    account = verify(run.ledger_path)
    losses = [value for _, value in logged(history, HELD_OUT)]
    scores = [value for _, value in logged(history, SCORE)]
    steps = [float(note["loss"]) for note in history if "loss" in note]
    result = Result(
        objective=run.objective,
        steps=sealed.step,
        tokens=account.state.total_tokens,
        seconds=round(sealed.seconds, 2),
        stopped=stopped,
        loss=steps[-1] if steps else None,
        held_out=min(losses, default=None),
        score=max(scores, default=None),
        head=account.state.head,
        model=run.config.model,
        weights=str(final),
        best=str(best if best.is_dir() else final),
    )
    if run.state.is_main_process:
        run.folder.finish(result, history)
    return result


def history_of(checkpoint: Path) -> list[dict[str, Any]]:
    """What was noted up to a checkpoint."""
    return TrainerState.load_from_json(str(checkpoint / "trainer_state.json")).log_history


_WEIGHTS = ("*.safetensors", "*.json", "*.jinja", "*.txt", "*.model")
_STATE = ("trainer_state.json", "sealed.json")


def _copy_weights(place: Path, final: Path, base: str) -> None:
    draft = final.with_name("final.partial")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for pattern in _WEIGHTS:
        for file in place.glob(pattern):
            if file.name not in _STATE:
                shutil.copy2(file, draft / file.name)
    name_base(draft, base)
    replace_folder(draft, final)
