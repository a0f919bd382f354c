"""Forms without a hole that are data: private facts in braces or behind labels, and the marks of speakers.

Fixed replies ("done", `{"type": "end"}`) are rare and short; a row of labelled values beside forms
with holes tells the player something and is nothing to say.
"""

import json
import re
from collections.abc import Collection, Sequence

from constraints.forms import Literal, ReplyForm

MOST_LABELLED = 2
"""Fixed replies behind labels of their own ("move: left") that are still taken for replies."""

_KEY = re.compile(r"\"([^\"\n]{1,60})\"\s*:")
_LABELLED = re.compile(r"([\w' -]{2,30}): \S.*")


def without_data(forms: Sequence[ReplyForm], speakers: Collection[str]) -> tuple[ReplyForm, ...]:
    """The forms without those that only tell something; unchanged where no form has a hole.

    Args:
        forms: what was read.
        speakers: tags (lower case) that lines of the message begin with.
    """
    if all(_fixed(form) is not None for form in forms):
        return tuple(forms)
    keys = {key for form in forms if _fixed(form) is None for key in _KEY.findall(_literals(form))}
    labels = {match[1].casefold() for form in forms if (match := _LABELLED.fullmatch(_fixed(form) or ""))}
    return tuple(form for form in forms if not _is_data(form, keys, labels, speakers))


def _is_data(form: ReplyForm, keys: Collection[str], labels: Collection[str], speakers: Collection[str]) -> bool:
    text = _fixed(form)
    if text is None:
        return False
    told = _object_keys(text)
    if len(told) > 1 and not told & set(keys):
        return True
    if len(labels) > MOST_LABELLED and _LABELLED.fullmatch(text):
        return True
    return text.casefold() in speakers


def _fixed(form: ReplyForm) -> str | None:
    """The text of a form without a hole; None for any other."""
    return None if form.slots else _literals(form)


def _literals(form: ReplyForm) -> str:
    return "".join(part.text for part in form.parts if isinstance(part, Literal))


def _object_keys(text: str) -> set[str]:
    """The keys of a JSON object; none for any other text."""
    try:
        value = json.loads(text) if text.startswith("{") else None
    except ValueError:
        return set()
    return {str(key) for key in value} if isinstance(value, dict) else set()  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
