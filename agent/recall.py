"""What memory says in place of messages that a model's window has no room for.

Knows memory and the newest message; knows no window: a note that is not needed goes unread.
"""

from dataclasses import dataclass, field

from agent.transcript import Message, Transcript
from memory.digest import digest
from memory.events import Source
from memory.retrieval import Retrieval
from planner.session import Session

LONG_CHARACTERS = 6_000
"""Shorter transcripts fit into any window."""

PASSAGES = 4
_NOTE = "(Some earlier messages are left out here. What they said, in short:\n{digest})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """Makes notes of long transcripts.

    Attributes:
        retrieval: finds the earlier passages that go with the newest message.
    """

    retrieval: Retrieval = field(default_factory=Retrieval)

    def note(self, session: Session) -> Transcript:
        """A note on what was said before the newest message; () for a short transcript or an empty memory."""
        memory = session.memory
        newest = memory.newest(Source.GAME)
        if newest is None or sum(len(event.text) for event in memory.events) < LONG_CHARACTERS:
            return ()
        text = digest(memory, earlier=self.retrieval.find(memory, newest.text[-600:], count=PASSAGES))
        return (Message(role="note", content=_NOTE.format(digest=text)),) if text else ()
