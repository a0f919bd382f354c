"""Keeps what is measured out of what is learnt, by content.

An instance is known by its boards, its lists of words, its secret words and its long
texts, whatever the names of its fields and whoever wrote its file. What most instances
of a file share (rules, templates, patterns) is not content.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.errors import UserError
from trainer.contamination_content import Board, Content, boards_in, content_of, plain, words_of
from trainer.samples import ChatMessage, ChatSample, PreferenceSample, Trajectory


@dataclass(slots=True)
class Guard:
    """Knows measured instances.

    Attributes:
        known: each one's place in its file, and its content.
    """

    known: list[tuple[str, Content]] = field(default_factory=list[tuple[str, Content]])

    @classmethod
    def of(cls, files: Iterable[Path]) -> "Guard":
        """Reads instance files as harnesses have them.

        Raises:
            UserError: a file cannot be read or holds no instance.
        """
        guard = cls()
        for file in files:
            guard.known += _contents(file)
        return guard

    def instance(self, text: str) -> str | None:
        """Which measured instance the given one repeats; None for none.

        Args:
            text: experiment and instance as JSON, as trajectories hold them.
        """
        data = json.loads(text)
        content = content_of(data.get("game_instance", data))
        return next((name for name, one in self.known if _same(one, content)), None)

    def episode(self, one: Trajectory) -> str | None:
        """Which measured instance an episode repeats, or shows so much of to a player that what it said is about it."""
        return self.instance(one.instance) or next(filter(None, map(self.chat, _views(one))), None)

    def chat(self, messages: Sequence[ChatMessage]) -> str | None:
        """Which measured instance a conversation is about; None for none that can be told.

        A single word to be guessed cannot be told from any other word, nor a map of which little is seen: instances of
        that kind are recognised by `instance`.
        """
        text = "\n".join(message.content for message in messages)
        last = next((message.content for message in reversed(messages) if message.role == "assistant"), "")
        said = _Said(boards=frozenset(boards_in(text)), words=words_of(text), last=words_of(last), joined=plain(text))
        return next((name for name, one in self.known if said.holds(one)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A conversation, prepared for comparison.

    Attributes:
        boards: drawn in it.
        words: all of it, in lower case, words with single blanks around.
        last: the same of the assistant's last message.
        joined: all of it in lower case, blanks joined.
    """

    boards: frozenset[Board]
    words: str
    last: str
    joined: str

    def holds(self, one: Content) -> bool:
        """Whether it is about an instance, as far as that can be told."""
        if one.boards:  # a player may see only one of two; of three, one alone comes up by chance
            return 2 * len(one.boards & self.boards) >= len(one.boards)
        if any(text.strip() in self.joined for text in one.passages):
            return True
        if one.lists:
            lists = [items for items in one.main_lists if all(words_of(item) in self.words for item in items)]
            return bool(lists) and (len(one.words) != 1 or all(words_of(word) in self.words for word in one.words))
        all_said = len(one.words) > 1 and all(words_of(word) in self.words for word in one.words)
        return all_said and any(words_of(word) in self.last for word in one.words)


def refuse(samples: Iterable[ChatSample | PreferenceSample], guard: Guard) -> None:
    """Stops at the first sample that holds a measured instance.

    Raises:
        UserError: one does; names both.
    """
    for number, one in enumerate(samples):
        chats = (one.messages,) if isinstance(one, ChatSample) else (one.prompt + one.chosen, one.prompt + one.rejected)
        for chat in chats:
            found = guard.chat(chat)
            if found is not None:
                where = one.origin.episode or one.origin.game
                raise UserError(
                    f"Sample {number} ({where}) holds the measured instance {found}; leave it out of the training data."
                )


def _views(one: Trajectory) -> Iterator[list[ChatMessage]]:
    """What each player heard and said, also what a game made it forget."""
    for role in one.roles:
        own = [turn for turn in one.turns if turn.role == role]
        yield [
            message for turn in own for message in (*turn.heard, ChatMessage(role="assistant", content=turn.reply))
        ]


def _same(measured: Content, other: Content) -> bool:
    """Whether two instances are the same in what is to be found out."""
    if measured.boards:
        return measured.boards <= other.boards
    if measured.lists:
        return bool(measured.main_lists & other.lists)
    if other.boards or other.lists:
        return bool(measured.passages & other.passages)
    return bool(measured.words & other.words) or bool(measured.passages & other.passages)


def _contents(file: Path) -> list[tuple[str, Content]]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        rows = [
            (f"{file.name}, {experiment['name']}, {instance['game_id']}", content_of(instance))
            for experiment in data["experiments"]
            for instance in experiment["game_instances"]
        ]
    except OSError as error:
        raise UserError(f"{file} cannot be read ({error.strerror}); name the instances that are measured.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError(f"{file} is no file of instances ({type(error).__name__}: {error}); name another.") from error
    if not rows:
        raise UserError(f"{file} holds no instance; name the instances that are measured.")
    common = _common([content for _, content in rows])
    return [(name, content.without(common)) for name, content in rows]


def _common(contents: Sequence[Content]) -> Content:
    """What stands in more than half of the instances of a file, where there are enough of them to tell."""
    if len(contents) < 3:
        return Content()

    def often(parts: Iterable[Iterable[Any]]) -> frozenset[Any]:
        counts = Counter(item for part in parts for item in part)
        return frozenset(item for item, count in counts.items() if count > max(2, len(contents) / 2))

    return Content(
        boards=often(one.boards for one in contents),
        lists=often(one.lists for one in contents),
        words=often(one.words for one in contents),
        passages=often(one.passages for one in contents),
    )
