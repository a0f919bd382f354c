"""Reply styles: which ways of writing fit the moves of a role, and the draw among them."""

import random
from collections.abc import Sequence

from games.protocol.forms import MoveForm, SlotKind
from games.protocol.moves import MoveKind, Named
from games.protocol.shapes import STYLES

UNSEEN_STYLES = ("bold", "sentence")
"""Styles that occur in the test split only."""

TIGHT_STYLES = ("xml", "bracket", "step")
"""Styles whose own brackets would be mistaken for those of a placeholder."""

_GENERAL_LABELS = ("reply", "response", "output", "message", "my turn", "result", "says", "move", "final", "value")
"""Words that a protocol may call the only slot of the only move by, whatever the game."""

_GENERAL_SHARE = 0.12

_WEIGHTS = {
    "tag": 6,
    "bracket": 3,
    "json": 3,
    "arrow": 2,
    "plain": 2,
    "xml": 2,
    "call": 1,
    "slash": 1,
    "named": 1,
    "step": 1,
    "heading": 2,
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
    fits = ["tag", "json", "xml", "heading"]
    if not any(slot.kind is SlotKind.JSON for slot in slots):
        fits.append("bracket")
    several = any(len(move.slots) > 1 for move in moves)
    open_text = any(slot.kind is not SlotKind.CHOICE for slot in slots)
    fits.append("bold")
    if not any(slot.kind is SlotKind.JSON for slot in slots):
        fits += ["arrow", "named"]
    if not several:
        if not open_text or len(moves) == 1:
            fits.append("plain")
        if not any(slot.kind is SlotKind.JSON for slot in slots):
            fits += ["call", "slash", "sentence", "step"]
    if any(slot.kind is SlotKind.GRID for slot in slots):
        fits = [style for style in fits if style in ("tag", "json", "xml", "plain", "bold", "heading")]
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
    general = len(moves) == 1 and len(moves[0].slots) == 1 and rng.random() < _GENERAL_SHARE
    named = [
        Named(
            kind=move,
            verb=rng.choice(move.verbs),
            labels={spec.name: rng.choice(_GENERAL_LABELS if general else spec.labels) for spec in move.slots},
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
