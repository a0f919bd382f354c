"""Which list of options a slot draws on."""

import re
from collections.abc import Sequence
from dataclasses import replace

from constraints.forms import Slot, SlotKind
from constraints.reader.glossary import read_counts
from constraints.reader.regions import Region
from constraints.reader.scan import Page
from constraints.reader.words import noun_stem
from constraints.rulebook import OptionList


def stated_counts(page: Page, name: str) -> tuple[int | None, int | None]:
    """Counts of list items stated anywhere beside "comma-separated list"."""
    for cue in (_LISTED, _PICKED):
        for sentence in page.sentences:
            if sentence.region is Region.RULE and cue.search(sentence.lower):
                low, high = read_counts(sentence.lower)
                if low is not None or high is not None:
                    return low, high
    return None, None


_LISTED = re.compile(r"comma|\blist of\b|separated")
_PICKED = re.compile(r"\b(?:pick|choose|select|name|guess|give)\b[^.]{0,40}\b(?:words?|items?|targets?|of them)\b")


def recounted(slot: Slot, page: Page) -> Slot:
    """A list slot with the counts that a later message states."""
    low, high = stated_counts(page, slot.name)
    return slot if low is None and high is None else replace(slot, low=low, high=high)


def offered(slot: Slot, options: Sequence[OptionList], label: str = "", near: str = "") -> OptionList | None:
    """The option list of a message that belongs to a slot, if any.

    Args:
        slot: the slot.
        options: the message's lists, most trusted first.
        label: the words of the placeholder.
        near: the sentence that states the form.
    """
    best: tuple[float, OptionList] | None = None
    for entry in sorted(options, key=lambda one: one.span.start):
        score = _fit(slot, entry, label, near)
        again = best is not None and entry.label == best[1].label
        if score > 0 and (best is None or score > best[0] or (again and score == best[0])):
            best = (score, entry)
    return best[1] if best else None


def _fit(slot: Slot, entry: OptionList, label: str, near: str) -> float:
    """How well an option list fits a slot; 0 for not at all."""
    lower = entry.label.lower()
    known = {option.lower() for option in slot.options} if slot.fixed else set[str]()
    if slot.letters is not None and not all(len(value) == slot.letters for value in entry.values):
        return 0.0
    overlap = sum(value.lower() in known for value in entry.values)
    if known and 2 * overlap < len(entry.values):
        return 0.0
    score = 3.0 * overlap / len(entry.values) if known else 0.0
    stems = {noun_stem(word) for word in f"{slot.name} {label}".split() if len(word) > 3}
    labels = {noun_stem(word) for word in re.findall(r"[a-z]+", lower) if len(word) > 3}
    if stems & labels - {"word", "list", "your"}:
        score += 2.0
    elif (
        slot.kind in (SlotKind.WORD, SlotKind.LIST)
        and not known
        and not re.search(r"clue|hint|associat|descri|code", f"{slot.name} {label}".lower())
        and {"word", "candidat", "option", "item", "list"} & {noun_stem(part) for part in re.findall(r"[a-z]+", lower)}
    ):
        score += 1.0
    if score and re.search(
        r"\b(?:currently|available|now|remaining|from here|exits?|doors?|ways?|passages?|can (?:go|move|walk))\b", lower
    ):
        score += 1.5
    if known and overlap == len(entry.values) < len(known):
        score += 1.0
    if (
        score
        and re.search(r"\b(?:your|yours|own|friendly|team|still)\b", lower)
        and not re.search(r"opponent|distract|kill|forbidden|taboo|other team", lower)
    ):
        score += 1.0
    if re.search(
        r"opponent|distract|kill|bomb|forbidden|taboo|related words|already|previous|guessed|"
        r"removed|other team|assassin|innocent|neutral|visited|used|rival|enemy|deadly|bystander|"
        r"beware|civilian|killer|lethal|fatal|poison",
        lower,
    ):
        score -= 2.5
    return max(0.0, score) * entry.confidence
