"""Playing a handful of episodes side by side, and writing down all that happened.

Episodes are driven reply by reply through `games.branching`, which runs the very masters
that the arena runs, so a trajectory holds each player's exact transcript, also where a
game makes a player forget. Whatever breaks an episode breaks that one only, and never
becomes an outcome.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from agent.agent import Agent
from agent.bare import reply_bare_batch
from agent.decision import Decision, Usage
from agent.models.language_model import LanguageModel, Sampling
from agent.models.locate import load
from agent.trace import Drafted, Rejected, Trace
from agent.transcript import Message
from games.arena.harness import load_clemcore
from trainer.rollout_plan import Job, PlayerSpec, RolloutPlan
from trainer.samples import ChatMessage, Draft, EpisodeId, Fault, Outcome, RewardNote, Trajectory, Turn

if TYPE_CHECKING:
    from games.branching import Episode


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """An episode that has no end because something failed.

    Attributes:
        id: which episode.
        error: what failed, in one line.
    """

    id: EpisodeId
    error: str


Played = Trajectory | Broken


class Player(Protocol):
    """Somebody who plays roles."""

    name: str

    def replies(self, games: "Sequence[Running]") -> list[Decision]:
        """What the role whose turn it is says, in each of some episodes."""
        ...


@dataclass(slots=True, kw_only=True)
class Running:
    """An episode in play.

    Attributes:
        job: what is played.
        episode: the game.
        sampling: how this attempt is decoded.
        turns: what has been said.
        known: per role, its transcript as of its last reply, that reply included.
    """

    job: Job
    episode: "Episode"
    sampling: Sampling
    turns: list[Turn] = field(default_factory=list[Turn])
    known: dict[str, tuple[ChatMessage, ...]] = field(default_factory=dict[str, tuple[ChatMessage, ...]])

    def transcript(self) -> list[Message]:
        """What the role whose turn it is has heard and said."""
        return [Message(role=one["role"], content=one["content"]) for one in self.episode.messages]


class Expert:
    """The game's own scripted player, who has read the instance and always wins."""

    name = "expert"

    def replies(self, games: Sequence[Running]) -> list[Decision]:
        """The expert's words."""
        return [_scripted(game.episode.master.expert(game.episode.role)) for game in games]


class Demonstrator:
    """The game's own scripted player, who decides from what the role knows: what can be learnt, and may fail."""

    name = "demonstrator"

    def replies(self, games: Sequence[Running]) -> list[Decision]:
        """The demonstrator's words."""
        return [_scripted(game.episode.master.demonstrate(game.episode.role)) for game in games]


def _scripted(reply: str) -> Decision:
    return Decision(reply=reply, trace=Trace(), usage=Usage())


class ModelPlayer:
    """Ludens, or the bare model."""

    def __init__(self, spec: PlayerSpec, model: LanguageModel) -> None:
        self.name = spec.kind
        self._model = model
        self._agent = Agent(model, spec.agent) if spec.kind == "ludens" else None

    def replies(self, games: Sequence[Running]) -> list[Decision]:
        """The model's words; episodes that are decoded alike share a batch."""
        said: dict[int, Decision] = {}
        for sampling in dict.fromkeys(game.sampling for game in games):
            alike = [index for index, game in enumerate(games) if game.sampling == sampling]
            chats = [games[index].transcript() for index in alike]
            if self._agent is not None:
                decisions = self._agent.act_batch(chats, sampling)
            else:
                decisions = reply_bare_batch(self._model, chats, sampling)
            said |= dict(zip(alike, decisions, strict=True))
        return [said[index] for index in range(len(games))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The work of one worker: opened once, it plays handfuls of jobs.

    Attributes:
        plan: who plays.
    """

    plan: RolloutPlan

    @contextmanager
    def __call__(self) -> "Iterator[Seated]":
        """Loads the players' weights, each model once, and frees them afterwards."""
        load_clemcore()  # quietly, before anything else imports it
        with ExitStack() as stack:
            models: dict[str, LanguageModel] = {}
            players = [_player(spec, models, stack) for spec in (self.plan.learner, self.plan.partner) if spec]
            yield Seated(plan=self.plan, players=players)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """Players with their weights loaded; the learner first."""

    plan: RolloutPlan
    players: Sequence[Player]

    def __call__(self, jobs: Sequence[Job]) -> Iterator[Played]:
        """Plays jobs side by side, giving each result as soon as it is there."""
        active: list[Running] = []
        for job in jobs:
            game = self._begun(job)
            if isinstance(game, Broken):
                yield game
            else:
                active.append(game)
        while active:
            for game, result in self._step(active):
                if result is not None:
                    active.remove(game)
                    yield result

    def _begun(self, job: Job) -> Running | Broken:
        from games.branching import Episode  # late: it imports clemcore

        try:
            return Running(job=job, episode=Episode(row=json.loads(job.row)), sampling=self._sampling(job))
        except Exception as error:  # noqa: BLE001 - whatever a game raises ends this episode only
            return _broken(job, error)

    def _sampling(self, job: Job) -> Sampling:
        agent = self.plan.learner.agent
        sampling = Sampling(max_tokens=agent.max_reply_tokens, temperature=agent.temperature, seed=agent.seed)
        attempt = job.id.attempt
        warm = max(agent.temperature, self.plan.warmth)
        return sampling if attempt == 0 else replace(sampling, temperature=warm, seed=agent.seed + attempt)

    def _step(self, active: Sequence[Running]) -> list[tuple[Running, Played | None]]:
        """One reply in every episode."""
        by_player: dict[int, list[Running]] = {}
        for game in active:
            by_player.setdefault(self._place(game), []).append(game)
        steps: list[tuple[Running, Played | None]] = []
        for place, games in by_player.items():
            player = self.players[place]
            for game, decision in zip(games, _asked(player, games), strict=True):
                steps.append((game, _advanced(game, player.name, decision, self.plan.traces)))
        return steps

    def _place(self, game: Running) -> int:
        """Which player has the role whose turn it is."""
        role = game.episode.master.roles.index(game.episode.role)
        return 0 if role in game.job.learner_roles else 1


def _player(spec: PlayerSpec, models: dict[str, LanguageModel], stack: ExitStack) -> Player:
    if spec.kind == "expert":
        return Expert()
    if spec.kind == "demonstrator":
        return Demonstrator()
    if spec.model not in models:
        models[spec.model] = load(spec.model)
        close = getattr(models[spec.model], "close", None)
        if close is not None:
            stack.callback(close)
    return ModelPlayer(spec, models[spec.model])


def _asked(player: Player, games: Sequence[Running]) -> list[Decision | Exception]:
    """Everybody's reply; when the batch fails, each is asked alone, so that only the culprit breaks."""
    try:
        return list(player.replies(games))
    except Exception as error:  # noqa: BLE001 - as above
        if len(games) == 1:
            return [error]
    return [_asked(player, [game])[0] for game in games]


def _advanced(game: Running, player: str, decision: Decision | Exception, traces: bool) -> Played | None:
    """Says the reply and notes the turn; the record when that ended the episode."""
    if isinstance(decision, Exception):
        return _broken(game.job, decision)
    try:
        role = game.episode.role
        now = tuple(ChatMessage(role=one["role"], content=one["content"]) for one in game.episode.messages)
        said = game.episode.say(decision.reply)
        before = game.known.get(role, ())
        keeps = _shared(before, now)
        game.known[role] = (*now, ChatMessage(role="assistant", content=decision.reply))
        violation = said.violation
        game.turns.append(
            Turn(
                role=role,
                player=player,
                keeps=keeps,
                heard=now[keeps:],
                reply=decision.reply,
                drafts=drafts_of(decision.trace),
                rewards=tuple(
                    RewardNote(**{key: note[key] for key in ("role", "value", "reason")}) for note in said.rewards
                ),
                fault=None if violation is None else _fault(violation),
                generated_tokens=decision.usage.generated_tokens,
                trace=decision.trace if traces and decision.trace.events else None,
            )
        )
        return _ended(game) if game.episode.done else None
    except Exception as error:  # noqa: BLE001 - as above
        return _broken(game.job, error)


def _shared(before: Sequence[ChatMessage], now: Sequence[ChatMessage]) -> int:
    """How many messages the new transcript has in common with the old one; never its last, which is to be answered."""
    most = min(len(before), len(now) - 1)
    return next((place for place in range(most) if before[place] != now[place]), most)


def drafts_of(trace: Trace) -> tuple[Draft, ...]:
    """The drafts that a trace says were rejected."""
    written = {event.text for event in trace.events if isinstance(event, Drafted) and event.source == "model"}
    return tuple(
        Draft(text=event.text, violations=event.violations, written=event.text in written)
        for event in trace.events
        if isinstance(event, Rejected)
    )


def _fault(violation: dict[str, object]) -> Fault:
    return Fault(
        rule=str(violation.get("rule", "")),
        detail=str(violation.get("detail", "")),
        outcome=str(violation.get("outcome", "aborted")),
    )


_OUTCOMES: dict[str, Outcome] = {"won": "won", "lost": "lost", "aborted": "aborted"}


def _ended(game: Running) -> Trajectory:
    episode, ended = game.episode, game.episode.ended
    outcome = _OUTCOMES[str(ended["outcome"])]
    drawn = episode.master.protocol.drawn
    return Trajectory(
        id=game.job.id,
        outcome=outcome,
        quality=None if outcome == "aborted" else float(episode.metrics["score"]),
        ended_by=str(ended.get("role", "")),
        rule=str(ended.get("rule", "")),
        turns=tuple(game.turns),
        protocol=", ".join(f"{key}={value}" for key, value in sorted(drawn.items()) if not key.endswith("voice")),
        instance=game.job.row,
    )


def _broken(job: Job, error: Exception) -> Broken:
    text = f"{type(error).__name__}: {error}".strip(": ")
    return Broken(id=job.id, error=" ".join(text.split())[:500])
