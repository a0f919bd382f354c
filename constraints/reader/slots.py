"""Holes become slots: what may stand in each, by everything the prompt says of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from constraints.forms import Slot, SlotKind
from constraints.reader.glossary import UNKNOWN, Meaning, read_counts, read_letters, read_meaning
from constraints.reader.grids import grid_slot
from constraints.reader.scan import Page, Region
from constraints.reader.shots import lettered
from constraints.reader.templates import Hole
from constraints.reader.words import noun_stem
from constraints.rulebook import OptionList

_VAGUE = frozenset(
    [
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


def to_slot(hole: Hole, near: Surroundings, purpose: str) -> Slot:
    """Decides what may stand in a hole."""
    name = slot_name(hole)
    if hole.inside == "json":
        return _json_slot(hole, name)
    meaning = _meaning(hole, name, near, purpose)
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
        low, high = _stated_counts(near.page, name)
    if kind is SlotKind.WORD and letters == 1:
        kind, letters = SlotKind.TEXT, None
    return Slot(
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


def _json_slot(hole: Hole, name: str) -> Slot:
    if hole.template is not None and re.fullmatch(r"-?\d{1,9}", hole.template.strip()):
        return Slot(name=name, kind=SlotKind.NUMBER)
    meaning = read_meaning(hole.meaning or hole.label)
    if meaning.kind is SlotKind.NUMBER:
        return Slot(name=name, kind=SlotKind.NUMBER, low=meaning.low, high=meaning.high)
    return Slot(name=name, kind=SlotKind.JSON, template=hole.template)


def _meaning(hole: Hole, name: str, near: Surroundings, purpose: str) -> Meaning:
    """What the words say, from the surest place to the least sure."""
    for words in (hole.meaning, hole.label, _defined(near.page, name)):
        meaning = read_meaning(words) if words else UNKNOWN
        if meaning.kind is not None:
            if meaning.kind in (SlotKind.TEXT, SlotKind.NUMBER, SlotKind.WORD) and near.alone and words != hole.meaning:
                limited = _limited(near.page, name)
                if limited.kind is not None:
                    return replace(limited, sentence=meaning.sentence)
            if meaning.kind is SlotKind.NUMBER and meaning.low is None:
                meaning = _bounds(near.page, meaning)
            if meaning.kind in (SlotKind.TEXT, SlotKind.WORD) and not hole.meaning:
                described = _described(near.page, name)
                if described.kind is not None and (meaning.kind is SlotKind.WORD or described.kind is SlotKind.LIST):
                    return described
            return meaning
    if _EXPLAINS.search(name):
        return Meaning(kind=SlotKind.TEXT)
    described = _described(near.page, name)
    if described.kind is not None:
        return described
    if near.alone:
        limited = _limited(near.page, name)
        if limited.kind is not None:
            return limited
    if _NUMBERLY.search(name):
        return _bounds(near.page, Meaning(kind=SlotKind.NUMBER))
    return UNKNOWN


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


def _limited(page: Page, name: str) -> Meaning:
    """A limit on the whole answer ("limit your response to only 'yes' or 'no'")."""
    for sentence in page.sentences:
        if sentence.region is Region.EXAMPLE:
            continue
        meaning = answer_limit(sentence.lower)
        if meaning.kind is not None:
            return meaning
    return UNKNOWN


_LIMIT = re.compile(
    r"(?:limit (?:your|the) (?:response|answer|reply)s? to|(?:answer|respond|reply)(?: to (?:this|"
    r"the|each|every|my|all)[^.]{0,30}?| this question| these questions)?(?: (?:only|just|simply|"
    r"exactly|strictly))?(?: with| by saying)?(?: (?:either|only|just|exactly|a simple|a))?|"
    r"(?:answer|reply|response)s? (?:must|should|can|has to|have to) (?:only )?be(?: either| only|"
    r" exactly)?|by (?:selecting|choosing|saying)|select(?:ing)?(?: one of)?|choose(?: one of|"
    r" from| between)?)\s*:?\s*"
    r"((?:only |just |either )?[\"'(<]?\w[^.\n]{1,100})"
)


def answer_limit(lower: str) -> Meaning:
    """The choice that a sentence leaves for the answer, or nothing."""
    for match in _LIMIT.finditer(lower):
        if re.search(r"\b(?:not|never|n't|if|cannot)\b[^.]{0,12}$", lower[max(0, match.start() - 20) : match.start()]):
            continue
        words = re.sub(r"^(?:only|just|either)\s+", "", match.group(1))
        words = re.split(
            r"\s+(?:and then|with no|without|and nothing|then stop|that|which|depending|"
            r"according)\b|, (?:with|without|and nothing|followed|then)\b",
            words,
        )[0]
        meaning = read_meaning(words)
        firm = bool(
            re.search(
                r"\b(?:with|only|just|to|be|by|select\w*|choose)\b", match.group()[: match.start(1) - match.start()]
            )
        ) or meaning.options in (("yes", "no"), ("true", "false"))
        if (
            meaning.kind is SlotKind.CHOICE
            and firm
            and all(_answers(option) for option in meaning.options)
            and not re.match(r"(?:the|a|an|your)\s", words)
        ):
            return meaning
    return UNKNOWN


def _answers(option: str) -> bool:
    """Whether an option could be an answer rather than a piece of a sentence."""
    return len(option.split()) <= 2 and not re.search(
        r"\b(?:following|questions?|guess(?:es)?|the|your|my|answers?|this|that|it|to|other|any|all)\b", option
    )


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


def _stated_counts(page: Page, name: str) -> tuple[int | None, int | None]:
    """Counts of list items stated anywhere beside "comma-separated list"."""
    for sentence in page.sentences:
        if sentence.region is Region.RULE and re.search(r"comma|\blist of\b|separated", sentence.lower):
            low, high = read_counts(sentence.lower)
            if low is not None or high is not None:
                return low, high
    return None, None


def recounted(slot: Slot, page: Page) -> Slot:
    """A list slot with the counts that a later message states."""
    low, high = _stated_counts(page, slot.name)
    return slot if low is None and high is None else replace(slot, low=low, high=high)


def _bounds(page: Page, meaning: Meaning) -> Meaning:
    """Bounds of a number, stated anywhere in the prompt ("a score from 0-10")."""
    for sentence in page.sentences:
        if sentence.region is Region.RULE and re.search(
            r"\b(?:score|number|integer|rate|rating|scale|value|from|between)\b", sentence.lower
        ):
            found = read_meaning(sentence.text)
            if found.kind is SlotKind.NUMBER and found.low is not None:
                return found
            match = re.search(r"\b(?:from|between|of)\s+(\d{1,4})\s?(?:-|–|to|and)\s?(\d{1,4})\b", sentence.lower)
            if match:
                return Meaning(kind=SlotKind.NUMBER, low=int(match.group(1)), high=int(match.group(2)))
    return meaning


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


__all__ = ["Surroundings", "answer_limit", "offered", "read_letters", "slot_name", "to_slot"]


def described_options(
    slot: Slot, hole: Hole, options: Sequence[OptionList], glossary: Mapping[str, str]
) -> OptionList | None:
    """The option list of the form's own message that a slot draws on."""
    return offered(slot, options, hole.label, glossary.get(hole.label, ""))
