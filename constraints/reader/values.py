"""What prose, samples and lists say of one hole beyond its own words: ranges, single letters, shapes, word bounds."""

import re
from collections.abc import Sequence
from dataclasses import replace

from constraints.forms import Slot, SlotKind
from constraints.reader.amounts import bounds
from constraints.reader.regions import Region
from constraints.reader.samples import shape_of
from constraints.reader.scan import Page, Sentence
from constraints.reader.shots import lettered
from constraints.reader.templates import Hole
from constraints.reader.words import NUMBER, noun_stem, number
from constraints.rulebook import OptionList

_OPEN = (SlotKind.TEXT, SlotKind.WORD)
_LETTER = re.compile(r"(?i)(?:^|\b(?:single|one|your|a|the|this|that|guessed|new) (?:\w+ )?)letter\b(?! of\b)(?!s)")
_VARIABLES = re.compile(r"[nNkKmM]|[xyXY]\d?")
_CELL = re.compile(r"\[a-z\]\[0-9\]")
_FILES = re.compile(r"\b([a-c])\s?(?:-|–|to|through)\s?([d-z])\b")
_RANKS = re.compile(r"\b([0-2])\s?(?:-|–|to|through)\s?([3-9])\b")
_REPLY = re.compile(
    r"\b(?:sentences?|repl(?:y|ies)|answers?|responses?|messages?|turns?|contributions?|texts?|lines?|it|each|"
    r"statements?|descriptions?|keep|write|use|stay)\b"
)
_ASIDE = re.compile(
    r"\b(?:target|secret|hidden|forbidden|related|list|following|these|those|given|below|guess(?:es)? "
    r"the)\b[^.]{0,20}\bwords?\b"
)


def sharpened(slot: Slot, hole: Hole, page: Page, options: Sequence[OptionList], *, alone: bool) -> Slot:
    """A slot with what the rest of the prompt says of it; slots that are settled stay as they are."""
    if slot.kind not in _OPEN or slot.options or slot.letters is not None:
        return slot
    words = f"{hole.label} {hole.meaning}"
    lettered_by = _LETTER.search(hole.meaning or hole.label) and not re.search(r"letters|word", words)
    if lettered_by or (not hole.meaning and slot.name == "letter" and len(hole.label) <= 1):
        offered = lettered(page)
        if offered:
            return replace(slot, kind=SlotKind.CHOICE, options=offered, fixed=True)
        return replace(slot, kind=SlotKind.WORD, letters=1)
    if re.fullmatch(r"[Xx_]{3,20}|(?:_ ){2,19}_", hole.label):
        return replace(slot, kind=SlotKind.WORD, letters=len(hole.label.replace(" ", "")))
    for label in dict.fromkeys((hole.label, slot.name)):
        span = ranged(page, label)
        if span is not None:
            return replace(slot, kind=SlotKind.NUMBER, low=span[0], high=span[1])
    if hole.sample:
        sampled = _sampled(slot, hole.sample, page, options)
        if sampled is not None:
            return sampled
    if _VARIABLES.fullmatch(hole.label) and not hole.meaning:
        return replace(slot, kind=SlotKind.NUMBER)
    return measured(slot, words, page, alone=alone) if slot.kind is SlotKind.TEXT else slot


def numbers(name: str, words: str) -> Slot | None:
    """A list of numbers that words ask for ("the two numbers with a comma between them"); None when they do not."""
    match = _NUMBERS.search(words.lower())
    if match is None:
        return None
    count = number(match.group(1) or "")
    most = count - 1 if count is not None and count > 1 else 39
    least = most if count is not None and count > 1 else 0
    lower = words.lower()
    gap = next(
        (mark for name, mark in _GAPS.items() if re.search(rf"\b(?:{name})", lower)),
        ", ?",
    )
    shape = f"-?[0-9]{{1,9}}({gap}-?[0-9]{{1,9}}){{{least},{most}}}"
    example = gap.replace("?", "").join(str(one) for one in range(1, (count or 2) + 1))
    return Slot(name=name, kind=SlotKind.TEXT, shape=shape, examples=(example,))


_GAPS = {
    "comma": ", ?",
    "slash": "/",
    "hyphen|dash": "-",
    "semicolon": "; ?",
    "colon": ":",
    "space|blank": " ",
}
_NUMBERS = re.compile(rf"\b(?:({NUMBER}) |the |of )?(?:\w+ )?(?:numbers|integers|digits)\b")


def ranged(page: Page, label: str) -> tuple[int, int] | None:
    """The bounds that prose sets for a name ("LINE between 1 and 12", "x and y are integers from 0 to 6")."""
    if not 0 < len(label) <= 30 or not re.match(r"\w", label):
        return None
    name = re.compile(
        rf"(?<![\w<\[{{]){re.escape(label)}(?![\w>\]}}])",
        0 if len(label) == 1 else re.IGNORECASE,
    )
    for sentence in page.sentences:
        if sentence.region is Region.EXAMPLE:
            continue
        for match in list(name.finditer(sentence.text))[:6]:
            tail = sentence.text[match.end() : match.end() + 120]
            span = _BETWEEN.match(tail) or _BESIDE.match(tail)
            if span is None or re.search(
                r"(?i)\b(?:letters|words|sentences|characters|turns|rounds)\b",
                tail[: span.end() + 12],
            ):
                continue
            low, high = number(span.group(1)), number(span.group(2))
            if low is not None and high is not None and low < high:
                return low, high
    return None


_BETWEEN = re.compile(
    rf"[^.;:?!\n]{{0,60}}?\b(?:between|from|in the range(?: of)?|in)\s+({NUMBER})(?: "
    rf"\([^()\n]{{1,40}}\))?\s*(?:and|to|through|-|–|\.\.)\s*({NUMBER})\b"
)
_BESIDE = re.compile(r"\s?[:=]?\s?[(\[]?(\d{1,4})\s?(?:-|–|\.\.|to)\s?(\d{1,4})\b")


def _sampled(slot: Slot, sample: str, page: Page, options: Sequence[OptionList]) -> Slot | None:
    """A slot whose values look like a sample."""
    if re.fullmatch(r"0\d{1,8}", sample):
        return replace(slot, shape=f"[0-9]{{{len(sample)}}}", examples=(sample,))
    if re.fullmatch(r"-?\d{1,9}", sample):
        return replace(slot, kind=SlotKind.NUMBER)
    items = sample.split()
    for entry in options:
        known = {value.lower(): value for value in entry.values}
        if len(items) >= 2 and all(item.lower() in known for item in items) and len(known) <= 60:
            one = "(" + "|".join(re.escape(value) for value in entry.values) + ")"
            return replace(
                slot,
                shape=f"{one}( {one}){{{len(items) - 1},{len(items) - 1}}}",
                examples=(sample,),
            )
    shape = shape_of(sample)
    if not shape:
        return None
    files, ranks = _FILES.search(page.text), _RANKS.search(page.text)
    if _CELL.search(shape) and files and ranks:
        cell = f"[{files.group(1)}-{files.group(2)}][{ranks.group(1)}-{ranks.group(2)}]"
        shape = shape.replace("[a-z][0-9]", cell)
    letters = _LETTERS.search(page.text)
    if letters and shape.startswith("[A-Z]") and sample[0] in letters.group(1):
        shape = "[" + "".join(re.findall("[A-Z]", letters.group(1))) + "]" + shape[5:]
    return replace(slot, shape=shape, examples=(sample,)) if re.fullmatch(shape, sample) else None


_LETTERS = re.compile(r"\(([A-Z](?:, ?[A-Z]){1,9})\)")


def measured(slot: Slot, words: str, page: Page, *, alone: bool) -> Slot:
    """A text slot with the bounds on its words that its own words, or a sentence about it, set."""
    if slot.low is not None or slot.high is not None:
        return slot
    found = bounds(words.lower(), r"words?\b") if "word" in words.lower() and "letter" not in words.lower() else None
    if found is None:
        found = next(
            (told for sentence in page.sentences if (told := _bounds_for(slot, sentence, alone=alone))),
            None,
        )
    if found is None or (found[0] or 0) > 400:
        return slot
    low, high = found
    if high is not None and high < 1:
        return slot
    return replace(slot, low=low if low and low > 1 else None, high=high)


_COUNTED = re.compile(rf"\b{NUMBER}[\s-]+words?\b(?! of\b)|\bwords?\b[^.]{{0,20}}\b{NUMBER}\b")


def _bounds_for(slot: Slot, sentence: Sentence, *, alone: bool) -> tuple[int | None, int | None] | None:
    """The bounds on words that a sentence sets for a slot."""
    lower = sentence.lower
    if sentence.region is not Region.RULE or "word" not in lower or "letter" in lower or _ASIDE.search(lower):
        return None
    stem = noun_stem(slot.name.split()[-1]) if slot.name.split() else ""
    named = len(stem) > 3 and bool(re.search(rf"\b{re.escape(stem)}", lower))
    if not named and not (alone and _REPLY.search(lower) and _COUNTED.search(lower)):
        return None
    found = bounds(lower, r"words?\b(?! (?:that|which|from|of the|in the list|on the|below|above))")
    if found is None or max(found[0] or 0, found[1] or 0) < (2 if named else 4):
        return None
    return found
