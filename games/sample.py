"""Looking at practice games: the list, a card of one game, an expert's episode. Text for the command line."""

from dataclasses import dataclass

from games.branching import Episode
from games.catalogue import CATALOGUE, Game, find_game
from games.generate import generate
from games.protocol.record import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What there is to know about a game.

    Attributes:
        name: clemcore's name of it.
        alias: the short name.
        description: one sentence.
        scoring: what an episode is worth.
        roles: the roles in order.
        levels: the levels, easiest first.
        prompts: a sample of each role's first message.
    """

    name: str
    alias: str
    description: str
    scoring: str
    roles: tuple[str, ...]
    levels: tuple[str, ...]
    prompts: dict[str, str]

    def as_text(self) -> str:
        """The card for a terminal."""
        head = [
            f"{self.alias} ({self.name})",
            self.description,
            f"Score: {self.scoring}",
            f"Roles: {', '.join(self.roles)}",
            f"Levels: {', '.join(self.levels)}",
        ]
        return "\n".join(head) + "".join(
            f"\n\n--- a first message to the {role}\n{text}" for role, text in self.prompts.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An expert's episode.

    Attributes:
        game: the short name.
        level: its level.
        drawn: what was drawn: wordings, reply style, strictness.
        turns: (role, what it heard, what it said).
        score: the final score.
        rewards: dense rewards in order, as (role, value, reason).
    """

    game: str
    level: str
    drawn: dict[str, str]
    turns: tuple[tuple[str, str, str], ...]
    score: float
    rewards: tuple[tuple[str, float, str], ...]

    def as_text(self) -> str:
        """The episode for a terminal."""
        drawn = ", ".join(f"{key}: {value}" for key, value in self.drawn.items())
        parts = [f"{self.game}, level {self.level} ({drawn})"]
        for role, heard, said in self.turns:
            parts += [f"--- to the {role}\n{heard}", f"--- {role}\n{said}"]
        return "\n\n".join([*parts, f"score {self.score:g}"])


def listing() -> list[tuple[str, str]]:
    """Every game as (short name, description)."""
    return [(game.alias, game.description) for game in CATALOGUE]


def _row(entry: Game, split: str, level: str | None, seed: int) -> dict[str, object]:
    levels = entry.master_type().levels
    experiment = generate(entry.name, split=split, level=level or levels[seed % len(levels)], seed=seed, count=1)[
        "experiments"
    ][0]
    about = {key: value for key, value in experiment.items() if key != "game_instances"}
    return {"game_name": entry.name, "experiment": about, "game_instance": experiment["game_instances"][0]}


def show(game: str, *, seed: int = 0) -> Card:
    """A card of one game, with prompts drawn by the seed.

    Raises:
        UserError: there is no such game.
    """
    entry = find_game(game)
    master = entry.master_type()
    row = _row(entry, "train", None, seed)
    instance = row["game_instance"]
    assert isinstance(instance, dict)
    return Card(
        name=entry.name,
        alias=entry.alias,
        description=entry.description,
        scoring=entry.scoring,
        roles=master.roles,
        levels=master.levels,
        prompts=Protocol.model_validate(instance["protocol"]).prompts,
    )


def sample(game: str, *, split: str = "train", level: str | None = None, seed: int = 0) -> Sample:
    """An expert's episode on an instance drawn by the seed.

    Raises:
        UserError: there is no such game, split or level.
    """
    entry = find_game(game)
    row = _row(entry, split, level, seed)
    episode = Episode(row=row).play_on()
    experiment = row["experiment"]
    assert isinstance(experiment, dict)
    return Sample(
        game=entry.alias,
        level=str(experiment["name"]),
        drawn=dict(episode.master.protocol.drawn),
        turns=tuple((turn.role, turn.heard, turn.reply) for turn in episode.turns),
        score=episode.metrics["score"],
        rewards=tuple((note["role"], note["value"], note["reason"]) for turn in episode.turns for note in turn.rewards),
    )
