"""Which key-value sequence serves which prompt: bookkeeping without any tensor.

Every slot stands for one sequence of a backend's cache and knows the tokens in
it. A prompt takes over the slot whose last prompt it continues (the next turn
of a chat, another try at the same turn). Otherwise it takes the slot used
least recently and copies the common beginning from the slot that shares most,
which then stays as it is for its own chat.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Slot:
    """One cached sequence.

    Attributes:
        sequence: the backend's number of it.
        tokens: what it holds, as the backend last reported.
        prompt: how many of them were the prompt of the last request; the rest was its reply.
        used: when it was last taken, in requests.
        busy: true while a request works on it.
    """

    sequence: int
    tokens: list[int] = field(default_factory=list[int])
    prompt: int = 0
    used: int = 0
    busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What a request got.

    Attributes:
        slot: the sequence to work on.
        shared: leading tokens of the prompt that need no computing.
        source: the slot to copy them from; None when they are in place already.
    """

    slot: Slot
    shared: int
    source: Slot | None


class PrefixCache:
    """A fixed number of slots."""

    def __init__(self, sequences: int) -> None:
        self.slots = [Slot(sequence=i) for i in range(sequences)]
        self._clock = 0

    def acquire(self, tokens: Sequence[int], *, prompt: int | None = None) -> Lease:
        """Takes a slot for some tokens; at least the last one is left to compute.

        The caller must make the sequence hold exactly `tokens[:shared]`, and release the slot afterwards.

        Args:
            tokens: what the sequence shall hold.
            prompt: how many of them are the chat's and not the beginning of a reply; all by default.
        """
        tokens = list(tokens)
        self._clock += 1
        nearest = max(self.slots, key=lambda slot: (common_prefix(slot.tokens, tokens), not slot.busy, slot.used))
        shared = min(common_prefix(nearest.tokens, tokens), len(tokens) - 1)
        slot, source = nearest, None
        if nearest.busy or shared < max(nearest.prompt - 1, 1):
            idle = [slot for slot in self.slots if not slot.busy]
            assert idle, "more requests than slots"
            slot = min(idle, key=lambda slot: (bool(slot.tokens), slot.used))
            source = nearest if shared and slot is not nearest else None
        slot.tokens = tokens[:shared]
        slot.prompt = len(tokens) if prompt is None else prompt
        slot.used = self._clock
        slot.busy = True
        return Lease(slot=slot, shared=shared, source=source)

    def release(self, slot: Slot) -> None:
        """Gives a slot back."""
        slot.busy = False

    def evict(self) -> Slot | None:
        """Empties the idle slot used least recently; None when there is none."""
        idle = [slot for slot in self.slots if slot.tokens and not slot.busy]
        if not idle:
            return None
        slot = min(idle, key=lambda slot: slot.used)
        slot.tokens, slot.prompt = [], 0
        return slot


def common_prefix(left: Sequence[int], right: Sequence[int]) -> int:
    """Number of leading items that two sequences share."""
    low, high = 0, min(len(left), len(right))
    while low < high:  # whole slices compare at the speed of C
        middle = (low + high + 1) // 2
        if left[low:middle] == right[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
