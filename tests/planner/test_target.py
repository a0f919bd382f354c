import pytest

from constraints.forms import Slot, SlotKind
from constraints.rulebook import Rulebook
from memory.events import Event, Source
from memory.store import Memory, remember
from planner.compare import Compare
from planner.target import target_room


def memory(text: str) -> Memory:
    return remember(Memory(), Event(index=0, source=Source.GAME, text=text))


@pytest.mark.parametrize(
    "text",
    [
        "You are in a building. Somewhere in it is the Herb Garden. Walk there and say so.",
        "Walk about.\n\nCurrent room: Infirmary. Exits: up. Room to find: Herb Garden",
        "## Find the room: Herb Garden\n\nTo walk to a neighbouring room you say MOVE(x).",
        "Walk from room to room until you are in the **Herb Garden**.",
        "Show me the way to the Herb Garden, please.",
        "Wanted: Herb Garden\nRoom: Cellar",
    ],
)
def test_a_wanted_place_is_read_in_many_wordings(text: str) -> None:
    assert target_room(memory(text)) == "Herb Garden"


def test_no_place_is_wanted_where_all_are_to_be_seen() -> None:
    rules = "Visit every room. To walk to a neighbouring room, answer: GO: <direction>\n\nYou are in the Cellar."
    assert target_room(memory(rules)) is None


@pytest.mark.parametrize(
    "question",
    [
        "You have a grid. Your friend has a grid. Are they the same?",
        'Decide in the end: "yes" if the grids are the same, else "no".',
        "Find out whether both grids are the same.",
    ],
)
def test_boards_are_compared_in_many_wordings(talk, make_form, question: str) -> None:

    form = make_form("DESCRIPTION: ", Slot(name="description", kind=SlotKind.TEXT), purpose="to describe your grid")
    player = talk(Rulebook(forms=(form,)))
    board = "X o o\no X o\no o X"
    assert Compare().fits(player.hear(f"{question}\nYour grid:\n{board}\n\nYour description, please.")) > 0.5
