"""Compare: finding out in talk whether a partner's board is one's own.

Describes its own board completely, asks for lines, answers from its own board,
and decides by what it was told. Knows grid words; knows no game.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from constraints.forms import Literal, ReplyForm, SlotKind
from memory.boards import Board
from memory.events import Source
from memory.figures import end_of, read_figures
from planner.gridanswers import answer, question_in, row_said
from planner.gridwords import Heard, agreement, heard, telling
from planner.session import Option, Proposal, Session
from planner.slots import in_voice

_TEXTS = (SlotKind.TEXT, SlotKind.PROSE)
_MOVES: Mapping[str, re.Pattern[str]] = {
    "decide": re.compile(r"\b(?:deci|verdict|conclu|judg)|\bsame\b|\bidentical|time\s+to\s+decide", re.IGNORECASE),
    "ask": re.compile(r"\bquestion|\bask\b|\bquery|\bwhat\s+do\s+you\s+want\s+to\s+know|\binquir", re.IGNORECASE),
    "answer": re.compile(r"\banswer|\breply\b|\brespon", re.IGNORECASE),
    "describe": re.compile(r"\bdescri|\bwhat\s+you\s+see|\bmy[\s_-]grid|\bgrid\b", re.IGNORECASE),
}
_SAME = re.compile(r"\bsame\b|\bidentical\b|\bequal\b|\bmatch|\byes\b|\balike\b|\btrue\b", re.IGNORECASE)
_DIFFERENT = re.compile(
    r"\bdiffer|\bnot\b|\bno\b|\bunequal\b|\bdistinct\b|\bmismatch|\bun(?:like|alike)\b|\bfalse\b", re.IGNORECASE
)
_SAMENESS = re.compile(
    r"\bwhether\b[^.]{0,140}\b(?:same|equal|identical|differ\w*|match)\b|\bsame\b[^.]{0,40}\bor\s+(?:not|differ|could|a\s)"
    r"|\b(?:are|is)\s+(?:they|it|both|these|(?:the|your)\s+(?:\w+\s+){1,3}?)(?:\s*(?:the|very|both|all)){0,2}\s*"
    r"(?:same|equal|identical|alike)\b|\bif\s+(?:(?:the|both|your|these|all)\s+){1,2}\w+\s+(?:are|is|be)\s+(?:the\s+)?"
    r"(?:very\s+)?(?:same|equal|identical|alike)\b"
    r"|\bspot\s+the\s+differences?|\b(?:could|might|may)\s+be\s+the\s+(?:very\s+)?same|\bclaims?\b[^.]{0,40}\bthe\s+same\b",
    re.IGNORECASE,
)
_DUE: Mapping[str, re.Pattern[str]] = {
    "decide": re.compile(r"\bdecision|\bdecide|\bverdict|\bconclusion|\bjudge?ment", re.IGNORECASE),
    "answer": re.compile(
        r"\banswer\s+(?:the|this|that|it|now|please)|\byour\s+(?:answer|reply)|\bplease\s+(?:answer|reply|respond)"
        r"|\bthen\s+answer|^answer",
        re.IGNORECASE,
    ),
    "ask": re.compile(r"\bquestion|\bask\b|\bquery|\bwhat\s+do\s+you\s+want\s+to\s+know|\binquir", re.IGNORECASE),
    "describe": re.compile(r"\bdescri|\bwhat\s+you\s+see", re.IGNORECASE),
}
CLOSE = 0.8
"""Agreement that counts as sameness where a description was understood in part only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a partner's board.

    Attributes:
        own: this player's board.
        description: what the partner said of theirs, as far as it is understood; None before.
        rows: rows that the partner stated on request, from 0.
        asked: rows asked for so far.
    """

    own: Board
    description: Heard | None
    rows: Mapping[int, tuple[str, ...]]
    asked: tuple[int, ...]

    def same(self) -> bool:
        """Whether the partner's board seems to be the own one."""
        if any(cells != self.own.cells[row] for row, cells in self.rows.items()):
            return False
        if self.description is None:
            return bool(self.rows)
        exact = self.description.board(self.own.rows, self.own.columns).cells == self.own.cells
        return exact or (not self.description.whole and agreement(self.description, self.own) >= CLOSE)

    def next_row(self) -> int:
        """The row to ask for: first those that the description makes differ, then those not asked for."""
        theirs = self.description.board(self.own.rows, self.own.columns) if self.description is not None else None
        left = [row for row in range(self.own.rows) if row not in self.asked] or list(range(self.own.rows))
        odd = [row for row in left if theirs is not None and theirs.cells[row] != self.own.cells[row]]
        return (odd or left)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compare:
    """The policy for finding out whether two boards are the same."""

    name: str = "compare"

    def fits(self, session: Session) -> float:
        """High when the rules show one board, ask whether it is the same as another one, and let the players talk."""
        first = _first(session)
        if not session.rulebook.forms or _SAMENESS.search(first) is None or len(read_figures(first)) != 1:
            return 0.0
        return 0.9 if due_now(session) else 0.0

    def propose(self, session: Session) -> Proposal:
        """What is due now, said about the board."""
        known = what_is_known(session)
        due = due_now(session)
        say: dict[str, Callable[[], str]] = {
            "describe": lambda: telling(known.own),
            "ask": lambda: f"Which columns are filled in row {known.next_row() + 1} of your grid?",
            "answer": lambda: answer(_newest(session), known.own),
        }
        for index, form in enumerate(session.rulebook.forms):
            if move_of(form) != due:
                continue
            if due == "decide":
                return _decision(self.name, session, same=known.same())
            slot = next((slot for slot in form.slots if slot.kind in _TEXTS), None)
            if slot is not None:
                words = say[due]()
                fills = {slot.name: in_voice(session.rulebook, words[0].upper() + words[1:])}
                return Proposal(policy=self.name, options=(Option(form=index, fills=fills, score=1.0, certain=True),))
        return Proposal(policy=self.name)


def _first(session: Session) -> str:
    return session.memory.opening


def _newest(session: Session) -> str:
    event = session.memory.newest(Source.GAME)
    return event.text if event is not None else ""


def move_of(form: ReplyForm) -> str:
    """What a form is for: "describe", "ask", "answer" or "decide"; "" when it does not say."""
    if any(slot.kind is SlotKind.CHOICE for slot in form.slots) or not form.slots:
        return "decide"
    fixed = " ".join(part.text for part in form.parts if isinstance(part, Literal))
    named = " ".join(slot.name for slot in form.slots)
    for words in (named, fixed, f"{form.purpose} {form.trigger}"):
        spaced = re.sub(r"[_/<>{}\[\]\"]", " ", words)
        for move in ("decide", "ask", "answer", "describe"):
            if _MOVES[move].search(spaced):
                return move
    return ""


def due_now(session: Session) -> str:
    """The move that is asked for: the only one there is a form for, else the one that the newest message ends with.

    Where the newest message asks for none (a complaint), what the one before asked for is still due.
    """
    moves = {move_of(form) for form in session.rulebook.forms} - {""}
    if len(moves) == 1:
        return next(iter(moves))
    for event in reversed(session.memory.events):
        if event.source is Source.SELF:
            continue
        lines = [line for line in event.text.split("\n") if line.strip()]
        for line in reversed(lines[-3:]):
            for move, cue in _DUE.items():
                if move in moves and cue.search(line):
                    return move
    return "describe" if "describe" in moves else ""


def what_is_known(session: Session) -> Known:
    """What the talk so far says about both boards."""
    first = _first(session)
    own = read_figures(first)[0]
    start = end_of(first, own)
    description: Heard | None = None
    rows: dict[int, tuple[str, ...]] = {}
    asked: list[int] = []
    pending: int | None = None
    for event in session.memory.events:
        if event.source is Source.SELF:
            line = re.search(r"\bin\s+row\s+(\d{1,2})\b[^\n]*\?", event.text)
            pending = int(line.group(1)) - 1 if line is not None else pending
            asked += [pending] if line is not None and pending is not None else []
            continue
        for words in _news(event.text[start:] if event.text == first else event.text):
            told = row_said(words, pending, own.rows, own.columns) if pending is not None else None
            if told is not None and pending is not None:
                rows[pending] = told
                pending = None
                continue
            said = heard(words, own.rows, own.columns)
            if description is None and _tells(said):
                description = said
        start = 0 if event.text == first else start
    return Known(own=own, description=description, rows=rows, asked=tuple(asked))


def _tells(said: Heard) -> bool:
    return bool(said.claims) or said.whole


def _news(text: str) -> list[str]:
    """The lines of a message that may be a partner's words, questions left out."""
    lines = [line.strip() for line in text.split("\n")]
    return [_INTRODUCED.sub("", line).strip('"“” ') for line in lines if line and question_in(line) == ""]


_INTRODUCED = re.compile(r"^(?:[^:\n]{0,60}:\s*)+(?=[\"“]?\S)")


def _decision(name: str, session: Session, *, same: bool) -> Proposal:
    """The form and the option that say so."""
    for index, form in enumerate(session.rulebook.forms):
        for slot in form.slots:
            if slot.kind is SlotKind.CHOICE:
                value = _option(slot.options, same=same)
                if value is not None:
                    option = Option(form=index, fills={slot.name: value}, score=1.0, certain=True)
                    return Proposal(policy=name, options=(option,))
        if not form.slots and _option((form.render({}),), same=same) is not None:
            return Proposal(policy=name, options=(Option(form=index, score=1.0, certain=True),))
    return Proposal(policy=name)


def _option(options: tuple[str, ...], *, same: bool) -> str | None:
    """The option that says that two things are the same, or that they are not."""
    for option in options:
        denies = _DIFFERENT.search(option) is not None
        if denies != same and (denies or _SAME.search(option)):
            return option
    return None
