"""Maps drawn in the layout that the rules show elsewhere than in the reply form."""

import json

from agent.fold import Fold, normalise
from agent.transcript import Message
from planner.drawing import layout_shown
from planner.explore import Explore

RULES = """See every room, then stop. The map has the visited rooms in "rooms" and in "connections" a pair for every
two rooms between which you have walked. For instance
{"rooms": ["Smithy", "Bakery", "Mill"], "connections": [["Smithy", "Bakery"], ["Bakery", "Mill"]]}
Please answer in the following format:
Next: <step>
Graph: <graph>
Here <step> means one of north, east, south or west, or "end" to end the exploration.
<graph> stands for your map as JSON.

You are in the Library. Exits: south, east."""


def test_the_layout_of_the_rules_is_used() -> None:
    session = Fold().session(normalise([Message(role="user", content=RULES)]))
    fills = Explore().propose(session).options[0].fills
    drawn = next(json.loads(value) for value in fills.values() if value.startswith("{"))
    assert drawn == {"rooms": ["Library"], "connections": []}


def test_a_text_without_a_drawn_map_shows_no_layout() -> None:
    assert layout_shown('Say {"a": 1} or {broken') is None
