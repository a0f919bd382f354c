"""The moment of a reply: what binds it besides the rulebook."""

from collections.abc import Mapping
from dataclasses import dataclass

from constraints.vocabulary import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What binds one reply besides what was read.

    Attributes:
        said: the fills of our earlier replies, oldest first.
        words: where real words come from; without it a word of so many letters may be any letters.
        listed: words that the game has laid out; a hint at some of them neither holds one nor is a part of one.
        spent: real words that were tried in vain, which are not guessed again.
        plain: whether words are written in plain Latin letters only, as everything heard so far is.
        text_tokens: most tokens of free text in a reply with a form, shared by its text slots; None for as many as
            each slot may have.
        reply_tokens: most tokens of a reply that is all free text; None for as many as prose may have.
    """

    said: tuple[Mapping[str, str], ...] = ()
    words: Words | None = None
    listed: tuple[str, ...] = ()
    spent: frozenset[str] = frozenset()
    plain: bool = False
    text_tokens: int | None = None
    reply_tokens: int | None = None


ANY_MOMENT = Moment()
