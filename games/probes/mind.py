"""Theory of mind: who knows what, when things move while somebody is away (Wimmer and Perner 1983)."""

import random
from collections.abc import Sequence

from games.probes.rules import Question

_HIDING_PLACES = ("basket", "drawer", "cupboard", "box", "bag", "chest", "bucket", "jar")


def draw(rng: random.Random, names: Sequence[str], things: Sequence[str]) -> list[Question]:
    """A story told in one message, then questions on memory, on what is real, and on what each believes."""
    first, second = rng.sample(names, 2)
    thing = rng.choice(things)
    before, after = rng.sample(_HIDING_PLACES, 2)
    seen = rng.random() < 0.4  # a true belief, so that "the old place" is not always right
    away = f"{first} watches through the window" if seen else f"{first} is outside and sees nothing of it"
    story = (
        f"{first} puts the {thing} into the {before} and leaves the room. "
        f"{second} takes the {thing} out and puts it into the {after}; {away}. Then {first} comes back."
    )
    belief = after if seen else before
    told = f"{second} knows that {first} saw it." if seen else f"{second} knows that {first} saw nothing."
    questions = [
        Question(text=f"Where was the {thing} at the beginning?", answers=(before,), about="memory"),
        Question(text=f"Where is the {thing} now?", answers=(after,), about="what is real"),
        Question(
            text=f"Where will {first} look for the {thing} first?",
            answers=(belief,),
            about="true belief" if seen else "false belief",
        ),
        Question(
            text=f"{told} Where does {second} think that {first} will look first?",
            answers=(belief,),
            about="belief about a belief",
        ),
    ]
    rng.shuffle(questions)
    opening = questions[0].model_copy(update={"text": f"{story} {questions[0].text}"})
    return [opening, *questions[1:]]
