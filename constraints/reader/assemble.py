"""Statements become reply forms: joined, freed of repetition, settled by the examples, their holes resolved."""

import re
from collections.abc import Sequence
from dataclasses import replace

from constraints.forms import Literal, Part, ReplyForm, Slot, SlotKind
from constraints.reader.cues import Statement, playful
from constraints.reader.evidence import is_data, settled, shape_of, with_evidence
from constraints.reader.offers import offered
from constraints.reader.options import read_options
from constraints.reader.plain import read_menu, read_plain
from constraints.reader.regions import Region
from constraints.reader.samples import Sample, fitted, from_sample, read_samples
from constraints.reader.scan import Page
from constraints.reader.slots import Surroundings, slot_name, to_slot
from constraints.reader.templates import Hole, join, literal_text
from constraints.reader.words import noun_stem
from constraints.rulebook import OptionList


def assemble(
    page: Page, statements: Sequence[Statement], options: Sequence[OptionList], letters: int | None
) -> tuple[ReplyForm, ...]:
    """The forms that a message states.

    Args:
        page: the message.
        statements: what was found in it.
        options: its option lists.
        letters: length of the hidden word, when known.
    """
    found = _distinct(_joined(sorted(statements, key=lambda entry: (entry.span.start, entry.span.end))))
    if any(not is_data(statement) for statement in found):
        found = [statement for statement in found if not is_data(statement)]
    found = settled(page, [other for statement in found for other in _expanded(statement)])
    samples = [sample for sample in read_samples(page) if not _shows(found, sample)]
    if not found:
        plain = tuple(
            ReplyForm(
                parts=(_with_options(plain.slot, options, "", page),), span=plain.span, confidence=plain.confidence
            )
            for plain in read_plain(page) or (read_menu(page, options) if playful(page) else [])
        )
        found = [] if plain or not playful(page) else _sampled(page, samples)
        if not found:
            return plain
    if playful(page) and not any(isinstance(piece, Hole) for one in found for piece in one.pieces):
        found = [*found, *(one for one in _sampled(page, samples) if not any(_overlaps(one, other) for other in found))]
    found = [replace(statement, pieces=fitted(statement.pieces, samples)) for statement in found]
    holes = [piece for statement in found for piece in statement.pieces if isinstance(piece, Hole)]
    open_ended = [
        hole for hole in holes if not re.search(r"(?i)explanation|reason|thought|comment|why", hole.tag + hole.label)
    ]
    near = Surroundings(
        page=page, options=options, letters=letters, tags=tuple(hole.tag for hole in holes), alone=len(open_ended) == 1
    )
    return _without_bare_choices(page, [_form(statement, near) for statement in found])


def _shows(statements: Sequence[Statement], sample: Sample) -> bool:
    """Whether a sample is the template itself: it holds a marked placeholder where a statement has one."""
    labels = {
        piece.label for one in statements for piece in one.pieces if isinstance(piece, Hole) and len(piece.label) > 1
    }
    return any(f"{left}{label}{right}" in sample.text for label in labels for left, right in ("[]", "<>", "{}"))


def _overlaps(one: Statement, other: Statement) -> bool:
    return one.span.start < other.span.end and other.span.start < one.span.end


def _sampled(page: Page, samples: Sequence[Sample]) -> list[Statement]:
    """The form that a sample alone shows, when the sentences beside it ask for a reply."""
    for sample in samples:
        near = page.sentences[max(0, sample.sentence - 1) : sample.sentence + 2]
        pieces = from_sample(sample.text)
        if _ASIDE.search(page.sentences[sample.sentence].lower):
            continue
        if pieces is not None and any(_ASKS.search(sentence.lower) for sentence in near):
            line = page.sentences[sample.sentence].line
            return [Statement(pieces=pieces, span=page.span(sample.start, sample.end), confidence=0.5, line=line)]
    return []


_ASIDE = re.compile(
    r"\b(?:placeholders?|sections?|highlight\w*|paragraphs?|titles?|bullets?|feedback|you will (?:get|see|"
    r"receive))\b"
)
_ASKS = re.compile(
    r"\b(?:you(?:r|'ll)?|write|say|answer|reply|respond|type|output|enter|send|submit|use|guess|spell|give|"
    r"start|begin)\b"
)


def _without_bare_choices(page: Page, forms: Sequence[ReplyForm]) -> tuple[ReplyForm, ...]:
    """The forms without fixed words that are only values of another form's slot.

    Those are words of a choice ("yes"), worked examples of an object, and
    plain words such as quit where every reply is a command anyway.
    """
    values = {
        option.lower()
        for form in forms
        if len(form.parts) > 1
        for slot in form.slots
        for option in slot.options
        if slot.kind is SlotKind.CHOICE
    }
    open_forms = [form for form in forms if form.slots]
    commands = any(
        slot.kind is SlotKind.TEXT and _COMMANDS.search(slot.name) for form in open_forms for slot in form.slots
    )
    if not open_forms and all(_plain_words(form) for form in forms):
        plain = read_plain(page)
        if plain and plain[0].slot.kind in (SlotKind.TEXT, SlotKind.WORD):
            return (ReplyForm(parts=(plain[0].slot,), span=plain[0].span, confidence=plain[0].confidence),)
    kept: list[ReplyForm] = []
    forms = [form for form in forms if not _only_brackets(form, forms)]
    for form in forms:
        text = "".join(part.text for part in form.parts if isinstance(part, Literal)).strip()
        shown = text.startswith("{") and any(other.parse(text) is not None for other in open_forms)
        if form.slots or not (
            text.lower() in values
            or shown
            or (commands and form.confidence < 0.9 and _plain_words(form))
            or any(_first_line_takes(other, text) for other in open_forms)
        ):
            kept.append(form)
    if len(kept) == 1 and not kept[0].slots and not _EXACTLY.search(_around(page, kept[0])):
        return ()  # one fixed reply is rather something to be mentioned
    return tuple(kept)


def _only_brackets(form: ReplyForm, forms: Sequence[ReplyForm]) -> bool:
    """Whether a form is a hole in brackets, where other forms say what stands in those brackets."""
    if len(form.parts) != 3 or not all(
        isinstance(part, Literal) and part.text.strip() in "[](){}" for part in form.parts[::2]
    ):
        return False
    head = form.parts[0]
    return any(
        other is not form
        and isinstance(first := other.parts[0], Literal)
        and isinstance(head, Literal)
        and first.text.startswith(head.text)
        and len(first.text.strip()) > 1
        for other in forms
    )


def _first_line_takes(form: ReplyForm, text: str) -> bool:
    """Whether fixed words ("> done") are a command that the first of several lines of a form takes."""
    for index, part in enumerate(form.parts):
        if isinstance(part, Literal) and part.text.startswith("\n"):
            first = replace(form, parts=form.parts[:index])
            return any(_COMMANDS.search(slot.name) for slot in first.slots) and first.parse(text) is not None
    return False


_EXACTLY = re.compile(r"\b(?:exactly|only|just|nothing (?:else|but)|word for word)\b")


def _around(page: Page, form: ReplyForm) -> str:
    """The sentence that states a form, in lower case."""
    return next((one.lower for one in page.sentences if one.start <= form.span.start < one.end), "")


_COMMANDS = re.compile(r"action|command|move|input|\b(?:do|act)\b")


def _plain_words(form: ReplyForm) -> bool:
    """Whether a form is nothing but a word or two in small letters."""
    return not form.slots and all(
        isinstance(part, Literal) and re.fullmatch(r"[a-z]+(?: [a-z]+)?", part.text.strip()) for part in form.parts
    )


_OR_ELSE = re.compile(
    r"(?i)^(.*?\bone of .*?)(?: (to|for|if|when) ([^,]{2,80}))?, or (?:say |write |"
    r"just )?[\"'`]?([\w-]{1,30})[\"'`]?(?: ((?:to|if|when|once)\b.{2,120}))?$"
)


def _expanded(statement: Statement) -> list[Statement]:
    """Two forms for a hole that takes one of many values for one purpose, or one fixed word for another."""
    for index, piece in enumerate(statement.pieces):
        match = _OR_ELSE.match(piece.meaning.rstrip(". ")) if isinstance(piece, Hole) else None
        if match is None or match.group(5) is None or not isinstance(piece, Hole):
            continue
        pieces = list(statement.pieces)
        pieces[index] = replace(piece, meaning=match.group(1))
        purpose = f"{match.group(2)} {match.group(3)}" if match.group(2) else statement.purpose
        other = list(statement.pieces)
        other[index] = match.group(4)
        return [
            replace(statement, pieces=tuple(pieces), purpose=purpose),
            replace(statement, pieces=join(other), purpose=match.group(5)),
        ]
    return [statement]


def _joined(statements: Sequence[Statement]) -> list[Statement]:
    """Puts further lines of one reply behind the first."""
    out: list[Statement] = []
    for statement in statements:
        if statement.joins and out:
            last = out[-1]
            out[-1] = replace(
                last,
                pieces=join((*last.pieces, "\n", *statement.pieces)),
                span=replace(last.span, end=statement.span.end, text=last.span.text),
            )
        else:
            out.append(statement)
    return out


def _distinct(statements: Sequence[Statement]) -> list[Statement]:
    """One statement for each form; lines that are part of a longer form are dropped."""
    kept: dict[str, Statement] = {}
    for statement in statements:
        key = literal_text(statement.pieces)
        bare = not key.replace("\0", "").strip()
        if key.count("\0") > 40 or (
            bare and not any(isinstance(piece, Hole) and piece.meaning for piece in statement.pieces)
        ):
            continue
        if (
            key in kept
            and statement.purpose
            and kept[key].purpose
            and _defined(statement)
            and _defined(statement) != _defined(kept[key])
        ):
            key += "\0" + _defined(statement)  # the same fixed text for two purposes
        known = kept.get(key)
        if known is None or _told(statement) > _told(known) or statement.confidence > known.confidence + 0.1:
            kept[key] = replace(
                statement,
                trigger=statement.trigger or (known.trigger if known else ""),
                purpose=statement.purpose or (known.purpose if known else ""),
            )
    keys = list(kept)
    return [
        statement
        for key, statement in kept.items()
        if not any(key != other and ("\n" in shape_of(kept[other])) and _part_of(key, kept[other]) for other in keys)
    ]


def _defined(statement: Statement) -> str:
    """What the prompt says the holes stand for."""
    return "|".join(piece.meaning for piece in statement.pieces if isinstance(piece, Hole))


def _told(statement: Statement) -> int:
    """How much the holes of a statement tell."""
    return sum(len(piece.label) + len(piece.meaning) for piece in statement.pieces if isinstance(piece, Hole))


def _part_of(key: str, longer: Statement) -> bool:
    return key in {"".join(line.split()).lower() for line in shape_of(longer).split("\n")}


def _form(statement: Statement, near: Surroundings) -> ReplyForm:
    parts: list[Part] = []
    names: set[str] = set()
    for piece in statement.pieces:
        if isinstance(piece, str):
            parts.append(Literal(text=piece))
            continue
        slot = to_slot(piece, near)
        slot = _with_options(slot, near.options, f"{piece.label} {piece.meaning}".strip(), near.page)
        if slot.name in names:
            slot = replace(
                slot,
                name=next(f"{slot.name}_{number}" for number in range(2, 99) if f"{slot.name}_{number}" not in names),
            )
        names.add(slot.name)
        parts.append(slot)
    return ReplyForm(
        parts=_bounded(parts),
        span=statement.span,
        confidence=statement.confidence,
        purpose=statement.purpose,
        trigger=statement.trigger,
    )


def _bounded(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Open text before a blank or before words of the form is one word: nothing else tells where it ends."""
    out: list[Part] = []
    for part, after in zip(parts, [*parts[1:], None], strict=True):
        if (
            isinstance(part, Slot)
            and part.kind is SlotKind.TEXT
            and not part.shape
            and isinstance(after, Literal)
            and "\n" not in after.text
            and (not after.text.strip() or after.text.lstrip()[:1].isalnum())
        ):
            part = replace(part, kind=SlotKind.WORD)
        out.append(part)
    return tuple(out)


def _with_options(slot: Slot, options: Sequence[OptionList], label: str, page: Page) -> Slot:
    """Links a slot to the list it draws on."""
    if slot.kind in (SlotKind.JSON, SlotKind.NUMBER, SlotKind.GRID, SlotKind.PROSE):
        return with_evidence(page, slot) if slot.kind is SlotKind.JSON else slot
    entry = None if slot.fixed else offered(slot, options, label)
    if slot.shape or slot.letters is not None:
        return slot
    people = _people(slot, label, options)
    if people is not None:
        return replace(slot, kind=SlotKind.CHOICE, options=people.values)
    if entry is None:
        return slot
    if (
        slot.kind is SlotKind.TEXT
        and not slot.options
        and not (_closed(slot, label) or _names_list(slot, label, entry))
    ):
        return slot
    kind = slot.kind if slot.kind is SlotKind.LIST else SlotKind.CHOICE
    if slot.kind is SlotKind.WORD and not _from_list(page):
        return slot
    return replace(slot, kind=kind, options=entry.values)


def _closed(slot: Slot, label: str) -> bool:
    """Whether a text slot is named after the things of a list ("direction")."""
    return bool(
        re.fullmatch(
            r"(?i)\w*(?:direction|option|candidate|exit|room|door|move|choice|item|card|object|"
            r"colou?r|topic|way|path|place)\w*",
            label or slot.name,
        )
    )


def _people(slot: Slot, label: str, options: Sequence[OptionList]) -> OptionList | None:
    """The only list of names, for a slot that takes the name of somebody."""
    if slot.kind is not SlotKind.TEXT or slot.options or not _SOMEBODY.search(label):
        return None
    lists = [entry for entry in options if all(re.fullmatch(r"[A-Z][a-zà-ÿ'-]+", value) for value in entry.values)]
    return lists[0] if len(lists) == 1 and len(lists[0].values) >= 2 else None


_SOMEBODY = re.compile(
    r"(?i)\b(?:name|player|villager|person|suspect|participant|candidate|friend|guest)s?$|\bwho(?:m|ever)?\b|"
    r"\bname of (?:the|a|one)\b"
)
_OPEN_NOUNS = re.compile(r"word|clue|hint|answer|question|messag|guess|repli|text|sentenc|descript|explan|reason|item")


def _names_list(slot: Slot, label: str, entry: OptionList) -> bool:
    """Whether a slot is called after what a list holds ("suspect" beside "three suspects: …")."""
    stems = {noun_stem(word) for word in re.findall(r"[a-z]{3,}", entry.label.lower().split(":")[-1])[-4:]}
    heads = {noun_stem(word) for word in re.findall(r"[a-z]{3,}", f"{slot.name} {label}".lower())}
    common = {stem for stem in stems & heads if not _OPEN_NOUNS.fullmatch(stem)}
    return bool(common - {"your", "the", "from", "and"})


def _from_list(page: Page) -> bool:
    """Whether words are to be taken from a list that the message shows."""
    return any(
        sentence.region is not Region.EXAMPLE
        and re.search(
            r"\b(?:from|in|on|of|among|out of)\b[^.]{0,40}\b(?:list|following words|words below|"
            r"candidates?|these words|words|options|board)\b|\bcandidate",
            sentence.lower,
        )
        for sentence in page.sentences
    )


def refresh(form: ReplyForm, options: Sequence[OptionList]) -> ReplyForm:
    """The form with the options that the newest message offers."""
    parts: list[Part] = []
    for part in form.parts:
        if isinstance(part, Slot) and part.kind in (SlotKind.CHOICE, SlotKind.LIST) and part.options:
            entry = offered(part, options)
            if entry is not None:
                part = replace(part, options=entry.values)
        parts.append(part)
    return replace(form, parts=tuple(parts))


def read_page_options(page: Page) -> tuple[OptionList, ...]:
    """The option lists of a page."""
    return read_options(page)


def to_key(form: ReplyForm) -> str:
    """The fixed text of a form, for comparing forms of different messages."""
    return "".join("".join(part.text.split()).lower() if isinstance(part, Literal) else "\0" for part in form.parts)


def name_of(hole: Hole) -> str:
    """The name a hole's slot will have."""
    return slot_name(hole)
