"""Scripted players: an expert who has read the instance, and a blunderer who breaks one named rule."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from clemcore.backends import CustomResponseModel
from clemcore.backends.model_registry import ModelSpec


class Game(Protocol):
    """What a script needs of a practice game."""

    def expert(self, role: str) -> str:
        """The expert's reply now."""
        ...

    def demonstrate(self, role: str) -> str:
        """A sensible reply from what the role knows."""
        ...

    def blunders(self, role: str) -> dict[str, str]:
        """Replies that break a rule now, by rule."""
        ...


class NumberedGame(Game, Protocol):
    """What a script needs that does something else in every instance."""

    roles: ClassVar[tuple[str, ...]]
    """Who plays."""

    @property
    def number(self) -> int:
        """Number of the instance."""
        ...


class Script(Protocol):
    """A way of playing that looks into the game."""

    def reply(self, game: NumberedGame, role: str) -> str:
        """What the role says now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert:
    """Plays as well as one can who knows everything."""

    def reply(self, game: Game, role: str) -> str:
        """The expert's reply."""
        return game.expert(role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstrator:
    """Plays as a sensible player who knows no more than the role does: an example to learn from."""

    def reply(self, game: NumberedGame, role: str) -> str:
        """The demonstrated reply."""
        return game.demonstrate(role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blunderer:
    """Plays like the expert until it can break its rule, then breaks it.

    Attributes:
        rule: name of the rule to break.
        role: who breaks it; anyone when None.
    """

    rule: str
    role: str | None = None

    def reply(self, game: Game, role: str) -> str:
        """The blunder when it is possible now, else the expert's reply."""
        if self.role in (None, role):
            text = game.blunders(role).get(self.rule)
            if text is not None:
                return text
        return game.expert(role)


def chosen_blunder(game: NumberedGame, role: str) -> str | None:
    """The rule that a stumbler breaks now: roles and rules take turns from instance to instance."""
    turn, seat = divmod(game.number, len(game.roles))
    if game.roles[seat] != role:
        return None
    rules = sorted(game.blunders(role))
    return rules[turn % len(rules)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stumbler:
    """Breaks some rule in every instance, and goes on breaking it when asked again."""

    def reply(self, game: NumberedGame, role: str) -> str:
        """The blunder, or the expert's reply for the role that behaves."""
        rule = chosen_blunder(game, role)
        return game.expert(role) if rule is None else game.blunders(role)[rule]


class _ScriptedSpec(ModelSpec):
    """Marks the model as programmatic for clemcore's batch runner."""

    def is_programmatic(self) -> bool:
        """Always: the player is handed to the model."""
        return True


class ScriptedModel(CustomResponseModel):
    """A clemcore model that plays any practice game by a script."""

    def __init__(self, script: Script, name: str = "expert") -> None:
        """Names the model.

        Args:
            script: the way of playing.
            name: the model's name in records.
        """
        super().__init__(_ScriptedSpec(model_name=name))
        self.script = script


def expert_model() -> ScriptedModel:
    """The expert as a model."""
    return ScriptedModel(Expert(), "expert")


def demonstrator_model() -> ScriptedModel:
    """The demonstrator as a model: it does not always win."""
    return ScriptedModel(Demonstrator(), "demonstrator")


def blunder_model(rule: str, role: str | None = None) -> ScriptedModel:
    """A model that breaks one rule as soon as it can."""
    return ScriptedModel(Blunderer(rule=rule, role=role), f"blunder-{rule}")


def stumbling_model() -> ScriptedModel:
    """A model that breaks some rule in every instance."""
    return ScriptedModel(Stumbler(), "stumbler")
