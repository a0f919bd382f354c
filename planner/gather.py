"""Gather: one clue word for several of our words that keeps clear of everybody else's.

Tries every common word as the clue on its own listener and keeps the one with the
highest expected payoff. Knows meanings and option lists; knows no wording beyond
ordinary words for sides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from constraints.forms import ReplyForm, Slot, SlotKind
from memory.events import Source
from memory.meanings import same_family
from planner.association import Association
from planner.session import Option, Proposal, Session
from planner.wordboard import Board, read_board

CLUES = 10_000
BLUR = 0.035
"""How far closeness is from what a partner feels, in units of closeness."""
DEADLY_COST = 6.0
THEIRS_COST = 1.0
SHOWN = 5

_SAYABLE = (SlotKind.WORD, SlotKind.TEXT, SlotKind.LIST, SlotKind.NUMBER, SlotKind.CHOICE)
_CLUE = re.compile(r"clue|hint|cue|tip|signal|word", re.IGNORECASE)
_AIM = re.compile(r"target|meant|^for$|related|words|count|number|how_?many|list|goes|aims?|picks?", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gather:
    """The policy for clues to groups of words.

    Attributes:
        association: which words go with hints; None to leave the clue to the model.
    """

    association: Association | None = None
    name: str = "gather"

    def fits(self, session: Session) -> float:
        """High when a clue word is asked for and the words on offer belong to sides."""
        if self.association is None or _clue_form(session.rulebook.forms) is None:
            return 0.0
        board = _board(session)
        return 0.9 if board is not None else 0.0

    def propose(self, session: Session) -> Proposal:
        """The clues with the highest expected payoff."""
        form, board = _clue_form(session.rulebook.forms), _board(session)
        if self.association is None or form is None or board is None:
            return Proposal(policy=self.name)
        index, clue, targets = form
        said = frozenset(
            value.casefold()
            for event in session.memory.events
            if event.source is Source.SELF
            for name, value in event.fills
            if name == clue.name
        )
        most = (
            targets.high if targets is not None and targets.kind is SlotKind.LIST and targets.high else len(board.mine)
        )
        return Proposal(
            policy=self.name,
            options=tuple(
                Option(
                    form=index,
                    fills=_fills(clue, targets, word, group),
                    score=payoff,
                    reason=f'"{word}" goes with {", ".join(group)} and with none of the other words.',
                )
                for word, group, payoff in best_clues(self.association, board, said, most)
            ),
        )


def _clue_form(forms: Sequence[ReplyForm]) -> tuple[int, Slot, Slot | None] | None:
    """A form with a word to give and a list or number beside it."""
    for index, form in enumerate(forms):
        slots = [slot for slot in form.slots if slot.kind in _SAYABLE]
        aims = [slot for slot in slots if slot.kind in (SlotKind.LIST, SlotKind.NUMBER) or _AIM.search(slot.name)]
        clues = [slot for slot in slots if slot not in aims and not slot.options]
        named = [slot for slot in clues if _CLUE.search(slot.name)]
        if not aims and len(clues) == 2:
            clues, aims = clues[:1], clues[1:]
        if clues and aims:
            return index, (named or clues)[0], aims[0]
    return None


def _fills(clue: Slot, targets: Slot | None, word: str, group: Sequence[str]) -> dict[str, str]:
    fills = {clue.name: word}
    if targets is not None:
        fills[targets.name] = str(len(group)) if targets.kind is SlotKind.NUMBER else ", ".join(group)
    return fills


def _board(session: Session) -> Board | None:
    """The words in play: the newest lists, or those before a request to try again."""
    form = _clue_form(session.rulebook.forms)
    listed = form[2].options if form is not None and form[2] is not None else ()
    heard = [event.text for event in session.memory.events if event.source is Source.GAME]
    for text in reversed(heard[-3:]):
        board = read_board(text) or (read_board(text, listed) if listed else None)
        if board is not None:
            return board
    return None


def best_clues(
    association: Association, board: Board, said: frozenset[str], most: int
) -> list[tuple[str, tuple[str, ...], float]]:
    """The clues with the words they are for and their expected payoff, best first.

    Args:
        association: what goes with what.
        board: the words in play.
        said: clues given before.
        most: most words to aim at.
    """
    meanings = association.meanings
    words = meanings.words[:CLUES]
    close = (meanings.vectors[:CLUES] @ meanings.of([*board.mine, *board.others]).T).astype(np.float64)
    mine, others = close[:, : len(board.mine)], close[:, len(board.mine) :]
    order = np.argsort(-mine, axis=1, kind="stable")
    ranked = np.take_along_axis(mine, order, axis=1)
    payoff, count = _payoffs(ranked, others, board, most)
    found: list[tuple[str, tuple[str, ...], float]] = []
    best: list[int] = np.argsort(-payoff, kind="stable")[:400].tolist()
    for number in best:
        word = words[number]
        if word in said or any(_gives_away(word, other) for other in (*board.mine, *board.others)):
            continue
        aimed: list[int] = order[number, : int(count[number])].tolist()
        group = tuple(board.mine[place] for place in aimed)
        found.append((word, group, float(payoff[number])))
        if len(found) == SHOWN:
            break
    return found


def _payoffs(
    ranked: npt.NDArray[np.float64], others: npt.NDArray[np.float64], board: Board, most: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Expected words won by each clue, less what a slip costs, and the number of words to aim at."""
    rival = others.max(axis=1, keepdims=True) if others.shape[1] else np.full((len(ranked), 1), -1.0)
    sure = 1.0 / (1.0 + np.exp(-(ranked - rival) / BLUR))
    chain = np.cumprod(sure, axis=1)
    slip = np.diff(1.0 - chain, axis=1, prepend=0.0)  # the first miss happens at this pick
    harm = _harm(others, board)
    value = np.cumsum(chain - slip * harm[:, None], axis=1)[:, : max(1, most)]
    count = value.argmax(axis=1)
    return value[np.arange(len(value)), count], count.astype(np.int64) + 1


def _harm(others: npt.NDArray[np.float64], board: Board) -> npt.NDArray[np.float64]:
    """What a slip costs on average: the words of the others by how near they are."""
    if not others.shape[1]:
        return np.zeros(len(others))
    cost = np.array([THEIRS_COST] * len(board.theirs) + [0.3] * len(board.neutral) + [DEADLY_COST] * len(board.deadly))
    weight = np.exp((others - others.max(axis=1, keepdims=True)) / BLUR)
    return (weight * cost).sum(axis=1) / weight.sum(axis=1)


def _gives_away(clue: str, word: str) -> bool:
    """Whether a clue contains a board word, is part of one, or shares its stem."""
    return any(same_family(clue, part) for part in word.casefold().split()) or clue in word.casefold()
