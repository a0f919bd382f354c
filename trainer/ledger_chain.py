"""The ledger's entries and their chain: pure, no files.

Every entry is one line of canonical JSON that holds the SHA-256 of the line before it
and of itself, so that no byte of a chain can change unnoticed. No entry holds a time
or a place: the same run gives the same chain, byte for byte.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from agent.errors import UserError

GENESIS = "0" * 64
"""What the first entry names as the hash before it."""


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Opening(_Body):
    """A stage of training begins."""

    kind: Literal["open"] = "open"
    stage: str = Field(min_length=1, description="Name of the stage ('sft', 'dpo').")
    budget_tokens: int = Field(description="Most tokens that all stages of this ledger may consume together.")
    model: str = Field(default="", description="Fingerprint or name of the weights it begins with.")
    config: str = Field(default="", description="Fingerprint of the run's configuration and data.")


class Batch(_Body):
    """Tokens about to be consumed."""

    kind: Literal["batch"] = "batch"
    tokens: int = Field(ge=1, description="Tokens that go through the model, repeats included, padding not.")
    trained: int = Field(ge=0, description="Those of them that carry loss.")
    digest: str = Field(min_length=1, description="Fingerprint of the token ids.")


class Again(_Body):
    """A killed run goes on from an earlier checkpoint with other batches; what was counted since stays counted."""

    kind: Literal["again"] = "again"
    checkpoint: int = Field(ge=1, description="How many entries the ledger had at that checkpoint.")


class Closing(_Body):
    """A stage has ended."""

    kind: Literal["close"] = "close"
    weights: str = Field(default="", description="Fingerprint or name of the weights it ended with.")


Body = Annotated[Opening | Batch | Again | Closing, Field(discriminator="kind")]
_BODY: TypeAdapter[Body] = TypeAdapter(Body)


class Entry(_Body):
    """One link of the chain."""

    number: int = Field(ge=0, description="Its place, from 0.")
    total_tokens: int = Field(ge=0, description="Tokens consumed up to and including this entry.")
    previous: str = Field(description="Hash of the entry before.")
    body: Body = Field(description="What is noted.")

    def hash(self) -> str:
        """SHA-256 of the canonical text of everything else."""
        return hashlib.sha256(_canonical(self.model_dump(mode="json"))).hexdigest()

    def line(self) -> bytes:
        """The entry as it stands in the file, line end included."""
        return _canonical(self.model_dump(mode="json") | {"hash": self.hash()}) + b"\n"


class Mark(BaseModel):
    """A place in the chain, as a checkpoint remembers it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entries: int = Field(ge=0, description="How many entries there are up to here.")
    head: str = Field(description="Hash of the last of them.")


class State(BaseModel):
    """What a chain amounts to so far; every next entry is judged by it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entries: int = 0
    head: str = GENESIS
    total_tokens: int = 0
    budget_tokens: int = 0
    open_stage: str = ""

    @property
    def mark(self) -> Mark:
        """This place."""
        return Mark(entries=self.entries, head=self.head)

    def entry(self, body: Body) -> Entry:
        """The entry that would note this next; nothing is judged."""
        tokens = body.tokens if isinstance(body, Batch) else 0
        total = self.total_tokens + tokens
        return Entry(number=self.entries, total_tokens=total, previous=self.head, body=body)

    def after(self, entry: Entry) -> "State":
        """The state with one more entry.

        Raises:
            UserError: the entry cannot come here; half a sentence.
        """
        wrong = self._wrong(entry)
        if wrong:
            raise UserError(wrong)
        body, changes = entry.body, {}
        if isinstance(body, Opening):
            changes = {"budget_tokens": body.budget_tokens, "open_stage": body.stage}
        elif isinstance(body, Closing):
            changes = {"open_stage": ""}
        numbers = {"entries": self.entries + 1, "head": entry.hash(), "total_tokens": entry.total_tokens}
        return self.model_copy(update=numbers | changes)

    def _wrong(self, entry: Entry) -> str:
        body = entry.body
        if entry.number != self.entries or entry.previous != self.head:
            return "does not follow the entry before it"
        if entry.total_tokens != self.entry(body).total_tokens:
            return f"adds up to {entry.total_tokens} tokens instead of {self.entry(body).total_tokens}"
        if isinstance(body, Opening) == bool(self.open_stage):
            return "opens a stage within another one" if self.open_stage else "stands outside any stage"
        if isinstance(body, Opening) and body.budget_tokens < max(1, self.total_tokens):
            return f"has a budget of {body.budget_tokens} tokens, which is spent already"
        if isinstance(body, Batch) and body.trained > body.tokens:
            return "trains on more tokens than it consumes"
        if isinstance(body, Batch) and entry.total_tokens > self.budget_tokens:
            return f"passes the budget of {self.budget_tokens} tokens"
        if isinstance(body, Again) and body.checkpoint > self.entries:
            return "goes back to a checkpoint that was not reached"
        return ""


def walk(lines: Iterable[bytes]) -> Iterator[tuple[Entry, State]]:
    """Every entry of a chain with the state after it.

    Raises:
        UserError: a line is no entry, was changed, or does not belong where it stands; names the line.
    """
    state = State()
    for number, line in enumerate(lines, start=1):
        try:
            entry = _parse(line)
            state = state.after(entry)
        except UserError as error:
            raise UserError(f"line {number} {error}") from None
        yield entry, state


def batch_digest(sequences: Iterable[Sequence[int]]) -> str:
    """Fingerprint of a batch of token ids; order and boundaries count."""
    total = hashlib.sha256()
    for ids in sequences:
        total.update(len(ids).to_bytes(8, "little"))
        total.update(b"".join(int(token).to_bytes(4, "little", signed=True) for token in ids))
    return total.hexdigest()


def _parse(line: bytes) -> Entry:
    if not line.endswith(b"\n"):
        raise UserError("is incomplete")
    try:
        data = json.loads(line)
        found = data.pop("hash")
        entry = Entry.model_validate({**data, "body": _BODY.validate_python(data["body"])})
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, ValidationError):
        raise UserError("is no entry of a ledger") from None
    if found != entry.hash() or entry.line() != line:
        raise UserError("was changed: its hash does not fit its content")
    return entry


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
