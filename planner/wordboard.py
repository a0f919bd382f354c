"""Word boards: lists of words in play, by side, read from any layout of a message.

Reads "Your words: a, b", "- own: a, b", "a, b (enemy); c (neutral)". Knows no game.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

READ_CHARACTERS = 6_000


class Side(StrEnum):
    """Whose word it is."""

    MINE = "mine"
    THEIRS = "theirs"
    NEUTRAL = "neutral"
    DEADLY = "deadly"


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The words in play, by side.

    Attributes:
        mine: words to be found.
        theirs: words of opponents.
        neutral: words of nobody.
        deadly: words that end the game.
    """

    mine: tuple[str, ...]
    theirs: tuple[str, ...] = ()
    neutral: tuple[str, ...] = ()
    deadly: tuple[str, ...] = ()

    @property
    def others(self) -> tuple[str, ...]:
        """Every word that is not ours."""
        return (*self.theirs, *self.neutral, *self.deadly)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Words listed together.

    Attributes:
        label: the words that introduce or follow the list.
        words: the words, as written.
        start: where the list starts in the message.
    """

    label: str
    words: tuple[str, ...]
    start: int


_SIDES = (
    (Side.DEADLY, re.compile(r"kill|assassin|bomb|death|deadly|lethal|trap|poison|fatal|\bblack|danger|beware", re.I)),
    (
        Side.THEIRS,
        re.compile(r"oppon|enem|rival|other\s+(?:team|side|player)|opposing|their|adversar|hostile", re.I),
    ),
    (Side.NEUTRAL, re.compile(r"distract|neutral|bystander|innocent|civilian|blank|harmless|decoy|nobody|idle", re.I)),
    (Side.MINE, re.compile(r"\byour|\bown\b|\bour|\bmy\b|\bmine|target|team|friend|ally|allies|agents?\b|goal", re.I)),
)
_WORD = r"[A-Za-z][A-Za-z'’-]{1,24}(?: [A-Za-z][A-Za-z'’-]{1,24})?"
_LIST = re.compile(
    rf"(?:(?P<label>[^\n:;.]{{0,90}}?)[:=][ \t]*\n?[ \t]*|(?P<loose>[;.\n][ \t]*))"
    rf"(?P<items>{_WORD}(?:[ \t]*,[ \t]*\n?{_WORD})*)(?P<suffix>[ \t]*\([^()\n]{{2,30}}\))?(?=[ \t]*(?:[.;\n]|$))"
)


def listings(text: str) -> tuple[Listing, ...]:
    """Every list of words in a text, in order."""
    return _listings(text[-READ_CHARACTERS:])


@lru_cache(maxsize=64)
def _listings(text: str) -> tuple[Listing, ...]:
    found: list[Listing] = []
    position = 0
    while (match := _LIST.search(text, position)) is not None:
        position = max(match.end(), match.start() + 1)
        words = tuple(dict.fromkeys(word.strip() for word in re.split(r"\s*,\s*", match["items"])))
        label = (match["suffix"] or match["label"] or "").strip()
        if len(words) > 1 or label:
            found.append(Listing(label=label, words=words, start=match.start("items")))
    return tuple(found)


def side_of(label: str) -> Side | None:
    """Whose words a label announces."""
    return next((side for side, pattern in _SIDES if pattern.search(label)), None)


def read_board(text: str, mine: Sequence[str] = ()) -> Board | None:
    """The words of each side in a message; None when none are ours or none are anybody else's.

    Args:
        text: the message.
        mine: our words, where something else tells.
    """
    sides: dict[Side, tuple[str, ...]] = {}
    for listing in reversed(listings(text)):
        side = side_of(listing.label)
        if side is not None and side not in sides and (len(listing.words) > 1 or len(listing.label) < 60):
            sides[side] = (
                tuple(word for word in listing.words if word not in mine) if side is not Side.MINE else listing.words
            )
    if mine:
        sides[Side.MINE] = tuple(mine)
    others = [words for side, words in sides.items() if side is not Side.MINE and words]
    if not sides.get(Side.MINE) or not others:
        return None
    return Board(
        mine=sides[Side.MINE],
        theirs=sides.get(Side.THEIRS, ()),
        neutral=sides.get(Side.NEUTRAL, ()),
        deadly=sides.get(Side.DEADLY, ()),
    )


def words_in_play(text: str, least: int = 4) -> tuple[str, ...]:
    """The last long list of words in a message; () when there is none."""
    long = [listing.words for listing in listings(text) if len(listing.words) >= least]
    return long[-1] if long else ()
