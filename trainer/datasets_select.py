"""Which episodes are learnt from: successes, each once, as many of one game as of another. Pure but for the seed."""

import hashlib
import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

from trainer.samples import Trajectory

Item = TypeVar("Item")


def successes(trajectories: Iterable[Trajectory], *, min_quality: float = 0.0) -> list[Trajectory]:
    """Won episodes of at least some quality (0 to 100); of those with the same words, the first."""
    found: dict[str, Trajectory] = {}
    for one in trajectories:
        if one.outcome == "won" and (one.quality or 0.0) >= min_quality:
            found.setdefault(_words(one), one)
    return list(found.values())


def balanced(trajectories: Sequence[Trajectory], *, per_game: int | None, seed: int) -> list[Trajectory]:
    """Equally many episodes of every game, within a game spread over levels, within a level over protocols.

    Args:
        trajectories: to choose from.
        per_game: how many; None for as many as the rarest game has.
        seed: of the choice.

    Returns:
        the chosen ones, games taking turns; games that have fewer give all they have.
    """
    games: dict[str, list[Trajectory]] = {}
    for one in trajectories:
        games.setdefault(one.id.game, []).append(one)
    if not games:
        return []
    most = per_game if per_game is not None else min(map(len, games.values()))
    decks = [_spread(games[name], random.Random(f"{seed}|{name}"))[:most] for name in sorted(games)]
    return taking_turns(decks)


def held_out(
    trajectories: Sequence[Trajectory], *, share: float, seed: int
) -> tuple[list[Trajectory], list[Trajectory]]:
    """Divides episodes into those to learn from and those to judge by; all plays of an instance are on one side.

    The side depends on the instance and the seed alone, not on what else is there.
    """
    learnt: list[Trajectory] = []
    kept: list[Trajectory] = []
    for one in trajectories:
        key = f"{seed}|{one.id.game}|{one.id.level}|{one.id.split}|{one.id.seed}|{one.id.index}"
        draw = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big") / 2**64
        (kept if draw < share else learnt).append(one)
    return learnt, kept


def taking_turns(decks: Sequence[Sequence[Item]]) -> list[Item]:
    """One of each deck, again and again, until all are used up."""
    longest = max(map(len, decks), default=0)
    return [deck[place] for place in range(longest) for deck in decks if place < len(deck)]


def _spread(trajectories: Sequence[Trajectory], rng: random.Random) -> list[Trajectory]:
    levels: dict[str, dict[str, list[Trajectory]]] = {}
    for one in trajectories:
        levels.setdefault(one.id.level, {}).setdefault(one.protocol, []).append(one)
    decks: list[list[Trajectory]] = []
    for name in sorted(levels):
        cells = [levels[name][protocol] for protocol in sorted(levels[name])]
        for cell in cells:
            rng.shuffle(cell)
        rng.shuffle(cells)
        decks.append(taking_turns(cells))
    return taking_turns(decks)


def _words(trajectory: Trajectory) -> str:
    """Fingerprint of all that was heard and said."""
    total = hashlib.sha256()
    for turn in trajectory.turns:
        for text in (turn.role, *(message.content for message in turn.heard), turn.reply):
            total.update(len(text).to_bytes(8, "big") + text.encode("utf-8", "replace"))
    return total.hexdigest()
