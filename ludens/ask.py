"""Asking one prompt, bare or through the agent."""

from agent.agent import Agent
from agent.bare import reply_bare
from agent.config import AgentConfig
from agent.decision import Decision
from agent.errors import UserError
from agent.models.language_model import Sampling
from agent.models.locate import load
from agent.transcript import Message


def ask(prompt: str, *, model: str, config: AgentConfig, bare: bool = False) -> Decision:
    """The reply to one prompt.

    Args:
        prompt: what a user would write.
        model: which language model.
        config: how the agent plays; its token limit, temperature and seed also hold for the bare model.
        bare: whether the model answers alone.

    Raises:
        UserError: the prompt is empty, or the model cannot be loaded.
    """
    if not prompt.strip():
        raise UserError("The prompt is empty; pass a text or pipe one to standard input.")
    language_model = load(model)
    messages = [Message(role="user", content=prompt)]
    if bare:
        sampling = Sampling(max_tokens=config.max_reply_tokens, temperature=config.temperature, seed=config.seed)
        return reply_bare(language_model, messages, sampling)
    return Agent(language_model, config).act(messages)
