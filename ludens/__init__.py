"""Ludens: a neuro-symbolic agent for dialogue games around one small language model.

The front door: the names below are the public API. They are loaded on first
use, so that importing `ludens` stays quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agent.agent import Agent as Agent
    from agent.config import AgentConfig as AgentConfig
    from agent.decision import Decision as Decision
    from agent.errors import UserError as UserError
    from agent.models.language_model import Completion as Completion
    from agent.models.language_model import LanguageModel as LanguageModel
    from agent.models.language_model import Sampling as Sampling
    from agent.models.locate import load as load
    from agent.transcript import Message as Message

__version__ = "0.1.0"

_HOMES = {
    "Agent": "agent.agent",
    "AgentConfig": "agent.config",
    "Completion": "agent.models.language_model",
    "Decision": "agent.decision",
    "LanguageModel": "agent.models.language_model",
    "Message": "agent.transcript",
    "Sampling": "agent.models.language_model",
    "UserError": "agent.errors",
    "load": "agent.models.locate",
}

__all__ = [
    "Agent",
    "AgentConfig",
    "Completion",
    "Decision",
    "LanguageModel",
    "Message",
    "Sampling",
    "UserError",
    "load",
]


def __getattr__(name: str) -> Any:
    """Loads a public name on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'ludens' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
