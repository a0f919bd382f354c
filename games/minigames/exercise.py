"""What an exercise is: a question, an answer that is right, and the facts by which replies are judged."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Facts = Mapping[str, str | int | list[str]]
"""What the judge of a reply needs, JSON-ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One drawn exercise.

    Attributes:
        question: the message to the player.
        answer: a right reply.
        facts: what the judge needs.
    """

    question: str
    answer: str
    facts: dict[str, str | int | list[str]] = field(default_factory=dict[str, str | int | list[str]])


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of exercise.

    Attributes:
        draw: makes one from a source of randomness and a pool of words by kind of thing.
        judge: says what is wrong with a reply, "" for nothing; gets reply, right answer and facts.
    """

    draw: Callable[[random.Random, Mapping[str, Sequence[str]]], Exercise]
    judge: Callable[[str, str, Facts], str]


def some(rng: random.Random, pool: Mapping[str, Sequence[str]], count: int) -> list[str]:
    """Different words of the pool."""
    return rng.sample(sorted({word for words in pool.values() for word in words}), count)


def same_text(reply: str, answer: str, facts: Facts) -> str:
    """Judges by equality; case, blanks and a final full stop do not matter."""

    def plain(text: str) -> str:
        return " ".join(text.split()).rstrip(".").casefold()

    return "" if plain(reply) == plain(answer) else "the reply is not the one that was asked for"


def same_list(reply: str, answer: str, facts: Facts) -> str:
    """Judges by the items between commas; blanks, case and a final full stop do not matter."""

    def items(text: str) -> list[str]:
        return [" ".join(item.split()).casefold() for item in text.strip().rstrip(".").split(",")]

    return "" if items(reply) == items(answer) else "the list is not the one that was asked for"


def exact_text(reply: str, answer: str, facts: Facts) -> str:
    """Judges by equality, blanks at the edges aside."""
    return "" if reply.strip() == answer.strip() else "the reply differs from what was asked for"
