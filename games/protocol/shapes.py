"""The ways to write moves: tags, brackets, calls, headings, JSON and others, each as templates with slots."""

import json
import random
from collections.abc import Callable, Sequence

from games.protocol.forms import SlotKind
from games.protocol.moves import Named, SlotSpec

Style = Callable[[random.Random, Sequence[Named]], dict[str, str]]

_CASES: tuple[Callable[[str], str], ...] = (str.upper, str.lower, str.capitalize)
_SEPARATORS = (": ", ": ", ": ", ": ", " = ", " -> ", " - ", " | ", " => ")
_BRACKETS = (("[", "]"), ("[", "]"), ("(", ")"), ("<", ">"), ("[[", "]]"), ("<<", ">>"))


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
    opening, closing = rng.choice(_BRACKETS)
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


def _named(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    case = rng.choice((str.lower, str.lower, str.capitalize))
    mark = rng.choice(('"', '"', "'"))
    templates: dict[str, str] = {}
    for move in moves:
        named = [(move.labels[spec.name].replace(" ", "_"), spec.name) for spec in move.kind.slots]
        inner = ", ".join(f"{label}={mark}{{{name}}}{mark}" for label, name in named)
        templates[move.kind.name] = f"{case(move.verb).replace(' ', '_')}({inner})"
    return templates


def _step(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    head = rng.choice(("Action", "ACTION", "Move", "Act", "Next"))
    case = rng.choice((str.lower, str.capitalize))
    templates: dict[str, str] = {}
    for move in moves:
        inner = "".join(f"{{{spec.name}}}" for spec in move.kind.slots[:1])
        templates[move.kind.name] = f"{head}: {case(move.verb).replace(' ', '_')}[{inner}]"
    return templates


def _heading(rng: random.Random, moves: Sequence[Named]) -> dict[str, str]:
    case = rng.choice(_CASES)
    opening, closing = rng.choice((("## ", ""), ("### ", ""), ("# ", ""), ("== ", " =="), ("--- ", " ---")))
    templates: dict[str, str] = {}
    for move in moves:
        alone = len(moves) > 1 and len(move.kind.slots) == 1
        lines = [
            f"{opening}{case(move.verb if alone else move.labels[spec.name])}{closing}\n{{{spec.name}}}"
            for spec in move.kind.slots
        ]
        templates[move.kind.name] = "\n".join(lines) or f"{opening}{case(move.verb)}{closing}"
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
    "named": _named,
    "step": _step,
    "heading": _heading,
    "arrow": _arrow,
    "plain": _plain,
    "json": _json,
    "slash": _slash,
    "bold": _bold,
    "sentence": _sentence,
}
"""Every style by name."""
