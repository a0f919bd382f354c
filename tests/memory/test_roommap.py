import pytest
from hypothesis import given
from hypothesis import strategies as st

from memory.cartography import chart
from memory.chart import Chart, paths_from, way_to
from memory.compass import opposite
from memory.events import Event, Source
from memory.store import Memory, remember


def walk(*steps: str) -> Chart:
    """Alternating messages and moves."""
    memory = Memory()
    for index, text in enumerate(steps):
        own = index % 2 == 1
        fills = (("direction", text),) if own else ()
        memory = remember(
            memory, Event(index=index, source=Source.SELF if own else Source.GAME, text=text, fills=fills)
        )
    return chart(memory.rooms)


def see(room: str, *exits: str) -> str:
    return f"You are in the {room}. Exits: {', '.join(exits)}."


def test_known_opposites_close_loops_without_walking_them() -> None:
    drawn = walk(
        see("A", "north", "east"), "north", see("B", "south", "east"), "east", see("C", "west", "south"), "south",
        see("D", "north", "west"),
    )  # fmt: skip
    assert drawn.by_grid
    assert drawn.conflicts == 0
    assert drawn.frontier == ()
    assert drawn.here is not None
    assert drawn.rooms[drawn.links[drawn.here, "west"]].name == "A"


def test_rooms_of_one_name_are_told_apart_by_where_they_lie() -> None:
    drawn = walk(see("Hall", "east"), "east", see("Hall", "west", "east"), "east", see("Hall", "west"))
    assert len(drawn.rooms) == 3
    assert drawn.frontier == ()


def test_a_map_that_is_no_grid_is_told_by_names() -> None:
    drawn = walk(
        see("A", "north", "east"), "north", see("B", "south", "north"), "north", see("C", "south", "north"), "north",
        see("A", "north", "east"),
    )  # fmt: skip
    assert not drawn.by_grid
    assert len(drawn.rooms) == 3
    assert drawn.here == drawn.start


def test_refused_moves_leave_us_where_we_are_and_off_the_frontier() -> None:
    drawn = walk(see("A", "north", "east"), "north", "You cannot go there. " + see("A", "north", "east"))
    assert len(drawn.rooms) == 1
    assert drawn.refused == {(drawn.here, "north")}
    assert len(drawn.frontier) == 1


def test_rooms_without_names_are_told_apart_on_the_grid() -> None:
    other = "You have made a step and entered a different room. Directions: "
    drawn = walk("Directions: east, north.", "east", other + "west, east.", "east", other + "west.")
    assert len(drawn.rooms) == 3
    assert len(drawn.frontier) == 1


def test_unknown_opposites_are_learnt_from_a_walk() -> None:
    ways = ("red", "blue")
    drawn = walk(
        see("A", *ways), "red", see("B", *ways), "blue", see("A", *ways), "blue", see("C", *ways),
    )  # fmt: skip
    assert drawn.by_grid
    assert drawn.here is not None
    assert drawn.links[drawn.here, "red"] == drawn.start


def test_ways_named_after_rooms_lead_to_these_rooms() -> None:
    drawn = walk(
        "You are at the Mill. Reachable from here: Barn, Well.", "Barn",
        "You are at the Barn. Reachable from here: Mill, Well.",
    )  # fmt: skip
    assert [key[-1] for key in drawn.frontier] == ["well"]
    assert drawn.here is not None
    assert drawn.links[drawn.here, "Mill"] == drawn.start


def test_a_place_named_by_no_wording_is_known_by_what_varies() -> None:
    drawn = walk(
        "== Kitchen ==\nThe usual draught. Exits: red door, green door", "green door",
        "== Cellar ==\nThe usual draught. Exits: red door, blue door", "red door",
        "== Kitchen ==\nThe usual draught. Exits: red door, green door",
    )  # fmt: skip
    assert [room.name for room in drawn.rooms.values()] == ["kitchen", "cellar"]
    assert drawn.here == drawn.start


def test_a_map_that_contradicts_itself_is_still_drawn() -> None:
    drawn = walk(
        see("A", "north"), "north", see("B", "south"), "south", see("C", "north"), "north", see("A", "east"), "east",
        see("A", "west"), "west", see("B", "south"),
    )  # fmt: skip
    assert drawn.conflicts > 0
    assert drawn.here in drawn.rooms


def test_walks_and_graph_agree() -> None:
    drawn = walk(see("A", "north", "east"), "north", see("B", "south"), "south", see("A", "north", "east"))
    assert drawn.here is not None
    walks = paths_from(drawn, drawn.here)
    assert {len(path) for path in walks.values()} == {1, 2}
    for path in walks.values():
        if len(path) == 2:
            assert way_to(drawn, path[0], path[1]) in ("north", "east")
    graph = drawn.graph()
    assert sorted(data["way"] for _, _, data in graph.edges(data=True)) == ["east", "north", "south"]
    assert sum(1 for _, seen in graph.nodes(data="seen") if not seen) == 1


@given(st.lists(st.sampled_from(["north", "south", "east", "west"]), max_size=40))
def test_a_truthful_walk_in_an_open_field_keeps_its_bearings(moves: list[str]) -> None:
    delta = {"north": (0, 1), "south": (0, -1), "east": (1, 0), "west": (-1, 0)}
    x = y = 0
    steps = [see("Field 0 0", *delta)]
    for move in moves:
        x, y = x + delta[move][0], y + delta[move][1]
        steps += [move, see(f"Field {x} {y}", *delta)]
    drawn = walk(*steps)
    assert drawn.here is not None
    assert drawn.conflicts == 0
    assert drawn.rooms[drawn.here].name == f"Field {x} {y}"


@pytest.mark.parametrize(("move", "back"), [("north", "south"), ("Up", "down"), ("nw", "se"), ("xyzzy", None)])
def test_opposites(move: str, back: str | None) -> None:
    assert opposite(move, ("down", "south", "se", "left")) == back
