"""A trial of a language model as a reader: prompts whose forms are known.

A model that cannot read these must not be believed about prompts that nobody
else can read. Measured: the embedded model of 135M parameters fails, and all
the forms that it read by itself from practice prompts were wrong.
"""

from dataclasses import dataclass

from agent.anchoring import merge
from agent.filled_form import FilledForm
from constraints.rulebook import Rulebook
from constraints.turn import constrain


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A prompt with replies that tell whether its form was understood.

    Attributes:
        prompt: a game's first message.
        legal: replies that the form admits.
        illegal: replies that it does not.
    """

    prompt: str
    legal: tuple[str, ...]
    illegal: tuple[str, ...]

    def passed(self, filled: FilledForm) -> bool:
        """Whether a reading of the prompt tells the legal replies from the illegal ones."""
        rulebook = merge(Rulebook(messages=1, heard=1), filled, self.prompt, 0)
        if not rulebook.forms:
            return False
        turn = constrain(rulebook)
        return not any(turn.check(reply) for reply in self.legal) and all(turn.check(reply) for reply in self.illegal)


TRIALS = (
    Trial(
        prompt=(
            "Two players meet in this game. Your partner tells you about an animal; their lines carry the tag HEAR:. "
            "You find out which animal it is, in at most five rounds. Each of your replies must start with NAME: "
            "followed by the animal, and nothing else."
        ),
        legal=("NAME: otter", "NAME: red fox"),
        illegal=("HEAR: otter", "otter", "It is the otter."),
    ),
    Trial(
        prompt=(
            "A treasure game. You walk from room to room and collect points; I tell you where you are after the word "
            "ROOM=. On each turn write only WALK= with the way to go, or simply REST= with a reason to "
            "stop."
        ),
        legal=("WALK= left", "REST= I am tired"),
        illegal=("ROOM= hall", "left", "I walk left."),
    ),
    Trial(
        prompt=(
            "You are a player in a quiz with ten rounds, and you score a point for every right guess. I describe a "
            "thing in a line of mine. Simply reply with a single word, nothing else."
        ),
        legal=("lantern", "cup"),
        illegal=("a small lantern", "I guess it is a cup."),
    ),
)
"""Three prompts; a reader passes all of them."""
