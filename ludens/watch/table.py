"""The table: one episode played in a thread of its own, published after every turn."""

import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clemcore.backends import Model

from games.arena import Game, Row
from games.arena.episode import Episode, EpisodeKey
from games.arena.harness import loaded
from games.arena.running import RunningEpisode
from ludens.viewer.page import with_pictures
from ludens.viewer.record import View, view, view_running
from ludens.watch.seat import GameLeft, Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What is to be seen at one moment.

    Attributes:
        version: counts the moments; 0 before the game began.
        episode: the episode so far, as the page shows it.
        wanted: whose reply is waited for at a person's seat, and what was said to it; None when nobody's.
        done: whether the episode has ended.
    """

    version: int = 0
    episode: dict[str, Any] | None = None
    wanted: str | None = None
    done: bool = False

    def as_json(self) -> dict[str, Any]:
        """The moment as JSON values."""
        return {"version": self.version, "episode": self.episode, "wanted": self.wanted, "done": self.done}


class Table:
    """One episode, as it is being played. Threads may ask for moments and say things at any time."""

    def __init__(
        self,
        game: Game,
        row: Row,
        models: "Callable[[Seat], Sequence[Model]]",
        *,
        label: str,
        seat: int | None = None,
        delay_s: float = 0.0,
    ) -> None:
        """Lays the table; `start` begins the game.

        Args:
            game: the game.
            row: its instance.
            models: given the person's seat, one model per player, or one for all of them.
            label: under which name the episode is shown.
            seat: place of the person among the players, from 0; until the end only that player's turns are shown.
            delay_s: pause after every turn, so that one can follow.
        """
        experiment, game_id = row.identity
        self._key = EpisodeKey(game=game.name, experiment=experiment, game_id=game_id, label=label)
        self._game, self._row, self._delay_s = game, row, delay_s
        self._person = None if seat is None else f"Player {seat + 1}"  # as clemcore numbers them
        self._seat = Seat(self._expect)
        self._models = models(self._seat)
        self._moment = Moment()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._play, name="ludens-table", daemon=True)
        self._error: Exception | None = None

    def start(self) -> None:
        """Begins the game."""
        self._thread.start()

    def close(self) -> None:
        """Ends the game, finished or not."""
        self._seat.leave()
        self._thread.join(timeout=60.0)

    def after(self, version: int, *, patience_s: float = 20.0) -> Moment:
        """The newest moment, as soon as there is one after `version`; the same one when patience ends.

        Raises:
            Exception: what broke the game, if anything did.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._moment.version > version or self._error, timeout=patience_s)
            if self._error is not None:
                raise self._error
            return self._moment

    def say(self, reply: str) -> bool:
        """The person's reply; false when none is waited for."""
        with self._changed:
            if self._moment.wanted is None:
                return False
            self._moment = replace(self._moment, wanted=None)
        self._seat.say(reply)
        return True

    def _expect(self, heard: str) -> None:
        self._publish(wanted=heard)

    def _publish(self, **changes: Any) -> None:
        with self._changed:
            self._moment = replace(self._moment, version=self._moment.version + 1, **changes)
            self._changed.notify_all()

    def _play(self) -> None:
        try:
            with loaded(self._game) as benchmark:
                self._episode(RunningEpisode(self._key, self._row, benchmark, self._models))
        except GameLeft:
            pass
        except Exception as error:  # noqa: BLE001 - crosses to the thread that asks for the next moment
            with self._changed:
                self._error = error
                self._changed.notify_all()

    def _episode(self, running: RunningEpisode) -> None:
        running.start()
        while not running.done:
            began = time.perf_counter()
            reply = running.player(running.context())
            running.step(reply, time.perf_counter() - began)
            seen = view_running(self._key, self._row.game_instance, running.so_far())
            self._publish(episode=_shown(seen if self._person is None else _seen_by(self._person, seen)), wanted=None)
            if self._delay_s and not running.done:
                time.sleep(self._delay_s)
        finished: Episode = running.end()
        self._publish(episode=_shown(view(finished)), wanted=None, done=True)


def _seen_by(player: str, seen: View) -> View:
    """What one player may know: its own turns, and not the instance."""
    steps = tuple(step.model_copy(update={"notes": ()}) for step in seen.steps if step.player == player)
    return seen.model_copy(update={"steps": steps, "instance": {}, "opening": ()})


def _shown(seen: View) -> dict[str, Any]:
    return json.loads(json.dumps(with_pictures(seen)))
