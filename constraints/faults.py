"""What is wrong with a value for a slot, and the shortest value with which nothing is."""

import re
from collections.abc import Sequence

from constraints.checks import Violation
from constraints.fields import CAPITALS, Field, same
from constraints.forms import Slot, SlotKind
from constraints.json_values import fits as fits_json
from constraints.json_values import smallest
from constraints.morphology import found
from constraints.vocabulary import pieces

_BASES = ("crane", "stone", "house", "plane", "a", "it", "sun", "tree", "garden", "morning", "mountain", "chocolate",
          "friendship")  # fmt: skip
_SINGLES = ("yes", "thing", "one", "okay", "hello", "water", "that", "nothing", "unknown", "zzz")
_CLOSED = (SlotKind.CHOICE, SlotKind.LIST, SlotKind.NUMBER)
_OPEN = (SlotKind.WORD, SlotKind.TEXT)


def violations(one: Field, value: str) -> list[Violation]:
    """What is wrong with a value."""
    slot = one.slot
    out: list[Violation] = []
    word = found(value, one.forbidden) if slot.kind not in _CLOSED else None
    if word is not None:
        out.append(Violation(kind="forbidden_words", text=word, hint=f'Do not use "{word}" or any word like it.'))
    if slot.kind in _OPEN:
        out += _taken(one, value)
    if one.lower and re.search(f"[{CAPITALS}]", value) and slot.kind in (*_OPEN, SlotKind.PROSE, SlotKind.NUMBER):
        out.append(Violation(kind="lowercase", text=value, hint="Use small letters only."))
    return [*out, *_form(one, value)]


def _taken(one: Field, value: str) -> list[Violation]:
    """A value that was said before, is laid out by the game, or is or holds a placeholder of the prompt."""
    words = same(value)
    near = next((word for word in one.listed if word in words or words in pieces(one.listed)), None)
    if near is not None:
        hint = f'"{value}" is one of the words listed, or holds one, or is a part of one; use another word.'
        return [Violation(kind="forbidden_words", text=value, hint=hint)]
    if words and one.options() is None and words in {same(entry) for entry in one.taken}:
        hint = f'You have said "{value}" before; say something new.'
        return [Violation(kind="no_repeat", text=value, hint=hint)]
    if any(mark in value for mark in one.marks) or (words and words in {same(entry) for entry in one.shown}):
        hint = f'"{value[:60]}" only shows where the {one.slot.name} goes; write one.'
        return [Violation(kind="placeholder", text=value, hint=hint)]
    return []


def _form(one: Field, value: str) -> list[Violation]:
    """Whether a value has the form that its slot asks for."""
    slot, name = one.slot, one.slot.name
    if slot.kind is SlotKind.LIST and slot.options:
        return _list(one, value)
    known = one.options() if slot.kind is not SlotKind.LIST else None
    if known is not None:
        if any(value == spelling for option in known for spelling in one.spellings(option)):
            return []
        hint = f"For the {name} choose one of: {', '.join(known[:40])}."
        return [Violation(kind="options", text=value, hint=hint)]
    if slot.kind is SlotKind.JSON:
        if fits_json(value, slot.template, slot.examples):
            return []
        hint = f"The {name} must have the structure that the example shows."
        return [Violation(kind="form", text=value, hint=hint)]
    if one.vocabulary and slot.letters:
        if value.rstrip(" ").lower() in set(one.vocabulary):
            return []
        hint = f"The {name} must be a common word of exactly {slot.letters} letters."
        return [Violation(kind="letters", text=value, hint=hint)]
    tidy = value if slot.kind is SlotKind.GRID else value.rstrip(" ")
    return [] if re.fullmatch(one.pattern(), tidy) is not None else [_malformed(one, value)]


def _malformed(one: Field, value: str) -> Violation:
    """The hint for an open value that does not match its pattern."""
    slot, name = one.slot, one.slot.name
    if slot.shape:
        shown = f', like "{slot.examples[0]}"' if slot.examples else ""
        return Violation(kind="form", text=value, hint=f"Write the {name} as the rules show it{shown}.")
    if slot.kind is SlotKind.WORD:
        length = f" of exactly {slot.letters} letters" if slot.letters else ""
        kind = "letters" if slot.letters else "form"
        return Violation(kind=kind, text=value, hint=f"The {name} must be one single word{length}.")
    if slot.kind is SlotKind.GRID:
        hint = f"Write the grid as {slot.rows} lines of {slot.columns} symbols."
        return Violation(kind="form", text=value, hint=hint)
    if one.question and "?" in value[:-1]:
        hint = "Ask one question only and stop after the question mark."
        return Violation(kind="one_question", text=value, hint=hint)
    if slot.low is not None or slot.high is not None:
        hint = f"The {name} must have {_between(slot.low, slot.high)} words."
        return Violation(kind="words", text=value, hint=hint)
    return Violation(kind="form", text=value, hint=f"Write the {name} on one line, without line breaks.")


def _list(one: Field, value: str) -> list[Violation]:
    name, items = one.slot.name, value.split(one.slot.separator)
    low, high = one.counts()
    wrong = [item for item in items if item not in one.items()]
    if wrong:
        hint = f"Every item of the {name} must come from the list: {', '.join(one.items()[:60])}."
        return [Violation(kind="options", text=wrong[0], hint=hint)]
    if len(set(items)) != len(items):
        return [Violation(kind="no_repeat", text=value, hint=f"Do not name an item of the {name} twice.")]
    if not low <= len(items) <= high:
        return [Violation(kind="form", text=value, hint=f"The {name} must have {_between(low, high)} items.")]
    return []


def _between(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"exactly {low}" if low == high else f"{low} to {high}"
    return f"at least {low}" if low is not None else f"at most {high}"


def shortest(one: Field) -> str:
    """The shortest legal value; deterministic."""
    known = one.options()
    if known:
        return min(known, key=lambda value: (len(value), known.index(value)))
    slot = one.slot
    if slot.shape and slot.examples:
        return slot.examples[0]
    if slot.kind is SlotKind.LIST:
        items = one.items() or tuple(f"item {number}" for number in range(1, one.counts()[0] + 1))
        return slot.separator.join(sorted(items, key=len)[: one.counts()[0]])
    if slot.kind is SlotKind.NUMBER:
        return str(slot.low if slot.low is not None else slot.high if slot.high is not None and slot.high < 1 else 1)
    if slot.kind is SlotKind.GRID:
        return _smallest_grid(slot)
    if slot.kind is SlotKind.JSON:
        return smallest(slot.template, slot.examples)
    return next((word for word in _plain_words(one) if not violations(one, word)), "ok")


def _smallest_grid(slot: Slot) -> str:
    gap = slot.separator if slot.separator != ", " else " "
    row = gap.join([(slot.alphabet or "▢")[0]] * (slot.columns or 1))
    return ("\\n" if slot.escaped else "\n").join([row] * (slot.rows or 1))


def _plain_words(one: Field) -> Sequence[str]:
    """Plain words to try when nothing else is known."""
    if one.vocabulary:
        return one.vocabulary
    letters, low = one.slot.letters, one.slot.low or 1
    if letters is not None:
        same_letters = tuple(letter * letters for letter in "aeioubcdfg")
        return (*(word for word in _BASES if len(word) == letters), *same_letters)
    return _SINGLES if low <= 1 else tuple(" ".join([word] * low) for word in _SINGLES)
