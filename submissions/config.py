"""What a submission is made of, in one YAML file that its makers write.

Relative paths are meant from the folder of the file. Nothing is opened here but the file itself.
"""

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agent.config import AgentConfig
from agent.errors import UserError

Engine = Literal["auto", "llama.cpp", "transformers"]
Figures = Literal["playpen", "in_domain", "out_of_domain", "practice", "static", "other"]
"""What a measurement was made on; the first three fill the leaderboard's columns."""


class Part(BaseModel):
    """What all parts of the configuration share: frozen, and no unknown name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelPart(Part):
    """The one language model."""

    name: str = Field(min_length=1, description="How people call it, as in SmolLM2-135M-Instruct.")
    base: str = Field(min_length=1, description="Short name of the base model, as in the leaderboard: llama-3.1-8b.")
    weights: str = Field(
        min_length=1, description="embedded, a GGUF file, a folder of transformers weights, or OWNER/NAME on the hub."
    )
    revision: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{40}$", description="The commit on the hub, in full; needed with OWNER/NAME."
    )
    file: str | None = Field(default=None, description="The GGUF file of a hub repository; none for transformers.")
    adapter: Path | None = Field(default=None, description="Folder of a LoRA adapter over these weights.")
    carry: bool = Field(default=False, description="Copy the weights into the bundle where they could be referred to.")
    engine: Engine = Field(default="auto", description="What computes it; llama.cpp for GGUF files, else transformers.")
    thinking_tokens: int = Field(
        default=0, ge=0, description="Most tokens of thoughts before a reply, for models that think; 0 for no thoughts."
    )
    context_tokens: int = Field(default=8192, ge=256, description="Longest chat, reply included.")
    licence: str = Field(min_length=1, description="Licence of the base weights: an SPDX expression or its own name.")
    licence_file: Path | None = Field(default=None, description="Its text; found by itself for installed packages.")


class TrainingPart(Part):
    """What was trained; left out for a model as its makers published it."""

    ledger: Path = Field(description="The ledger of the training run.")
    log: tuple[Path, ...] = Field(default=(), description="Further files of the training log: settings, reports.")
    method: str = Field(min_length=1, description="How it was trained, in plain words.")
    data: str = Field(min_length=1, description="What it learnt from, in plain words, with sources.")
    hardware: str = Field(min_length=1, description="What it was trained on, and for how long.")
    licence: str = Field(default="Apache-2.0", description="Licence of what the training made.")


class MeasuredPart(Part):
    """One measurement to report."""

    title: str = Field(min_length=1, description="Heading in the report.")
    path: Path = Field(description="The folder that `ludens eval --out` wrote, or its eval.json.")
    figures: Figures = Field(default="other", description="What it was made on.")


class AblationPart(Part):
    """An ablation to report."""

    path: Path = Field(description="The table that `ludens ablate` wrote, as Markdown.")


class PlayPart(Part):
    """How replies are asked for."""

    max_tokens: int = Field(default=100, ge=1, description="Most tokens of a reply.")
    temperature: float = Field(default=0.0, ge=0.0, description="Sampling temperature; 0 is greedy.")


class SubmissionConfig(Part):
    """A whole submission."""

    name: str = Field(pattern=r"^[A-Za-z0-9][\w.+-]*$", description="Its name, also after `clem run -m`.")
    version: str = Field(min_length=1, description="Its version, as the leaderboard shows it.")
    team: str = Field(min_length=1, description="Who submits.")
    summary: str = Field(min_length=1, description="One sentence on what is special about it.")
    date: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="Its date; the clock is never read.")
    link: str = Field(default="", description="Where more is to be found.")
    model: ModelPart
    training: TrainingPart | None = None
    agent: AgentConfig = Field(default=AgentConfig(embedder="model"), description="How the agent plays.")
    play: PlayPart = PlayPart()
    measurements: tuple[MeasuredPart, ...] = ()
    ablation: AblationPart | None = None

    @model_validator(mode="after")
    def _strict(self) -> "SubmissionConfig":
        if self.agent.embedder == "sentences":
            raise ValueError("agent.embedder 'sentences' is a second model; the challenge allows 'model' or 'none'")
        if self.training is None and self.model.adapter is not None:
            raise ValueError("an adapter was trained, so 'training' must name its ledger")
        kinds = [
            part.figures for part in self.measurements if part.figures in ("playpen", "in_domain", "out_of_domain")
        ]
        if len(kinds) != len(set(kinds)):
            raise ValueError("measurements: playpen, in_domain and out_of_domain may each stand once")
        return self


def load_config(path: Path) -> SubmissionConfig:
    """Reads a submission's YAML, with its paths made absolute.

    Raises:
        UserError: the file cannot be read, is no YAML mapping, or a setting is unknown or impossible.
    """
    try:
        data: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name the YAML file of a submission.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = str(error).replace("\n", " ")
        raise UserError(f"{path} is no YAML ({place}): correct it.") from error
    if not isinstance(data, dict):
        raise UserError(f"{path} holds no settings: write one `name: value` a line, as in submissions/example.")
    if isinstance(data.get("agent"), dict):
        data["agent"].setdefault("embedder", "model")
    if hasattr(data.get("date"), "isoformat"):
        data["date"] = data["date"].isoformat()
    try:
        config = SubmissionConfig.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UserError(f"{path}: {where}: {first['msg'].removeprefix('Value error, ')}; correct it.") from None
    return _from(path.resolve().parent, config)


def _from(folder: Path, config: SubmissionConfig) -> SubmissionConfig:
    """The configuration with paths from the file's folder."""

    def there(path: Path) -> Path:
        return folder / path.expanduser()

    model = config.model
    weights = model.weights
    if weights.endswith(".gguf") or weights.startswith((".", "/", "~")) or (folder / weights).exists():
        weights = str(there(Path(weights)))
    changes: dict[str, object] = {
        "model": model.model_copy(
            update={
                "weights": weights,
                "adapter": model.adapter and there(model.adapter),
                "licence_file": model.licence_file and there(model.licence_file),
            }
        ),
        "measurements": tuple(part.model_copy(update={"path": there(part.path)}) for part in config.measurements),
    }
    if config.training is not None:
        log = tuple(there(path) for path in config.training.log)
        changes["training"] = config.training.model_copy(update={"ledger": there(config.training.ledger), "log": log})
    if config.ablation is not None:
        changes["ablation"] = config.ablation.model_copy(update={"path": there(config.ablation.path)})
    return config.model_copy(update=changes)
