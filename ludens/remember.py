"""Showing what memory holds after a transcript: facts, commitments, places, boards, beliefs, in short."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from rich.console import Group
from rich.table import Table
from rich.text import Text

from agent.errors import UserError
from agent.fold import Fold, normalise
from agent.transcript import Message
from ludens.rules import text_of
from memory.cartography import chart
from memory.commitments import Commitment, Grounding, commitments, grounding
from memory.digest import digest
from memory.facts import Fact, standing, superseded
from memory.figures import read_figures
from memory.lexicon import english
from memory.record import to_json
from planner.fields import own_fields
from planner.session import Session
from planner.wordgame import candidates, read_situation

MOST_CANDIDATES = 10


class _Said(BaseModel):
    """One message of a transcript on paper; other keys are the harness's own."""

    model_config = ConfigDict(extra="ignore")

    role: Literal["system", "user", "assistant"] = Field(description="Who speaks.")
    content: str = Field(description="The text.")


_CHAT = TypeAdapter(list[_Said])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A room of the map.

    Attributes:
        name: as first written.
        exits: the ways on, each with the room it leads to; "?" where nobody was yet.
        here: whether we are there.
    """

    name: str
    exits: dict[str, str]
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Memory after a message, drawn up for people.

    Attributes:
        turn: index of the last message.
        facts: what holds, with the place it was read from.
        replaced: what held before, with what took its place.
        commitments: what this player said, to whom.
        grounding: which of the things it was told about itself it has passed on.
        places: the map.
        boards: grids of the newest message that has any, drawn in plain symbols.
        belief: the likeliest hidden words with their weights, where a hidden word is sought.
        digest: all of it in short, as a model reads it.
    """

    turn: int
    facts: tuple[Fact, ...]
    replaced: tuple[tuple[Fact, Fact], ...]
    commitments: tuple[Commitment, ...]
    grounding: tuple[Grounding, ...]
    places: tuple[Place, ...]
    boards: tuple[str, ...]
    belief: tuple[tuple[str, float], ...]
    digest: str


def transcript_in(file: Path | None, line: int = 1) -> list[Message]:
    """The transcript in a file: a JSON list of messages, an object with "messages", or one such object a line.

    Args:
        file: the file; standard input for None.
        line: which line, of a file that holds one transcript a line; counted from 1.

    Raises:
        UserError: there is no transcript.
    """
    text = text_of(file)
    try:
        found = json.loads(text)
    except ValueError:
        lines = [each for each in text.splitlines() if each.strip()]
        if not 1 <= line <= len(lines):
            raise UserError(f"'{file or 'standard input'}' has no line {line}; it has {len(lines)}.") from None
        try:
            found = json.loads(lines[line - 1])
        except ValueError:
            found = None
    try:
        said = _CHAT.validate_python(found["messages"] if isinstance(found, dict) and "messages" in found else found)
    except ValidationError:
        raise UserError(
            f"'{file or 'standard input'}' holds no transcript; it needs a JSON list of messages with role and content."
        ) from None
    return [Message(role=each.role, content=each.content) for each in said]


def remembered(messages: Sequence[Message], turn: int | None = None) -> Session:
    """What is understood and remembered after some messages, the newest of them the game's.

    Args:
        messages: a transcript.
        turn: index of the last message; the game's last one when left out.

    Raises:
        UserError: there is no such message, or no message of the game's.
    """
    if turn is not None and not 0 <= turn < len(messages):
        raise UserError(f"The transcript has no message {turn}; it has messages 0 to {len(messages) - 1}.")
    shown = list(messages if turn is None else messages[: turn + 1])
    while shown and shown[-1].role == "assistant":
        shown.pop()
    return Fold().session(normalise(shown))


def view(session: Session) -> View:
    """Memory, drawn up."""
    memory = session.memory
    fields = own_fields(memory, ())
    return View(
        turn=memory.events[-1].index,
        facts=standing(memory.facts),
        replaced=superseded(memory.facts),
        commitments=commitments(memory.events),
        grounding=grounding(memory.events, {field.label: field.value for field in fields}),
        places=_places(session),
        boards=_boards(session),
        belief=_belief(session),
        digest=digest(memory),
    )


def as_json(session: Session) -> dict[str, Any]:
    """The record that memory can be restored from, and the view of it."""
    return {"record": json.loads(to_json(session.memory)), "view": asdict(view(session))}


def _places(session: Session) -> tuple[Place, ...]:
    if not session.memory.rooms.visits:
        return ()
    drawn = chart(session.memory.rooms)
    names = {key: room.name or f"({number})" for number, (key, room) in enumerate(drawn.rooms.items(), 1)}
    return tuple(
        Place(
            name=names[key],
            exits={way: names.get(drawn.links.get((key, way), ()), "?") for way in room.exits},
            here=key == drawn.here,
        )
        for key, room in drawn.rooms.items()
    )


def _boards(session: Session) -> tuple[str, ...]:
    for event in reversed(session.memory.events):
        boards = read_figures(event.text)
        if boards:
            return tuple(board.render() for board in boards)
    return ()


def _belief(session: Session) -> tuple[tuple[str, float], ...]:
    """The likeliest hidden words; () where no letter feedback is spoken of."""
    if session.rulebook.legend is None:
        return ()
    situation = read_situation(session)
    left, _ = candidates(situation, english(situation.length), ranker=None, affinity=None)
    pairs = list(zip(left.words, left.weights.tolist(), strict=True))[:MOST_CANDIDATES]
    return tuple((word, round(weight, 4)) for word, weight in pairs)


def drawn(shown: View) -> Group:
    """The view as tables."""
    parts: list[Text | Table] = [Text(f"Memory after message {shown.turn}", style="bold")]
    rows = [(f.relation, f.value, f"{f.subject or 'game'}, message {f.turn}, {f.start}-{f.end}") for f in shown.facts]
    parts += _table("What holds", ("what", "value", "read from"), rows)
    told = [pair for pair in shown.replaced if not pair[0].subject]  # own words are listed below, all of them
    rows = [(old.relation, old.value, f"{new.value} (message {new.turn})") for old, new in told]
    parts += _table("What held before", ("what", "value", "replaced by"), rows)
    rows = [
        (each.slot, each.value, f"message {each.turn} to {each.listener or 'the game'}") for each in shown.commitments
    ]
    parts += _table("What was said", ("slot", "value", "where"), rows)
    rows = [(g.label, g.value, "untold" if g.turn is None else f"told in message {g.turn}") for g in shown.grounding]
    parts += _table("What is known about oneself", ("what", "value", "status"), rows)
    rows = [
        (p.name, ", ".join(f"{way} → {to}" for way, to in p.exits.items()), "here" if p.here else "")
        for p in shown.places
    ]
    parts += _table("Places", ("room", "ways", ""), rows)
    rows = [(word, f"{weight:.4f}", "") for word, weight in shown.belief]
    parts += _table("Likeliest hidden words", ("word", "weight", ""), rows)
    parts += [Text(f"\n{board}") for board in shown.boards]
    return Group(*parts)


def _table(title: str, headings: tuple[str, str, str], rows: Sequence[tuple[str, str, str]]) -> list[Table]:
    if not rows:
        return []
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return [table]
