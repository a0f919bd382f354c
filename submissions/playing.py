"""A bundle in a harness: what its two small files, the clemcore backend and the playpen agent, come down to."""

from functools import cached_property
from pathlib import Path
from typing import Any

from clemcore.backends import Backend, ModelSpec
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.adapters.clem import ClemConfig, ClemModel
from agent.agent import Agent
from agent.config import AgentConfig
from agent.errors import UserError
from agent.models.language_model import LanguageModel
from submissions.opening import agent_config, load_model, open_manifest


class Limits(BaseModel):
    """What an entry of the registry may say over the bundle's own configuration."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    run_seconds: float | None = Field(default=None, gt=0, description="Seconds for the whole run; none for no limit.")
    reply_seconds: float | None = Field(default=None, gt=0, description="Seconds for one reply; none for no limit.")


class Submission:
    """A bundle, opened; its weights are loaded once, when they are first needed."""

    def __init__(self, root: Path) -> None:
        """Reads the manifest and the agent's configuration.

        Raises:
            UserError: this is no bundle, or it was altered.
        """
        self.root = root
        self.manifest = open_manifest(root)
        self.config = agent_config(root, self.manifest)

    @cached_property
    def model(self) -> LanguageModel:
        """The language model; its weights are checked before they are loaded."""
        return load_model(self.root, self.manifest)

    def agent(self) -> Agent:
        """An agent of its own memory over the shared weights."""
        return Agent(self.model, self.config)

    def limited(self, settings: Any, name: str) -> AgentConfig:
        """The agent's configuration under an entry's limits.

        Raises:
            UserError: the entry says anything else.
        """
        try:
            limits = Limits.model_validate(settings or {})
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise UserError(
                f"The model_config of '{name}' in model_registry.json is unusable at '{place}': {first['msg']}; "
                "it may hold run_seconds and reply_seconds only."
            ) from None
        given = {field: value for field, value in limits.model_dump().items() if value is not None}
        return self.config.model_copy(update=given)


class SubmittedBackend(Backend):
    """The clemcore backend of a bundle; the bundle's own file says where it lies."""

    root: Path

    def __init__(self) -> None:
        """Opens the bundle; weights are loaded with the first model."""
        self._submission = Submission(self.root)

    def get_model_for(self, model_spec: ModelSpec) -> ClemModel:
        """The clemcore model; several share the weights.

        Raises:
            UserError: the entry says more than it may, or the weights are missing or altered.
        """
        submission = self._submission
        config = submission.limited(getattr(model_spec, "model_config", {}), str(model_spec.model_name))
        clem = ClemConfig(model=submission.manifest.model.name, agent=config)
        return ClemModel(model_spec, submission.model, clem)
