"""What to play: games, levels and players, as a list of jobs that is the same for every run of a plan."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from agent.config import AgentConfig
from agent.errors import UserError
from games.arena.harness import load_clemcore
from games.catalogue import CATALOGUE, Game, find_game
from games.generate import generate
from games.splits import check_split
from trainer.curriculum import CurriculumSpec, Place
from trainer.samples import EpisodeId

Kind = Literal["ludens", "bare", "expert", "demonstrator"]
SCRIPTED: tuple[Kind, ...] = ("expert", "demonstrator")
"""Players that need no model."""


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlayerSpec(_Plain):
    """Who plays a role."""

    kind: Kind = Field(
        default="ludens",
        description="Ludens, the bare model, or a scripted player of the game: one who has read the instance, or "
        "one who decides from what the role knows.",
    )
    model: str = Field(default="embedded", description="Which language model; unused by scripted players.")
    agent: AgentConfig = Field(default=AgentConfig(), description="How it plays; the bare model takes its sampling.")

    def described(self) -> dict[str, Any]:
        """The part of it that matters, as JSON values; equal for players that play alike."""
        if self.kind in SCRIPTED:
            return {"kind": self.kind}
        agent = self.agent.model_dump(mode="json") | {"modules": sorted(self.agent.modules)}
        return {"kind": self.kind, "model": self.model, "agent": agent}


class RolloutPlan(_Plain):
    """What to play, and who."""

    games: tuple[str, ...] = Field(default=(), description="Names of practice games; all of them when empty.")
    count: int = Field(description="Instances of each game, spread evenly over its levels.")
    split: str = Field(default="train", description="Material to draw from; never the test split.")
    seed: int = Field(default=0, ge=0, description="Other seeds draw other instances.")
    attempts: int = Field(default=1, description="How often each instance is played; from the second on, warmer.")
    warmth: float = Field(default=0.8, ge=0, description="Least sampling temperature from the second attempt on.")
    corrective: int = Field(default=0, ge=0, le=9, description="Chances each reply gets; 0 leaves it to the instance.")
    learner: PlayerSpec = Field(default=PlayerSpec(), description="Who plays, and learns from it.")
    partner: PlayerSpec | None = Field(default=None, description="Who plays the other role; None for self-play.")
    label: str = Field(default="", description="Name of this pair of players in the store; made up when empty.")
    traces: bool = Field(default=True, description="Whether traces are kept; they are most of a store's size.")
    curriculum: CurriculumSpec | None = Field(
        default=None, description="How levels are drawn; when left out, games and levels take turns."
    )
    drawn_together: int = Field(
        default=16, ge=1, description="Instances that a curriculum draws before it looks at what came of them."
    )

    def checked(self) -> "RolloutPlan":
        """The plan with its games and label written out.

        Raises:
            UserError: it asks for nothing, for unknown games, or for material that must not be trained on.
        """
        if check_split(self.split) == "test":
            raise UserError("The test split is for measuring only; roll out on train or validation.")
        if self.count < 1 or self.attempts < 1:
            raise UserError(
                f"{self.count} instances played {self.attempts} times are no episodes; give at least 1 of each."
            )
        names = [find_game(name).alias for name in self.games] or [game.alias for game in CATALOGUE]
        made_up = self.learner.kind + (f"+{self.partner.kind}" if self.partner else "")
        return self.model_copy(update={"games": tuple(dict.fromkeys(names)), "label": self.label or made_up})

    def described(self) -> dict[str, Any]:
        """What two rollouts under one label must share."""
        return {
            "learner": self.learner.described(),
            "partner": None if self.partner is None else self.partner.described(),
            "warmth": self.warmth,
            "corrective": self.corrective,
        }


class Job(_Plain):
    """One episode to play."""

    id: EpisodeId = Field(description="Its name.")
    row: str = Field(description="Its instance as JSON text, as games.school gives it.")
    learner_roles: tuple[int, ...] = Field(description="Places of the roles that the learner plays.")


def jobs(plan: RolloutPlan) -> list[Job]:
    """All episodes of a checked plan; games and levels take turns, so that any beginning of the list is balanced."""
    load_clemcore()  # quietly: whoever imports it first would have it open a log file here
    decks = [list(_of_game(plan, game)) for game in plan.games]
    return [deck[place] for place in range(max(map(len, decks))) for deck in decks if place < len(deck)]


def episodes(plan: RolloutPlan) -> int:
    """How many episodes a checked plan asks for, whatever chooses them."""
    return len(plan.games) * plan.count * plan.attempts


def jobs_at(plan: RolloutPlan, places: Sequence[Place]) -> list[Job]:
    """Episodes on chosen places: what a curriculum asks for, `attempts` plays of each.

    A level is an endless deck, so that every index gives an instance of its own.

    Raises:
        UserError: there is no such game or level.
    """
    load_clemcore()
    found: list[Job] = []
    for game, level, index in places:
        drawn = generate(
            game, split=plan.split, level=level, seed=plan.seed, count=1, start=index, corrective=plan.corrective
        )
        found += _plays(plan, find_game(game), drawn["experiments"][0], index, place=0)
    return found


def chunks(all_jobs: Sequence[Job], size: int) -> list[tuple[Job, ...]]:
    """The jobs in handfuls, each of one game: what a worker plays side by side."""
    open_chunks: dict[str, list[Job]] = {}
    done: list[tuple[Job, ...]] = []
    for job in all_jobs:
        chunk = open_chunks.setdefault(job.id.game, [])
        chunk.append(job)
        if len(chunk) == size:
            done.append(tuple(open_chunks.pop(job.id.game)))
    return done + [tuple(chunk) for chunk in open_chunks.values()]


def _of_game(plan: RolloutPlan, game: str) -> Iterator[Job]:
    entry = find_game(game)
    levels = entry.master_type().levels
    share = -(-plan.count // len(levels))
    drawn = generate(game, split=plan.split, seed=plan.seed, count=share, corrective=plan.corrective)["experiments"]
    places = [(index, experiment) for index in range(share) for experiment in drawn][: plan.count]
    plays = [_plays(plan, entry, experiment, index, place=index) for index, experiment in places]
    for attempt in range(plan.attempts):
        yield from (group[attempt] for group in plays)


def _plays(plan: RolloutPlan, entry: Game, experiment: dict[str, Any], index: int, *, place: int) -> list[Job]:
    """All attempts at one instance.

    Args:
        plan: who plays.
        entry: the game.
        experiment: a level with drawn instances.
        index: number of the instance within its level.
        place: where the instance stands among the drawn ones.
    """
    keys = [
        EpisodeId(
            game=entry.alias,
            level=experiment["name"],
            split=plan.split,
            seed=plan.seed,
            index=index,
            attempt=attempt,
            label=plan.label,
        )
        for attempt in range(plan.attempts)
    ]
    row = _row(entry.name, experiment, place, index)
    seats = _learner_roles(plan, len(entry.master_type().roles), index)
    return [Job(id=key, row=row, learner_roles=seats) for key in keys]


def _row(name: str, experiment: dict[str, Any], place: int, index: int) -> str:
    about = {key: value for key, value in experiment.items() if key != "game_instances"}
    # The place within the level as its number: the same whether one level is drawn or all of them.
    instance = experiment["game_instances"][place] | {"game_id": index}
    return json.dumps({"game_name": name, "experiment": about, "game_instance": instance}, ensure_ascii=False)


def _learner_roles(plan: RolloutPlan, roles: int, index: int) -> tuple[int, ...]:
    """All roles, or with a partner one of them, in turn."""
    return tuple(range(roles)) if plan.partner is None or roles == 1 else (index % roles,)
