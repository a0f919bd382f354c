"""The explicit working memory: a pure function of the events."""

from dataclasses import dataclass

from memory.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Everything remembered; the empty memory knows nothing.

    Attributes:
        events: what happened, oldest first.
    """

    events: tuple[Event, ...] = ()


def remember(memory: Memory, event: Event) -> Memory:
    """Folds one event into the memory. Pure: equal arguments give equal results."""
    return Memory(events=(*memory.events, event))
