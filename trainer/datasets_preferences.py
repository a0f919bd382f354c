"""Pairs of better and worse words: by dialogue, by turn, and the agent's own rejected drafts. Pure.

By dialogue and by turn after Horst et al. 2025 (D.3): successes and failures on the same
instance. Two things differ: what both have in common is the prompt (the loss is the same,
the tokens are fewer), and a role is not blamed for an episode that its partner broke.
"""

import random
from collections.abc import Iterable, Iterator, Sequence

from trainer.datasets_select import taking_turns
from trainer.datasets_threads import alternates, before, memory_at_the_end
from trainer.samples import Chat, ChatMessage, Origin, PreferenceKind, PreferenceSample, Trajectory

Instance = tuple[str, str, str, int, int]


def preferences(
    trajectories: Iterable[Trajectory],
    kinds: Sequence[PreferenceKind] = ("dialogue", "turn", "self_check"),
    *,
    players: Sequence[str] | None = None,
) -> list[PreferenceSample]:
    """All pairs of some kinds that the episodes hold; those with the same words once, as the first of their kinds.

    Args:
        trajectories: the episodes.
        kinds: which pairs.
        players: whose words may be preferred; None for anybody's. Anybody's may be rejected.
    """
    played = list(trajectories)
    found: list[PreferenceSample] = []
    for won, failed in _rivals(played):
        for role in won.roles:
            if role in failed.roles and failed.ended_by in ("", role) and _allowed(won, role, players):
                found += _by_dialogue(won, failed, role) if "dialogue" in kinds else []
                found += _by_turn(won, failed, role) if "turn" in kinds else []
    for one in played:
        roles = {role for role in one.roles if _allowed(one, role, players)}
        own = (_mended(one) if "turn" in kinds else []) + (_rejected(one) if "self_check" in kinds else [])
        found += [pair for pair in own if pair.origin.role in roles]
    unique: dict[str, PreferenceSample] = {}
    for sample in found:
        unique.setdefault(sample.model_dump_json(include={"prompt", "chosen", "rejected"}), sample)
    return list(unique.values())


def balanced_pairs(pairs: Sequence[PreferenceSample], *, per_game: int | None, seed: int) -> list[PreferenceSample]:
    """At most so many pairs of each kind and game; games and kinds take turns."""
    cells: dict[tuple[str, str], list[PreferenceSample]] = {}
    for pair in pairs:
        cells.setdefault((pair.kind, pair.origin.game), []).append(pair)
    for name, cell in sorted(cells.items()):
        random.Random(f"{seed}|{name}").shuffle(cell)
    return taking_turns([cells[name][:per_game] for name in sorted(cells)])


def _allowed(one: Trajectory, role: str, players: Sequence[str] | None) -> bool:
    return players is None or all(turn.player in players for turn in one.turns if turn.role == role)


def _rivals(played: Sequence[Trajectory]) -> Iterator[tuple[Trajectory, Trajectory]]:
    """Every success with every failure on the same instance."""
    plays: dict[Instance, list[Trajectory]] = {}
    for one in played:
        key = one.id
        plays.setdefault((key.game, key.level, key.split, key.seed, key.index), []).append(one)
    for group in plays.values():
        for won in (one for one in group if one.outcome == "won"):
            for failed in (one for one in group if one.outcome != "won"):
                yield won, failed


def _by_dialogue(won: Trajectory, failed: Trajectory, role: str) -> list[PreferenceSample]:
    good, bad = memory_at_the_end(won, role), memory_at_the_end(failed, role)
    shared = _shared(good, bad)
    while shared and good[shared - 1].role == "assistant":
        shared -= 1
    # Both must go on with the player's own words: where the game spoke differently, they had another question.
    if (
        not shared
        or good[shared : shared + 1] == bad[shared : shared + 1]
        or not alternates(good)
        or not alternates(bad)
    ):
        return []
    return _pair(good[:shared], good[shared:], bad[shared:], "dialogue", _origin(won, role))


def _by_turn(won: Trajectory, failed: Trajectory, role: str) -> list[PreferenceSample]:
    """Different replies to the same transcript; what is refused or worse is the failure's."""
    theirs = {failed.transcript(index): turn.reply for index, turn in enumerate(failed.turns) if turn.role == role}
    found: list[PreferenceSample] = []
    for index, turn in enumerate(won.turns):
        chat = won.transcript(index) if turn.role == role and turn.fault is None else None
        if chat is not None and chat in theirs and theirs[chat] != turn.reply:
            found += _pair(chat, _said(turn.reply), _said(theirs[chat]), "turn", _origin(won, role))
    return found


def _mended(one: Trajectory) -> list[PreferenceSample]:
    """A reply that the game refused, against the next one that it took."""
    found: list[PreferenceSample] = []
    for index, turn in enumerate(one.turns):
        if not turn.asked_again:
            continue
        later = (other for other in one.turns[index + 1 :] if other.role == turn.role and not other.asked_again)
        taken = next(later, None)
        if taken is not None and taken.fault is None:
            chat = before(one, index)
            found += _pair(chat, _said(taken.reply), _said(turn.reply), "turn", _origin(one, turn.role))
    return found


def _rejected(one: Trajectory) -> list[PreferenceSample]:
    """What the model had written, against what the self-check let out and the game took."""
    found: list[PreferenceSample] = []
    for index, turn in enumerate(one.turns):
        if turn.fault is not None:
            continue
        for draft in turn.drafts:
            text = draft.text.strip()
            if draft.written and text:
                chat = before(one, index)
                found += _pair(chat, _said(turn.reply), _said(text), "self_check", _origin(one, turn.role))
    return found


def _pair(prompt: Chat, chosen: Chat, rejected: Chat, kind: PreferenceKind, origin: Origin) -> list[PreferenceSample]:
    good = _until_own_words(chosen)
    bad = _until_own_words(rejected)
    if not good or not bad or good == bad or not alternates(prompt) or not prompt:
        return []
    return [PreferenceSample(prompt=prompt, chosen=good, rejected=bad, kind=kind, origin=origin)]


def _until_own_words(chat: Chat) -> Chat:
    end = max((place + 1 for place, message in enumerate(chat) if message.role == "assistant"), default=0)
    return chat[:end]


def _shared(one: Chat, other: Chat) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _said(text: str) -> Chat:
    return (ChatMessage(role="assistant", content=text),)


def _origin(one: Trajectory, role: str) -> Origin:
    return Origin(
        game=one.id.game,
        level=one.id.level,
        role=role,
        protocol=one.protocol,
        source="rollout",
        episode=str(one.id),
    )
