"""The believed world: ways, contents, and what a fresh look supersedes."""

from memory.world import HANDS, World, notice
from memory.world_reading import read_scene


def told(*texts: str) -> World:
    world = World()
    for text in texts:
        notice(world, read_scene(text), before=world.here)
    return world


HALL = (
    "You are in a hall. There is a shelf; on it: cup, hat. You see a safe; it is closed. Doors lead to: attic, cellar."
)


def test_scene() -> None:
    world = told(HALL)
    assert world.here == "hall"
    assert world.where["cup"] == "shelf"
    assert world.room_of("cup") == "hall"
    assert world.is_shut("safe")
    assert set(world.unseen_rooms()) == {"attic", "cellar"}


def test_distances_lead_through_seen_rooms() -> None:
    world = told(HALL, "You are in a cellar. There is a box. Doors lead to: hall, well.")
    assert world.distances("cellar")["attic"] == (2, "hall")
    assert world.distances("cellar")["well"] == (1, "well")


def test_what_is_not_seen_again_is_gone() -> None:
    world = told(HALL, HALL.replace("cup, hat", "hat"))
    assert "cup" not in world.where
    assert world.where["hat"] == "shelf"


def test_what_is_behind_a_closed_door_stays() -> None:
    world = told(HALL)
    world.where["ring"] = "safe"
    notice(world, read_scene(HALL), before="hall")
    assert world.where["ring"] == "safe"


def test_hands() -> None:
    world = told(HALL, "You take the cup. In your inventory you have a cup.")
    world.limit = 1
    assert world.where["cup"] == HANDS
    assert world.full
    assert world.room_of("cup") == "hall"


def test_copies_are_independent() -> None:
    world = told(HALL)
    other = world.copy()
    other.where["cup"] = HANDS
    assert world.where["cup"] == "shelf"
