"""What to do next in a believed world: towards the goals, and where something is missing, towards the unknown.

A bounded search orders what is known; the nearest unknown place is looked at
first. Knows no wording.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

from memory.world import HANDS, World
from planner.act_belief import Belief, Deed
from planner.act_words import Role
from planner.goals import Goal

FAR = 1_000
MOST_ORDERED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A deed worth doing.

    Attributes:
        deed: what to do now.
        cost: deeds until it has its effect, walking included.
        reason: why.
    """

    deed: Deed
    cost: float
    reason: str


def holds(world: World, goal: Goal) -> bool:
    """Whether a goal is believed to hold."""
    if goal.place:
        return world.where.get(goal.thing) == goal.place
    if goal.state in ("open", "closed"):
        return world.swung.get(goal.thing) is (goal.state == "open")
    return world.states.get(goal.thing) == goal.state


def next_steps(belief: Belief, goals: Sequence[Goal]) -> list[Step]:
    """Deeds worth doing now, best first; empty when nothing is left to do."""
    world = belief.world
    unmet = [goal for goal in goals if not holds(world, goal)]
    ways = world.distances(world.here)
    steps = [step for goal in unmet for step in _towards(belief, goal, ways)]
    ordered = _best_order(world, unmet)
    if ordered is not None and (first := _towards(belief, ordered, ways)):
        least = min(step.cost for step in (*first, *steps))
        steps = [Step(deed=first[0].deed, cost=least, reason=first[0].reason), *steps]
    steps += _room_making(world, unmet, ways)
    missing = [goal for goal in unmet if world.room_of(goal.thing) is None]
    homeless = [goal for goal in unmet if goal.place and _room_of_place(world, goal.place) is None]
    unknown = _unknown(world, ways, rooms=bool(missing or homeless), boxes=bool(missing))
    steps = sorted([*steps, *unknown], key=lambda step: step.cost)
    return steps or (_unknown(world, ways, rooms=True, boxes=True) if unmet else [])


def _room_of_place(world: World, place: str) -> str | None:
    return place if world.is_room(place) else world.room_of(place)


def _walk(world: World, ways: dict[str, tuple[int, str]], room: str, reason: str) -> Step | None:
    """The first step to another room; None when there is no way."""
    if room not in ways or room == world.here:
        return None
    steps, first = ways[room]
    return Step(deed=Deed(role=Role.GO, thing=first), cost=steps, reason=reason)


def _towards(belief: Belief, goal: Goal, ways: dict[str, tuple[int, str]]) -> list[Step]:
    """The next deeds for one goal; empty when something about it is unknown or in the way."""
    world = belief.world
    if not goal.place:
        return _to_state(belief, goal, ways)
    carried = world.where.get(goal.thing) == HANDS
    if not carried and world.full:
        return []
    target = _room_of_place(world, goal.place) if carried else world.room_of(goal.thing)
    if target is None:
        return []
    if target != world.here:
        reason = f"The {goal.place if carried else goal.thing} is that way."
        step = _walk(world, ways, target, reason)
        return [step] if step is not None else []
    holder = goal.place if carried else world.where[goal.thing]
    if world.is_shut(holder):
        return [Step(deed=Deed(role=Role.OPEN, thing=holder), cost=0, reason=f"The {holder} is closed.")]
    if not carried:
        return [Step(deed=Deed(role=Role.TAKE, thing=goal.thing), cost=0, reason=f"The {goal.thing} is needed.")]
    deed = Deed(role=Role.PUT, thing=goal.thing, place=goal.place, preposition=goal.preposition)
    if world.is_room(goal.place):
        deed = Deed(role=Role.DROP, thing=goal.thing)
    return [Step(deed=deed, cost=0, reason=f"The {goal.thing} belongs there.")]


def _to_state(belief: Belief, goal: Goal, ways: dict[str, tuple[int, str]]) -> list[Step]:
    """The next deeds that may bring a thing into a state."""
    world = belief.world
    room = world.room_of(goal.thing)
    if room is None:
        return []
    if room != world.here:
        step = _walk(world, ways, room, f"The {goal.thing} is that way.")
        return [step] if step is not None else []
    if goal.state in ("open", "closed"):
        role = Role.OPEN if goal.state == "open" else Role.CLOSE
        return [Step(deed=Deed(role=role, thing=goal.thing), cost=0, reason=f"It shall be {goal.state}.")]
    effects = belief.effects
    taken = {verb for verbs in belief.learnt.values() for verb in verbs}
    verbs = [verb for verb in belief.words.strange if verb not in taken and ("state", verb) not in belief.dead]
    verbs.sort(key=lambda verb: 0 if effects.get(verb) == goal.state else 1 if verb not in effects else 2)
    return [
        Step(
            deed=Deed(role=None, thing=goal.thing, verb=verb, goal=goal.state),
            cost=0.01 * number,
            reason=f"It may make the {goal.thing} {goal.state}.",
        )
        for number, verb in enumerate(verbs)
    ]


def _room_making(world: World, unmet: Sequence[Goal], ways: dict[str, tuple[int, str]]) -> list[Step]:
    """With full hands, putting away what is not needed."""
    if not world.full:
        return []
    needed = {goal.thing for goal in unmet}
    spare = [thing for thing in world.held if thing not in needed]
    places = [place for place in world.contents if world.room_of(place) == world.here and not world.is_shut(place)]
    steps = [
        Step(
            deed=Deed(role=Role.PUT, thing=thing, place=place, preposition=world.contents[place] or "on"),
            cost=0.5,
            reason="It is not needed.",
        )
        for thing in spare
        for place in places[:2]
    ]
    return steps + [
        Step(deed=Deed(role=Role.DROP, thing=thing), cost=0.9, reason="It is not needed.") for thing in spare
    ]


def _unknown(world: World, ways: dict[str, tuple[int, str]], *, rooms: bool, boxes: bool) -> list[Step]:
    """Looking where nobody looked yet: into closed places and unseen rooms."""
    steps: list[Step] = []
    if boxes:
        for place, is_open in world.swung.items():
            room = world.room_of(place)
            if is_open or place in world.searched or room is None or room not in ways:
                continue
            if room == world.here:
                steps.append(Step(deed=Deed(role=Role.OPEN, thing=place), cost=0.6, reason=f"What is in the {place}?"))
            elif (step := _walk(world, ways, room, f"What is in the {place}?")) is not None:
                steps.append(Step(deed=step.deed, cost=step.cost + 0.6, reason=step.reason))
    if rooms:
        for room in world.unseen_rooms():
            step = _walk(world, ways, room, "Nobody has been there yet.")
            if step is not None:
                steps.append(Step(deed=step.deed, cost=step.cost + 0.1, reason=step.reason))
    return steps


def _best_order(world: World, unmet: Sequence[Goal]) -> Goal | None:
    """The goal to serve first on a shortest way that brings everything to its place; None when too much is unknown."""
    goals = [goal for goal in unmet if goal.place]
    sources = [world.room_of(goal.thing) for goal in goals]
    homes = [_room_of_place(world, goal.place) for goal in goals]
    if len(goals) != len(unmet) or not goals or len(goals) > MOST_ORDERED or None in sources or None in homes:
        return None
    rooms = {room for room in (*sources, *homes, world.here) if room is not None}
    far = {room: world.distances(room) for room in rooms}
    begin = tuple(1 if world.where.get(goal.thing) == HANDS else 0 for goal in goals)
    idle = len(world.held) - sum(begin)
    hands = FAR if world.limit is None else world.limit - idle
    queue: list[tuple[int, int, str, tuple[int, ...], int]] = [(0, 0, world.here, begin, -1)]
    done: set[tuple[str, tuple[int, ...]]] = set()
    tie = 0
    while queue:
        cost, _, room, status, first = heappop(queue)
        if all(one == 2 for one in status):
            return goals[first] if first >= 0 else None
        if (room, status) in done:
            continue
        done.add((room, status))
        for number, one in enumerate(status):
            target = sources[number] if one == 0 else homes[number]
            if one == 2 or target is None or target not in far[room] or (one == 0 and status.count(1) >= hands):
                continue
            tie += 1
            after = (*status[:number], one + 1, *status[number + 1 :])
            spent = cost + far[room][target][0] + 1
            heappush(queue, (spent, tie, target, after, number if first < 0 else first))
    return None
