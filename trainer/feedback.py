"""Decoding how a turn was received from what the others said next (ReSpect; Chen et al. 2024, section 3).

Nobody annotates anything: people, partners and game masters show by their next words whether they were understood,
whether a reply was in order, whether the game goes on. Two judges read that: signs in the dialogue that any language
game has, and the language model itself, asked in words.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, Protocol

from agent.models.language_model import LanguageModel
from agent.transcript import Message
from trainer.samples import Chat, Trajectory

Feeling = Literal["positive", "neutral", "negative"]
FEELINGS: tuple[Feeling, ...] = ("positive", "neutral", "negative")

_WELCOME = """yes correct right exactly great good perfect excellent thanks thank congratulations well done won win
solved success successful matches understood accepted"""
_UNWELCOME = """no not wrong incorrect invalid sorry unfortunately error mistake again retry instead cannot can't didn't
doesn't unknown illegal forbidden failed lost unclear misunderstood rejected refused impossible unable"""
_WELCOME_WORDS, _UNWELCOME_WORDS = frozenset(_WELCOME.split()), frozenset(_UNWELCOME.split())
_WORD = re.compile(r"[a-z']+")
_SAME = 0.8  # share of a message that is said once more when a request is repeated
_OPENING = 30  # words of a reaction that say how something was received; the rest is news


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A turn, and what came after it.

    Attributes:
        context: what the player had heard and said before.
        reply: the turn.
        reaction: everything new that it heard before it spoke again, or that others said to the end; "" for nothing.
    """

    context: Chat
    reply: str
    reaction: str


class Judge(Protocol):
    """Reads feedback."""

    def feelings(self, turns: Sequence[Received]) -> list[Feeling]:
        """How each turn was received."""
        ...


class Signs:
    """Reads signs that need no understanding: a request repeated, words of welcome and of refusal."""

    def feelings(self, turns: Sequence[Received]) -> list[Feeling]:
        """How each turn was received; neutral where nothing shows."""
        return [_sign(turn) for turn in turns]


class Asked:
    """Asks a language model, and corrects its liking for one of the answers (Zhao et al. 2021)."""

    def __init__(self, model: LanguageModel, *, margin: float = 0.5) -> None:
        """Reads with a model.

        Args:
            model: the model.
            margin: nats by which a feeling must outweigh "neutral".
        """
        self._model = model
        self._margin = margin
        self._liking: list[float] | None = None

    def feelings(self, turns: Sequence[Received]) -> list[Feeling]:
        """How each turn was received; neutral where nothing followed."""
        return [self._feeling(turn) if turn.reaction else "neutral" for turn in turns]

    def _feeling(self, turn: Received) -> Feeling:
        if self._liking is None:
            self._liking = self._scores(Received(context=(), reply="N/A", reaction="N/A"))
        scores = [now - usual for now, usual in zip(self._scores(turn), self._liking, strict=True)]
        positive, neutral, negative = scores
        if max(positive, negative) < neutral + self._margin:
            return "neutral"
        return "positive" if positive > negative else "negative"

    def _scores(self, turn: Received) -> list[float]:
        return self._model.score([Message(role="user", content=_question(turn))], FEELINGS)


class Both:
    """Signs where there are any, else the model."""

    def __init__(self, asked: Asked) -> None:
        self._signs, self._asked = Signs(), asked

    def feelings(self, turns: Sequence[Received]) -> list[Feeling]:
        """How each turn was received."""
        found = self._signs.feelings(turns)
        open_ = [index for index, feeling in enumerate(found) if feeling == "neutral"]
        for index, feeling in zip(open_, self._asked.feelings([turns[index] for index in open_]), strict=True):
            found[index] = feeling
        return found


def received(trajectory: Trajectory, role: str) -> list[tuple[int, Received]]:
    """Every turn of a role with the reactions to it; the index counts the trajectory's turns."""
    own = [index for index, turn in enumerate(trajectory.turns) if turn.role == role]
    found: list[tuple[int, Received]] = []
    for place, index in enumerate(own):
        if place + 1 < len(own):
            words = [one.content for one in trajectory.turns[own[place + 1]].heard]
        else:
            words = [turn.reply for turn in trajectory.turns[index + 1 :]]
        reply, context = trajectory.turns[index].reply, trajectory.transcript(index)
        found.append((index, Received(context=context, reply=reply, reaction="\n\n".join(words).strip())))
    return found


def _sign(turn: Received) -> Feeling:
    if not turn.reaction:
        return "neutral"
    asked = next((one.content for one in reversed(turn.context) if one.role == "user"), "")
    if _repeats(asked, turn.reaction):
        return "negative"
    words = _WORD.findall(turn.reaction.lower())[:_OPENING]
    good, bad = (sum(word in signs for word in words) for signs in (_WELCOME_WORDS, _UNWELCOME_WORDS))
    if good == bad:
        return "neutral"
    return "positive" if good > bad else "negative"


def _repeats(asked: str, reaction: str) -> bool:
    """Whether a reaction puts the same question once more, at length."""
    last = asked.strip().rsplit("\n\n", 1)[-1]
    if len(last) < 20 or last == asked.strip():
        return len(asked) >= 20 and _likeness(asked.strip(), reaction) >= _SAME
    return _likeness(last, reaction) >= _SAME


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one[:2000], other[:2000], autojunk=False).ratio()


def _question(turn: Received) -> str:
    """What the model is asked; the context is cut to its last message."""
    before = next((one.content for one in reversed(turn.context) if one.role == "user"), "")
    return (
        f"A player was told:\n{_cut(before)}\n\nThe player replied:\n{_cut(turn.reply)}\n\nThe answer to that was:\n"
        f"{_cut(turn.reaction)}\n\nJudging by the answer alone, how was the player's reply received? Answer with one "
        "word: positive, neutral or negative."
    )


def _cut(text: str, limit: int = 400) -> str:
    return text if len(text) <= limit else f"… {text[-limit:]}"
