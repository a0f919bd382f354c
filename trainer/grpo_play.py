"""Playing for GRPO: groups of episodes of one instance by the weights as they are, as token ids with a reward.

An episode that the partner's fault ended says nothing about the learner: it is played again, and if that does not
help, another episode of its group stands in for it (Horst et al. 2025, D.4). A group without any episode left has no
reward, and teaches nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from agent.config import AgentConfig
from agent.models.engine_model import EngineModel
from agent.models.hf_engine import HfEngine
from agent.models.locate import load
from games.catalogue import find_game
from trainer.counting import Sequences
from trainer.grpo_course import Won
from trainer.lora import Trainable, base_of
from trainer.masking import IGNORED, ChatMasker
from trainer.rollout_plan import Job, PlayerSpec, RolloutPlan
from trainer.rollout_play import Expert, ModelPlayer, Player, Seated
from trainer.run_config import GrpoConfig
from trainer.samples import ChatMessage, ChatSample, Origin, Trajectory
from trainer.validation import parts_of

_AGAIN = 100_000  # attempts from here on are played in place of broken ones


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One player's view of an episode.

    Attributes:
        prompt: token ids before its first word.
        completion: everything after, the others' words included.
        said: 1 for its own tokens in the completion, else 0.
        reward: what it earned; None when that says nothing about it.
    """

    prompt: tuple[int, ...]
    completion: tuple[int, ...]
    said: tuple[int, ...]
    reward: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What came of some episodes.

    Attributes:
        views: what is learnt from, one per wanted episode.
        consumed: token ids of all that the weights read and said, episodes that were thrown away included.
        won: of the episodes that say something about the learner, which level and whether they were won.
    """

    views: tuple[View, ...]
    consumed: Sequences
    won: tuple[Won, ...]


class Table:
    """Players around the weights in training."""

    def __init__(self, config: GrpoConfig, model: Trainable, masker: ChatMasker, tokenizer: object) -> None:
        """Seats them.

        Args:
            config: who plays, and how.
            model: the weights; read anew for every batch of episodes.
            masker: turns conversations into token ids.
            tokenizer: the model's.
        """
        self._config = config
        self._model = model
        self._masker = masker
        self._parts = parts_of(model, tokenizer, keep_default_system=config.keep_default_system)  # pyright: ignore
        self._partner = _partner(config.partner)
        self.replaced = 0

    def play(self, wanted: Sequence[Job], *, seed: int) -> Played:
        """Plays each job once; equal jobs are one group.

        Args:
            wanted: what to play.
            seed: other seeds draw other replies.
        """
        was_training = self._model.training
        self._model.eval()
        try:
            seated = self._seated(seed)
            numbered = [_numbered(job, place) for place, job in enumerate(wanted)]
            episodes = self._episodes(seated, numbered)
            consumed = self._consumed(episodes, wanted)
            for _ in range(self._config.retries):
                broken = [place for place, one in enumerate(episodes) if not self._counts(one, wanted[place])]
                if not broken:
                    break
                again = self._episodes(seated, [_numbered(wanted[place], _AGAIN + place) for place in broken])
                consumed += self._consumed(again, [wanted[place] for place in broken])
                for place, one in zip(broken, again, strict=True):
                    episodes[place] = one
        finally:
            self._model.train(was_training)
        ended = list(zip(episodes, wanted, strict=True))
        told = [one for one, job in ended if self._counts(one, job)]
        return Played(
            views=tuple(self._filled([self._view(one, job) for one, job in ended], wanted)),
            consumed=consumed,
            won=tuple(((one.id.game, one.id.level), one.outcome == "won") for one in told),
        )

    def _seated(self, seed: int) -> Seated:
        config = self._config
        agent = AgentConfig(max_reply_tokens=config.reply_tokens, temperature=config.temperature, seed=seed)
        spec = PlayerSpec(kind="bare", agent=agent)
        base = base_of(self._model)
        engine = HfEngine(base, sequences=self._parts.engine.sequences, window_tokens=self._parts.window_tokens)
        player = ModelPlayer(spec, EngineModel(replace(self._parts, engine=engine)))  # no memory of older weights
        plan = RolloutPlan(games=config.games, count=1, learner=spec, warmth=config.temperature, traces=False)
        return Seated(plan=plan, players=[player, self._partner or player])

    def _episodes(self, seated: Seated, wanted: Sequence[Job]) -> list[Trajectory]:
        found: dict[str, Trajectory] = {}
        for one in seated(wanted):
            assert isinstance(one, Trajectory), f"an episode broke: {one}"
            found[str(one.id)] = one
        return [found[str(job.id)] for job in wanted]

    def _consumed(self, episodes: Sequence[Trajectory], jobs: Sequence[Job]) -> Sequences:
        """What went through the weights: of every role they played all it read and said, each conversation once.

        Tokens that were decoded and do not show in the text stand as a sequence of their own.
        """
        found: Sequences = []
        for one, job in zip(episodes, jobs, strict=True):
            own = [role for role in one.roles if self._partner is None or role == _role(one, job)]
            unseen = 0
            for role in own:
                parts: Sequences = []
                for index, turn in enumerate(one.turns):
                    if turn.role == role:
                        reply = self._masker.reply(turn.reply)
                        ids = [*self._masker.prompt(one.transcript(index)), *reply]
                        unseen += max(0, turn.generated_tokens - len(reply))
                        if parts and ids[: len(parts[-1])] == parts[-1]:
                            parts.pop()  # it was kept from the turn before
                        parts.append(ids)
                found += parts
            if unseen:
                found.append([self._masker.end_id] * unseen)
        return found

    def _counts(self, one: Trajectory, job: Job) -> bool:
        """Whether an episode says something about the learner."""
        role = _role(one, job)
        own = [turn for turn in one.turns if turn.role == role]
        return bool(own) and not (one.outcome == "aborted" and one.ended_by not in ("", role))

    def _view(self, one: Trajectory, job: Job) -> View | None:
        """The learner's view; None when the episode says nothing about it or does not fit."""
        if not self._counts(one, job):
            return None
        role = _role(one, job)
        last = max(index for index, turn in enumerate(one.turns) if turn.role == role)
        messages = (*one.transcript(last), ChatMessage(role="assistant", content=one.turns[last].reply))
        trained = tuple(index for index, message in enumerate(messages) if message.role == "assistant")
        sample = ChatSample(messages=messages, trained=trained, origin=Origin(game=one.id.game, source="rollout"))
        pieces = self._masker.pieces(sample, max_tokens=self._config.max_tokens)
        if not pieces:
            return None
        piece = max(pieces, key=lambda each: each.trained)
        start = next(place for place, label in enumerate(piece.labels) if label != IGNORED)
        said = tuple(int(label != IGNORED) for label in piece.labels[start:])
        return View(prompt=piece.ids[:start], completion=piece.ids[start:], said=said, reward=self._reward(one, role))

    def _reward(self, one: Trajectory, role: str) -> float:
        config = self._config
        whole = config.aborted_reward if one.quality is None else one.quality / 100
        dense = sum(turn.reward(role) for turn in one.turns)
        return (1 - config.shaped) * whole + config.shaped * max(-1.0, min(1.0, dense))

    def _filled(self, views: Sequence[View | None], wanted: Sequence[Job]) -> list[View]:
        """Episodes that say nothing replaced by others of their group, or left without a reward."""
        found: list[View] = []
        for place, view in enumerate(views):
            if view is None:
                self.replaced += 1
                group = [one for one, job in zip(views, wanted, strict=True) if one and job.id == wanted[place].id]
                view = group[place % len(group)] if group else self._nothing()
            found.append(view)
        return found

    def _nothing(self) -> View:
        """An episode that teaches nothing."""
        end = self._masker.end_id
        return View(prompt=(end,), completion=(end,), said=(0,), reward=None)


def _partner(name: str) -> Player | None:
    if name == "self":
        return None
    if name == "expert":
        return Expert()
    kind, _, model = name.rpartition(":")
    spec = PlayerSpec(kind="ludens" if kind == "ludens" else "bare", model=model)
    return ModelPlayer(spec, load(model))


def _numbered(job: Job, attempt: int) -> Job:
    """The job under a name of its own; decoding begins with the plan's temperature from attempt 1 on."""
    return job.model_copy(update={"id": job.id.model_copy(update={"attempt": attempt + 1})})


def _role(one: Trajectory, job: Job) -> str:
    """The learner's role: the one whose turns the learner's seat played."""
    return find_game(one.id.game).master_type().roles[job.learner_roles[0]]
