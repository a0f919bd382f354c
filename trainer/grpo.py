"""Learning while playing: trl's GRPO trainer over episodes of practice games.

Three passes consume tokens, and all are counted: playing, what the untrained weights say of what was played (where the
distance to them is penalised), and learning. Only the last carries loss.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from datasets import Dataset
from trl.trainer.grpo_config import GRPOConfig as TrlConfig
from trl.trainer.grpo_trainer import GRPOTrainer

from agent.errors import UserError
from trainer.checkpoints import write_whole
from trainer.counting import Counter, Sequences, padded_tally
from trainer.grpo_course import Course, Drawn, course_of
from trainer.grpo_play import Played, Table
from trainer.lora import Trainable, open_trainable
from trainer.masking import ChatMasker
from trainer.run_config import GrpoConfig
from trainer.run_folder import Result
from trainer.training import ALONE, Around, Prepared, run
from trainer.trl_settings import CountedMixin, arguments, sharded

KNOWN = "curriculum.state"
"""What the curriculum knew at a checkpoint; no JSON by name, as it is no part of the weights."""


class EpisodeTrainer(CountedMixin, GRPOTrainer):
    """trl's trainer; a micro-batch is counted when its episodes are there, and before it is learnt."""

    counter: Counter
    course: Course
    tally_of = None

    def train(self, resume_from_checkpoint: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Trains; a curriculum goes on with what it knew at the checkpoint."""
        known = None if resume_from_checkpoint is None else Path(resume_from_checkpoint) / KNOWN
        if known is not None and isinstance(self.course, Drawn):
            if not known.is_file():
                raise UserError(f"{known.parent} holds no {KNOWN}: begin the run in another folder.")
            self.course.curriculum = self.course.curriculum.restored(known.read_text(encoding="utf-8"))
        return super().train(resume_from_checkpoint, *args, **kwargs)

    def _save_checkpoint(self, *args: Any, **kwargs: Any) -> None:
        super()._save_checkpoint(*args, **kwargs)
        if isinstance(self.course, Drawn) and self.args.should_save:
            place = Path(str(self.args.output_dir)) / f"checkpoint-{self.state.global_step}"
            write_whole(place / KNOWN, self.course.curriculum.saved())

    def _compute_loss(self, model: Any, inputs: dict[str, Any]) -> Any:
        if self.model is not None and self.model.training:
            said = inputs["completion_mask"] * inputs.get("tool_mask", 1)
            ids = torch.cat([inputs["prompt_ids"], inputs["completion_ids"]], dim=1)
            seen = torch.cat([inputs["prompt_mask"], inputs["completion_mask"]], dim=1)
            self.counter.count(padded_tally(ids, seen, said))
        return super()._compute_loss(model, inputs)


def train(config: GrpoConfig, around: Around = ALONE) -> Result:
    """Runs learning while playing, or goes on with it.

    Episodes are drawn anew after a kill; what the lost steps had consumed stays counted.

    Args:
        config: the run.
        around: who watches.

    Raises:
        UserError: something about the run is unusable; one sentence.
    """
    if config.adapter.kind == "full":
        raise UserError("GRPO compares with the untrained weights, which an adapter leaves in place: train an adapter.")
    if sharded():
        raise UserError("GRPO plays with whole weights, which FSDP scatters: launch it without FSDP.")

    def prepare(processes: int, spent: int) -> Prepared:
        model, tokenizer = open_trainable(
            config.model, config.adapter, config.compute, adapter_from=config.adapter_from, seed=config.seed
        )
        masker = ChatMasker(tokenizer, keep_default_system=config.keep_default_system)
        table = Table(config, model, masker, tokenizer)
        course = course_of(config, processes=processes)
        shares = {max(1, round(share * config.steps)): share for share in config.saving.milestones}
        return Prepared(
            tokenizer=tokenizer,
            steps=config.steps,
            milestones=shares,  # of the steps: how many tokens an episode takes is not known beforehand
            held_out=False,
            make=lambda counter: _trainer(config, (model, tokenizer), (course, table), counter, processes),
            replay="again",
        )

    return run(config, objective="grpo", data=_data(config), around=around, prepare=prepare)


def _data(config: GrpoConfig) -> str:
    """Fingerprint of what is played; what a curriculum will draw is known to the run's settings only."""
    known = course_of(config, processes=1)
    rows = [] if isinstance(known, Drawn) else [job.row for job in known.jobs(range(known.length))]
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def earned(completions: Sequence[Any], reward: Sequence[float | None], **_: Any) -> list[float | None]:
    """The games' rewards, as they came with the episodes."""
    return list(reward)


def consumed(played: Played, *, compared: bool) -> Sequences:
    """What is read before anything is learnt: in playing, and, if `compared`, by the untrained weights."""
    return played.consumed + [[*view.prompt, *view.completion] for view in played.views if compared]


def _player(
    config: GrpoConfig, course: Course, table: Table, counter: Counter
) -> Callable[[Sequence[Any], Any], dict[str, Any]]:
    """How trl gets its episodes: plays what the course says, and counts it."""

    def play(prompts: Sequence[Any], trainer: Any) -> dict[str, Any]:
        chosen = course.jobs([int(prompt[0]["content"]) for prompt in prompts])
        seed = config.seed + 1_000_000 * (1 + trainer.state.global_step) + 1000 * trainer.accelerator.process_index
        played = table.play(chosen, seed=seed)
        counter.count((consumed(played, compared=config.beta > 0), 0))
        course.note(played.won)
        views = played.views
        return {
            "prompt_ids": [list(view.prompt) for view in views],
            "completion_ids": [list(view.completion) for view in views],
            "env_mask": [list(view.said) for view in views],
            "logprobs": None,
            "reward": [view.reward for view in views],
        }

    return play


def _trainer(
    config: GrpoConfig,
    weights: tuple[Trainable, Any],
    playing: tuple[Course, Table],
    counter: Counter,
    processes: int,
) -> EpisodeTrainer:
    (model, tokenizer), (course, table) = weights, playing
    episodes = config.group * config.groups
    together = 2 if episodes % 2 == 0 else 1
    options = arguments(config, steps=config.steps, processes=processes)
    options["gradient_accumulation_steps"] = episodes // together
    if (together * processes * (episodes // together)) % config.group:
        raise UserError(f"Groups of {config.group} cannot be dealt to {processes} processes: choose another group.")
    found = EpisodeTrainer(
        model=model,
        args=TrlConfig(
            **options,
            per_device_train_batch_size=together,
            num_generations=config.group,
            beta=config.beta,
            temperature=config.temperature,
            loss_type="grpo",
            scale_rewards="group",
            shuffle_dataset=False,
            max_completion_length=config.max_tokens,
        ),
        reward_funcs=[earned],
        rollout_func=_player(config, course, table, counter),
        train_dataset=Dataset.from_dict(
            {"prompt": [[{"role": "user", "content": str(number)}] for number in range(course.length)]}
        ),
        processing_class=tokenizer,
    )
    found.counter, found.course = counter, course
    return found
