"""Lists of commands with what each does, in any of the ways in which such lists are written."""

from constraints.reader import read
from constraints.rulebook import Rulebook
from constraints.turn import constrain

HOUSE = """You are in a house. Put the hat on the chair.
"go to ROOM" takes you to a room next door
"lay THING in PLACE" (or "on PLACE") puts a thing from your hands there
gorp <thing>: take something that is in sight
put <thing> in <place>, put <thing> on <place>: put down a thing
look around - see what is in the room
Simply write one command. No other text is allowed.

Room: hall. A hat is here. Doors lead to: attic."""


def test_every_command_of_the_list_is_a_reply_of_its_own() -> None:
    turn = constrain(read(Rulebook(), HOUSE, own=False, message=0))
    for good in ("go to attic", "lay hat on chair", "lay hat in box", "gorp hat", "put hat in box", "put hat on chair"):
        assert turn.check(good) == [], good
    assert turn.check("look around") == []
    assert turn.check("You are in the hall. A hat is here.") != []


def test_commands_stay_legal_in_later_turns() -> None:
    rulebook = read(Rulebook(), HOUSE, own=False, message=0)
    rulebook = read(rulebook, "look around", own=True, message=1)
    rulebook = read(rulebook, "Room: hall. There is a shelf; on it: hat. In sight: the attic.", own=False, message=2)
    assert constrain(rulebook).check("gorp hat") == []


def test_a_tag_around_the_command_is_the_only_form() -> None:
    prompt = HOUSE.replace("Simply write one command.", "The reply has to be of the form 'Act: <action>'.")
    turn = constrain(read(Rulebook(), prompt, own=False, message=0))
    assert turn.check("Act: gorp hat") == []
    assert turn.check("gorp hat") != []


def test_values_to_choose_from_are_one_part_of_a_form() -> None:
    for words in ('Begin your reply with "SAY:", followed by one of', 'Use the prefix "SAY:" and after it one of'):
        prompt = f"You are a player in a game with three grids. {words} left, middle or right.\nNothing else, please!"
        turn = constrain(read(Rulebook(), prompt, own=False, message=0))
        assert turn.check("SAY: middle") == []
        assert turn.check("SAY: Filled are rows 1 and 2") != []
