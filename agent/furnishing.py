"""Furnishing lists: the words that a game lays out, as far as a reply picks from them.

Where the reader left a list open, knows words that are gone, or no number, the
newest messages are looked up. Pure; knows no language model.
"""

import re
from dataclasses import replace

from constraints.forms import Part, ReplyForm, Slot, SlotKind
from constraints.resolving import HINTS_AT
from memory.compass import is_direction
from memory.events import Event, Source
from planner.pick import announced, said_values
from planner.session import Session
from planner.wordboard import listings, read_board, words_in_play

MOST_LISTED = 150
"""Most words laid out that a hint is kept apart from."""

TAIL_CHARACTERS = 1_500
"""End of a first message that is searched: its rules stand before."""

NEWEST = 3
"""Newest messages that are looked at; a request to try again lists nothing."""

READ_CHARACTERS = 8_000
"""Beginning of the first message, where its rules stand."""

_COMMAS = re.compile(r"\b(?:words|items|guesses|names)\b[^.\n]{0,60}\bcommas?\b|\bcomma[- ]separated\b", re.I)
_AMOUNT = re.compile(r"(?:\b(?:n|number|count|amount)\s*[=:]\s*|\bmeans\s+)(\d{1,2})\b", re.I)
_PICKS = re.compile(r"guess|pick|word|choice|choose|select|target|answer")


def furnished(session: Session, form: ReplyForm) -> ReplyForm:
    """A form whose lists hold what the game lays out now, and no more of it than it announces."""
    form = _with_ways(session, _as_list(session, form))
    if not any(slot.kind is SlotKind.LIST for slot in form.slots):
        return form
    hinting = any(slot.kind in (SlotKind.WORD, SlotKind.TEXT) and HINTS_AT.search(slot.name) for slot in form.slots)
    parts: tuple[Part, ...] = tuple(
        _furnished(session, part, hinting) if isinstance(part, Slot) and part.kind is SlotKind.LIST else part
        for part in form.parts
    )
    if len(form.slots) == 1 and not hinting:
        parts = tuple(_picked(session, part) if isinstance(part, Slot) else part for part in parts)
    return replace(form, parts=parts)


def _as_list(session: Session, form: ReplyForm) -> ReplyForm:
    """A form with one line of text as a list, where the rules want commas and the newest message lays out words."""
    slot = form.slots[0] if len(form.slots) == 1 else None
    if slot is None or slot.kind is not SlotKind.TEXT or not _COMMAS.search(session.memory.opening[:READ_CHARACTERS]):
        return form
    text = next((event.text[-TAIL_CHARACTERS:] for event in _heard(session)), "")
    words = words_in_play(text)
    if not words or not (_AMOUNT.search(text) or announced(text, words)):
        return form
    listed = replace(slot, kind=SlotKind.LIST, options=words, name="words", low=None, high=None)
    return replace(form, parts=tuple(listed if part is slot else part for part in form.parts))


def laid_out(session: Session) -> tuple[str, ...]:
    """Words that the game has listed so far, the newest first; those taken away since are no better as hints."""
    listed = [word for event in _heard(session) for listing in listings(event.text) for word in listing.words]
    offered = [word for options in session.rulebook.options for word in options.values]
    return tuple(dict.fromkeys((*offered, *listed)))[:MOST_LISTED]


def _heard(session: Session) -> list[Event]:
    """The game's messages, the newest first."""
    return [event for event in reversed(session.memory.events) if event.source is Source.GAME]


def _furnished(session: Session, slot: Slot, hinting: bool) -> Slot:
    """A list that the reader found no items for, or old ones, with the words that the game lays out."""
    if not (hinting or (_PICKS.search(slot.name) and not slot.options)):
        return slot
    for event in _heard(session):
        board = read_board(event.text) if hinting else None
        items = board.mine if board is not None else () if hinting else words_in_play(event.text)
        left = tuple(option for option in slot.options if option in items)
        if items and (left or not slot.options):
            return replace(slot, options=left or items)
    return slot


def _with_ways(session: Session, form: ReplyForm) -> ReplyForm:
    """A form whose choice of ways leaves only those that lead on from here."""
    seen = [visit.sighting for visit in session.memory.rooms.visits if not visit.sighting.refused]
    exits = {way.casefold() for way in seen[-1].exits} if seen else set[str]()
    return replace(form, parts=tuple(_open_ways(part, exits) for part in form.parts)) if exits else form


def _open_ways(part: Part, exits: set[str]) -> Part:
    if not isinstance(part, Slot) or part.kind is not SlotKind.CHOICE:
        return part
    ways = {option: option.split()[-1].casefold() for option in part.options if option.strip()}
    said = {option.removesuffix(option.split()[-1]) for option, way in ways.items() if way in exits}
    if not said:
        return part
    shut = {
        option
        for option, way in ways.items()
        if way not in exits and (is_direction(way) or (option.split()[0] != option and option[: -len(way)] in said))
    }
    return replace(part, options=tuple(option for option in part.options if option not in shut))


def _picked(session: Session, slot: Slot) -> Slot:
    """A list to pick from: what is still laid out, was not picked before, and no more than announced."""
    if len(slot.options) < 2 or not _PICKS.search(slot.name):
        return slot
    allowed = {option.casefold() for option in slot.options}
    for event in _heard(session)[:NEWEST]:
        text = event.text if event.index > 0 else event.text[-TAIL_CHARACTERS:]
        lists = [one.words for one in listings(text) if all(word.casefold() in allowed for word in one.words)]
        if lists:
            said = said_values(session, slot.name)
            fresh = tuple(word for word in lists[-1] if word.casefold() not in said)
            stated = [int(number) for number in _AMOUNT.findall(text) if int(number)]
            most = slot.high or (stated[-1] if stated else announced(text, slot.options))
            return replace(slot, options=fresh or lists[-1], high=most and max(most, slot.low or 1))
    return slot
