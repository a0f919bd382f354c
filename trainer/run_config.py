"""A training run in one YAML file: what is learnt, from what, how, and within which budget.

The default of every figure that the Playpen paper fixes is the paper's (Horst et al. 2025, appendix E; read off the
code that accompanies it): LoRA on all linear layers, and per objective the step size, batch, warm-up and penalties.
"""

import hashlib
import os
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agent.errors import UserError
from trainer.curriculum import CurriculumSpec

Objective = Literal["sft", "dpo", "grpo", "retrospect"]
MILESTONES = (0.01, 0.02, 0.05, 0.10, 0.20, 0.50, 1.00)
"""Shares of the budget after which the model is looked at, as in BabyLM."""


class Settings(BaseModel):
    """What all settings share: frozen, and no unknown name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Adapter(Settings):
    """Which weights move."""

    kind: Literal["lora", "qlora", "full"] = Field(
        default="lora", description="A low-rank adapter, one over four-bit weights, or all weights."
    )
    rank: int = Field(default=64, ge=1, description="Rank of the adapter.")
    alpha: int = Field(default=32, ge=1, description="Its scale is alpha / rank.")
    dropout: float = Field(default=0.0, ge=0, lt=1, description="Dropout before the adapter.")
    modules: tuple[str, ...] = Field(default=(), description="Names of the adapted layers; all linear ones when empty.")


class Optimiser(Settings):
    """How the weights move."""

    learning_rate: float = Field(default=2e-4, gt=0, description="Highest step size.")
    schedule: Literal["linear", "cosine", "constant", "constant_with_warmup"] = Field(
        default="linear", description="How the step size falls after warming up."
    )
    warmup: float = Field(default=0.03, ge=0, lt=1, description="Share of the steps in which it rises.")
    weight_decay: float = Field(default=0.01, ge=0, description="Decoupled weight decay (AdamW).")
    max_grad_norm: float = Field(default=0.3, gt=0, description="Longer gradients are shortened to this norm.")
    accumulate: int = Field(default=1, ge=1, description="Micro-batches (per process) of one step.")


class Compute(Settings):
    """How the arithmetic is done."""

    precision: Literal["bf16", "fp32"] = Field(default="bf16", description="Number format of the forward pass.")
    device: Literal["auto", "cpu", "cuda"] = Field(default="auto", description="Where; a GPU if there is one.")
    threads: int | None = Field(default=None, ge=1, description="CPU threads; torch's choice when left out.")
    checkpointing: bool = Field(default=False, description="Recompute activations: a third slower, far less memory.")


class Saving(Settings):
    """What is kept of a run while it runs."""

    every_steps: int = Field(default=25, ge=1, description="Steps between checkpoints from which it can go on.")
    milestones: tuple[float, ...] = Field(default=MILESTONES, description="Shares of the budget to look at the model.")

    @model_validator(mode="after")
    def _ascending(self) -> "Saving":
        if list(self.milestones) != sorted(set(self.milestones)) or not all(0 < m <= 1 for m in self.milestones):
            raise ValueError("milestones must be ascending shares of the budget, above 0 and at most 1")
        return self


class Stopping(Settings):
    """When to stop before the budget is spent."""

    held_out: float = Field(default=0.05, ge=0, lt=0.5, description="Share of the episodes kept for the held-out loss.")
    held_out_tokens: int = Field(default=16384, ge=1, description="No more than about so many of its tokens are read.")
    every_steps: int = Field(default=25, ge=1, description="Steps between looks at it.")
    min_gain: float = Field(default=0.015, ge=0, description="A smaller fall of the held-out loss is none.")
    patience: int = Field(default=0, ge=0, description="Looks without gain before stopping; 0 for never.")
    score_patience: int = Field(default=0, ge=0, description="Milestones without a better score; 0 for never.")


class Validation(Settings):
    """Practice games that the bare model plays at the milestones."""

    games: tuple[str, ...] = Field(default=(), description="Practice games; none when empty.")
    instances: int = Field(default=4, ge=1, description="Instances of each, of the validation split.")
    seed: int = Field(default=0, ge=0, description="Seed of the instances.")
    max_tokens: int = Field(default=100, ge=1, description="Most tokens of a reply.")


class RunConfig(Settings):
    """What every objective has."""

    model: str = Field(default="embedded", description="The weights to begin with, as after --model.")
    adapter_from: Path | None = Field(default=None, description="A trained adapter to go on with.")
    out: Path = Field(description="Folder of the run; running into it again goes on with the run.")
    budget_tokens: int = Field(description="Most tokens that may go through the model in training.")
    ledger: Path | None = Field(default=None, description="The ledger; `ledger.jsonl` in the folder when left out.")
    stage: str | None = Field(default=None, description="Name of this stage in the ledger; the objective if left out.")
    seed: int = Field(default=0, ge=0, description="Seed of order, adapter and dropout.")
    batch_tokens: int = Field(default=2048, ge=16, description="Tokens of one micro-batch.")
    max_tokens: int = Field(default=2048, ge=16, description="Longer conversations are cut after a whole turn.")
    keep_default_system: bool = Field(default=False, description="Keep the system prompt the template may insert.")
    measured: tuple[Path, ...] = Field(
        default=(), description="Files (or folders) of instances that are measured and must not be learnt from."
    )
    adapter: Adapter = Adapter()
    optimiser: Optimiser = Optimiser()
    compute: Compute = Compute()
    saving: Saving = Saving()
    stopping: Stopping = Stopping()
    validation: Validation = Validation()

    @model_validator(mode="after")
    def _fits(self) -> "RunConfig":
        if self.max_tokens > self.batch_tokens:
            raise ValueError(f"max_tokens {self.max_tokens} do not fit into a micro-batch of {self.batch_tokens}")
        return self

    def fingerprint(self) -> str:
        """SHA-256 of everything that the outcome hinges on; where it lies is not part of it."""
        kept = self.model_copy(update={"out": Path(), "ledger": None})
        unset = set[str]() if self.measured else {"measured"}  # so that older runs keep their fingerprint
        return hashlib.sha256(kept.model_dump_json(exclude=unset).encode()).hexdigest()


class SftConfig(RunConfig):
    """Supervised learning from conversations."""

    samples: tuple[Path, ...] = Field(min_length=1, description="Files of ChatSamples.")
    epochs: float = Field(default=1.0, gt=0, description="How often all samples are gone through, at most.")
    first: tuple[Path, ...] = Field(default=(), description="ChatSamples for warming up: once, before the others.")
    judged_by: tuple[Path, ...] = Field(
        default=(), description="ChatSamples for the held-out loss; a share of the episodes when left out."
    )
    shuffle: bool = Field(default=True, description="Mix the samples anew for every pass; false keeps their order.")


class DpoConfig(RunConfig):
    """Preference learning (Rafailov et al. 2023) through trl's trainer."""

    samples: tuple[Path, ...] = Field(min_length=1, description="Files of PreferenceSamples.")
    epochs: float = Field(default=1.0, gt=0, description="How often all pairs are gone through, at most.")
    beta: float = Field(default=0.1, gt=0, description="How strongly the untrained model is kept to.")
    pairs: int = Field(default=2, ge=1, description="Pairs of one micro-batch.")
    adapter: Adapter = Adapter(rank=64, alpha=64)
    optimiser: Optimiser = Optimiser(learning_rate=5e-6, warmup=0.1, weight_decay=0.0, max_grad_norm=1.0, accumulate=3)


class GrpoConfig(RunConfig):
    """Learning while playing: groups of episodes of one instance, rewarded by the game (Shao et al. 2024)."""

    games: tuple[str, ...] = Field(min_length=1, description="Practice games to play.")
    split: Literal["train", "validation"] = Field(default="train", description="Whose instances.")
    instances: int = Field(default=16, ge=1, description="Instances of each game, spread over levels.")
    curriculum: CurriculumSpec | None = Field(
        default=None, description="Draw a new instance for every group; when left out, `instances` take turns."
    )
    group: int = Field(default=8, ge=2, description="Episodes of one instance.")
    groups: int = Field(default=2, ge=1, description="Instances played between two steps (16 in the paper).")
    steps: int = Field(default=100, ge=1, description="Steps at most.")
    partner: str = Field(default="self", description="Who plays the other roles: self, expert or a model.")
    retries: int = Field(default=1, ge=0, description="How often an episode that the partner broke is played again.")
    beta: float = Field(default=0.04, ge=0, description="Penalty on the distance to the untrained model.")
    temperature: float = Field(default=1.0, gt=0, description="Temperature of the replies.")
    reply_tokens: int = Field(default=100, ge=1, description="Most tokens of a reply.")
    aborted_reward: float = Field(default=0.0, description="Reward of an episode that the learner's fault ended.")
    shaped: float = Field(default=0.0, ge=0, le=1, description="Share of the games' dense rewards in the reward.")
    adapter: Adapter = Adapter(rank=16, alpha=32, dropout=0.05)
    optimiser: Optimiser = Optimiser(learning_rate=5e-7, warmup=0.0, weight_decay=0.0, max_grad_norm=1.0)


class RetrospectConfig(RunConfig):
    """Learning from what others said afterwards (ReSpect; Chen et al. 2024)."""

    store: Path = Field(description="Folder of trajectories.")
    method: Literal["filter", "reinforce", "kto"] = Field(
        default="reinforce",
        description="Learn well-received turns only, weigh all by their reward, or KTO (Ethayarajh et al. 2024).",
    )
    judge: Literal["model", "rules", "both"] = Field(
        default="both", description="Who decodes the feedback: the model itself, signs in the dialogue, or both."
    )
    positive: float = Field(default=1.0, ge=0, description="Reward of a turn that was received well.")
    negative: float = Field(default=-0.1, le=0, description="Reward of a turn that was received badly.")
    neutral: float = Field(default=0.0, description="Reward of a turn that nothing was made of.")
    epochs: float = Field(default=1.0, gt=0, description="How often all turns are gone through, at most.")
    beta: float = Field(default=0.1, gt=0, description="KTO's hold on the untrained model.")


CONFIGS: dict[str, type[RunConfig]] = {
    "sft": SftConfig,
    "dpo": DpoConfig,
    "grpo": GrpoConfig,
    "retrospect": RetrospectConfig,
}

AnyConfig = TypeVar("AnyConfig", bound=RunConfig)


def load_config(path: Path, kind: type[AnyConfig]) -> AnyConfig:
    """Reads a run's YAML; relative paths are meant from the working directory, `~` and `$NAMES` are filled in.

    Raises:
        UserError: the file cannot be read, is no YAML mapping, or a setting is unknown or impossible.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name the YAML file of a run.") from error
    try:
        data: Any = yaml.safe_load(os.path.expandvars(text))
    except yaml.YAMLError as error:
        place = str(error).replace("\n", " ")
        raise UserError(f"{path} is no YAML ({place}): correct it.") from error
    if not isinstance(data, dict):
        raise UserError(f"{path} holds no settings: write one `name: value` a line, as in examples/runs.")
    try:
        config = kind.model_validate(_at_home(data))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UserError(f"{path}: {where}: {first['msg']}; correct it.") from None
    return checked(config)


def _at_home(value: Any) -> Any:
    """Settings with the home folder in place of a leading `~`."""
    if isinstance(value, dict):
        return {name: _at_home(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_at_home(each) for each in value]
    return os.path.expanduser(value) if isinstance(value, str) else value


def checked(config: AnyConfig) -> AnyConfig:
    """The configuration, if something can be trained by it.

    Raises:
        UserError: the budget is empty.
    """
    if config.budget_tokens < 1:
        raise UserError(f"A budget of {config.budget_tokens} tokens trains nothing: set budget_tokens to 1 or more.")
    return config
