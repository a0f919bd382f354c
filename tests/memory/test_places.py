import pytest

from memory.places import read_sighting

WORDINGS = [
    ("You are in the Closet. Currently available directions: west, north. What is next?", "Closet", ("west", "north")),
    (
        "You have made a step and entered Recreation room. Currently available directions: east.",
        "Recreation room",
        ("east",),
    ),
    ("Location: attic | exits: up, left", "attic", ("up", "left")),
    ("You now stand in the Hall of Mirrors. Ways out: north / south", "Hall of Mirrors", ("north", "south")),
    ("ROOM: hall\nEXITS: n, e", "hall", ("n", "e")),
    ('{"room": "Wine Cellar", "exits": ["north", "up"]}', "Wine Cellar", ("north", "up")),
    ("<room>Attic</room><exits>north, south</exits>", "Attic", ("north", "south")),
    (
        "You walk north and find yourself in the old library. You can go south or west.",
        "old library",
        ("south", "west"),
    ),
    ("This is the pantry. Doors lead north and east.", "pantry", ("north", "east")),
    ("Welcome to the Garden! Possible moves: left | right", "Garden", ("left", "right")),
    ("Now at: Dock 4. Paths: forward, back", "Dock 4", ("forward", "back")),
    ("You enter the Nursery. There are doors to the north and the west. Where to?", "Nursery", ("north", "west")),
    ("You reach the wine cellar.\nFrom here:\n- north\n- up\nChoose one.", "wine cellar", ("north", "up")),
    ("Position = Vault; open directions = down", "Vault", ("down",)),
    ("You are standing in the Sauna, and the exits are: east, west.", "Sauna", ("east", "west")),
    ("Exits: north, south. You are in Hall.", "Hall", ("north", "south")),
    (
        "You have arrived at the Old Mill. Reachable from here: Barn, Well, Oak Tree.",
        "Old Mill",
        ("Barn", "Well", "Oak Tree"),
    ),
    ("You have made a step and entered different room. Currently available directions: east.", "", ("east",)),
    ("[Kitchen] north, east", "", ("north", "east")),
]


@pytest.mark.parametrize(("text", "room", "exits"), WORDINGS)
def test_reads_place_and_ways_in_many_wordings(text: str, room: str, exits: tuple[str, ...]) -> None:
    seen = read_sighting(text, turn=2)
    assert seen is not None
    assert (seen.room, seen.exits, seen.refused) == (room, exits, False)


@pytest.mark.parametrize(("text", "room", "exits"), [case for case in WORDINGS if case[1]])
def test_only_the_last_sighting_of_rules_and_example_counts(text: str, room: str, exits: tuple[str, ...]) -> None:
    rules = (
        "Visit all rooms. To move to a neighbouring room say GO: DIRECTION, one of [north, south, east, west].\n"
        "Example:\nYou are in the Kitchen. Currently available directions: south, west.\nGO: west\n"
        "You have entered a Lobby. Currently available directions: east.\nDONE\n\nLet us start. "
    )
    seen = read_sighting(rules + text, turn=0)
    assert seen is not None
    assert (seen.room, seen.exits) == (room, exits)


@pytest.mark.parametrize(
    "text",
    [
        "The move is not valid. You are still in the Kitchen. Currently available directions: south, east.",
        "You can't go that way. You remain in the Kitchen. Exits: south, east",
        "There is no door to the west. Location: Kitchen. Exits: south, east.",
    ],
)
def test_refused_moves_are_noticed(text: str) -> None:
    seen = read_sighting(text, turn=4)
    assert seen is not None
    assert (seen.room, seen.exits, seen.refused) == ("Kitchen", ("south", "east"), True)


def test_options_help_where_the_text_bears_them_out() -> None:
    seen = read_sighting("You are in the den. Take the red door or the blue door.", ("red door", "blue door"), turn=2)
    assert seen is not None
    assert seen.exits == ("red door", "blue door")


@pytest.mark.parametrize("text", ["What a nice day. Please guess a word.", "clue: something you eat", "", "?!"])
def test_other_messages_show_no_place(text: str) -> None:
    assert read_sighting(text, turn=2) is None


@pytest.mark.parametrize("text", ["you are in " * 100_000, "a, " * 300_000, "north " * 200_000, "(" * 500_000])
def test_long_messages_are_read_within_bounds(text: str) -> None:
    seen = read_sighting(text, turn=1)
    assert seen is None or len(seen.exits) <= 12


def test_a_heading_with_its_ways_and_a_count_of_what_is_left() -> None:
    sighting = read_sighting("(18 turns left) Art Room; exits w | e", turn=3)
    assert sighting is not None
    assert (sighting.room, set(sighting.exits)) == ("Art Room", {"w", "e"})
    other = read_sighting("(1 move left) Hydroponics; exits fore, port", turn=3)
    assert other is not None
    assert (other.room, other.exits) == ("Hydroponics", ("fore", "port"))
