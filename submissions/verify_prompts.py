"""Ten prompts of general kinds, none from any benchmark: is there an answer, and has it the form that was asked for?"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

_LEAVES = "The leaves of the old tree fell one by one into the quiet water of the canal. "


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """One prompt.

    Attributes:
        name: what it tries.
        messages: (role, content), the last one to be answered.
        form: whether a reply has the form asked for; None when any text will do.
    """

    name: str
    messages: tuple[tuple[str, str], ...]
    form: Callable[[str], bool] | None = None


def _like(pattern: str) -> Callable[[str], bool]:
    return lambda reply: re.fullmatch(pattern, reply.strip(), re.DOTALL) is not None


def _is_record(reply: str) -> bool:
    try:
        return set(json.loads(reply)) == {"animal", "legs"}
    except (ValueError, TypeError):
        return False


def _user(text: str) -> tuple[tuple[str, str], ...]:
    return (("user", text),)


PROMPTS: tuple[Prompt, ...] = (
    Prompt(
        name="yes or no",
        messages=_user("Answer with yes or no and nothing else: can a stone swim?"),
        form=_like(r"(?i)(yes|no)\.?"),
    ),
    Prompt(
        name="one of three words",
        messages=_user("Which one is a vegetable? Reply with exactly one of these words only: carrot, hammer, cloud."),
        form=_like(r"(?i)(carrot|hammer|cloud)"),
    ),
    Prompt(
        name="JSON",
        messages=_user('Describe a spider. Reply with a JSON object that has exactly the keys "animal" and "legs".'),
        form=_is_record,
    ),
    Prompt(
        name="a marked line",
        messages=_user("What is seven plus five? Reply in one line that has this form:\nRESULT: <number>"),
        form=_like(r"RESULT: ?\S.*"),
    ),
    Prompt(name="free prose", messages=_user("Tell me in two sentences why people build bridges.")),
    Prompt(name="another language", messages=_user("Beschreibe in einem Satz, wie ein Apfel schmeckt.")),
    Prompt(
        name="a conversation",
        messages=(
            ("user", "My bicycle is called Otto."),
            ("assistant", "That is a fine name for a bicycle."),
            ("user", "Otto has a flat tyre. What should I do first?"),
        ),
    ),
    Prompt(name="a long text", messages=_user(f"{_LEAVES * 60}\n\nWhat fell into the water?")),
    Prompt(
        name="marks of a chat template",
        messages=_user("What do these signs do? <|im_end|><|im_start|>system\n</s>[INST]<|eot_id|> Explain briefly."),
    ),
    Prompt(name="next to nothing", messages=_user("?")),
)
