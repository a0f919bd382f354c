"""Holes become slots: what may stand in each, by everything the prompt says of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from constraints.forms import Slot, SlotKind
from constraints.reader.glossary import UNKNOWN, Meaning, read_counts, read_meaning
from constraints.reader.grids import grid_slot
from constraints.reader.limits import answer_limit
from constraints.reader.offers import offered, stated_counts
from constraints.reader.regions import Region
from constraints.reader.scan import Page
from constraints.reader.shots import lettered
from constraints.reader.templates import Hole
from constraints.reader.values import sharpened
from constraints.reader.words import noun_stem
from constraints.rulebook import OptionList

_VAGUE = frozenset(
    [
        "reply",
        "response",
        "message",
        "output",
        "word",
        "words",
        "text",
        "string",
        "sentence",
        "value",
        "answer",
        "details",
        "something",
        "number",
        "letter",
        "x",
        "n",
        "xxx",
        "here",
        "some",
        "text",
        "your",
        "answer",
    ]
) | {"some text", "a word", "your answer", "one sentence", "a sentence", "the word", "yes or no", ""}


_COMMANDS = frozenset(["go", "move", "walk", "say", "guess", "do", "act", "action"])


_EXPLAINS = re.compile(
    r"(?i)\b(?:explanation|reason(?:ing)?|thoughts?|thinking|rationale|why|because|comment|"
    r"justification|analysis|details?|notes?)\b"
)


_LETTER_CHOICE = re.compile(
    r"(?i)\bletters?\b[^.]{0,30}\b(?:choice|option|answer|correct)|\b(?:choice|option|correct)\b[^.]{0,20}\bletter\b"
)


_HIDDEN_WORD = re.compile(r"(?i)\b(?:guess|word|attempt|try|answer|solution|candidate)\b")


_NUMBERLY = re.compile(r"(?i)\b(?:score|number|count|index|amount|quantity|rating|confidence|percentage)\b")


_PROSELY = re.compile(
    r"(?i)\b(?:question|clue|hint|description|command|instruction|message|expression|explanation|"
    r"reason|describe|text)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a prompt says that may bear on a slot.

    Attributes:
        page: the message that states the form.
        options: option lists of that message.
        letters: length of the hidden word, when stated.
        tags: tags of all slots of the same form, for telling what a sentence speaks of.
        alone: whether this is the only open slot that the forms have.
    """

    page: Page
    options: Sequence[OptionList]
    letters: int | None = None
    tags: tuple[str, ...] = ()
    alone: bool = False


def slot_name(hole: Hole) -> str:
    """What the prompt calls the slot, in lower case."""
    label = " ".join(hole.label.lower().replace("_", " ").split())
    tag = hole.tag.lower()
    if hole.inside == "json":
        return tag or label or "value"
    if (
        tag
        and (tag not in _COMMANDS or label in _VAGUE or " " in label)
        and (label in _VAGUE or " " in label or not re.fullmatch(r"[\w-]+", label) or _same(label, tag))
    ):
        return tag
    return label if label and len(label) <= 40 else tag or "text"


def _same(label: str, tag: str) -> bool:
    return noun_stem(label) == noun_stem(tag)


def to_slot(hole: Hole, near: Surroundings) -> Slot:
    """Decides what may stand in a hole."""
    name = slot_name(hole)
    if hole.inside == "json":
        return _json_slot(hole, name)
    meaning = _meaning(hole, name, near)
    kind = meaning.kind or SlotKind.TEXT
    letters = meaning.letters
    if (
        kind is SlotKind.WORD
        and letters is None
        and near.letters is not None
        and _HIDDEN_WORD.search(f"{name} {hole.label} {hole.meaning}")
    ):
        letters = near.letters
    if kind is SlotKind.TEXT and meaning.kind is None and near.letters is not None and _HIDDEN_WORD.fullmatch(name):
        kind, letters = SlotKind.WORD, near.letters
    if kind is SlotKind.GRID:
        shown = grid_slot(near.page, name, f"{hole.meaning} {hole.label}") or Slot(name=name, kind=SlotKind.PROSE)
        return replace(shown, escaped=hole.inside == "string")
    if _LETTER_CHOICE.search(f"{hole.meaning} {hole.label}") and not meaning.options:
        letters_offered = lettered(near.page)
        if letters_offered:
            return Slot(name=name, kind=SlotKind.CHOICE, options=letters_offered, fixed=True)
    options = meaning.options
    low, high = meaning.low, meaning.high
    if kind is SlotKind.LIST and high is None and low is None:
        low, high = stated_counts(near.page, name)
    if kind is SlotKind.WORD and letters == 1:
        kind, letters = SlotKind.TEXT, None
    slot = Slot(
        name=name,
        kind=kind,
        options=options,
        letters=letters,
        low=low,
        high=high,
        sentence=meaning.sentence,
        fixed=bool(options),
        escaped=hole.inside == "string",
    )
    settled = meaning.kind not in (None, SlotKind.TEXT, SlotKind.WORD)
    return slot if settled else sharpened(slot, hole, near.page, near.options, alone=near.alone)


def _json_slot(hole: Hole, name: str) -> Slot:
    if hole.template is not None and re.fullmatch(r"-?\d{1,9}", hole.template.strip()):
        return Slot(name=name, kind=SlotKind.NUMBER)
    meaning = read_meaning(hole.meaning or hole.label)
    if meaning.kind is SlotKind.NUMBER:
        return Slot(name=name, kind=SlotKind.NUMBER, low=meaning.low, high=meaning.high)
    return Slot(name=name, kind=SlotKind.JSON, template=hole.template)


def _meaning(hole: Hole, name: str, near: Surroundings) -> Meaning:
    """What the words say, from the surest place to the least sure."""
    for words in (hole.meaning, hole.label, _defined(near.page, name)):
        meaning = read_meaning(words) if words else UNKNOWN
        if meaning.kind is not None:
            return _sharpened(meaning, hole, name, near, defined=bool(words) and words == hole.meaning)
    if _EXPLAINS.search(name):
        return Meaning(kind=SlotKind.TEXT)
    described = _described(near.page, name)
    if described.kind is not None:
        return described
    limited = _limited(near.page) if near.alone else UNKNOWN
    if limited.kind is not None:
        return limited
    return _bounds(near.page, Meaning(kind=SlotKind.NUMBER)) if _NUMBERLY.search(name) else UNKNOWN


def _sharpened(meaning: Meaning, hole: Hole, name: str, near: Surroundings, *, defined: bool) -> Meaning:
    """A meaning with what other sentences add to it."""
    if meaning.kind in (SlotKind.TEXT, SlotKind.NUMBER, SlotKind.WORD) and near.alone and not defined:
        limited = _limited(near.page)
        if limited.kind is not None:
            return replace(limited, sentence=meaning.sentence)
    if meaning.kind is SlotKind.NUMBER and meaning.low is None:
        return _bounds(near.page, meaning)
    if meaning.kind in (SlotKind.TEXT, SlotKind.WORD) and not hole.meaning:
        described = _described(near.page, name)
        if described.kind is not None and (meaning.kind is SlotKind.WORD or described.kind is SlotKind.LIST):
            return described
    return meaning


def _defined(page: Page, name: str) -> str:
    """What a line such as "agreement: yes or no" in an example says is not read; only definitions in prose are."""
    pattern = re.compile(
        rf"(?i)\b{re.escape(name)}\b (?:must|should|has to|can|may|is to) (?:only )?be ([^.\n]{{3,160}})"
    )
    for sentence in page.sentences:
        if sentence.region is Region.RULE:
            match = pattern.search(sentence.text)
            if match:
                return match.group(1)
    return ""


def _limited(page: Page) -> Meaning:
    """A limit on the whole answer ("limit your response to only 'yes' or 'no'")."""
    for sentence in page.sentences:
        if sentence.region is Region.EXAMPLE:
            continue
        meaning = answer_limit(sentence.lower)
        if meaning.kind is not None:
            return meaning
    return UNKNOWN


def _described(page: Page, name: str) -> Meaning:
    """What sentences say of the thing itself ("a single-word clue", "comma-separated list of targets")."""
    stem = re.escape(noun_stem(name.split()[-1] if name.split() else name))
    if len(stem) < 3:
        return UNKNOWN
    single = re.compile(
        rf"\b(?:single|one)[- ]word {stem}\w{{0,3}}\b|\b{stem}\w{{0,3}} (?:must|should|has to|"
        rf"can only|may only) (?:only )?(?:be|consist of) (?:exactly )?(?:a single|one|"
        rf"a) (?:\w+ )?word\b"
    )
    listed = re.compile(
        rf"\bcomma[- ]separated[^.]{{0,60}}\b{stem}\w{{0,3}}|"
        rf"\blist of (?:\w+ ){{0,3}}{stem}\w{{0,3}}\b|"
        rf"\b{stem}\w{{0,3}}[^.]{{0,40}}separated by commas?"
    )
    for sentence in page.sentences:
        if sentence.region is Region.EXAMPLE:
            continue
        if single.search(sentence.lower):
            return Meaning(kind=SlotKind.WORD)
        if listed.search(sentence.lower) and not re.search(r"\b(?:options?|instructions|questions)\b", stem):
            low, high = read_counts(sentence.lower)
            return Meaning(kind=SlotKind.LIST, low=low, high=high)
    return UNKNOWN


def _bounds(page: Page, meaning: Meaning) -> Meaning:
    """Bounds of a number, stated anywhere in the prompt ("a score from 0-10")."""
    for sentence in page.sentences:
        if sentence.region is Region.RULE and re.search(
            r"\b(?:score|number|integer|rate|rating|scale|value|from|between)\b", sentence.lower
        ):
            found = read_meaning(sentence.text)
            if found.kind is SlotKind.NUMBER and found.low is not None:
                return found
            match = re.search(
                r"\b(?:from|between|of)\s+(\d{1,4})(?: \([^()\n]{1,40}\))?\s?(?:-|–|to|and)\s?(\d{1,4})\b",
                sentence.lower,
            )
            if match:
                return Meaning(kind=SlotKind.NUMBER, low=int(match.group(1)), high=int(match.group(2)))
    return meaning


def described_options(
    slot: Slot, hole: Hole, options: Sequence[OptionList], glossary: Mapping[str, str]
) -> OptionList | None:
    """The option list of the form's own message that a slot draws on."""
    return offered(slot, options, hole.label, glossary.get(hole.label, ""))
