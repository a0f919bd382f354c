"""One episode while it is being played: the game master, its recorders and its bill.

Mirrors what clemcore's own runners do to a game master, step by step, so that the
interactions are exactly those that `clem run` would have recorded. Whatever a game
raises passes through; the scheduler (`play`) decides what becomes of it.
"""

import json
import math
import traceback
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from games.arena.episode import Episode, EpisodeKey, Outcome, Status, Usage
from games.arena.instances import Row
from games.errors import UserError

if TYPE_CHECKING:
    from clemcore.backends import Model
    from clemcore.clemgame import GameBenchmark, GameMaster, Player
    from clemcore.clemgame.recorder import EventCallRecorder, GameInteractionsRecorder


class RunningEpisode:
    """An episode between its first and its last moment."""

    def __init__(self, key: EpisodeKey, row: Row, benchmark: "GameBenchmark", models: "Sequence[Model]") -> None:
        self.key = key
        self.turns = 0
        self.done = False
        self._digest = row.digest()
        # Games may write into what they are given; through JSON each gets its own, as if read from a file.
        self._experiment: dict[str, Any] = json.loads(json.dumps(row.experiment))
        self._instance: dict[str, Any] = json.loads(json.dumps(row.game_instance))
        self._kept = (row.experiment, row.game_instance)
        self._origin = row.origin
        self._benchmark = benchmark
        self._models = list(models)
        self._master: GameMaster | None = None
        self._interactions: GameInteractionsRecorder | None = None
        self._calls: dict[str, EventCallRecorder] = {}
        self._billed: dict[str, int] = {}
        self._bill = Usage()
        self._started = _now()

    def start(self) -> None:
        """Sets the game up, up to the first player's turn."""
        from clemcore.backends import CustomResponseModel, HumanModel, Model  # late: see `harness`
        from clemcore.clemgame.recorder import EventCallRecorder, GameInteractionsRecorder

        master = self._benchmark.create_game_master(self._experiment, self._models)
        master.setup(**self._instance)
        self._master = master
        self._interactions = GameInteractionsRecorder(
            self.key.game,
            self.key.experiment,
            self.key.game_id,
            Model.to_identifier(self._models),
            Model.to_infos(self._models),
        )
        for player in master.get_players():
            self._interactions.log_player(player.name, player.game_role, player.model.name)
            calls = EventCallRecorder(
                self.key.game,
                experiment_name=self.key.experiment,
                game_id=self.key.game_id,
                player_name=player.name,
                game_role=player.game_role,
                model_name=player.model.name,
            )
            player.register(calls)
            self._calls[player.name] = calls
            if not isinstance(player.model, CustomResponseModel | HumanModel):
                self._billed[player.name] = 0
        master.register(self._interactions)
        for calls in self._calls.values():
            master.register(calls)
        master.before_game()

    @property
    def player(self) -> "Player":
        """Whose turn it is."""
        assert self._master is not None
        return self._master.current_player

    def context(self) -> dict[str, Any]:
        """What that player is told."""
        assert self._master is not None
        context = self._master.get_context_for(self.player)
        if context is None:
            raise LookupError(f"the game master gives {self.player.name} nothing to reply to")
        return context

    def step(self, reply: str, measured_s: float) -> Usage:
        """Hands the reply to the game master.

        Args:
            reply: the player's words.
            measured_s: how long the reply took, counted when the model does not report it.

        Returns:
            What the turn cost.
        """
        assert self._master is not None
        self.turns += 1
        self.done, _ = self._master.step(reply)
        return self._charge(measured_s)

    def so_far(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The interactions and requests recorded by now, as copies in plain JSON values."""
        assert self._interactions is not None
        requests = {name: calls.requests for name, calls in self._calls.items() if len(calls)}
        return _as_json(self._interactions.interactions), _as_json(requests)

    def end(self) -> Episode:
        """Scores the finished episode with the game's own scorer."""
        assert self._interactions is not None
        recorded = _as_json(self._interactions.interactions)
        scorer = self._benchmark.create_game_scorer(
            # `clem score` reads the experiment back from a file with these additions.
            {
                **json.loads(json.dumps(self._kept[0])),
                "timestamp": self._started,
                "game_name": self.key.game,
                "player_models": recorded["player_models"],
            },
            json.loads(json.dumps(self._kept[1])),
        )
        scorer.compute_scores(_as_json(recorded))
        scores = _without_nan(_as_json(scorer.scores))
        figures = scores["episode scores"]
        for metric in ("Aborted", "Main Score"):
            if metric not in figures:
                raise LookupError(f"the scorer of {self.key.game} gives no {metric!r}")
        quality = figures["Main Score"]
        outcome = Outcome(
            key=self.key,
            status=Status.ABORTED if figures["Aborted"] else Status.PLAYED,
            success=bool(figures.get("Success")),
            quality=None if quality is None else float(quality),
            usage=self._bill,
        )
        return self._record(outcome, scores=scores)

    def fail(self, error: Exception) -> Episode:
        """The record of an episode that broke: everything but a score."""
        what = f"{type(error).__name__}: {error}".strip(": ").splitlines()[0]
        if self._master is None:
            what = f"{self._origin} cannot be set up: {_setup_reason(error) or what}"
        outcome = Outcome(key=self.key, status=Status.ERROR, usage=self._bill, error=_encodable(what))
        return self._record(outcome, trace="".join(traceback.format_exception(error)))

    def _record(self, outcome: Outcome, *, scores: Mapping[str, Any] | None = None, trace: str = "") -> Episode:
        requests = {name: calls.requests for name, calls in self._calls.items() if len(calls)}
        return Episode(
            outcome=outcome,
            experiment=self._kept[0],
            game_instance=self._kept[1],
            digest=self._digest,
            interactions=_as_json(self._interactions.interactions, strict=not trace) if self._interactions else {},
            requests=_as_json(requests, strict=not trace),
            scores=scores or {},
            traceback=_encodable(trace),
            started=self._started,
            finished=_now(),
        )

    def _charge(self, measured_s: float) -> Usage:
        """Adds up the calls recorded since the last turn."""
        fresh: list[Any] = []
        for name, seen in self._billed.items():
            calls = self._calls[name].requests["calls"]
            fresh += [call["call"]["raw_response_obj"] for call in calls[seen:]]
            self._billed[name] = len(calls)
        turn = sum((_usage_of(response) for response in fresh), Usage())
        if fresh and not any(isinstance(response, Mapping) and "seconds" in response for response in fresh):
            turn += Usage(seconds=measured_s)
        self._bill += turn
        return turn


def _setup_reason(error: Exception) -> str:
    """What is wrong with an instance that its game rejects, where the exception tells; "" where it does not."""
    if isinstance(error, UserError):
        return str(error)
    return f"field {error} is missing" if isinstance(error, KeyError) else ""


def _usage_of(response: Any) -> Usage:
    """What a response object says it cost; absent figures count as nothing."""
    if not isinstance(response, Mapping):
        return Usage(calls=1)
    tokens = response.get("usage")
    tokens = tokens if isinstance(tokens, Mapping) else {}
    return Usage(
        calls=1,
        prompt_tokens=int(tokens.get("prompt_tokens") or 0),
        tokens=int(tokens.get("completion_tokens") or 0),
        seconds=float(response.get("seconds") or 0.0),
    )


def _as_json(value: Any, *, strict: bool = True) -> Any:
    """The value as it would come back from a JSON file: tuples as lists, keys as texts, numpy scalars as numbers."""
    return json.loads(json.dumps(value, default=_number if strict else repr, skipkeys=not strict))


def _number(value: Any) -> Any:
    if hasattr(value, "item"):  # a numpy scalar
        return value.item()
    raise TypeError(f"{type(value).__name__} {value!r:.60} cannot be stored as JSON")


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _encodable(text: str) -> str:
    """Text that SQLite can hold: lone surrogates, which a model may have said, become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _now() -> str:
    return datetime.now(UTC).isoformat()
