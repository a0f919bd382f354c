"""Fields: the slots of a form with everything that binds them now, and the patterns of their values.

A field knows no form around it; what is wrong with a value is said in
`constraints.faults`.
"""

import re
from dataclasses import dataclass
from itertools import permutations

from constraints.forms import Slot, SlotKind
from constraints.morphology import LETTERS, exclusion, found
from constraints.vocabulary import pieces, trie_pattern

MOST_CHOICES = 512
"""Most replies that are listed one by one."""

MOST_WORDS = 60
"""Most words that a pattern counts."""

LONGEST_WORD = 20
"""Most letters of one word that a model writes freely."""

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
        marks: characters that the prompt's placeholders begin with or hold ("$GUESS", "<clue>"); no value holds one.
        vocabulary: the real words of which one is wanted, the commonest first; () for any.
        listed: words laid out by the game, in small letters: the value holds none of them and is no part of one.
        plain: whether decoding keeps to plain Latin letters in a single word; the check allows any.
        lower: whether capital letters are barred.
        closers: characters that may not occur because the fixed text after the slot begins with one of them.
        stop: fixed text after the slot that begins like free text does (" because "); the value ends where it comes.
        question: whether at most one question mark, at the end, may occur.
        tokens: most tokens of free text.
    """

    slot: Slot
    forbidden: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    marks: str = ""
    vocabulary: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    plain: bool = False
    lower: bool = False
    closers: str = ""
    stop: str = ""
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

    # -- patterns ----------------------------------------------------------

    def pattern(self) -> str:
        """A regular expression for open values, without lookaround or nested repetition; exclusions are left out."""
        slot = self.slot
        if slot.shape:
            return slot.shape
        barred = re.escape(self.closers + self.marks).replace("/", "\\/")
        if slot.kind is SlotKind.NUMBER:
            return "[0-9]{1,9}" if slot.low is not None and slot.low >= 0 else "-?[0-9]{1,9}"
        if slot.kind is SlotKind.WORD:
            return self._word()
        if slot.kind is SlotKind.GRID:
            return self._grid()
        if slot.kind is SlotKind.PROSE:
            return rf"[^\s{_CONTROL}{barred}]([^{_CONTROL_BUT_BREAKS}{barred}]*[^\s{_CONTROL}{barred}])?"
        if slot.kind is SlotKind.LIST:
            low, high = self.counts()
            item = rf"[^\s,{_CONTROL}{barred}]([^,{_CONTROL}{barred}]*[^\s,{_CONTROL}{barred}])?"
            return rf"{item}(, {item}){{{low - 1},{high - 1}}}"
        capitals = CAPITALS if self.lower else ""
        mark = "?" if self.question else ""
        tail = r"\??" if self.question else ""
        word = rf"[^\s{_CONTROL}{barred}{capitals}{mark}]+"
        if slot.high is not None and slot.high <= MOST_WORDS:
            return f"{word}( {word}){{{max(0, (slot.low or 1) - 1)},{slot.high - 1}}}{tail}"
        if slot.low is not None and 1 < slot.low <= MOST_WORDS:
            return f"{word}( {word}){{{slot.low - 1},}}{tail}"
        inner, edge = (f"[^{blank}{_CONTROL}{barred}{capitals}{mark}]" for blank in ("", r"\s"))
        return f"{edge}({inner}*{edge})?{tail}"

    def _word(self) -> str:
        if self.vocabulary:
            return trie_pattern(self.vocabulary)
        if self.slot.letters is not None:
            return f"[{'a-z' if self.lower else 'a-zA-Z'}]{{{self.slot.letters}}}"
        inner = f"[{LETTERS}]" if not self.lower else "[a-zß-öø-ÿα-ωа-я]"
        return f"{inner}{{1,32}}([-'’]{inner}{{1,24}})?"

    def decoded(self) -> str:
        """The pattern that decoding follows: `pattern`, or a part of it."""
        slot = self.slot
        open_word = slot.kind is SlotKind.WORD and slot.letters is None and not (slot.shape or self.vocabulary)
        if self.plain and open_word:
            return f"[{'a-z' if self.lower else 'a-zA-Z'}]{{1,{LONGEST_WORD}}}"
        return self.pattern()

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
        barred = exclusion(self.forbidden) if not self.vocabulary else None
        if barred is not None and self.slot.kind not in (
            SlotKind.CHOICE,
            SlotKind.LIST,
            SlotKind.NUMBER,
            SlotKind.GRID,
        ):
            out.append(barred)
        if self.slot.kind not in (SlotKind.WORD, SlotKind.TEXT):
            return out
        if self.listed and not self.vocabulary:
            out.append(f"(?is:.*({'|'.join(self.listed)}).*|{trie_pattern(pieces(self.listed))})")
        barred = (*self.shown, *self.taken)
        if barred:
            known = sorted({same(entry) for entry in barred if same(entry)})
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


def same(value: str) -> str:
    """What two values are compared by: their words in small letters."""
    return " ".join(re.findall(r"[^\W_]+", value.lower()))


def _loosely(entry: str) -> str:
    """A pattern for the same words with any marks between them."""
    return "[^\\p{L}\\p{N}]+".join(re.escape(word) for word in entry.split())
