"""Splits: who may see which material. Nothing is shared between train, validation and test."""

import hashlib
import random
from collections.abc import Sequence
from typing import Literal, TypeVar, get_args

from games.errors import UserError

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)

_SHARES: tuple[tuple[Split, int], ...] = (("train", 60), ("validation", 20), ("test", 20))

Item = TypeVar("Item")


def split_of(key: str) -> Split:
    """The split that a piece of material belongs to; stable for all time."""
    number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % 100
    for split, share in _SHARES:
        if number < share:
            return split
        number -= share
    raise AssertionError("shares do not add up to 100")


def check_split(split: str) -> Split:
    """Returns the split when there is one of that name.

    Raises:
        UserError: there is none.
    """
    for known in SPLITS:
        if split == known:
            return known
    raise UserError(f"Unknown split '{split}'. There are {', '.join(SPLITS)}.")


def deal(items: Sequence[Item], *, seed: str, index: int) -> Item:
    """The item at a position of an endless shuffled deck: all come before any comes again."""
    if not items:
        raise UserError(f"There is no material for '{seed}'.")
    lap, place = divmod(index, len(items))
    order = list(range(len(items)))
    random.Random(f"{seed}|{lap}").shuffle(order)
    return items[order[place]]
