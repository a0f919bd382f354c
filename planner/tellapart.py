"""Tell apart: describing one board among several, and finding the described one.

Speaker and listener share one decoder, so that what is said is what is understood.
Knows grid words; knows no game.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from constraints.forms import Slot, SlotKind
from constraints.rulebook import RuleKind
from memory.boards import Board
from memory.events import Source
from memory.figures import end_of, read_figures
from planner.gridwords import agreement, heard, lines_apart, telling
from planner.session import Option, Proposal, Ranker, Session
from planner.slots import in_voice

_TEXTS = (SlotKind.TEXT, SlotKind.PROSE)
_OPEN = (*_TEXTS, SlotKind.WORD)
_WANTED = re.compile(
    r"\btarget|\bright\s+one|\bcorrect|\brecogni[sz]e\b|\bgoal\b|\bto\s+be\s+(?:picked|found|chosen)|\bthis\s+is\s+the\s+one"
    r"|\bit['’]?s\s+this|\bthis\s+one\b|\byours\b|\bdescribe\b|\bthe\s+one\s+(?:meant|to)",
    re.IGNORECASE,
)
_UNWANTED = re.compile(
    r"\bdistract|\bother|\bnot\b|\bwrong|\bmistaken|\bleft\s+alone|\bavoid|\bdecoy|\bneither|\bfoil", re.IGNORECASE
)
_POINTED = re.compile(r"\b(?:describe|target(?:\s+is)?|about)\s+(?:the\s+)?(?:grid|board|picture)?\s*", re.IGNORECASE)
_SUPPOSED = re.compile(r"\bsuppose|\bfor\s+instance|\be\.g\.|\bmight\s+look|\bcan\s+look\s+like", re.IGNORECASE)
LONGEST = 60
"""Words of a full description; above, a line that only the target has is told where that is shorter."""


def candidate_boards(session: Session) -> tuple[str, list[Board]]:
    """The first message, and its boards when there are several different ones of equal size."""
    first = session.memory.opening
    boards = [
        board for board in read_figures(first) if not _SUPPOSED.search(first[max(0, board.start - 90) : board.start])
    ]
    alike = len({(board.rows, board.columns) for board in boards}) == 1
    differ = len({board.cells for board in boards}) == len(boards)
    return first, boards if len(boards) > 1 and alike and differ else []


def labels_of(text: str, boards: Sequence[Board]) -> list[str]:
    """The last line of words before each board."""
    labels: list[str] = []
    end = 0
    for board in boards:
        lines = [line.strip() for line in text[end : board.start].split("\n") if line.strip()]
        labels.append(lines[-1] if lines else "")
        end = end_of(text, board)
    return labels


def wanted_board(text: str, boards: Sequence[Board]) -> int:
    """The index of the board to be described: by the words before it, else the first one."""
    scores: list[int] = []
    for label in labels_of(text, boards):
        name = re.escape(label.strip(" :.-"))
        pointed = bool(name) and re.search(_POINTED.pattern + rf"{name}\b", text, re.IGNORECASE) is not None
        score = 2 * bool(_WANTED.search(label)) + 2 * (pointed and len(name) < 24) - 3 * bool(_UNWANTED.search(label))
        scores.append(score)
    return scores.index(max(scores))


@dataclass(frozen=True, slots=True, kw_only=True)
class TellApart:
    """The policy for describing one board so that it is picked among others."""

    name: str = "tell apart"

    def fits(self, session: Session) -> float:
        """High when several boards are shown and a text is asked for."""
        forms = session.rulebook.forms
        texts = [form for form in forms if len(form.slots) == 1 and form.slots[0].kind in _TEXTS]
        several = (*forms, *session.rulebook.standing)
        if not texts or len(forms) != 1 or any(not form.slots for form in several):
            return 0.0
        return 0.75 if candidate_boards(session)[1] else 0.0

    def propose(self, session: Session) -> Proposal:
        """The full description, or a telling line where the full one is too long."""
        text, boards = candidate_boards(session)
        place = wanted_board(text, boards)
        target, others = boards[place], [*boards[:place], *boards[place + 1 :]]
        slot = session.rulebook.forms[0].slots[0]
        told = [telling(target), lines_apart(target, others)]
        limit = _most_words(session, slot) or LONGEST
        told = [words for words in told if words]
        fitting = [words for words in told if len(words.split()) <= limit] or [min(told, key=len)]
        options = tuple(
            Option(
                form=0,
                fills={slot.name: in_voice(session.rulebook, words[0].upper() + words[1:])},
                score=1.0 - 0.5 * number,
                reason="It is true of this board only.",
                certain=number == 0,
            )
            for number, words in enumerate(fitting)
        )
        return Proposal(policy=self.name, options=options)


def _most_words(session: Session, slot: Slot) -> int | None:
    limits = [rule.high for rule in session.rulebook.of(RuleKind.WORDS) if rule.high is not None]
    return min([*limits, *([slot.high] if slot.high else [])], default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PickOut:
    """The policy for finding the board that a description means.

    Attributes:
        ranker: the language model, asked where the words are not understood; None to do without.
    """

    ranker: Ranker | None = None
    name: str = "pick out"

    def fits(self, session: Session) -> float:
        """High when a choice among as many boards is asked for."""
        boards = candidate_boards(session)[1]
        return 0.98 if boards and _choice(session, boards) is not None else 0.0

    def propose(self, session: Session) -> Proposal:
        """The boards, the best-fitting one first."""
        text, boards = candidate_boards(session)
        found = _choice(session, boards)
        if found is None:
            return Proposal(policy=self.name)
        index, slot, names = found
        scores = self._scores(session, text, boards, names)
        order = sorted(range(len(boards)), key=lambda number: -scores[number])
        options = tuple(
            Option(
                form=index,
                fills={slot.name: names[number]},
                score=scores[number],
                reason="It agrees with the description.",
                certain=number == order[0],
            )
            for number in order
        )
        return Proposal(policy=self.name, options=options)

    def _scores(self, session: Session, first: str, boards: Sequence[Board], names: Sequence[str]) -> list[float]:
        """How well each board fits the words after the boards; by the model where none tells them apart."""
        newest = session.memory.newest(Source.GAME)
        later = newest is not None and newest.text != first
        said = words_after(newest.text, ()) if later and newest is not None else words_after(first, boards)
        for lines in (said, words_after(first, ())):
            scores = max((_agreements(line, boards) for line in lines), key=_margin, default=[0.0] * len(boards))
            if _margin(scores) > SLIGHT:
                return scores
        if self.ranker is None:
            return [0.0] * len(boards)
        return self.ranker.rank(f"{first}\n\n{newest.text if later and newest is not None else ''}\nIt is", list(names))


SLIGHT = 1e-6


def _agreements(line: str, boards: Sequence[Board]) -> list[float]:
    understood = heard(line, boards[0].rows, boards[0].columns)
    return [agreement(understood, board) for board in boards]


def _margin(scores: Sequence[float]) -> float:
    """How far the best is ahead of the second best."""
    second, best = sorted(scores)[-2:]
    return best - second


def words_after(text: str, boards: Sequence[Board]) -> list[str]:
    """The lines of a message after its boards, the newest first, with and without what introduces them."""
    after = text[end_of(text, boards[-1]) :] if boards else text
    found = [line.strip().strip('"“”') for line in reversed(after.split("\n")) if line.strip()]
    return [part for line in found for part in dict.fromkeys((line, _INTRODUCED.sub("", line, count=1)))]


_INTRODUCED = re.compile(r"^[^:\n]{1,60}:\s*[\"“]?")


def _choice(session: Session, boards: Sequence[Board]) -> tuple[int, Slot, list[str]] | None:
    """The form and slot that name a board, and the boards' names in order."""
    forms = session.rulebook.forms
    for index, form in enumerate(forms):
        for slot in form.slots:
            if slot.kind is SlotKind.CHOICE and len(slot.options) == len(boards):
                return index, slot, list(slot.options)
    return None
