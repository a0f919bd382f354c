"""What a caller is told while the arena plays."""

from dataclasses import dataclass

from games.arena.episode import EpisodeKey, Outcome, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeSkipped:
    """An episode is in the store already.

    Attributes:
        outcome: how it came out then.
    """

    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeStarted:
    """An episode begins.

    Attributes:
        key: which one.
    """

    key: EpisodeKey


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnTaken:
    """A player has replied and the game master has judged it.

    Attributes:
        key: in which episode.
        turn: number of the turn within the episode, from 1.
        player: who replied, as the game calls it ("Player 1").
        reply: the words.
        usage: what this turn cost, including calls the game master made on its own.
    """

    key: EpisodeKey
    turn: int
    player: str
    reply: str
    usage: Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeEnded:
    """An episode is over and stored.

    Attributes:
        outcome: how it came out; its status tells played, aborted and error apart.
    """

    outcome: Outcome


ArenaEvent = EpisodeSkipped | EpisodeStarted | TurnTaken | EpisodeEnded
