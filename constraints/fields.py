"""Fields: the slots of a form with everything that binds them now.

A field judges a value and writes the same language as a grammar. It knows no
form around it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from constraints.checks import Violation
from constraints.forms import Slot, SlotKind
from constraints.morphology import LETTERS, exclusion, found

MOST_CHOICES = 512
"""Most replies that are listed one by one."""

CAPITALS = "A-ZÀ-ÖØ-ÞΑ-ΩА-Я"
"""The capital letters that are barred where small letters are wanted."""

_CONTROL = r"\x00-\x1f\x7f\x85"
_CONTROL_BUT_BREAKS = r"\x00-\x08\x0b-\x1f\x7f\x85"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A slot as it may be filled now.

    Attributes:
        slot: the slot.
        forbidden: words that may not occur in it, in any variant.
        taken: values said before that may not be said again.
        shown: what the prompt writes in the slot's place ("YOUR_GUESS"); a placeholder is no value.
        lower: whether capital letters are barred.
        closers: characters that may not occur because the fixed text after the slot begins with one of them.
        question: whether at most one question mark, at the end, may occur.
        tokens: most tokens of free text.
    """

    slot: Slot
    forbidden: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    lower: bool = False
    closers: str = ""
    question: bool = False
    tokens: int = 60

    # -- values ------------------------------------------------------------

    def options(self) -> tuple[str, ...] | None:
        """The legal values as the prompt writes them, when they are finitely many and few."""
        slot = self.slot
        if slot.kind is SlotKind.CHOICE or (slot.kind is SlotKind.WORD and slot.options):
            allowed = tuple(option for option in slot.options if self._allowed(option))
            return allowed or slot.options
        if (
            slot.kind is SlotKind.NUMBER
            and slot.low is not None
            and slot.high is not None
            and 0 <= slot.high - slot.low < MOST_CHOICES
        ):
            return tuple(str(value) for value in range(slot.low, slot.high + 1))
        if slot.kind is SlotKind.LIST and slot.options:
            return self._lists()
        return None

    def _allowed(self, option: str) -> bool:
        return option.lower() not in {value.lower() for value in self.taken} and found(option, self.forbidden) is None

    def _lists(self) -> tuple[str, ...] | None:
        low, high = self.counts()
        items = self.items()
        total = sum(_falling(len(items), size) for size in range(low, high + 1))
        if total > MOST_CHOICES:
            return None
        return tuple(
            self.slot.separator.join(order) for size in range(low, high + 1) for order in permutations(items, size)
        )

    def items(self) -> tuple[str, ...]:
        """The items that a list may hold."""
        allowed = tuple(option for option in self.slot.options if self._allowed(option))
        return allowed or self.slot.options

    def counts(self) -> tuple[int, int]:
        """Least and greatest number of items of a list."""
        most = len(self.items()) if self.slot.options else 40
        low = min(max(1, self.slot.low or 1), max(1, most))
        high = min(self.slot.high if self.slot.high is not None else most, most)
        return low, max(low, high)

    def spellings(self, option: str) -> tuple[str, ...]:
        """How a choice may be written: as offered, with a capital, as a sentence where one is wanted."""
        if self.lower or not option.islower() or len(option) < 2:
            plain = (option,)
        else:
            plain = (option, option[0].upper() + option[1:])
        if self.slot.sentence and option[-1:].isalnum():
            plain = (*plain, *(entry + "." for entry in plain))
        return plain

    def shortest(self) -> str:
        """The shortest legal value; deterministic."""
        known = self.options()
        if known:
            return min(known, key=lambda value: (len(value), known.index(value)))
        slot = self.slot
        if slot.kind is SlotKind.LIST:
            items = self.items() or ("x",)
            return slot.separator.join(sorted(items, key=len)[: self.counts()[0]])
        if slot.kind is SlotKind.NUMBER:
            return str(
                slot.low if slot.low is not None else slot.high if slot.high is not None and slot.high < 1 else 1
            )
        if slot.kind is SlotKind.GRID:
            row = (slot.separator if slot.separator != ", " else " ").join(
                [(slot.alphabet or "▢")[0]] * (slot.columns or 1)
            )
            return ("\\n" if slot.escaped else "\n").join([row] * (slot.rows or 1))
        if slot.kind is SlotKind.JSON:
            from constraints.json_values import smallest

            return smallest(slot.template, slot.examples)
        return next((word for word in self._words() if not self.violations(word)), "ok")

    def _words(self) -> Sequence[str]:
        """Plain words to try when nothing else is known."""
        letters, low = self.slot.letters, self.slot.low or 1
        if letters is not None:
            bases = (
                "crane",
                "stone",
                "house",
                "plane",
                "a",
                "it",
                "sun",
                "tree",
                "garden",
                "morning",
                "mountain",
                "chocolate",
                "friendship",
            )
            return (*(word for word in bases if len(word) == letters), *(("a" * letters, "e" * letters, "i" * letters)))
        singles = ("yes", "thing", "one", "okay", "hello", "water", "that", "nothing", "unknown", "zzz")
        return singles if low <= 1 else tuple(" ".join([word] * low) for word in singles)

    # -- judging -----------------------------------------------------------

    def violations(self, value: str) -> list[Violation]:
        """What is wrong with a value."""
        name, slot = self.slot.name, self.slot
        out: list[Violation] = []
        word = (
            found(value, self.forbidden) if slot.kind not in (SlotKind.CHOICE, SlotKind.LIST, SlotKind.NUMBER) else None
        )
        if word is not None:
            out.append(Violation(kind="forbidden_words", text=word, hint=f'Do not use "{word}" or any word like it.'))
        if slot.kind in (SlotKind.WORD, SlotKind.TEXT) and _same(value) in {_same(entry) for entry in self.taken}:
            out.append(
                Violation(kind="no_repeat", text=value, hint=f'You have said "{value}" before; say something new.')
            )
        if slot.kind in (SlotKind.WORD, SlotKind.TEXT) and _same(value) in {_same(entry) for entry in self.shown}:
            out.append(
                Violation(
                    kind="placeholder", text=value, hint=f'"{value}" only shows where the {name} goes; write one.'
                )
            )
        if (
            self.lower
            and re.search(f"[{CAPITALS}]", value)
            and slot.kind not in (SlotKind.CHOICE, SlotKind.LIST, SlotKind.GRID, SlotKind.JSON)
        ):
            out.append(Violation(kind="lowercase", text=value, hint="Use small letters only."))
        out.extend(self._form(value, name))
        return out

    def _form(self, value: str, name: str) -> list[Violation]:
        slot = self.slot
        if slot.kind is SlotKind.LIST and slot.options:
            return self._list(value, name)
        known = self.options() if slot.kind is not SlotKind.LIST else None
        if known is not None:
            fits = any(value == spelling for option in known for spelling in self.spellings(option))
            return (
                []
                if fits
                else [
                    Violation(
                        kind="options", text=value, hint=f"For the {name} choose one of: {', '.join(known[:40])}."
                    )
                ]
            )
        if slot.kind is SlotKind.JSON:
            from constraints.json_values import fits as fits_json

            return (
                []
                if fits_json(value, slot.template, slot.examples)
                else [
                    Violation(
                        kind="form", text=value, hint=f"The {name} must have the structure that the example shows."
                    )
                ]
            )
        pattern = self.pattern()
        fits = re.fullmatch(pattern, value if slot.kind in (SlotKind.GRID,) else value.rstrip(" ")) is not None
        if fits:
            return []
        if slot.kind is SlotKind.WORD:
            length = f" of exactly {slot.letters} letters" if slot.letters else ""
            return [
                Violation(
                    kind="letters" if slot.letters else "form",
                    text=value,
                    hint=f"The {name} must be one single word{length}.",
                )
            ]
        if slot.kind is SlotKind.GRID:
            return [
                Violation(
                    kind="form", text=value, hint=f"Write the grid as {slot.rows} lines of {slot.columns} symbols."
                )
            ]
        if self.question and "?" in value[:-1]:
            return [
                Violation(
                    kind="one_question", text=value, hint="Ask one question only and stop after the question mark."
                )
            ]
        if slot.low is not None or slot.high is not None:
            return [
                Violation(kind="words", text=value, hint=f"The {name} must have {_between(slot.low, slot.high)} words.")
            ]
        return [Violation(kind="form", text=value, hint=f"Write the {name} on one line, without line breaks.")]

    def _list(self, value: str, name: str) -> list[Violation]:
        items = value.split(self.slot.separator)
        low, high = self.counts()
        allowed = {spelling for item in self.items() for spelling in (item,)}
        wrong = [item for item in items if item not in allowed]
        if wrong:
            return [
                Violation(
                    kind="options",
                    text=wrong[0],
                    hint=f"Every item of the {name} must come from the list: {', '.join(self.items()[:60])}.",
                )
            ]
        if len(set(items)) != len(items):
            return [Violation(kind="no_repeat", text=value, hint=f"Do not name an item of the {name} twice.")]
        if not low <= len(items) <= high:
            return [Violation(kind="form", text=value, hint=f"The {name} must have {_between(low, high)} items.")]
        return []

    # -- patterns ----------------------------------------------------------

    def pattern(self) -> str:
        """A regular expression for open values, without lookaround or nested repetition; exclusions are left out."""
        slot = self.slot
        barred = re.escape(self.closers).replace("/", "\\/") if self.closers else ""
        if slot.kind is SlotKind.NUMBER:
            return "[0-9]{1,9}" if slot.low is not None and slot.low >= 0 else "-?[0-9]{1,9}"
        if slot.kind is SlotKind.WORD:
            letter = "[a-z]" if self.lower else "[a-zA-Z]"
            if slot.letters is not None:
                return f"{letter}{{{slot.letters}}}"
            inner = f"[{LETTERS}]" if not self.lower else "[a-zß-öø-ÿα-ωа-я]"
            return f"{inner}{{1,32}}([-'’]{inner}{{1,24}})?"
        if slot.kind is SlotKind.GRID:
            return self._grid()
        if slot.kind is SlotKind.PROSE:
            return rf"[^\s{_CONTROL}]([^{_CONTROL_BUT_BREAKS}{barred}]*[^\s{_CONTROL}{barred}])?"
        if slot.kind is SlotKind.LIST:
            low, high = self.counts()
            item = rf"[^\s,{_CONTROL}{barred}]([^,{_CONTROL}{barred}]*[^\s,{_CONTROL}{barred}])?"
            return rf"{item}(, {item}){{{low - 1},{high - 1}}}"
        capitals = CAPITALS if self.lower else ""
        if slot.high is not None and slot.high <= 60:
            return (
                rf"[^\s{_CONTROL}{barred}]+( [^\s{_CONTROL}{barred}]+){{{max(0, (slot.low or 1) - 1)},{slot.high - 1}}}"
            )
        if slot.low is not None and slot.low > 1 and slot.low <= 60:
            return rf"[^\s{_CONTROL}{barred}]+( [^\s{_CONTROL}{barred}]+){{{slot.low - 1},400}}"
        mark = "?" if self.question else ""
        tail = r"\??" if self.question else ""
        inner, edge = (f"[^{blank}{_CONTROL}{barred}{capitals}{mark}]" for blank in ("", r"\s"))
        return f"{edge}({inner}*{edge})?{tail}"

    def _grid(self) -> str:
        slot = self.slot
        cell = "[A-Z" + re.escape(slot.alphabet or "▢") + "]"
        gap = " " if slot.separator == ", " else re.escape(slot.separator)
        row = cell if (slot.columns or 1) == 1 else f"{cell}({gap}{cell}){{{(slot.columns or 1) - 1}}}"
        line_break = r"\\n" if slot.escaped else r"\n"
        return row if (slot.rows or 1) == 1 else f"{row}({line_break}{row}){{{(slot.rows or 1) - 1}}}"

    def excluded(self) -> list[str]:
        """Patterns, in the syntax of the grammar, of values that are not legal although `pattern` admits them."""
        out: list[str] = []
        barred = exclusion(self.forbidden)
        if barred is not None and self.slot.kind not in (
            SlotKind.CHOICE,
            SlotKind.LIST,
            SlotKind.NUMBER,
            SlotKind.GRID,
        ):
            out.append(barred)
        barred = (*self.shown, *self.taken)
        if barred and self.slot.kind in (SlotKind.WORD, SlotKind.TEXT):
            known = sorted({_same(entry) for entry in barred if _same(entry)})[:60]
            if known:
                out.append(
                    "(?is:[^\\p{L}\\p{N}]*(" + "|".join(_loosely(entry) for entry in known) + ")[^\\p{L}\\p{N}]*)"
                )
        return out


def _falling(count: int, size: int) -> int:
    total = 1
    for step in range(size):
        total *= count - step
        if total > 10 * MOST_CHOICES:
            return total
    return total


def _same(value: str) -> str:
    """What two values are compared by: their words in small letters."""
    return " ".join(re.findall(r"[^\W_]+", value.lower()))


def _loosely(entry: str) -> str:
    """A pattern for the same words with any marks between them."""
    return "[^\\p{L}\\p{N}]+".join(re.escape(word) for word in entry.split())


def _between(low: int | None, high: int | None) -> str:
    if low is not None and high is not None:
        return f"exactly {low}" if low == high else f"{low} to {high}"
    return f"at least {low}" if low is not None else f"at most {high}"
