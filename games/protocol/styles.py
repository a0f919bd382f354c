"""Reply styles: drawing how the moves of one instance are written.

A game says which moves exist and what they carry (`MoveKind`); a style turns
them into forms. It knows no game.
"""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from games.protocol.forms import MoveForm, Slot, SlotKind


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotSpec:
    """What a slot carries.

    Attributes:
        name: the slot's name in the rules.
        labels: words a protocol may call it by.
        slot: kind, meaning and choices.
    """

    name: str
    labels: tuple[str, ...]
    slot: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveKind:
    """A move of the game, before it has a form.

    Attributes:
        name: the move's name in the rules.
        verbs: words a protocol may call it by.
        purpose: when to use it, as a prompt says it ("to stop exploring").
        slots: what it carries, in order.
    """

    name: str
    verbs: tuple[str, ...]
    purpose: str
    slots: tuple[SlotSpec, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A move kind with its words drawn."""

    kind: MoveKind
    verb: str
    labels: dict[str, str]


Style = Callable[[random.Random, Sequence[Named]], dict[str, str]]

_CASES: tuple[Callable[[str], str], ...] = (str.upper, str.lower, str.capitalize)
_SEPARATORS = (": ", ": ", ": ", " = ", " -> ", " - ")


def _tag(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    case, separator = rng.choice(_CASES), rng.choice(_SEPARATORS)
    templates: dict[str, str] = {}

    def line(label: str, spec: SlotSpec) -> str:
        if spec.slot.kind is SlotKind.GRID:
            return f"{case(label)}:\n{{{spec.name}}}"
        return f"{case(label)}{separator}{{{spec.name}}}"

    slotted = [move for move in moves if move.kind.slots]
    labelled = len(slotted) == 1 and len(slotted[0].kind.slots) == 1 and rng.random() < 0.4
    for move in moves:
        specs = move.kind.slots
        if not specs:
            bare = case(move.verb)
            templates[move.kind.name] = f"{case(slotted[0].verb)}{separator}{bare}" if labelled else bare
        elif len(specs) == 1 and len(moves) > 1:
            templates[move.kind.name] = line(move.verb, specs[0])
        else:
            lines = [line(move.labels[spec.name], spec) for spec in specs]
            templates[move.kind.name] = "\n".join(lines)
    return templates


def _bracket(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    case = rng.choice(_CASES)
    opening, closing = rng.choice(("[]", "[]", "()", "<>"))
    templates: dict[str, str] = {}
    for move in moves:
        specs = move.kind.slots
        if not specs:
            templates[move.kind.name] = f"{opening}{case(move.verb)}{closing}"
        elif all(spec.slot.kind is SlotKind.CHOICE for spec in specs):
            inner = " ".join(f"{{{spec.name}}}" for spec in specs)
            templates[move.kind.name] = f"{opening}{case(move.verb)} {inner}{closing}"
        else:
            lines = [f"{opening}{case(move.labels[spec.name])}: {{{spec.name}}}{closing}" for spec in specs]
            templates[move.kind.name] = "\n".join(lines)
    return templates


def _xml(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    templates: dict[str, str] = {}
    for move in moves:
        if not move.kind.slots:
            templates[move.kind.name] = f"<{move.verb.replace(' ', '_')}/>"
            continue
        lines: list[str] = []
        for spec in move.kind.slots:
            tag = move.verb if len(moves) > 1 and len(move.kind.slots) == 1 else move.labels[spec.name]
            tag = tag.replace(" ", "_")
            edge = "\n" if spec.slot.kind is SlotKind.GRID else ""
            lines.append(f"<{tag}>{edge}{{{spec.name}}}{edge}</{tag}>")
        templates[move.kind.name] = "\n".join(lines)
    return templates


def _call(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    case = rng.choice((str.lower, str.capitalize))
    templates: dict[str, str] = {}
    for move in moves:
        inner = ", ".join(f"{{{spec.name}}}" for spec in move.kind.slots)
        templates[move.kind.name] = f"{case(move.verb).replace(' ', '_')}({inner})"
    return templates


def _arrow(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    mark = rng.choice((">", ">", ">>", "=>"))
    open_moves = [move for move in moves if any(spec.slot.kind is not SlotKind.CHOICE for spec in move.kind.slots)]
    with_verb = rng.random() < 0.5 or len(open_moves) > 1
    templates: dict[str, str] = {}
    for move in moves:
        first = [f"{{{spec.name}}}" for spec in move.kind.slots[:1]]
        inner = "\n".join(
            [*first, *(f"{move.labels[spec.name].capitalize()}: {{{spec.name}}}" for spec in move.kind.slots[1:])]
        )
        verb = move.verb if not inner or (with_verb and len(moves) > 1) else ""
        templates[move.kind.name] = " ".join(part for part in (mark, verb, inner) if part)
    return templates


def _plain(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    return {move.kind.name: " ".join(f"{{{spec.name}}}" for spec in move.kind.slots) or move.verb for move in moves}


def _json(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    key = rng.choice(("action", "move", "do", "type"))
    templates: dict[str, str] = {}
    for move in moves:
        taken = {key}
        shape: dict[str, str] = {key: move.verb} if len(moves) > 1 else {}
        for spec in move.kind.slots:
            label = move.labels[spec.name]
            label = f"{label}_text" if label in taken and shape else label
            taken.add(label)
            shape[label] = f"{{{spec.name}}}"
        templates[move.kind.name] = json.dumps(shape)
    return templates


def _slash(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    mark = rng.choice(("/", "/", "!"))
    templates: dict[str, str] = {}
    for move in moves:
        inner = " ".join(f"{{{spec.name}}}" for spec in move.kind.slots)
        templates[move.kind.name] = f"{mark}{move.verb.replace(' ', '_')} {inner}".strip()
    return templates


def _bold(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    case = rng.choice((str.upper, str.capitalize))
    templates: dict[str, str] = {}
    for move in moves:
        lines = [
            f"**{case(move.verb if len(moves) > 1 and len(move.kind.slots) == 1 else move.labels[spec.name])}:**"
            + ("\n" if spec.slot.kind is SlotKind.GRID else " ")
            + f"{{{spec.name}}}"
            for spec in move.kind.slots
        ]
        templates[move.kind.name] = "\n".join(lines) or f"**{case(move.verb)}**"
    return templates


def _sentence(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    opening = rng.choice(("My", "This is my"))
    templates: dict[str, str] = {}
    for move in moves:
        if not move.kind.slots:
            templates[move.kind.name] = f"I say {move.verb}"
            continue
        spec = move.kind.slots[0]
        if len(moves) > 1 and spec.slot.kind is SlotKind.CHOICE:
            templates[move.kind.name] = f"I {move.verb} {{{spec.name}}}"
        else:
            link = " is " if opening == "My" else ": "
            templates[move.kind.name] = f"{opening} {spec.labels[0]}{link}{{{spec.name}}}"
    return templates


STYLES: dict[str, Style] = {
    "tag": _tag,
    "bracket": _bracket,
    "xml": _xml,
    "call": _call,
    "arrow": _arrow,
    "plain": _plain,
    "json": _json,
    "slash": _slash,
    "bold": _bold,
    "sentence": _sentence,
}
"""Every style by name."""

UNSEEN_STYLES = ("bold", "sentence")
"""Styles that occur in the test split only."""

_WEIGHTS = {
    "tag": 6,
    "bracket": 3,
    "json": 3,
    "arrow": 2,
    "plain": 2,
    "xml": 2,
    "call": 1,
    "slash": 1,
    "bold": 4,
    "sentence": 4,
}


def fitting_styles(moves: Sequence[MoveKind], *, unseen: bool = False) -> list[str]:
    """The styles that can write all these moves without ambiguity.

    Args:
        moves: the moves one role may choose between.
        unseen: whether styles that are kept back for the test split count.
    """
    slots = [spec.slot for move in moves for spec in move.slots]
    fits = ["tag", "json", "xml"]
    if not any(slot.kind is SlotKind.JSON for slot in slots):
        fits.append("bracket")
    several = any(len(move.slots) > 1 for move in moves)
    open_text = any(slot.kind is not SlotKind.CHOICE for slot in slots)
    fits.append("bold")
    if not any(slot.kind is SlotKind.JSON for slot in slots):
        fits.append("arrow")
    if not several:
        if not open_text or len(moves) == 1:
            fits.append("plain")
        if not any(slot.kind is SlotKind.JSON for slot in slots):
            fits += ["call", "slash", "sentence"]
    if any(slot.kind is SlotKind.GRID for slot in slots):
        fits = [style for style in fits if style in ("tag", "json", "xml", "plain", "bold")]
    return [style for style in fits if unseen or style not in UNSEEN_STYLES]


def draw_forms(
    rng: random.Random, moves: Sequence[MoveKind], *, styles: Sequence[str] | None = None, unseen: bool = False
) -> tuple[str, dict[str, MoveForm]]:
    """Draws a style and writes every move in it.

    Args:
        rng: the source of randomness.
        moves: the moves one role may choose between.
        styles: styles to draw from; all that fit by default.
        unseen: whether styles that are kept back for the test split may be drawn.

    Returns:
        the style's name, and move name to form.
    """
    names = list(styles or fitting_styles(moves, unseen=unseen))
    style = rng.choices(names, weights=[_WEIGHTS[name] for name in names])[0]
    named = [
        Named(
            kind=move,
            verb=rng.choice(move.verbs),
            labels={spec.name: rng.choice(spec.labels) for spec in move.slots},
        )
        for move in moves
    ]
    templates = STYLES[style](rng, named)
    forms = {
        move.name: MoveForm(
            kind="json" if style == "json" else "pattern",
            template=templates[move.name],
            slots={spec.name: spec.slot for spec in move.slots},
            purpose=move.purpose,
        )
        for move in moves
    }
    return style, forms
