import json

import pytest

from memory.cartography import chart
from memory.events import Event, Source
from memory.store import Memory, remember
from planner.drawing import draw


@pytest.fixture
def drawn():
    memory = Memory()
    steps = [
        "You are in the Hall. Exits: north, east.", "north", "You have entered the Attic. Exits: south.", "south",
        "You have entered the Hall. Exits: north, east.", "east", "You have entered the Den. Exits: west, east.",
    ]  # fmt: skip
    for index, text in enumerate(steps):
        own = index % 2 == 1
        fills = (("direction", text),) if own else ()
        memory = remember(
            memory, Event(index=index, source=Source.SELF if own else Source.GAME, text=text, fills=fills)
        )
    return chart(memory.rooms)


ROOMS = ["Hall", "Attic", "Den"]


@pytest.mark.parametrize(
    ("template", "picture"),
    [
        (
            '{"nodes": ["Bath", "Loft"], "edges": {"north": [["Bath", "Loft"]], "south": [], "east": [], "west": []}}',
            {
                "nodes": ROOMS,
                "edges": {"north": [["Hall", "Attic"]], "south": [], "east": [["Hall", "Den"]], "west": []},
            },
        ),
        (
            '{"nodes":[],"edges":{"north":[("a","b")]}}',
            {"nodes": ROOMS, "edges": {"north": [["Hall", "Attic"]], "east": [["Hall", "Den"]]}},
        ),
        (
            '{"rooms": [], "connections": [["Bath", "north", "Loft"]]}',
            {"rooms": ROOMS, "connections": [["Hall", "north", "Attic"], ["Hall", "east", "Den"]]},
        ),
        ('{"places": [], "paths": [["a", "b"]]}', {"places": ROOMS, "paths": [["Hall", "Attic"], ["Hall", "Den"]]}),
        (
            '{"visited": [], "current": "Bath", "links": [{"from": "a", "direction": "up", "to": "b"}]}',
            {
                "visited": ROOMS,
                "current": "Den",
                "links": [
                    {"from": "Hall", "direction": "north", "to": "Attic"},
                    {"from": "Hall", "direction": "east", "to": "Den"},
                ],
            },
        ),
        (
            '{"edges": {"Bath": {"north": "Loft"}}}',
            {"edges": {"Hall": {"north": "Attic", "east": "Den"}, "Attic": {}, "Den": {}}},
        ),
        ('{"north": [], "east": []}', {"north": [["Hall", "Attic"]], "east": [["Hall", "Den"]]}),
        (None, {"nodes": ROOMS, "edges": {"east": [["Hall", "Den"]], "north": [["Hall", "Attic"]]}}),
    ],
)  # fmt: skip
def test_draws_the_structure_that_the_template_shows(drawn, template, picture) -> None:
    text = draw(template, drawn)
    assert text is not None
    assert json.loads(text) == picture


def test_a_template_about_other_things_is_left_to_the_model(drawn) -> None:
    assert draw('{"mood": "happy"}', drawn) is None
