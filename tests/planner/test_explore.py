import random
import statistics

import pytest

from constraints.forms import Slot, SlotKind
from constraints.rulebook import Rulebook
from planner.choose import choose
from planner.explore import Explore
from planner.policies import policies

WAYS = ("north", "south", "east", "west")
RULES = (
    "Visit all rooms with few moves.\nExample:\nYou are in the Kitchen. Currently available directions: south, west.\n"
    "GO: west\nYou have entered a Lobby. Currently available directions: east.\nDONE\nLet us start. "
)


def play(talk, world, forms, score_moves=None, limit=100):
    """Walks the world with the policy; returns its visited rooms, moves, and which moves were useful."""
    policy, player = Explore(), talk(Rulebook(forms=forms))
    at, visited, useful = world.start, {world.start}, []
    session = player.hear(RULES + world.tell(at, False))
    for _ in range(limit):
        assert policy.fits(session) > 0.9
        option = policy.propose(session).options[0]
        text = player.say(option)
        if text == "DONE":
            return visited, useful
        new = world.links[at][text.removeprefix("GO: ")]
        useful.append(
            score_moves is None or (len(visited) < len(world.links) and new in score_moves(world, at, visited))
        )
        at = new
        visited.add(at)
        session = player.hear(world.tell(at, True))
    raise AssertionError("never stopped")


@pytest.mark.parametrize("doubles", [False, True])
@pytest.mark.parametrize(("rooms", "extra"), [(2, 0), (5, 1), (9, 3), (12, 2), (16, 6)])
def test_every_room_is_visited_and_the_walk_ends(talk, make_world, make_direction_forms, rooms, extra, doubles) -> None:
    for seed in range(6):
        world = make_world(random.Random(seed), rooms, extra, doubles=doubles)
        visited, _ = play(talk, world, make_direction_forms(WAYS))
        assert visited == set(world.links)


def test_few_moves_are_wasted(talk, make_world, make_direction_forms, score_moves) -> None:
    scores = []
    for seed in range(60):
        world = make_world(random.Random(seed), 4 + seed % 7, seed % 3)
        visited, useful = play(talk, world, make_direction_forms(WAYS), score_moves)
        efficiency, completeness = sum(useful) / len(useful), len(visited) / len(world.links)
        scores.append(200 * efficiency * completeness / (efficiency + completeness))
    assert statistics.mean(scores) >= 95


@pytest.mark.parametrize(
    "naming",
    [
        "The target room is a Bedroom in this example. Let us start. The target room is {name}.",
        "Find the {name}!",
        "Your destination: {name}.",
        "You have to reach the {name} and stop there.",
        "GOAL = {name}",
    ],
)
def test_a_named_room_is_found_and_the_walk_ends_there(talk, make_world, make_direction_forms, naming) -> None:
    for seed in range(5):
        world = make_world(random.Random(seed), 8, 1)
        rng = random.Random(seed)
        wanted = rng.choice([cell for cell in world.links if cell != world.start])
        player, policy, at = talk(Rulebook(forms=make_direction_forms(WAYS))), Explore(), world.start
        session = player.hear(naming.format(name=world.names[wanted]) + "\n" + world.tell(at, False))
        for _ in range(40):
            text = player.say(policy.propose(session).options[0])
            if text == "DONE":
                break
            at = world.links[at][text.removeprefix("GO: ")]
            session = player.hear(world.tell(at, True))
        assert at == wanted


def test_stopping_may_be_one_of_the_choices(talk, make_form) -> None:
    slot = Slot(name="action", kind=SlotKind.CHOICE, options=("walk north", "walk south", "finish"))
    player = talk(Rulebook(forms=(make_form("> ", slot),)))
    option = Explore().propose(player.hear("Location: hall | exits: north")).options[0]
    assert option.fills == {"action": "walk north"}
    player.say(option)
    option = Explore().propose(player.hear("Location: attic | exits: south")).options[0]
    assert option.fills == {"action": "finish"}


def test_open_slots_that_speak_of_moving_take_the_way(talk, make_form) -> None:
    slot = Slot(name="direction", kind=SlotKind.WORD)
    forms = (make_form("[move ", slot, "]"), make_form("[stop]", purpose="when everything was seen"))
    player = talk(Rulebook(forms=forms))
    session = player.hear("You are in the hall. Exits: up.")
    proposal = choose(policies(), session)
    assert (proposal.policy, proposal.options[0].fills) == ("explore", {"direction": "up"})


def test_a_walk_in_circles_ends(talk, make_direction_forms) -> None:
    """A house that lies about where its doors lead must not hold us for ever."""
    player, rng = talk(Rulebook(forms=make_direction_forms(WAYS))), random.Random(0)
    session = player.hear("You are in the Den. Exits: north, south, east, west.")
    for _ in range(80):
        if player.say(Explore().propose(session).options[0]) == "DONE":
            return
        room = rng.choice(["Den", "Hall", "Loft"])
        session = player.hear(f"You have entered the {room}. Exits: north, south, east, west.")
    raise AssertionError("never stopped")


def test_other_games_are_left_alone(talk, make_form) -> None:
    player = talk(Rulebook(forms=(make_form("GUESS: ", Slot(name="guess", kind=SlotKind.WORD)),)))
    assert Explore().fits(player.hear("Guess the word. CLUE: you can eat it in the kitchen.")) == 0.0
    assert choose(policies(), player.hear("CLUE: it is sweet.")).options == ()
