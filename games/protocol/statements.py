"""Saying the rules of the form in prose: what a prompt tells about how to reply."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from games.protocol.forms import MoveForm, Slot, SlotKind
from games.protocol.record import Strictness
from games.protocol.styles import TIGHT_STYLES
from games.protocol.template import Voices, fill, load_voices, slot_names, split_template

_PROSE_SHARE = 0.25
"""How many instances tell their forms in words."""
_ORDINALS = ("First", "Second", "Third", "Fourth")


@dataclass(frozen=True, slots=True, kw_only=True)
class FormTalk:
    """How one instance talks about forms, drawn once so that every message of it agrees.

    Attributes:
        placeholder: how a slot is shown ("angle", "dollar", "caps", "wordy", "upper", "square").
        prose: whether forms are told in words ("begin with …, then …") where that is possible, not shown.
        seed: of the draws among alternative sentences.
        unseen: whether sentences that are kept back for the test split may be drawn.
    """

    placeholder: str = "angle"
    prose: bool = False
    seed: int = 0
    unseen: bool = False
    voices: Voices = field(default_factory=lambda: load_voices("games.protocol"))

    def draw(self, rng: random.Random, key: str) -> str:
        """A sentence about forms."""
        return self.voices.draw(rng, key, unseen=self.unseen)


def draw_talk(rng: random.Random, style: str, *, unseen: bool = False) -> FormTalk:
    """Draws how to talk about forms of a style."""
    tight = style in TIGHT_STYLES
    styles = ["dollar", "caps"] if tight else ["angle", "wordy", "dollar", "caps", "upper"]
    if not tight and style != "json":
        styles.append("square")
    shown = rng.choice(styles)
    return FormTalk(placeholder=shown, prose=rng.random() < _PROSE_SHARE, seed=rng.randrange(2**31), unseen=unseen)


def _placeholder(name: str, slot: Slot, talk: FormTalk) -> str:
    if talk.placeholder == "dollar":
        return "$" + name.upper()
    if talk.placeholder == "upper":
        return f"<{name.upper().replace('_', ' ')}>"
    if talk.placeholder == "square":
        return f"[{name.replace('_', ' ')}]"
    if talk.placeholder == "caps":
        return name.upper() + "_HERE"
    if talk.placeholder == "wordy" and not slot.choices and slot.kind is not SlotKind.JSON and len(slot.meaning) < 40:
        return f"<{slot.meaning}>"
    return f"<{name.replace('_', ' ')}>"


def shape(form: MoveForm, talk: FormTalk) -> str:
    """The form as a prompt shows it, with placeholders."""
    if form.kind == "json":
        text = form.template
        for name in slot_names(form.template):
            shown = _placeholder(name, form.slots[name], talk)
            quoted = form.slots[name].kind is not SlotKind.JSON
            text = text.replace(f'"{{{name}}}"', f'"{shown}"' if quoted else shown)
        return text
    return fill(form.template, **{name: _placeholder(name, slot, talk) for name, slot in form.slots.items()})


def where(forms: Sequence[MoveForm], talk: FormTalk, rng: random.Random) -> str:
    """What the placeholders stand for; "" when the shape says it already."""
    template = talk.draw(rng, "form.where")
    sentences: list[str] = []
    seen: set[str] = set()
    for form in forms:
        for name, slot in form.slots.items():
            shown = _placeholder(name, slot, talk)
            if name in seen or shown == f"<{slot.meaning}>":
                continue
            seen.add(name)
            broken = form.kind == "json" and slot.kind is SlotKind.GRID
            meaning = slot.meaning + (' (as text, with "\\n" between the lines)' if broken else "")
            sentences.append(fill(template, placeholder=shown, meaning=meaning))
    return " ".join(sentences)


def openings(form: MoveForm) -> list[tuple[str, Slot]] | None:
    """What each line of a form begins with and what its slot is; None when some line is not text and one slot."""
    if form.kind == "json":
        return None
    found: list[tuple[str, Slot]] = []
    for line in form.template.splitlines():
        pieces = split_template(line)
        if len(pieces) != 2 or pieces[0][0] or not pieces[1][0]:
            return None
        slot = form.slots[pieces[1][1]]
        if slot.kind not in (SlotKind.LINE, SlotKind.CHOICE):
            return None
        found.append((pieces[0][1].strip(), slot))
    return found


def _told_lines(form: MoveForm, talk: FormTalk, rng: random.Random) -> str:
    """One form of tagged lines, in words; "" when it cannot be told so."""
    lines = openings(form)
    if lines is None:
        return ""
    if len(lines) == 1:
        prefix, slot = lines[0]
        return fill(talk.draw(rng, "form.prefix"), prefix=prefix, meaning=slot.meaning)
    item = talk.draw(rng, "form.stack.line")
    items = [
        fill(item, number=number, ordinal=ordinal, prefix=prefix, meaning=slot.meaning)
        for number, (ordinal, (prefix, slot)) in enumerate(zip(_ORDINALS, lines, strict=False), start=1)
    ]
    count = {2: "two", 3: "three", 4: "four"}[len(lines)]
    return fill(talk.draw(rng, "form.stack"), count=count, items="\n".join(items))


def _told_keys(form: MoveForm, talk: FormTalk, rng: random.Random) -> str:
    """One JSON form by its keys, in words; "" when it cannot be told so."""
    if form.kind != "json" or any(slot.kind is SlotKind.GRID for slot in form.slots.values()):
        return ""
    keys = {key: slot_names(text) for key, text in json.loads(form.template).items()}
    if not all(keys.values()):
        return ""
    item = talk.draw(rng, "form.keys.item")
    items = [fill(item, key=key, meaning=form.slots[names[0]].meaning) for key, names in keys.items()]
    return fill(talk.draw(rng, "form.keys"), items="\n".join(items))


def _told_choice(forms: Sequence[MoveForm], talk: FormTalk, rng: random.Random) -> str:
    """Several forms of one line each, in words; "" when they cannot be told so."""
    opened, fixed = talk.draw(rng, "form.choose").split("\n")
    items: list[str] = []
    for form in forms:
        lines = openings(form)
        if not form.slots and form.kind != "json":
            text = fill(fixed, purpose=form.purpose, literal=form.template)
        elif lines and len(lines) == 1:
            text = fill(opened, purpose=form.purpose, prefix=lines[0][0], meaning=lines[0][1].meaning)
        else:
            return ""
        items.append(text[0].upper() + text[1:] if opened.startswith("{purpose}") else text)
    return fill(talk.draw(rng, "form.many"), items="\n".join(items), where="")


def _is_headed(form: MoveForm) -> bool:
    """True when the form is headings with text on the lines below them; tags that end in a colon are none."""
    first, *rest = form.template.splitlines()
    return form.kind == "pattern" and bool(rest) and not slot_names(first) and first[-1] not in ":*>"


def told(forms: Sequence[MoveForm], talk: FormTalk) -> str:
    """The forms in words, without showing them; "" when they are shown.

    They are shown when this instance does not tell its forms, or has forms
    that cannot be told.
    """
    rng = random.Random(talk.seed)
    if not talk.prose:
        return ""
    if len(forms) > 1:
        return _told_choice(forms, talk, rng)
    if forms[0].is_plain:
        return ""
    return _told_lines(forms[0], talk, rng) or _told_keys(forms[0], talk, rng)


def state_forms(forms: Sequence[MoveForm], talk: FormTalk) -> str:
    """Tells how to reply, for one move or a choice of several."""
    in_words = told(forms, talk)
    if in_words:
        return in_words
    rng = random.Random(talk.seed)
    if len(forms) == 1:
        form = forms[0]
        if form.is_plain:
            return fill(talk.draw(rng, "form.plain"), meaning=next(iter(form.slots.values())).meaning)
        key = "form.one" if "\n" not in shape(form, talk) else "form.headed" if _is_headed(form) else "form.lines"
        return fill(talk.draw(rng, key), shape=shape(form, talk), where=where(forms, talk, rng))
    blocks = any("\n" in shape(form, talk) for form in forms)
    item = talk.draw(rng, "form.block" if blocks else "form.item")
    items: list[str] = []
    for form in forms:
        line = fill(item, purpose=form.purpose, shape=shape(form, talk))
        items.append(line[0].upper() + line[1:] if item.startswith("{purpose}") else line)
    joined = ("\n\n" if blocks else "\n").join(items)
    return fill(talk.draw(rng, "form.many"), items=joined, where=where(forms, talk, rng))


def state_strictness(strictness: Strictness, talk: FormTalk) -> str:
    """Tells what happens to a reply in the wrong form."""
    rng = random.Random(talk.seed + 1)
    key = strictness.mode if not strictness.retries else f"{strictness.mode}.retry"
    return fill(talk.draw(rng, f"strict.{key}"), retries=_times(strictness.retries))


def short_shape(forms: Sequence[MoveForm], talk: FormTalk) -> str:
    """The forms in few words, for a request to try again."""
    shown = [
        f"one reply that is nothing but {next(iter(form.slots.values())).meaning}"
        if form.is_plain
        else shape(form, talk)
        for form in forms
    ]
    return " or ".join(shown) if all("\n" not in text for text in shown) else "\nor\n".join(shown)


def draw_strictness(rng: random.Random, style: str, *, level: str | None = None) -> Strictness:
    """Draws what happens to a reply in the wrong form; a plain reply cannot tolerate other text."""
    modes = ["exact", "exact.retry"] if style == "plain" else ["exact", "tolerant", "exact.retry", "tolerant.retry"]
    mode = rng.choice(modes)
    retries = rng.choice((1, 1, 2)) if mode.endswith("retry") else 0
    return Strictness(
        mode="tolerant" if mode.startswith("tolerant") else "exact", retries=retries, explain=rng.random() < 0.75
    )


def _times(count: int) -> str:
    return {0: "", 1: "once", 2: "twice"}.get(count, f"{count} times")
