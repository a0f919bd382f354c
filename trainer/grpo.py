"""Learning while playing: trl's GRPO trainer over episodes of practice games."""

import hashlib
from collections.abc import Sequence
from typing import Any

import torch
from datasets import Dataset
from trl.trainer.grpo_config import GRPOConfig as TrlConfig
from trl.trainer.grpo_trainer import GRPOTrainer

from agent.errors import UserError
from trainer.counting import Counter, padded_tally
from trainer.grpo_play import Table, lessons
from trainer.lora import Trainable, open_trainable
from trainer.masking import ChatMasker
from trainer.rollout_plan import Job
from trainer.run_config import GrpoConfig
from trainer.run_folder import Result
from trainer.training import ALONE, Around, Prepared, run
from trainer.trl_settings import CountedMixin, arguments


class EpisodeTrainer(CountedMixin, GRPOTrainer):
    """trl's trainer; a micro-batch is counted when its episodes are there, and before it is learnt."""

    counter: Counter
    tally_of = None

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
    wanted = lessons(config)
    data = hashlib.sha256("\n".join(job.row for job in wanted).encode()).hexdigest()

    def prepare(processes: int, spent: int) -> Prepared:
        model, tokenizer = open_trainable(
            config.model, config.adapter, config.compute, adapter_from=config.adapter_from, seed=config.seed
        )
        masker = ChatMasker(tokenizer, keep_default_system=config.keep_default_system)
        table = Table(config, model, masker, tokenizer)
        shares = {max(1, round(share * config.steps)): share for share in config.saving.milestones}
        return Prepared(
            tokenizer=tokenizer,
            steps=config.steps,
            milestones=shares,  # of the steps: how many tokens an episode takes is not known beforehand
            held_out=False,
            make=lambda counter: _trainer(config, (model, tokenizer), (wanted, table), counter, processes),
            replay="again",
        )

    return run(config, objective="grpo", data=data, around=around, prepare=prepare)


def earned(completions: Sequence[Any], reward: Sequence[float | None], **_: Any) -> list[float | None]:
    """The games' rewards, as they came with the episodes."""
    return list(reward)


def _trainer(
    config: GrpoConfig,
    weights: tuple[Trainable, Any],
    playing: tuple[Sequence[Job], Table],
    counter: Counter,
    processes: int,
) -> EpisodeTrainer:
    (model, tokenizer), (wanted, table) = weights, playing
    episodes = config.group * config.groups
    together = 2 if episodes % 2 == 0 else 1
    options = arguments(config, steps=config.steps, processes=processes)
    options["gradient_accumulation_steps"] = episodes // together
    if (together * processes * (episodes // together)) % config.group:
        raise UserError(f"Groups of {config.group} cannot be dealt to {processes} processes: choose another group.")

    def played(prompts: Sequence[Any], trainer: Any) -> dict[str, Any]:
        chosen = [wanted[int(prompt[0]["content"])] for prompt in prompts]
        seed = config.seed + 1_000_000 * (1 + trainer.state.global_step) + 1000 * trainer.accelerator.process_index
        views = table.play(chosen, seed=seed)
        return {
            "prompt_ids": [list(view.prompt) for view in views],
            "completion_ids": [list(view.completion) for view in views],
            "env_mask": [list(view.said) for view in views],
            "logprobs": None,
            "reward": [view.reward for view in views],
        }

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
        rollout_func=played,
        train_dataset=Dataset.from_dict(
            {"prompt": [[{"role": "user", "content": str(number)}] for number in range(len(wanted))]}
        ),
        processing_class=tokenizer,
    )
    found.counter = counter
    return found
