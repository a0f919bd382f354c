"""Playing: many episodes of one game, side by side, each stored the moment it ends.

Episodes that wait for a reply at the same time ask their models as one batch. A
failure ends the episode that it belongs to, as an error and never as a score.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

from games.arena.catalog import Game
from games.arena.episode import Episode, EpisodeKey, Status
from games.arena.events import ArenaEvent, EpisodeEnded, EpisodeSkipped, EpisodeStarted, TurnTaken
from games.arena.harness import loaded
from games.arena.instances import Row
from games.arena.running import RunningEpisode
from games.arena.store import EpisodeStore
from games.errors import UserError

if TYPE_CHECKING:
    from clemcore.backends import Model
    from clemcore.clemgame import GameBenchmark

Listener = Callable[[ArenaEvent], None]
Failure = Callable[[RunningEpisode, Exception], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What became of the episodes asked for.

    Attributes:
        played: newly played to the end.
        aborted: newly played, and aborted by the game master.
        errors: broken; not scored, and tried again by the next run. Not zero means: do not trust the table yet.
        skipped: stored by an earlier run.
    """

    played: int = 0
    aborted: int = 0
    errors: int = 0
    skipped: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            played=self.played + other.played,
            aborted=self.aborted + other.aborted,
            errors=self.errors + other.errors,
            skipped=self.skipped + other.skipped,
        )


@dataclass(frozen=True, slots=True)
class _Reply:
    """What a player said, and how long that took (its share of the batch)."""

    text: str
    measured_s: float


def play(
    game: Game,
    rows: Sequence[Row],
    models: "Sequence[Model]",
    *,
    label: str,
    store: EpisodeStore,
    batch_size: int = 1,
    on_event: Listener | None = None,
) -> Tally:
    """Plays the rows that are not stored yet.

    Args:
        game: the game.
        rows: its instances.
        models: one for every player, or one that plays all roles.
        label: under which name the episodes are kept ("bare", "ludens").
        store: where they are kept.
        batch_size: episodes side by side, when all models can reply in batches; otherwise one after the other.
        on_event: told of every step.

    Raises:
        UserError: the number of models does not fit, the game cannot be loaded, stored episodes were played on other
            instances, or the store cannot be written.
    """
    if len(models) not in (1, game.players):
        raise UserError(f"{game.name} is for {game.players} players; give one model or {game.players}.")
    notify = on_event or (lambda event: None)
    waiting, skipped = _to_play(game, rows, label, store, notify)
    if not waiting:
        return Tally(skipped=skipped)
    with loaded(game) as benchmark:
        window = batch_size if batch_size > 1 and all(model.supports_batching() for model in models) else 1
        arena = _Arena(benchmark, models, store, notify)
        arena.run(waiting, window)
    return arena.tally + Tally(skipped=skipped)


def _to_play(
    game: Game, rows: Sequence[Row], label: str, store: EpisodeStore, notify: Listener
) -> tuple[deque[tuple[EpisodeKey, Row]], int]:
    stored = store.finished(game.name, label)
    waiting: deque[tuple[EpisodeKey, Row]] = deque()
    seen: set[tuple[str, int]] = set()
    for row in rows:
        if row.identity in seen:
            raise UserError(f"{game.name}: {row.identity} is asked for twice; give every instance its own game_id.")
        seen.add(row.identity)
        if row.identity not in stored:
            experiment, game_id = row.identity
            key = EpisodeKey(game=game.name, experiment=experiment, game_id=game_id, label=label)
            waiting.append((key, row))
            continue
        outcome, digest = stored[row.identity]
        if digest != row.digest():
            raise UserError(
                f"{store.path} holds {game.name}, {outcome.key.experiment}, {outcome.key.game_id} played on another "
                f"instance than {row.origin}; restore the old instances or choose another folder."
            )
        notify(EpisodeSkipped(outcome=outcome))
    return waiting, len(rows) - len(waiting)


class _Arena:
    """The episodes in play and what has become of the others."""

    def __init__(
        self, benchmark: "GameBenchmark", models: "Sequence[Model]", store: EpisodeStore, notify: Listener
    ) -> None:
        self.tally = Tally()
        self._benchmark = benchmark
        self._models = models
        self._store = store
        self._notify = notify
        self._active: list[RunningEpisode] = []

    def run(self, waiting: deque[tuple[EpisodeKey, Row]], window: int) -> None:
        while waiting or self._active:
            while waiting and len(self._active) < window:
                self._start(*waiting.popleft(), alone=window == 1)
            replies = _alone(self._active, self._fail) if window == 1 else _together(self._active, self._fail)
            for episode, reply in replies:
                self._advance(episode, reply)

    def _start(self, key: EpisodeKey, row: Row, *, alone: bool) -> None:
        self._notify(EpisodeStarted(key=key))
        episode = RunningEpisode(key, row, self._benchmark, self._models)
        self._active.append(episode)
        try:
            episode.start()
            if alone:  # as clemcore's sequential runner does; side by side it would disturb the others
                for model in self._models:
                    model.reset()
        except Exception as error:  # noqa: BLE001 - whatever a game raises ends this episode only
            self._fail(episode, error)

    def _advance(self, episode: RunningEpisode, reply: _Reply) -> None:
        player, record = "", None
        try:
            player = episode.player.name
            usage = episode.step(reply.text, reply.measured_s)
            if episode.done:
                record = episode.end()
        except Exception as error:  # noqa: BLE001 - as above
            self._fail(episode, error)
            return
        self._notify(TurnTaken(key=episode.key, turn=episode.turns, player=player, reply=reply.text, usage=usage))
        if record is not None:
            self._finish(episode, record)

    def _fail(self, episode: RunningEpisode, error: Exception) -> None:
        self._finish(episode, episode.fail(error))

    def _finish(self, episode: RunningEpisode, record: Episode) -> None:
        self._active.remove(episode)
        self._store.save(record)
        status = record.outcome.status
        self.tally += Tally(
            played=status is Status.PLAYED, aborted=status is Status.ABORTED, errors=status is Status.ERROR
        )
        self._notify(EpisodeEnded(outcome=record.outcome))


def _alone(episodes: list[RunningEpisode], fail: Failure) -> list[tuple[RunningEpisode, _Reply]]:
    """Asks each player by itself, the way the game's own player class answers."""
    replies: list[tuple[RunningEpisode, _Reply]] = []
    for episode in list(episodes):
        try:
            context, began = episode.context(), perf_counter()
            text = episode.player(context)
            replies.append((episode, _Reply(text, perf_counter() - began)))
        except Exception as error:  # noqa: BLE001 - whatever a model raises ends this episode only
            fail(episode, error)
    return replies


def _together(episodes: list[RunningEpisode], fail: Failure) -> list[tuple[RunningEpisode, _Reply]]:
    """Asks all players who wait for the same model at once; programmatic players answer by themselves."""
    from clemcore.backends import CustomResponseModel  # late: see `harness`

    by_model: dict[int, list[RunningEpisode]] = {}
    scripted: list[RunningEpisode] = []
    for episode in episodes:
        model = episode.player.model
        (scripted if isinstance(model, CustomResponseModel) else by_model.setdefault(id(model), [])).append(episode)
    replies = _alone(scripted, fail)
    for group in by_model.values():
        replies += _batch(group, fail)
    return replies


def _batch(episodes: list[RunningEpisode], fail: Failure) -> list[tuple[RunningEpisode, _Reply]]:
    asked: list[tuple[RunningEpisode, list[dict[str, Any]]]] = []
    for episode in episodes:
        try:
            asked.append((episode, episode.player.perceive_context(episode.context())))
        except Exception as error:  # noqa: BLE001 - as above
            fail(episode, error)
    if not asked:
        return []
    model: Any = asked[0][0].player.model
    began = perf_counter()
    try:
        results = model.generate_batch_response([messages for _, messages in asked])
        if len(results) != len(asked):
            raise RuntimeError(f"{model.name} gave {len(results)} replies to {len(asked)} prompts")
    except Exception as error:  # noqa: BLE001 - as above
        if len(asked) == 1:
            fail(asked[0][0], error)
            return []
        results = [_single(model, episode, messages, fail) for episode, messages in asked]
    share_s = (perf_counter() - began) / len(asked)
    replies: list[tuple[RunningEpisode, _Reply]] = []
    for (episode, _), result in zip(asked, results, strict=True):
        if result is None:
            continue
        try:
            prompt, response, text = result
            episode.player.perceive_response(text, metadata={"prompt": prompt, "response_object": response})
            replies.append((episode, _Reply(text, share_s)))
        except Exception as error:  # noqa: BLE001 - as above
            fail(episode, error)
    return replies


def _single(model: Any, episode: RunningEpisode, messages: list[dict[str, Any]], fail: Failure) -> Any:
    """One reply of a batch that failed as a whole, so that only the culprit's episode breaks."""
    try:
        (result,) = model.generate_batch_response([messages])
    except Exception as error:  # noqa: BLE001 - as above
        fail(episode, error)
        return None
    return result
