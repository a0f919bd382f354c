"""What a game says about its moves before they have a form: slots, words to call them by, purposes."""

from dataclasses import dataclass

from games.protocol.forms import Slot


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
