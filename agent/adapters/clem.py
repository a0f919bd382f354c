"""Ludens as a clemcore model: one class, played bare or with everything around it.

clemcore hands over one player's whole history and wants one string. Prompt and
response objects are written to the harness's files, so they are plain JSON.
"""

from collections.abc import Sequence
from typing import Any

from clemcore.backends import Backend, ModelSpec
from clemcore.backends.model_registry import BatchGenerativeModel
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.agent import Agent
from agent.bare import reply_bare, reply_bare_batch
from agent.config import AgentConfig
from agent.decision import Decision
from agent.errors import UserError
from agent.models.language_model import LanguageModel, Sampling
from agent.models.locate import load
from agent.transcript import Message


class ClemConfig(BaseModel):
    """The `model_config` of an entry in `model_registry.json`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str = Field(default="embedded", description="Which language model: embedded, a GGUF, a directory, a URL.")
    bare: bool = Field(default=False, description="Whether the model plays alone, as the baseline.")
    agent: AgentConfig = Field(default=AgentConfig(), description="How the agent plays; unused when bare.")


Reply = tuple[dict[str, Any], dict[str, Any], str]


class ClemModel(BatchGenerativeModel):
    """A clemcore model that is Ludens, or the bare model beside it.

    `max_tokens` and `temperature` are taken from the harness at each call.
    """

    def __init__(self, spec: ModelSpec, model: LanguageModel, config: ClemConfig) -> None:
        """Plays with `model`.

        Args:
            spec: the harness's name for this model.
            model: the language model; may be shared with other clemcore models.
            config: bare or wrapped, and how.
        """
        super().__init__(spec)
        self.set_gen_args(temperature=config.agent.temperature, max_tokens=config.agent.max_reply_tokens)
        self._model = model
        self._seed = config.agent.seed
        self._agent = None if config.bare else Agent(model, config.agent)

    def generate_response(self, messages: list[dict[str, Any]]) -> Reply:
        """The reply to one history, with its prompt object and response object."""
        transcript = from_clem(messages)
        if self._agent is None:
            decision = reply_bare(self._model, transcript, self._sampling())
        else:
            decision = self._agent.act(transcript, self._sampling())
        return self._answer(messages, decision)

    def generate_batch_response(self, batch_messages: list[list[dict[str, Any]]]) -> list[Reply]:
        """The replies to many histories, in order."""
        transcripts = [from_clem(messages) for messages in batch_messages]
        if self._agent is None:
            decisions = reply_bare_batch(self._model, transcripts, self._sampling())
        else:
            decisions = self._agent.act_batch(transcripts, self._sampling())
        return [self._answer(messages, decision) for messages, decision in zip(batch_messages, decisions, strict=True)]

    def _sampling(self) -> Sampling:
        return Sampling(max_tokens=int(self.max_tokens), temperature=float(self.temperature), seed=self._seed)

    def _answer(self, messages: Sequence[dict[str, Any]], decision: Decision) -> Reply:
        prompt = {"messages": len(messages), "max_tokens": self.max_tokens, "temperature": self.temperature}
        return prompt, response_object(decision), decision.reply


class Ludens(Backend):
    """The clemcore backend: makes models by the entries of `model_registry.json`.

    Entries that name the same language model share its weights.
    """

    def __init__(self) -> None:
        """Starts without any weights loaded."""
        self._loaded: dict[str, LanguageModel] = {}

    def get_model_for(self, model_spec: ModelSpec) -> ClemModel:
        """The clemcore model of one registry entry.

        Raises:
            UserError: the entry's `model_config` is unusable, or its language model cannot be loaded.
        """
        try:
            config = ClemConfig.model_validate(getattr(model_spec, "model_config", {}))
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise UserError(
                f"The model_config of '{model_spec.model_name}' in model_registry.json is unusable at '{place}': "
                f"{first['msg']}; correct it or run `ludens harness init` again."
            ) from None
        if config.model not in self._loaded:
            self._loaded[config.model] = load(config.model)
        return ClemModel(model_spec, self._loaded[config.model], config)


def from_clem(messages: Sequence[dict[str, Any]]) -> list[Message]:
    """A clemcore history as messages; keys other than role and content are the harness's own."""
    return [Message(role=message["role"], content=message["content"]) for message in messages]


def response_object(decision: Decision) -> dict[str, Any]:
    """What is recorded of a decision: its bill and its trace, as plain JSON."""
    usage = decision.usage
    return {
        "usage": {"prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.generated_tokens},
        "calls": usage.calls,
        "scorings": usage.scorings,
        "seconds": usage.seconds,
        "symbolic_seconds": usage.symbolic_seconds,
        "trace": decision.trace.model_dump(mode="json"),
    }
