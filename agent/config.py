"""The agent's configuration: one frozen record, stored with every result."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from agent.errors import UserError

Module = Literal["memory", "map", "planner", "constraints", "check", "partner"]
MODULES: tuple[Module, ...] = get_args(Module)

EmbedderKind = Literal["sentences", "model", "none"]
PROFILES: dict[str, EmbedderKind] = {"default": "sentences", "strict": "model"}
"""Who knows what words mean in each profile; the strict one loads no model but the language model."""


class AgentConfig(BaseModel):
    """How the agent plays. An ablation is a difference of two of these."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    modules: frozenset[Module] = Field(
        default=frozenset(MODULES),
        description="The stages of the funnel that are switched on; a stage that is off hands on nothing.",
    )
    embedder: EmbedderKind = Field(
        default="sentences",
        description="Who knows what words mean: a sentence encoder where its weights are installed, the language model "
        "itself, or nobody.",
    )
    assisted_reading: bool = Field(
        default=True,
        description="Whether the model helps to read a game's first message where the reader finds no reply form.",
    )
    max_reply_tokens: int = Field(default=100, ge=1, description="Most tokens of one reply, unless the call says less.")
    free_text_tokens: int = Field(
        default=40, ge=1, description="Most tokens of one free-text slot within a reply form."
    )
    temperature: float = Field(default=0.0, ge=0.0, description="Sampling temperature of the first draft; 0 is greedy.")
    seed: int = Field(default=0, ge=0, description="Seed of every sampler; retries use seeds derived from it.")
    repairs: int = Field(default=3, ge=0, description="Most further drafts after a rejected one.")
    repair_tokens: int = Field(default=200, ge=0, description="Most tokens spent on one reply's further drafts.")
    reply_seconds: float | None = Field(default=None, gt=0, description="Seconds for one reply; none for no limit.")
    run_seconds: float | None = Field(default=None, gt=0, description="Seconds for the whole run; none for no limit.")
    cached_sessions: int = Field(default=256, ge=0, description="Sessions kept by prefix; costs memory, saves time.")

    def profiled(self, profile: str) -> "AgentConfig":
        """This configuration under a profile: "default", or "strict" for one language model and no other model.

        Raises:
            UserError: there is no such profile.
        """
        if profile not in PROFILES:
            raise UserError(f"There is no profile '{profile}'; choose from {', '.join(PROFILES)}.")
        return self.model_copy(update={"embedder": PROFILES[profile]})

    def without(self, *modules: str) -> "AgentConfig":
        """This configuration with some stages switched off.

        Raises:
            UserError: a name is not one of the stages.
        """
        unknown = sorted(set(modules) - set(MODULES))
        if unknown:
            raise UserError(f"There is no module '{unknown[0]}' to switch off; choose from {', '.join(MODULES)}.")
        return self.model_copy(update={"modules": self.modules - set(modules)})
