"""Violations: what is wrong with a finished reply, and the sentence that tells the model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One breach of a rule.

    Attributes:
        kind: which rule ("form", "forbidden_words", "no_repeat" …).
        text: the offending stretch of the reply.
        hint: one sentence that tells the model what to change.
    """

    kind: str
    text: str
    hint: str
