"""What an adventurer would sensibly do who knows only what has been seen.

A room is seen once it was entered; what stands and lies there is known from
then on, what is in a closed container is not.
"""

from collections import deque
from collections.abc import Set

from games.adventure.world import HANDS, Place, Verb, World

Command = tuple[Verb, str, str]


def sensible_command(world: World, seen: Set[str]) -> Command:
    """The next command towards the goals, or of the search for what is missing.

    Args:
        world: where everything is.
        seen: rooms that were entered, the present one included.
    """
    open_goals = [(thing, where) for thing, where in world.layout.goals if world.where[thing] != where]
    if not open_goals:
        return ("done", "", "")
    return (
        next((_deliver(world, seen, *goal) for goal in open_goals if _can_deliver(world, seen, *goal)), None)
        or next((_fetch(world, seen, thing) for thing, _ in open_goals if _can_fetch(world, seen, thing)), None)
        or _search(world, seen)
    )


def _place(world: World, name: str) -> Place | None:
    return next((own for own in world.layout.places if own.name == name), None)


def _can_deliver(world: World, seen: Set[str], thing: str, where: str) -> bool:
    place = _place(world, where)
    return world.where[thing] == HANDS and place is not None and place.room in seen


def _deliver(world: World, seen: Set[str], thing: str, where: str) -> Command:
    place = _place(world, where)
    assert place is not None
    if place.room != world.here:
        return ("go", step_to(world, seen, {place.room}), "")
    return ("open", where, "") if world.is_closed(place) else ("put", thing, where)


def _can_fetch(world: World, seen: Set[str], thing: str) -> bool:
    where = world.where[thing]
    place = _place(world, where)
    visible = where in seen or (place is not None and place.room in seen and not world.is_closed(place))
    limit = world.layout.hands
    return visible and (limit is None or len(world.on(HANDS)) < limit)


def _fetch(world: World, seen: Set[str], thing: str) -> Command:
    where = world.where[thing]
    place = _place(world, where)
    room = place.room if place else where
    return ("take", thing, "") if room == world.here else ("go", step_to(world, seen, {room}), "")


def _search(world: World, seen: Set[str]) -> Command:
    """Opens what is closed, then walks to the nearest room with something closed or not seen yet."""
    closed = [place for place in world.layout.places if place.room in seen and world.is_closed(place)]
    here = [place for place in closed if place.room == world.here]
    if here:
        return ("open", here[0].name, "")
    rooms = {place.room for place in closed} | (set(world.layout.rooms) - set(seen))
    return ("go", step_to(world, seen, rooms), "") if rooms else ("done", "", "")


def step_to(world: World, seen: Set[str], wanted: Set[str]) -> str:
    """The first room on a shortest known way to one of some rooms; doors are known from the rooms that were seen."""
    doors = [pair for one, other in world.layout.doors for pair in ((one, other), (other, one))]
    first: dict[str, str] = {world.here: ""}
    queue = deque([world.here])
    while queue:
        room = queue.popleft()
        if room in wanted:
            return first[room]
        if room not in seen:
            continue
        for one, other in doors:
            if one == room and other not in first:
                first[other] = first[room] or other
                queue.append(other)
    raise AssertionError("every room can be reached through rooms that were seen")
