"""Reading a rulebook out of a game master's prose, without a language model."""

from constraints.reader.fold import read

__all__ = ["read"]
