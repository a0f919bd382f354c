"""The seam of the trainer: what was played (trajectories) and what is learnt from it (samples).

Rollouts write trajectories, data sets turn them into samples, objectives read samples.
Knows no tokenizer, no game and no model. Everything here is a frozen record that goes
through JSON lines unchanged; a file begins with a line that names its kind and version.
"""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from agent.errors import UserError
from agent.trace import Trace

SCHEMA_VERSION = 1

Role = Literal["system", "user", "assistant"]
Outcome = Literal["won", "lost", "aborted"]
Source = Literal["rollout", "demonstrator", "expert", "converse", "minigame", "rehearsal"]
PreferenceKind = Literal["dialogue", "turn", "self_check"]


class Record(BaseModel):
    """What all records share: frozen, and no unknown field."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ChatMessage(Record):
    """One message of a chat."""

    role: Role = Field(description="Who speaks; the assistant is the player.")
    content: str = Field(description="The text, as the language model sees it before its chat template.")


Chat = tuple[ChatMessage, ...]


# --- what was played -----------------------------------------------------------------------------------------


class EpisodeId(Record):
    """What tells one episode from all others; with it the instance can be drawn again."""

    game: str = Field(description="Name of the practice game, as users type it.")
    level: str = Field(description="Its level (clemcore's experiment).")
    split: str = Field(description="train, validation or test.")
    seed: int = Field(description="Seed of the instances.")
    index: int = Field(ge=0, description="Number of the instance within game, level, split and seed.")
    attempt: int = Field(default=0, ge=0, description="Which of several plays of one instance.")
    label: str = Field(description="Who plays, in a word per role ('ludens', 'expert', 'ludens+expert').")

    def __str__(self) -> str:
        """One line, unique per episode."""
        parts = (self.game, self.level, self.split, self.seed, self.index, self.attempt, self.label)
        return "/".join(str(part) for part in parts)


class Draft(Record):
    """A draft that the self-check did not let out."""

    text: str = Field(description="What the model had written, not stripped.")
    violations: tuple[str, ...] = Field(description="The rules it broke, each with a hint.")
    written: bool = Field(description="Whether the language model wrote it (and not a form or a mend).")


class RewardNote(Record):
    """A dense reward that the game gave when a turn had been judged."""

    role: str = Field(description="Whose reward it is; not always the speaker's.")
    value: float = Field(description="Between -1 and 1.")
    reason: str = Field(description="What it was given for.")


class Fault(Record):
    """A rule that a reply broke, in the game master's eyes."""

    rule: str = Field(description="Stable name of the rule.")
    detail: str = Field(default="", description="What was wrong, in half a sentence.")
    outcome: str = Field(description="'asked again', 'lost' or 'aborted'.")


class Turn(Record):
    """One reply of one player, with what came before and after.

    Its transcript is kept as a difference to the same role's previous one: `Trajectory.transcript` puts it together.
    """

    role: str = Field(description="The role that speaks.")
    player: str = Field(description="Who plays it: 'ludens', 'bare', 'expert' or a name of the caller's.")
    keeps: int = Field(
        ge=0, description="Messages kept from the role's previous transcript with its reply; the rest was forgotten."
    )
    heard: Chat = Field(description="Messages new to the role, the last one being the one it answers.")
    reply: str = Field(description="What it said.")
    drafts: tuple[Draft, ...] = Field(default=(), description="What it had wanted to say before, oldest first.")
    rewards: tuple[RewardNote, ...] = Field(default=(), description="What the game gave for this turn, to any role.")
    fault: Fault | None = Field(default=None, description="The rule that the reply broke, if any.")
    log_probabilities: tuple[float, ...] | None = Field(
        default=None, description="Nats per token of the reply under the model that wrote it, where it tells."
    )
    generated_tokens: int = Field(default=0, ge=0, description="Tokens that the player's model decoded.")
    trace: Trace | None = Field(default=None, description="How the reply came about, for players that keep one.")

    @property
    def asked_again(self) -> bool:
        """Whether the reply was refused and the same question put again."""
        return self.fault is not None and self.fault.outcome == "asked again"

    def reward(self, role: str | None = None) -> float:
        """Sum of the turn's rewards for a role; the speaker when None."""
        return sum(note.value for note in self.rewards if note.role == (role or self.role))


class Trajectory(Record):
    """One play of one instance, from every player's view."""

    id: EpisodeId = Field(description="Which episode.")
    outcome: Outcome = Field(description="How it ended; an episode that broke is no trajectory.")
    quality: float | None = Field(description="The game's main score, 0 to 100; None when aborted.")
    ended_by: str = Field(default="", description="The role whose reply ended it by a fault; '' when none did.")
    rule: str = Field(default="", description="The rule that ended it; '' when won.")
    turns: tuple[Turn, ...] = Field(description="All replies, in order.")
    protocol: str = Field(description="Fingerprint of the forms: equal for instances that are answered in one form.")
    instance: str = Field(description="The instance and its experiment as JSON text, as games.school gives them.")

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles in the order in which they first spoke."""
        return tuple(dict.fromkeys(turn.role for turn in self.turns))

    def transcript(self, index: int) -> Chat:
        """Everything the speaker of a turn had heard and said before its reply."""
        role, chat = self.turns[index].role, ()
        for turn in self.turns[: index + 1]:
            if turn.role == role:
                before = chat
                chat = (*before[: turn.keeps], *turn.heard)
                if turn is not self.turns[index]:
                    chat = (*chat, ChatMessage(role="assistant", content=turn.reply))
        return chat


# --- what is learnt from it ----------------------------------------------------------------------------------


class Origin(Record):
    """Where a sample comes from, for balancing, curricula and reports."""

    game: str = Field(description="Name of the game or of the collection.")
    level: str = Field(default="", description="Its level; '' where there are none.")
    role: str = Field(default="", description="The player whose words are learnt.")
    protocol: str = Field(default="", description="Fingerprint of the forms that the words are in.")
    source: Source = Field(description="How it came about.")
    episode: str = Field(default="", description="The trajectory's id in one line; '' without one.")


class ChatSample(Record):
    """A conversation, and which of its messages are learnt: the unit of supervised learning."""

    messages: Chat = Field(min_length=2, description="The conversation; roles alternate after the system message.")
    trained: tuple[int, ...] = Field(
        min_length=1, description="Indices of the assistant messages whose tokens carry loss, ascending."
    )
    origin: Origin = Field(description="Where it comes from.")
    reward: float | None = Field(default=None, description="The episode's quality, 0 to 1, where there is one.")

    @model_validator(mode="after")
    def _consistent(self) -> "ChatSample":
        if list(self.trained) != sorted(set(self.trained)):
            raise ValueError("trained must be ascending and without repetition")
        for index in self.trained:
            if not 0 <= index < len(self.messages) or self.messages[index].role != "assistant":
                raise ValueError(f"trained holds {index}, which is no assistant message")
        return self


class PreferenceSample(Record):
    """Two continuations of one chat, one better than the other: the unit of preference learning.

    Loss is on the assistant messages of both continuations only.
    """

    prompt: Chat = Field(min_length=1, description="What both have in common; ends with what is to be answered.")
    chosen: Chat = Field(min_length=1, description="The better continuation; begins and ends with the assistant.")
    rejected: Chat = Field(min_length=1, description="The worse one; begins and ends with the assistant.")
    kind: PreferenceKind = Field(description="By whole dialogues, by single turns, or draft against accepted reply.")
    origin: Origin = Field(description="Where the better one comes from.")

    @model_validator(mode="after")
    def _consistent(self) -> "PreferenceSample":
        if self.prompt[-1].role == "assistant":
            raise ValueError("the prompt must not end with the assistant")
        for name, chat in (("chosen", self.chosen), ("rejected", self.rejected)):
            if chat[0].role != "assistant" or chat[-1].role != "assistant":
                raise ValueError(f"{name} must begin and end with the assistant")
        if self.chosen == self.rejected:
            raise ValueError("chosen and rejected are the same")
        return self


# --- files ---------------------------------------------------------------------------------------------------

AnyRecord = TypeVar("AnyRecord", bound=Record)


def write_records(path: Path, records: Iterable[Record]) -> int:
    """Writes records of one kind as JSON lines, all or nothing, and returns how many.

    Raises:
        UserError: the place cannot be written.
    """
    rest = iter(records)
    first = next(rest, None)
    kind = type(first).__name__ if first is not None else ""
    count, scratch = 0, path.with_name(path.name + ".partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("w", encoding="utf-8") as file:
            file.write(json.dumps({"ludens": kind, "version": SCHEMA_VERSION}) + "\n")
            for record in () if first is None else chain((first,), rest):
                assert type(record).__name__ == kind, "one file holds one kind of record"
                file.write(record.model_dump_json() + "\n")
                count += 1
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, path)
    except OSError as error:
        raise UserError(f"{path} cannot be written ({error.strerror}); choose another place.") from error
    return count


def read_records(path: Path, kind: type[AnyRecord]) -> Iterator[AnyRecord]:
    """The records of a file, one by one.

    Raises:
        UserError: the file is missing, holds another kind or version, or a line is no such record; names the line.
    """
    try:
        file = path.open(encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}); check the path.") from error
    with file:
        _check_header(path, file.readline(), kind.__name__)
        for number, line in enumerate(file, start=2):
            try:
                yield kind.model_validate_json(line)
            except ValidationError as error:
                what = error.errors()[0]["msg"]
                raise UserError(
                    f"{path}, line {number}, is no {kind.__name__} ({what}); write the file anew."
                ) from None


def _check_header(path: Path, line: str, kind: str) -> None:
    try:
        header: Any = json.loads(line)
        found, version = header["ludens"], header["version"]
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{path} does not begin with a line that names its kind; is it one of our files?") from None
    if found not in (kind, "") or version != SCHEMA_VERSION:
        raise UserError(
            f"{path} holds {found or 'nothing'} of version {version}, not {kind} of version {SCHEMA_VERSION}; "
            "name another file or write it anew."
        )


def chat(pairs: Sequence[tuple[Role, str]]) -> Chat:
    """A chat from (role, content) pairs."""
    return tuple(ChatMessage(role=role, content=content) for role, content in pairs)
