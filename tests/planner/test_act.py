"""Acting in told worlds: goals, words, learning from answers, and whole adventures in two wordings."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

import pytest

from constraints.forms import Literal, ReplyForm, Slot, SlotKind
from constraints.rulebook import Rulebook
from constraints.span import Span
from memory.events import Event, Source
from memory.store import Memory, remember
from planner.act import Act
from planner.act_belief import believe, carrying_limit
from planner.act_form import command_place
from planner.act_words import Role, read_words
from planner.goals import Goal, read_goals
from planner.session import Session

NOWHERE = Span(message=0, start=0, end=0, text="")
ACTION = Slot(name="action", kind=SlotKind.TEXT)
PLAN = Slot(name="plan", kind=SlotKind.LIST)


def form(*parts: str | Slot) -> ReplyForm:
    literals = tuple(Literal(text=part) if isinstance(part, str) else part for part in parts)
    return ReplyForm(parts=literals, span=NOWHERE, confidence=0.9)


ROOMS = {"porch": ("hall",), "hall": ("porch", "study", "larder"), "study": ("hall",), "larder": ("hall",)}


@dataclass
class House:
    """A small house that answers in one of two wordings; verbs can be replaced by strange ones."""

    wording: int = 0
    verbs: dict[str, str] = field(default_factory=dict)
    hands: int = 9
    here: str = "porch"
    where: dict[str, str] = field(default_factory=lambda: {"coin": "chest", "map": "study", "jar": "porch"})
    place: dict[str, str] = field(default_factory=lambda: {"chest": "larder", "rack": "study", "crate": "hall"})
    shut: set[str] = field(default_factory=lambda: {"chest", "crate"})
    done: bool = False

    def scene(self) -> str:
        parts = [f"You are in the {self.here} now." if self.wording == 0 else f"This is the {self.here}."]
        for place in [name for name, room in self.place.items() if room == self.here]:
            inside = ", ".join(thing for thing, at in self.where.items() if at == place) or "nothing"
            if place in self.shut:
                parts.append(
                    f"There is a {place}. The {place} is closed."
                    if self.wording == 0
                    else f"You see a {place}; it is closed."
                )
            else:
                preposition = "On" if place == "rack" else "In"
                parts.append(f"There is a {place}. {preposition} the {place} there is {inside}.")
        floor = [thing for thing, at in self.where.items() if at == self.here]
        parts += [f"On the floor: {', '.join(floor)}."] if floor else []
        ways = ", ".join(ROOMS[self.here])
        parts.append(f"There are passages to {ways} here." if self.wording == 0 else f"Doors lead to: {ways}.")
        return " ".join(parts)

    def do(self, command: str) -> str:
        for usual, strange in self.verbs.items():
            if command.startswith(f"{usual} "):
                return "I do not know what that means."
            if command.startswith(f"{strange} "):
                command = usual + command[len(strange) :]
        verb, _, rest = command.partition(" ")
        held = [thing for thing, at in self.where.items() if at == "me"]
        if verb == "done":
            self.done = True
            return "You rest."
        if verb == "go" and rest in ROOMS[self.here]:
            self.here = rest
            return self.scene()
        if verb == "open" and rest in self.shut and self.place[rest] == self.here:
            self.shut.discard(rest)
            inside = ", ".join(thing for thing, at in self.where.items() if at == rest) or "nothing"
            return f"The {rest} is now open. In the {rest} there is {inside}."
        if verb == "take":
            return self.take(rest, len(held))
        return self.put(command, held)

    def take(self, thing: str, held: int) -> str:
        near = (self.here, *(place for place, room in self.place.items() if room == self.here))
        if self.where.get(thing) not in near or self.where[thing] in self.shut:
            return f"You can't see a {thing} here."
        if held >= self.hands:
            return "Your hands are full."
        self.where[thing] = "me"
        return f"You take the {thing}."

    def put(self, command: str, held: list[str]) -> str:
        match = re.fullmatch(r"put (\w+) (?:in|on) (\w+)", command)
        if match and match[1] in held and self.place.get(match[2]) == self.here:
            if match[2] in self.shut:
                return f"The {match[2]} is closed."
            self.where[match[1]] = match[2]
            return f"You put the {match[1]} there."
        return "You cannot do that."


PROMPTS = (
    "This is a text adventure. Write one action after >.\nFor example:\n> open cupboard\n{more}"
    "Your goal: Put the coin on the rack, the map in the crate and the jar in the chest.\n"
    'Write "done" when it is achieved.\n\n',
    "You are playing an adventure. At the end these should hold:\n- the coin on the rack\n- the map in the crate\n"
    "- the jar in the chest\n{more}Commands:\ngo ROOM - walk to another room\ntake THING - pick something up\n"
    "put THING in PLACE - put something down\nopen PLACE - open what is closed\n"
    "look - see the room\ndone - end the game\n\n",
)


def play(house: House, more: str = "", plan: bool = False, turns: int = 60) -> list[dict[str, str]]:
    reply = form("> ", ACTION, "\nPlan: ", PLAN) if plan else form("> ", ACTION)
    book = Rulebook(forms=(form("> done"), reply))
    memory = Memory()
    said: list[dict[str, str]] = []
    heard = PROMPTS[house.wording].format(more=more) + house.scene()
    while not house.done and len(said) < turns:
        memory = remember(memory, Event(index=len(memory.events), source=Source.GAME, text=heard))
        session = Session(rulebook=book, memory=memory)
        assert Act().fits(session) > 0.9
        option = Act().propose(session).options[0]
        fills = dict(option.fills)
        said.append(fills)
        own = Event(index=len(memory.events), source=Source.SELF, text=reply.render(fills), fills=tuple(fills.items()))
        memory = remember(memory, own)
        heard = house.do(fills["action"])
    return said


@pytest.mark.parametrize("wording", [0, 1])
@pytest.mark.parametrize("hands", [1, 2, 9])
def test_the_goals_are_reached_and_the_game_ended(wording: int, hands: int) -> None:
    house = House(wording=wording, hands=hands)
    said = play(house, more=f"You can carry up to {hands} things.\n")
    assert {thing: house.where[thing] for thing in ("coin", "map", "jar")} == {
        "coin": "rack",
        "map": "crate",
        "jar": "chest",
    }
    assert said[-1]["action"] == "done"
    assert len(said) <= 26


def test_an_unstated_limit_is_learnt() -> None:
    house = House(hands=1)
    play(house)
    assert house.where == {"coin": "rack", "map": "crate", "jar": "chest"}


def test_strange_verbs_are_found_out() -> None:
    house = House(verbs={"take": "blorp", "open": "zwim", "put": "harn"})
    said = play(house, more="In addition to common actions, you can harn, blorp and zwim.\n")
    assert house.where == {"coin": "rack", "map": "crate", "jar": "chest"}
    assert len({fills["action"] for fills in said if fills["action"].startswith("take")}) == 1


def test_the_plan_is_what_comes_next() -> None:
    said = play(House(wording=1), plan=True)
    pairs = pairwise(said)
    followed = [after["action"] == before["plan"].split(", ")[0] for before, after in pairs]
    assert sum(followed) >= 0.4 * len(followed)
    assert all(fills["plan"] for fills in said)


def test_an_impossible_goal_ends_the_game() -> None:
    house = House()
    del house.where["coin"]
    said = play(house)
    assert house.done
    assert said[-1]["action"] == "done"
    assert house.where == {"map": "crate", "jar": "chest"}


def test_goals() -> None:
    assert read_goals("Put the red cup on the table and the hat into the box.") == (
        Goal(thing="red cup", place="table", preposition="on"),
        Goal(thing="hat", place="box", preposition="in"),
    )
    assert read_goals("Your goal: Make the lamp shiny and the rug flat.") == (
        Goal(thing="lamp", state="shiny"),
        Goal(thing="rug", state="flat"),
    )
    assert read_goals("You are in a room. The cup is on the table. There is a hat on the shelf.") == ()


def test_words() -> None:
    words = read_words('"snarf THING" puts a thing into your hands\ngo to ROOM - walk next door\nPLUK - see the room\n')
    assert words.of(Role.TAKE) == ("snarf",)
    assert words.of(Role.GO) == ("go to",)
    defined = read_words("You can also wump. To wump is to make something closed and its contents unavailable.")
    assert defined.strange == () or "wump" not in defined.strange


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("You can carry no more than 2 at a time.", 2),
        ("Your hands hold three things at most.", 3),
        ("Have 2 cups.", None),
    ],
)
def test_limits(text: str, limit: int | None) -> None:
    assert carrying_limit(text) == limit


def test_forms() -> None:
    later = Slot(name="next actions", kind=SlotKind.TEXT)
    place = command_place((form("DONE"), form("> ", ACTION), form("> ", ACTION, "\nNext actions: ", later)))
    assert place is not None
    assert (place.form, place.action) == (2, "action")
    assert place.plan == later
    assert command_place((form("DONE"),)) is None


def test_a_plan_that_was_read_as_a_form_of_its_own_stands_below() -> None:
    later = Slot(name="next actions", kind=SlotKind.TEXT)
    book = Rulebook(forms=(form("> ", ACTION), form("Next actions: ", later), form("> done")))
    heard = PROMPTS[1].format(more="") + House(wording=1).scene()
    memory = remember(Memory(), Event(index=0, source=Source.GAME, text=heard))
    option = Act().propose(Session(rulebook=book, memory=memory)).options[0]
    reply = book.forms[option.form].render(option.fills)
    assert re.fullmatch(r"> \w+ \w+\nNext actions: \w+.*", reply)
    own = Event(index=1, source=Source.SELF, text=reply)
    answer = Event(index=2, source=Source.GAME, text="You take the jar.")
    assert believe((*memory.events, own, answer)).world.held == ("jar",)


def test_examples_are_not_the_world() -> None:
    prompt = (
        "Example:\nOn the anvil you see feather.\nYou take the feather.\n\nYou are in the porch. Doors lead to: hall."
    )
    world = believe((Event(index=0, source=Source.GAME, text=prompt),)).world
    assert (world.here, world.held) == ("porch", ())


def test_other_games_are_left_alone() -> None:
    memory = remember(Memory(), Event(index=0, source=Source.GAME, text="Guess a word of five letters."))
    assert Act().fits(Session(rulebook=Rulebook(forms=(form("GUESS: ", ACTION),)), memory=memory)) == 0.0
