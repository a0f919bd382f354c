"""Reading scenes: plain statements in several wordings, and nothing where nothing is stated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.world_reading import Says, noun, nouns, read_scene


def stated(text: str) -> set[tuple[str, str, tuple[str, ...]]]:
    return {(statement.says.value, statement.subject, statement.things) for statement in read_scene(text)}


@pytest.mark.parametrize(
    "text",
    [
        "You are in the boot room now.",
        "This is the boot room.",
        "You find yourself in the boot room.",
        "Room: boot room",
    ],
)
def test_room(text: str) -> None:
    assert ("here", "boot room", ()) in stated(text)


@pytest.mark.parametrize(
    "text",
    [
        "Doors lead to: attic, cellar.",
        "There are passages to an attic and a cellar here.",
        "From here you can reach: attic, cellar.",
        "Exits: attic, cellar",
    ],
)
def test_ways(text: str) -> None:
    assert ("ways", "", ("attic", "cellar")) in stated(text)


@pytest.mark.parametrize(
    "text",
    [
        "On the nightstand you see ticket.",
        "There is a nightstand; on it: ticket.",
        "The ticket is on the nightstand.",
        "There is a ticket on the nightstand.",
        "On the nightstand there is a ticket.",
    ],
)
def test_things_on_places(text: str) -> None:
    assert ("inside", "nightstand", ("ticket",)) in stated(text)


@pytest.mark.parametrize("text", ["You see a safe; it is closed.", "There is a closed safe.", "The safe is closed."])
def test_closed(text: str) -> None:
    assert ("closed", "safe", ()) in stated(text)


def test_open_and_empty() -> None:
    assert stated("The trunk is open and contains nothing.") >= {("open", "trunk", ()), ("inside", "trunk", ())}
    assert stated("There is an open drawer; in it: key, rope.") >= {
        ("open", "drawer", ()),
        ("inside", "drawer", ("key", "rope")),
    }


def test_held() -> None:
    assert ("only_held", "", ("cup", "hat")) in stated("In your inventory you have a cup and a hat.")
    assert ("held", "", ("cup",)) in stated("The cup is in your hands now.")


def test_long_lists() -> None:
    things = tuple(f"thing{number}" for number in range(15))
    listed = ", ".join(f"a {thing}" for thing in things[:-1]) + f" and a {things[-1]}"
    found = [s.things[0] for s in read_scene(f"There are {listed}.") if s.says is Says.SEEN]
    assert tuple(found) == things


@pytest.mark.parametrize(
    "text",
    ["You cannot get to the attic from here.", "There is no way from here to the attic.", "You can't see a cup here."],
)
def test_denials_state_nothing(text: str) -> None:
    assert stated(text) == set()


def test_nouns() -> None:
    assert noun("The 'old' Lamp here.") == "old lamp"
    assert nouns("a cup, the hat and an old lamp") == ("cup", "hat", "old lamp")
    assert nouns("nothing") == ()


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for statement in read_scene(text):
        assert all(statement.things) or statement.things == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("An open safe is here and holds: cup.", [("open", "safe", ()), ("inside", "safe", ("cup",))]),
        ("A stool stands here; upon it: mug.", [("inside", "stool", ("mug",))]),
        ("Next to this room: lane, hangar.", [("ways", "", ("lane", "hangar"))]),
        ("Taken: crayon.", [("held", "", ("crayon",))]),
        ("Closed: safe.", [("seen", "", ("safe",)), ("closed", "safe", ())]),
    ],
)
def test_terse_scenes(text: str, wanted: list[tuple[str, str, tuple[str, ...]]]) -> None:
    assert [(one.says.value, one.subject, one.things) for one in read_scene(text)] == wanted
