"""Values of the shape of an example: each list keeps the items that the example shows in it."""

import json

import pytest

from constraints.json_values import fits, smallest

GRAPH = '{"nodes": ["Mill", "Bakery"], "steps": [{"from": "Mill", "to": "Bakery", "way": "north"}]}'
EDGES = '{"up": [["Hall", "Den"]], "down": [], "left": []}'


@pytest.mark.parametrize(
    ("value", "legal"),
    [
        ({"nodes": ["Den"], "steps": []}, True),
        ({"nodes": [], "steps": [{"from": "a", "to": "b", "way": "c"}]}, True),
        ({"nodes": [{"from": "a", "to": "b", "way": "c"}], "steps": []}, False),
        ({"nodes": ["Den"], "steps": ["Den"]}, False),
        ({"nodes": ["Den"]}, False),
    ],
)
def test_lists_of_an_object_keep_their_items_apart(value: object, legal: bool) -> None:
    assert fits(json.dumps(value), GRAPH) is legal


def test_empty_lists_take_the_items_of_their_neighbours() -> None:
    assert fits('{"up": [], "down": [["Den", "Hall"]], "left": []}', EDGES)
    assert not fits('{"up": [], "down": ["Den"], "left": []}', EDGES)


@pytest.mark.parametrize("template", [GRAPH, EDGES])
def test_the_smallest_value_fits(template: str) -> None:
    assert fits(smallest(template), template)
    assert fits(template, template)
