"""One player's conversations in one episode, as they are learnt: without refused replies, side questions joined.

A role's transcript usually only grows, and then its last state holds everything. Where a
game makes a player forget an exchange (a question on the side), the transcript branches:
every branch is a conversation of its own, and questions asked one after the other on the
same memory are joined into one (Horst et al. 2025, D.1). Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from trainer.samples import Chat, ChatMessage, Trajectory, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One message of a memory.

    Attributes:
        message: what was said.
        said: the turn in which this player said it; None for what it was told.
        told: the turn before which it was told this; None for its own words.
    """

    message: ChatMessage
    said: int | None = None
    told: int | None = None


Lines = tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A memory that no later one contains.

    Attributes:
        lines: its messages.
        joined: how many exchanges at its end were asked on the same memory and put into one.
    """

    lines: Lines
    joined: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """Messages, and which of them to learn.

    Attributes:
        messages: the conversation, user and assistant in turn.
        learnt: indices of this player's messages that are learnt here, ascending.
        turns: the turns in which those were said.
    """

    messages: Chat
    learnt: tuple[int, ...]
    turns: tuple[int, ...]


def whole(trajectory: Trajectory, role: str) -> list[Conversation]:
    """The role's conversations, as few as there are; every reply that was not refused is learnt once.

    Args:
        trajectory: the episode.
        role: whose view.
    """
    taken: set[int] = set()
    found: list[Conversation] = []
    for branch in reversed(branches(trajectory, role)):  # the last one that holds a reply teaches it
        lines = _without_refused(branch.lines, trajectory.turns)
        found += _conversation(lines, [at for at, line in enumerate(lines) if _fresh(line, taken)])
        taken.update(line.said for line in lines if line.said is not None)
    return found[::-1]


def pieces(trajectory: Trajectory, role: str) -> list[Conversation]:
    """The role's conversations as they grow: one for every reply, which alone is learnt; joined ones are one piece.

    Args:
        trajectory: the episode.
        role: whose view.
    """
    taken: set[int] = set()
    found: list[Conversation] = []
    for branch in branches(trajectory, role):
        lines = _without_refused(branch.lines, trajectory.turns)
        fresh = [at for at, line in enumerate(lines) if _fresh(line, taken)]
        block = fresh[-branch.joined :] if branch.joined > 1 else []
        for at in fresh:
            if at not in block:
                found += _conversation(lines[: at + 1], [at])
        found += _conversation(lines, block)
        taken.update(line.said for line in lines if line.said is not None)
    return found


def branches(trajectory: Trajectory, role: str) -> list[Branch]:
    """The memories that no later memory contains; neighbours that differ in their last exchange only are joined."""
    states = _states(trajectory, role)
    leaves = [one for one, later in zip(states, [*states[1:], ()], strict=True) if later[: len(one)] != one]
    found: list[Branch] = []
    base: Lines = ()
    for lines in leaves:
        if found and base and lines[:-2] == base:
            found[-1] = Branch(lines=(*found[-1].lines, *lines[-2:]), joined=found[-1].joined + 1)
        else:
            found.append(Branch(lines=lines))
            base = lines[:-2]
    return found


def before(trajectory: Trajectory, index: int) -> Chat:
    """The transcript before a turn, without earlier replies that were refused and what was said about them."""
    lines = _states(trajectory, trajectory.turns[index].role, index)[-1]
    return tuple(line.message for line in _without_refused(lines, trajectory.turns, but=index)[:-1])


def memory_at_the_end(trajectory: Trajectory, role: str) -> Chat:
    """Everything the role remembers when it has said its last word, refused replies included."""
    return tuple(line.message for line in _states(trajectory, role)[-1])


def alternates(chat: Sequence[ChatMessage]) -> bool:
    """Whether user and assistant speak in turn, a system message at the beginning aside."""
    rest = chat[1:] if chat and chat[0].role == "system" else chat
    return all(one.role == ("assistant" if place % 2 else "user") for place, one in enumerate(rest))


def _states(trajectory: Trajectory, role: str, last: int | None = None) -> list[Lines]:
    """The role's memory after each of its turns, up to a turn."""
    states: list[Lines] = []
    for index, turn in enumerate(trajectory.turns[: None if last is None else last + 1]):
        if turn.role == role:
            before = states[-1] if states else ()
            told = tuple(Line(message=message, told=index) for message in turn.heard)
            said = Line(message=ChatMessage(role="assistant", content=turn.reply), said=index)
            states.append((*before[: turn.keeps], *told, said))
    return states


def _without_refused(lines: Lines, turns: Sequence[Turn], but: int | None = None) -> Lines:
    """Drops each refused reply with the complaint about it; where the complaint was forgotten, with its question.

    Args:
        lines: a memory.
        turns: of the episode.
        but: a turn that stays whatever became of it.
    """
    kept: list[Line] = []
    complaint: int | None = None
    for place, line in enumerate(lines):
        if complaint is not None and line.told == complaint:
            complaint = None
        elif line.said is None or line.said == but or not turns[line.said].asked_again:
            kept.append(line)
        else:
            complaint = _next_turn(turns, line.said)
            following = lines[place + 1] if place + 1 < len(lines) else None
            if following is not None and following.told != complaint:
                while len(kept) > 1 and kept[-1].told == line.said:
                    kept.pop()
    return tuple(kept)


def _next_turn(turns: Sequence[Turn], index: int) -> int | None:
    role = turns[index].role
    return next((later for later in range(index + 1, len(turns)) if turns[later].role == role), None)


def _fresh(line: Line, taken: set[int]) -> bool:
    return line.said is not None and line.said not in taken


def _conversation(lines: Sequence[Line], learnt: Sequence[int]) -> list[Conversation]:
    """The conversation up to the last reply that is learnt; none when nothing is, or when roles do not alternate."""
    if not learnt:
        return []
    messages = tuple(line.message for line in lines[: learnt[-1] + 1])
    turns = tuple(said for at in learnt if (said := lines[at].said) is not None)
    return [Conversation(messages=messages, learnt=tuple(learnt), turns=turns)] if alternates(messages) else []
