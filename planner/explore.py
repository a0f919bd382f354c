"""Explore: visiting unknown places with few moves, and stopping in time.

Walks towards unexplored ways by a short tour, goes to a named place, stops when
nothing new is left, draws the map where the form asks for it. Knows the chart
and how moves are said; knows no wording.
"""

import re
from dataclasses import dataclass

from constraints.forms import SlotKind
from memory.cartography import chart
from memory.chart import Chart, Key, name_key, paths_from, way_to
from memory.compass import is_direction
from memory.events import Source
from planner.drawing import draw, layout_shown
from planner.session import Option, Proposal, Session
from planner.speech import Saying, speaks_of_moving, way_to_stop, ways_to_say
from planner.target import target_room
from planner.tour import first_stops

PATIENCE = 12
_PLACES = re.compile(
    r"\b(?:rooms?|places?|locations?|corridors?|maze|labyrinth|map|buildings?|house|caves?|dungeon|castle|halls?|paths?"
    r"|exits?|doors?|streets?|stations?|areas?|explor\w+|walk\w*|wander\w*|cellars?|island|forest|village|ways?\s+on)\b",
    re.IGNORECASE,
)
"""Words of rules and scenes that are about places."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explore:
    """The policy for walking through places that show only their own ways on."""

    name: str = "explore"

    def fits(self, session: Session) -> float:
        """High when the newest message shows ways on that a reply form can take."""
        seen = session.memory.rooms.visits
        if not seen or not seen[-1].sighting.exits:
            return 0.0
        newest = session.memory.newest(Source.GAME)
        if newest is not None and newest.index - seen[-1].sighting.turn > 2:
            return 0.0
        forms, exits = session.rulebook.forms, seen[-1].sighting.exits
        if not any(is_direction(way) for way in exits) and not (seen[-1].sighting.room and speaks_of_moving(forms)):
            return 0.0
        if not (seen[-1].sighting.room or any(_PLACES.search(event.text) for event in session.memory.events)):
            return 0.0
        said = ways_to_say(forms, exits)
        sure = max((saying.weight for saying in said.values()), default=0.0)
        return 0.95 * sure if len(said) == len(exits) else 0.8 * sure

    def propose(self, session: Session) -> Proposal:
        """The next step, and behind it the other ways on."""
        drawn = chart(session.memory.rooms)
        if drawn.here is None:
            return Proposal(policy=self.name)
        forms = session.rulebook.forms
        said = ways_to_say(forms, drawn.rooms[drawn.here].exits)
        stop = way_to_stop(forms, sorted({way for room in drawn.rooms.values() for way in room.exits}))
        wanted = target_room(session.memory)
        options = [
            _option(session, drawn, said[way], score, reason)
            for way, score, reason in _ranked_ways(drawn, wanted)
            if way in said
        ]
        if stop is not None and (reason := _why_stop(session, drawn, wanted, bool(options))):
            options.insert(0, _option(session, drawn, stop, 2.0, reason))
        return Proposal(policy=self.name, options=tuple(options))


def _option(session: Session, drawn: Chart, saying: Saying, score: float, reason: str) -> Option:
    fills = saying.fills
    for slot in session.rulebook.forms[saying.form].slots:
        if slot.kind is SlotKind.JSON and slot.name not in fills:
            picture = draw(slot.template or _layout(session), drawn)
            if picture is not None:
                fills[slot.name] = picture
    return Option(form=saying.form, fills=fills, score=score, reason=reason, certain=score >= 1.0)


def _layout(session: Session) -> str | None:
    """How the rules show a drawn map, when the reply form itself does not."""
    first = session.memory.opening
    return layout_shown(first)


def _why_stop(session: Session, drawn: Chart, wanted: str | None, can_move: bool) -> str:
    """The reason to stop now; "" to go on."""
    here = drawn.rooms[drawn.here] if drawn.here is not None else None
    if wanted is not None and here is not None and name_key(here.name) == name_key(wanted):
        return f"This is {here.name}, the place we were looking for."
    if next_steps(drawn) == [] or not can_move:
        return "Every way on leads to a place that was already visited."
    if _is_lost(session):
        return "Nothing new has turned up for many moves."
    return ""


def _is_lost(session: Session) -> bool:
    """Whether the walk goes round in circles: many sightings in a row that show nothing new."""
    seen: set[tuple[str, frozenset[str]]] = set()
    stale = 0
    for visit in session.memory.rooms.visits:
        look = (name_key(visit.sighting.room), frozenset(way.casefold() for way in visit.sighting.exits))
        stale = stale + 1 if look in seen and look[0] else 0
        seen.add(look)
    return stale > PATIENCE + 2 * len(seen)


def next_steps(drawn: Chart) -> list[Key]:
    """Neighbours of the present room with which a shortest tour of everything unseen begins; [] when nothing is."""
    if drawn.here is None:
        return []
    frontier = drawn.frontier
    walks = {place: paths_from(drawn, place, through=frontier) for place in (drawn.here, *frontier)}
    goals = [goal for goal in frontier if goal in walks[drawn.here]]
    if not goals:
        return []
    far = 10_000

    def distance(start: Key, end: Key) -> int:
        walk = walks[start].get(end)
        return len(walk) - 1 if walk is not None else far

    here = drawn.here
    stops = first_stops(here, goals, distance)
    stops.sort(key=lambda stop: (distance(here, stop), _crowding(drawn, stop)))
    return list(dict.fromkeys(walks[drawn.here][stop][1] for stop in stops))


def _crowding(drawn: Chart, cell: Key) -> float:
    """Why to visit an unseen cell of the grid later than others as near: it joins known rooms, or may lead far.

    A place that several ways lead to is passed anyway; a place between visited rooms that have no way to it is
    more likely a dead end, which costs least when it is looked into first. The three weights are the best of six
    settings tried on 1,080 random maps of nine kinds (grown trees and random walks, with and without loops).
    """
    if not drawn.by_grid or cell[0] != "at":
        return 0.0
    near = [
        (*cell[:axis], int(cell[axis]) + shift, *cell[axis + 1 :]) for axis in range(1, len(cell)) for shift in (-1, 1)
    ]
    joined = len({start for (start, _), end in drawn.links.items() if end == cell})
    walled = sum(place in drawn.rooms for place in near) - joined
    unseen = sum(place in drawn.frontier for place in near)
    return 3.0 * joined - 1.0 * walled + 0.5 * unseen


def _ranked_ways(drawn: Chart, wanted: str | None) -> list[tuple[str, float, str]]:
    """The ways on from here, best first, each with a score and the reason to take it."""
    here = drawn.here
    if here is None:
        return []
    steps = next_steps(drawn)
    known = drawn.named(wanted) if wanted is not None else ()
    homeward = [paths_from(drawn, here).get(key) for key in known]
    towards = [walk[1] for walk in homeward if walk is not None and len(walk) > 1]
    ranked: list[tuple[str, float, str]] = []
    for step, score, reason in [
        *((step, 1.5, f"This leads to {wanted}.") for step in towards),
        *((step, 1.0, "This is on the shortest way to what was not yet seen.") for step in steps),
    ]:
        way = way_to(drawn, here, step)
        if way is not None and all(way != other for other, _, _ in ranked):
            ranked.append((way, score, reason))
    ranked = ranked[:1] + [(way, min(score, 0.9), reason) for way, score, reason in ranked[1:]]
    rest = [way for way in drawn.rooms[here].exits if all(way != other for other, _, _ in ranked)]
    rest.sort(key=lambda way: (here, way) in drawn.refused)
    return ranked + [(way, 0.1, "It is a way on.") for way in rest]
