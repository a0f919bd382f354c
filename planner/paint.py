"""Paint: having a partner fill a grid by commands, and filling one by a partner's commands.

Knows grid talk; knows no game.
"""

import re
from dataclasses import dataclass

from constraints.forms import Slot, SlotKind
from memory.boards import Board, blank, empty_symbol, read_boards
from memory.events import Source
from planner.gridtalk import describe, obey
from planner.session import Option, Proposal, Session

_PLACE = re.compile(r"\b(?:row|column|grid|corner|left|right|cell|diagonal)", re.IGNORECASE)
_COMMANDING = re.compile(r"\b(?:command|instruct|describ|step\s+by\s+step|tell|explain)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictate:
    """The policy for describing a grid command by command."""

    name: str = "dictate"

    def fits(self, session: Session) -> float:
        """High when a text is asked for, the form has an end, and the rules show a filled grid."""
        forms = session.rulebook.forms
        opened = [form for form in forms if len(form.slots) == 1 and form.slots[0].kind in _TEXTS]
        closed = [form for form in forms if not form.slots]
        first = session.memory.opening
        if not opened or not closed or not _COMMANDING.search(first):
            return 0.0
        return 0.8 if read_boards(first) else 0.0

    def propose(self, session: Session) -> Proposal:
        """The next command; the end when all were given."""
        first = next(event.text for event in session.memory.events if event.source is Source.GAME)
        boards = read_boards(first)
        commands = describe(target_board(first, boards), empty_symbol(first, boards))
        forms = session.rulebook.forms
        given = sum(1 for event in session.memory.events if event.source is Source.SELF and event.fills)
        for index, form in enumerate(forms):
            if given < len(commands) and form.slots and form.slots[0].kind in _TEXTS:
                fills = {form.slots[0].name: commands[given]}
                return Proposal(policy=self.name, options=(Option(form=index, fills=fills, score=1.0, certain=True),))
            if given >= len(commands) and not form.slots:
                return Proposal(policy=self.name, options=(Option(form=index, score=1.0, certain=True),))
        return Proposal(policy=self.name)


def target_board(text: str, boards: list[Board]) -> Board:
    """The board to be described: the last one that is filled and no example."""
    filled = [board for board in boards if len({cell for row in board.cells for cell in row}) > 1]
    real = [board for board in filled if not _SUPPOSED.search(text[max(0, board.start - 90) : board.start])]
    return (real or filled or boards)[-1]


_TEXTS = (SlotKind.TEXT, SlotKind.PROSE)
_SUPPOSED = re.compile(r"\bsuppose|can\s+look\s+like|might\s+look|for\s+instance|\be\.g\.", re.IGNORECASE)
_DRAWING = re.compile(r"\b(?:grid|sheet|board|drawing|picture|rows)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """The policy for filling a grid by commands."""

    name: str = "follow"

    def fits(self, session: Session) -> float:
        """High when a grid is asked for and the newest command is understood."""
        return 0.85 if self.propose(session).options else 0.0

    def propose(self, session: Session) -> Proposal:
        """The grid after the newest command."""
        events = session.memory.events
        first = session.memory.opening
        newest = session.memory.newest(Source.GAME)
        boards = read_boards(first)
        found = _grid_slot(session, first)
        if newest is None or found is None or not (boards or found[1].rows):
            return Proposal(policy=self.name)
        index, slot = found
        empty = empty_symbol(first, boards)
        drawn = [value for event in events for name, value in event.fills if name == slot.name]
        rows, columns = (slot.rows, slot.columns) if slot.rows and slot.columns else (boards[0].rows, boards[0].columns)
        board = (_as_board(drawn[-1]) if drawn else None) or blank(rows, columns, empty)
        done = obey(command_in(newest.text), board, empty)
        if done is None:
            return Proposal(policy=self.name)
        fills = {slot.name: done.render(boards[0].separator if boards else " ")}
        return Proposal(policy=self.name, options=(Option(form=index, fills=fills, score=1.0, certain=True),))


def _grid_slot(session: Session, first: str) -> tuple[int, Slot] | None:
    """The slot that takes a grid: one of that kind, or the only prose slot where the rules speak of a grid."""
    forms = session.rulebook.forms
    for index, form in enumerate(forms):
        for slot in form.slots:
            if slot.kind is SlotKind.GRID:
                return index, slot
    alone = len(forms) == 1 and len(forms[0].slots) == 1
    if alone and forms[0].slots[0].kind in _TEXTS and _DRAWING.search(first):
        return 0, forms[0].slots[0]
    return None


def command_in(text: str) -> str:
    """The newest command of a message: its last line that speaks of a place and a symbol."""
    lines = [line.strip() for line in text.strip().split("\n") if line.strip()]
    speaking = [
        line for line in lines if re.search(r"\b(?:row|column|grid|corner|left|right|cell|diagonal)", line, re.I)
    ]
    line = (speaking or lines or [""])[-1]
    return re.sub(r"^[\w ]{1,24}\s*(?::|->|=|>>)\s*", "", line)


def _as_board(value: str) -> Board | None:
    found = read_boards(value.replace("\\n", "\n"))
    return found[-1] if found else None
