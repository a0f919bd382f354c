"""The fold: from a transcript to a session, with a cache of prefixes.

A session is a pure function of the transcript. The cache is keyed by a hash of
the prefix; losing it costs time and never changes a result.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent.errors import UserError
from agent.transcript import Message, Transcript
from constraints.forms import Slot, SlotKind
from constraints.reader import read
from constraints.rulebook import Rulebook
from memory.events import Event, Source
from memory.store import Memory, remember
from planner.session import Session

Read = Callable[..., Rulebook]
Remember = Callable[[Memory, Event], Memory]

EMPTY = Session(rulebook=Rulebook(), memory=Memory())


def normalise(messages: Sequence[Message]) -> Transcript:
    """Joins consecutive messages of one role by two newlines, as a harness means them.

    Raises:
        UserError: there is no message, or the last one is the assistant's own.
    """
    if not messages:
        raise UserError("The transcript is empty; pass at least one user message.")
    if messages[-1].role == "assistant":
        raise UserError("The transcript ends with the assistant; the last message must be the user's.")
    joined: list[Message] = []
    for message in messages:
        if joined and joined[-1].role == message.role:
            joined[-1] = Message(role=message.role, content=f"{joined[-1].content}\n\n{message.content}")
        else:
            joined.append(message)
    return tuple(joined)


def observe(session: Session, message: Message, *, read_rules: Read = read, keep: Remember = remember) -> Session:
    """Folds one message into the session. Pure: equal arguments give equal results.

    Args:
        session: the state before.
        message: what was said, by the game or by this player.
        read_rules: the reader; replaced when constraints are switched off.
        keep: the memory's fold; replaced when memory is switched off.
    """
    index = session.rulebook.messages
    own = message.role == "assistant"
    rulebook = read_rules(session.rulebook, message.content, own=own, message=index)
    event = Event(
        index=index,
        source=Source.SELF if own else Source.GAME,
        text=message.content,
        options=() if own else offered(rulebook, index),
        fills=understood(session.rulebook, message.content) if own else (),
    )
    return Session(rulebook=rulebook, memory=keep(session.memory, event))


def understood(rulebook: Rulebook, reply: str) -> tuple[tuple[str, str], ...]:
    """How this player filled the slots of the form it used; () when no form fits."""
    for form in rulebook.forms:
        fills = form.parse(reply)
        if fills is not None:
            return tuple(fills.items())
    return ()


def offered(rulebook: Rulebook, index: int) -> tuple[str, ...]:
    """What message `index` offers to choose from: the options of a choice slot first, else the most trusted list."""
    fresh = [options for options in rulebook.options if options.span.message == index]
    slots = [slot for form in rulebook.forms for slot in form.slots]
    for slot in slots:
        if _is_choice(slot) and any(options.values == slot.options for options in fresh):
            return slot.options
    return fresh[0].values if fresh else ()


def _is_choice(slot: Slot) -> bool:
    return slot.kind in (SlotKind.CHOICE, SlotKind.LIST)


def forget(memory: Memory, event: Event) -> Memory:
    """The fold of an agent without memory: the newest message is all it knows."""
    return remember(Memory(), event)


def read_nothing(rulebook: Rulebook, text: str, *, own: bool, message: int) -> Rulebook:
    """The reader of an agent without constraints: it only counts the messages."""
    return Rulebook(messages=message + 1)


@dataclass(slots=True, kw_only=True)
class Fold:
    """Replays transcripts, continuing from the longest prefix it has seen.

    Attributes:
        read_rules: the reader.
        keep: the memory's fold.
        capacity: sessions kept; the least recently used one goes first.
    """

    read_rules: Read = read
    keep: Remember = remember
    capacity: int = 256
    _sessions: "OrderedDict[bytes, Session]" = field(default_factory=OrderedDict[bytes, Session])

    def session(self, transcript: Transcript) -> Session:
        """The session after the whole transcript."""
        keys = prefix_keys(transcript)
        session, start = EMPTY, 0
        for length in range(len(transcript), 0, -1):
            known = self._sessions.get(keys[length - 1])
            if known is not None:
                self._sessions.move_to_end(keys[length - 1])
                session, start = known, length
                break
        for position in range(start, len(transcript)):
            session = observe(session, transcript[position], read_rules=self.read_rules, keep=self.keep)
            self._store(keys[position], session)
        return session

    def _store(self, key: bytes, session: Session) -> None:
        self._sessions[key] = session
        while len(self._sessions) > self.capacity:
            self._sessions.popitem(last=False)


def prefix_keys(transcript: Transcript) -> list[bytes]:
    """One key per non-empty prefix, each hashing the key before it with the next message."""
    keys: list[bytes] = []
    key = b""
    for message in transcript:
        digest = hashlib.blake2b(key, digest_size=16)
        digest.update(f"{message.role}\0{len(message.content)}\0".encode())
        digest.update(message.content.encode("utf-8", "surrogatepass"))
        key = digest.digest()
        keys.append(key)
    return keys
