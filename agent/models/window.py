"""Fitting a chat into a context window: what is dropped, what stays.

The rule, in this order:

1. The first messages (a system message and the first of the player's) hold the
   rules and stay; the newest message stays.
2. Whole messages are dropped after the first ones, oldest first, in blocks, so
   that the beginning of the prompt is the same for several turns and the
   key-value cache keeps its worth.
3. A note on what was dropped, where there is one, stands before the newest
   message, in at most a quarter of the window.
4. If the first and the newest message alone are too long, the longer one keeps
   its head and its tail; each is sure of half the window.

Texts far beyond the window are cut by characters before anything is tokenised.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from agent.models.chat import Encode, checked
from agent.transcript import Message

CHARACTERS_PER_TOKEN = 12
"""More characters per token than this are taken to be beyond the window, unseen."""

BLOCK = 8
"""Messages dropped at a time."""

GAP = "\n…\n"
"""What stands for the cut middle of a message."""

NOTE_SHARE = 4
"""A note takes at most one part in so many of the window."""

MOST_KEPT = 3
"""A chat of so many messages has none to drop that a note could stand for."""

_OVERHEAD = 8  # tokens that a message costs beyond its content, at most, in templates seen so far


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A chat that fits.

    Attributes:
        ids: token ids of the prompt.
        messages: what is left of the chat.
        dropped: messages left out.
        shortened: messages that lost their middle.
    """

    ids: list[int]
    messages: tuple[Message, ...] = ()
    dropped: int = 0
    shortened: int = 0


def fit(
    messages: Sequence[Message], *, budget: int, encode: Encode, count: Callable[[str], int], note: str = ""
) -> Window:
    """The prompt of a chat in at most `budget` tokens.

    Args:
        messages: a chat as `chat.checked` gives it.
        budget: tokens that the prompt may have.
        encode: token ids of a chat.
        count: number of tokens of a text.
        note: what is said in place of dropped messages; unused when none is.
    """
    if sum(len(message.content) for message in messages) <= budget * CHARACTERS_PER_TOKEN:
        ids = encode(messages)
        if len(ids) <= budget:
            return Window(ids=ids, messages=tuple(messages))
    room = budget
    while True:
        window = _fitted(messages, room, encode, count, note)
        if len(window.ids) <= budget or room <= 1:
            return replace(window, ids=window.ids[:budget])
        room -= max(1, len(window.ids) - budget)


def _fitted(messages: Sequence[Message], room: int, encode: Encode, count: Callable[[str], int], note: str) -> Window:
    """One try: about `room` tokens."""
    note = shortened(note, room // NOTE_SHARE, count) if note and len(messages) > MOST_KEPT else ""
    lead = next((i for i, message in enumerate(messages) if message.role != "system"), len(messages) - 1) + 1
    kept = dict.fromkeys([*range(lead), len(messages) - 1])
    reserved = count(note)
    texts = _shared_out({i: messages[i].content for i in kept}, room - reserved - _OVERHEAD * len(kept), count)
    used = reserved + sum(count(text) + _OVERHEAD for text in texts.values())
    first = len(messages) - 1  # of the newest messages that stay
    while first > lead:
        content = messages[first - 1].content
        if len(content) > room * CHARACTERS_PER_TOKEN:
            break
        used += count(content) + _OVERHEAD
        if used > room:
            break
        first -= 1
    rounded = lead + -(-(first - lead) // BLOCK) * BLOCK
    if rounded < len(messages):
        first = rounded
    stay = [*range(lead), *range(max(first, lead), len(messages))]
    left = [replace(messages[i], content=texts.get(i, messages[i].content)) for i in stay]
    if note and len(stay) < len(messages):
        left.insert(-1, Message(role="user", content=note))
    chat = checked(left)
    cut = sum(texts[i] != messages[i].content for i in texts)
    return Window(ids=encode(chat), messages=chat, dropped=len(messages) - len(stay), shortened=cut)


def _shared_out(texts: dict[int, str], room: int, count: Callable[[str], int]) -> dict[int, str]:
    """Shortens the longest of the texts that must stay until all fit into `room` tokens."""
    share = max(1, room // max(1, len(texts)))
    cut = {i: _ends(text, room * CHARACTERS_PER_TOKEN) for i, text in texts.items()}
    tokens = {i: count(text) for i, text in cut.items()}
    for i in sorted(tokens, key=lambda i: tokens[i], reverse=True):
        others = sum(n for j, n in tokens.items() if j != i)
        if tokens[i] + others <= room:
            break
        cut[i] = shortened(cut[i], max(share, room - others), count)
        tokens[i] = count(cut[i])
    return cut


def shortened(text: str, tokens: int, count: Callable[[str], int]) -> str:
    """Head and tail of a text in at most `tokens` tokens (never less than a few characters)."""
    total = count(text)
    kept = text
    characters = float(len(text))
    while total > tokens and characters > 2:
        characters *= min(0.9, tokens / total)
        kept = _ends(text, int(characters))
        total = count(kept)
    return kept


def _ends(text: str, characters: int) -> str:
    """Head and tail of a text, about `characters` long in all."""
    if len(text) <= characters:
        return text
    half = max(1, characters // 2)
    return text[:half] + GAP + text[-half:]
