"""Playing with a bundle as an organiser would: the practice games in self-play, general prompts, a limit of time.

The games are judged here, by this installation's own masters; the bundle sees transcripts and gives replies.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from games import school
from games.branching import Episode
from games.catalogue import CATALOGUE
from submissions.checks_tree import Told
from submissions.sandbox import Answer, PlayerFailed
from submissions.verify_prompts import PROMPTS, Prompt

GAMES: tuple[str, ...] = tuple(game.alias for game in CATALOGUE if game.alias != "minigames")
"""The practice games; the exercises of one reply each are no games."""
SPLIT = "validation"
SEED = 8
LATE_REPLY_S = 10.0
"""Replies that are asked for after the time limit must take no more than so many seconds on average."""
PATIENCE_S = 900.0
"""After so many seconds a reply is given up and the process ended."""
_MOST_TURNS = 400
_FORM = "form."


class Asked(Protocol):
    """Whoever replies: a bundle's process, under one name."""

    def ask(self, name: str, messages: Sequence[Mapping[str, object]], patience_s: float) -> Answer:
        """The reply to one transcript."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply that was asked for.

    Attributes:
        where: the game and turn, or the prompt.
        answer: what came; None when nothing came.
        fault: why nothing came, or what is wrong with the reply.
        after_limit: whether it was asked for after the limit of time.
        broke: the rule for which the game's master refused it; "" when it was accepted.
        detail: what the master said was wrong.
    """

    where: str
    answer: Answer | None
    fault: str = ""
    after_limit: bool = False
    broke: str = ""
    detail: str = ""

    @property
    def sent(self) -> bool:
        """Whether there is a reply that is not empty."""
        return self.answer is not None and bool(self.answer.text.strip())

    @property
    def misformed(self) -> bool:
        """Whether it was refused for its form, and not for what it says."""
        return self.broke.startswith(_FORM)


@dataclass(slots=True, kw_only=True)
class Seat:
    """A bundle that is being played with, under one name and one limit.

    Attributes:
        player: its process.
        name: the name that its model was opened under.
        limit_s: seconds from its opening on.
        replies: all that were asked for.
        over: why its process is gone; "" while it answers.
        clock: seconds since some fixed instant.
    """

    player: Asked
    name: str
    limit_s: float
    clock: Callable[[], float] = time.monotonic
    replies: list[Reply] = field(default_factory=list[Reply])
    over: str = ""
    began: float = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def ask(self, where: str, messages: Sequence[Mapping[str, object]]) -> str | None:
        """The reply to a transcript, noted; None when there is none."""
        after = self.clock() - self.began > self.limit_s
        answer, fault = None, self.over
        if not self.over:
            try:
                answer = self.player.ask(self.name, messages, PATIENCE_S)
            except PlayerFailed as failed:
                fault = str(failed)
                self.over = fault if failed.over else ""
        self.replies.append(Reply(where=where, answer=answer, fault=fault, after_limit=after))
        return answer.text if answer is not None else None

    def refused(self, rule: str, detail: str) -> None:
        """Notes that the master refused the last reply."""
        self.replies[-1] = replace(self.replies[-1], broke=rule, detail=detail)

    @property
    def seconds(self) -> float:
        """Since it was opened."""
        return self.clock() - self.began


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """One game, played.

    Attributes:
        game: its short name.
        turns: replies that were given.
        outcome: how it ended: "won", "lost", "aborted", "broken" when a reply was missing, "endless" when it did not.
        rule: the rule that ended it; "" for none.
    """

    game: str
    turns: int
    outcome: str
    rule: str = ""

    @property
    def misformed(self) -> bool:
        """Whether it was aborted because of a reply's form."""
        return self.outcome == "aborted" and self.rule.startswith(_FORM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One general prompt, answered.

    Attributes:
        prompt: which.
        reply: the reply; None when there was none.
    """

    prompt: Prompt
    reply: str | None

    @property
    def formed(self) -> bool | None:
        """Whether the reply has the form asked for; None when none was asked for."""
        return None if self.prompt.form is None else self.reply is not None and self.prompt.form(self.reply)


def play_games(seat: Seat, games: Sequence[str] = GAMES, tell: Told = lambda text: None) -> list[Played]:
    """One instance of each game, the bundle in every role."""
    played: list[Played] = []
    for game in games:
        tell(game)
        row = school.rows(game, split=SPLIT, count=1, seed=SEED)[0]
        played.append(_played(seat, game, Episode(row=row)))
    return played


def ask_prompts(seat: Seat, prompts: Sequence[Prompt] = PROMPTS, tell: Told = lambda text: None) -> list[Answered]:
    """The general prompts, each a transcript of its own."""
    answered: list[Answered] = []
    for prompt in prompts:
        tell(prompt.name)
        messages = [{"role": role, "content": content} for role, content in prompt.messages]
        answered.append(Answered(prompt=prompt, reply=seat.ask(f"prompt '{prompt.name}'", messages)))
    return answered


def _played(seat: Seat, game: str, episode: Episode) -> Played:
    while not episode.done and len(episode.turns) < _MOST_TURNS:
        reply = seat.ask(f"{game}, turn {len(episode.turns) + 1}", episode.messages)
        if reply is None:
            return Played(game=game, turns=len(episode.turns), outcome="broken")
        violation = episode.say(reply).violation
        if violation is not None:
            seat.refused(str(violation.get("rule", "")), str(violation.get("detail", "")))
    ended = episode.ended if episode.done else {"outcome": "endless"}
    return Played(
        game=game, turns=len(episode.turns), outcome=str(ended.get("outcome", "")), rule=str(ended.get("rule", ""))
    )
