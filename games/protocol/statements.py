"""Saying the rules of the form in prose: what a prompt tells about how to reply."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from games.protocol.forms import MoveForm, Slot, SlotKind
from games.protocol.record import Strictness
from games.protocol.template import Voices, fill, load_voices, slot_names


@dataclass(frozen=True, slots=True, kw_only=True)
class FormTalk:
    """How one instance talks about forms, drawn once so that every message of it agrees.

    Attributes:
        placeholder: how a slot is shown ("angle", "dollar", "caps", "wordy", "upper", "square").
        seed: of the draws among alternative sentences.
        unseen: whether sentences that are kept back for the test split may be drawn.
    """

    placeholder: str = "angle"
    seed: int = 0
    unseen: bool = False
    voices: Voices = field(default_factory=lambda: load_voices("games.protocol"))

    def draw(self, rng: random.Random, key: str) -> str:
        """A sentence about forms."""
        return self.voices.draw(rng, key, unseen=self.unseen)


def draw_talk(rng: random.Random, style: str, *, unseen: bool = False) -> FormTalk:
    """Draws how to talk about forms of a style."""
    styles = ["dollar", "caps"] if style in ("xml", "bracket") else ["angle", "wordy", "dollar", "caps", "upper"]
    if style not in ("xml", "bracket", "json"):
        styles.append("square")
    return FormTalk(placeholder=rng.choice(styles), seed=rng.randrange(2**31), unseen=unseen)


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


def state_forms(forms: Sequence[MoveForm], talk: FormTalk) -> str:
    """Tells how to reply, for one move or a choice of several."""
    rng = random.Random(talk.seed)
    if len(forms) == 1:
        form = forms[0]
        if form.is_plain:
            return fill(talk.draw(rng, "form.plain"), meaning=next(iter(form.slots.values())).meaning)
        key = "form.one" if "\n" not in shape(form, talk) else "form.lines"
        return fill(talk.draw(rng, key), shape=shape(form, talk), where=where(forms, talk, rng))
    item = talk.draw(rng, "form.item")
    items: list[str] = []
    for form in forms:
        line = fill(item, purpose=form.purpose, shape=shape(form, talk))
        items.append(line[0].upper() + line[1:] if item.startswith("{purpose}") else line)
    return fill(talk.draw(rng, "form.many"), items="\n".join(items), where=where(forms, talk, rng))


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
