"""Branching: an episode that can be stopped at any turn, copied, stored and taken up with another reply.

`Episode` drives a master by hand, one reply at a time. A branch is a copy of
it; a `Point` is its description in plain data, from which the same episode
can be rebuilt in another process (masters draw nothing at random).
"""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clemcore.backends import CustomResponseModel, Model
from clemcore.clemgame import GameSpec

from games.catalogue import find_game
from games.practice import PracticeMaster
from games.rewards import PAPER, Scale, final_reward


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place in an episode, as data.

    Attributes:
        row: the instance, as `games.school.rows` gives it.
        replies: what was said up to here, in order.
    """

    row: Mapping[str, Any]
    replies: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The point as JSON text."""
        return json.dumps({"row": self.row, "replies": self.replies}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Point":
        """The point that a text describes."""
        data = json.loads(text)
        return cls(row=data["row"], replies=tuple(data["replies"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One reply and what came of it.

    Attributes:
        role: who spoke.
        heard: the message that was answered.
        reply: the answer.
        rewards: notes of the dense rewards that it earned, for any role.
        violation: the rule it broke; None for none.
    """

    role: str
    heard: str
    reply: str
    rewards: tuple[dict[str, Any], ...] = ()
    violation: dict[str, Any] | None = None


class _Violations:
    """Listens for broken rules only."""

    def __init__(self) -> None:
        self.last: dict[str, Any] | None = None

    def log_event(self, from_: str, to: str, action: dict[str, Any], call: Any = None) -> None:
        if action["type"] == "violation":
            self.last = action["content"]

    def __getattr__(self, name: str) -> Any:
        return _ignore


def _ignore(*_: Any, **__: Any) -> None:
    return None


@dataclass(slots=True)
class Episode:
    """One play of one instance, a reply at a time.

    Attributes:
        row: the instance.
        models: who plays the roles when nobody gives a reply; scripted experts by default.
        turns: what happened so far.
        done: true when it has ended.
    """

    row: Mapping[str, Any]
    models: Sequence[Model] = ()
    turns: list[Turn] = field(default_factory=list[Turn])
    done: bool = False
    master: PracticeMaster = field(init=False)

    def __post_init__(self) -> None:
        entry = find_game(self.row["game_name"])
        spec = next(own for own in GameSpec.from_directory(str(entry.path)) if own.game_name == entry.name)
        models = list(self.models) or [CustomResponseModel()] * spec.players
        self.master = entry.master_type()(spec, self.row["experiment"], models)
        self.master.setup(**self.row["game_instance"])
        self.master.before_game()

    @property
    def role(self) -> str:
        """Who is to speak."""
        return self.master.current_player.game_role

    @property
    def messages(self) -> list[dict[str, Any]]:
        """Everything that this role has heard and said, ending with what it has to answer."""
        player = self.master.current_player
        context = self.master.get_context_for(player)
        return [*player.get_perspective(), *([context] if context else [])]

    def say(self, reply: str) -> Turn:
        """Gives a reply for the role whose turn it is."""
        assert not self.done, "the episode has ended"
        player, role = self.master.current_player, self.role
        context = self.master.get_context_for(player)
        assert context is not None
        listener = _Violations()
        self.master._loggers.append(listener)  # pyright: ignore[reportPrivateUsage, reportArgumentType]
        before = len(self.master.rewards)
        player.perceive_context(context, log_event=False)
        player.perceive_response(reply, log_event=False)
        self.done, _ = self.master.step(reply)
        self.master._loggers.remove(listener)  # pyright: ignore[reportPrivateUsage, reportArgumentType]
        turn = Turn(
            role=role,
            heard=context["content"],
            reply=reply,
            rewards=tuple(self.master.rewards[before:]),
            violation=listener.last,
        )
        self.turns.append(turn)
        return turn

    def play_on(self, turns: int | None = None) -> "Episode":
        """Lets the models play, to the end or for some turns."""
        while not self.done and turns != 0:
            player = self.master.current_player
            if isinstance(player.model, CustomResponseModel):
                reply = player._custom_response({})  # pyright: ignore[reportPrivateUsage]
            else:
                _, _, reply = player.model.generate_response(self.messages)
            self.say(reply)
            turns = None if turns is None else turns - 1
        return self

    def branch(self) -> "Episode":
        """An independent copy at this turn."""
        return copy.deepcopy(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Episode":
        copied = object.__new__(Episode)
        memo[id(self)] = copied
        copied.row, copied.models = self.row, self.models  # data that nobody changes, and models, which are shared
        copied.turns, copied.done = list(self.turns), self.done
        for model in self.master.player_models:
            memo[id(model)] = model
        copied.master = copy.deepcopy(self.master, memo)
        return copied

    def point(self, turn: int | None = None) -> Point:
        """This place, or an earlier turn, as data."""
        return Point(row=self.row, replies=tuple(own.reply for own in self.turns[:turn]))

    @classmethod
    def resume(cls, point: Point, models: Sequence[Model] = ()) -> "Episode":
        """Rebuilds the episode by saying everything again."""
        episode = cls(row=point.row, models=models)
        for reply in point.replies:
            episode.say(reply)
        return episode

    def before_fault(self) -> Point:
        """The place before the first of the replies that brought the episode down, for another player to take over.

        Replies that were asked for again right before the last one count as
        the same fault: whoever takes over hears the message as it was first.
        """
        assert self.ended.get("role"), "nobody brought the episode down"
        place = len(self.turns) - 1
        while place > 0 and self.turns[place - 1].violation and self.turns[place - 1].role == self.turns[place].role:
            place -= 1
        return self.point(place)

    def reward(self, role: str, scale: Scale = PAPER) -> float | None:
        """What the episode was worth to a role; None when another one brought it down."""
        assert self.done, "the episode has not ended"
        return final_reward(self.ended, self.metrics["score"], role, scale)

    @property
    def metrics(self) -> dict[str, float]:
        """What the game measures, at the end or on the way."""
        return self.master.metrics()

    @property
    def ended(self) -> dict[str, Any]:
        """How it ended and through whom; empty while it runs."""
        return self.master.ended
