"""A small but whole bundle for the tests of verification: real code of the agent, a scripted model, toy weights."""

import hashlib
import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from games.arena.harness import load_clemcore
from submissions import manifest as manifests
from trainer.ledger import Ledger, Opening

load_clemcore()

ROOT = Path(__file__).resolve().parents[2]
_ROLES = {
    "weights": "weights",
    "code": "code",
    "licences": "licence",
    "training": "ledger",
    "toy_api.py": "harness",
    "playpen_agent.py": "harness",
    "model_registry.json": "registry",
    "agent.json": "config",
    "requirements.lock": "lock",
    "run.sh": "run",
}
BACKEND = """
from clemcore.backends import Backend

class Toy(Backend):
    def get_model_for(self, model_spec):
        from agent.adapters.clem import ClemConfig, ClemModel
        from agent.config import AgentConfig
        from agent.models.scripted import ScriptedModel

        limit = model_spec.model_config.get("run_seconds")
        agent = AgentConfig(embedder="none", run_seconds=limit)
        return ClemModel(model_spec, ScriptedModel(["yes"]), ClemConfig(agent=agent))
"""


def gguf(architecture: str = "llama", *, tensor: str = "token_embd.weight", kind: str = "model") -> bytes:
    """A GGUF of one tensor of eight numbers."""

    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value)) + value.encode()

    entries = [("general.architecture", architecture), ("general.type", kind)]
    table = b"".join(text(name) + struct.pack("<I", 8) + text(value) for name, value in entries)
    tensors = text(tensor) + struct.pack("<IQIQ", 1, 8, 0, 0)
    head = b"GGUF" + struct.pack("<IQQ", 3, 1, len(entries)) + table + tensors
    return head + b"\0" * (-len(head) % 32) + struct.pack("<8f", *range(8))


def safetensors(tensors: tuple[str, ...] = ("model.embed_tokens.weight",)) -> bytes:
    """A safetensors file whose tensors hold two numbers each."""
    table = {
        name: {"dtype": "F32", "shape": [2], "data_offsets": [8 * place, 8 * place + 8]}
        for place, name in enumerate(tensors)
    }
    head = json.dumps(table).encode()
    return len(head).to_bytes(8, "little") + head + b"\0" * 8 * len(tensors)


class Bundle:
    """A bundle that can be tampered with, and signed again by somebody who means ill."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.fields: dict[str, object] = {}

    def put(self, path: str, content: bytes | str, *, executable: bool = False) -> None:
        """Writes a file."""
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)
        place.chmod(0o755 if executable else 0o644)

    def write_ledger(self, *, tokens: int = 900, budget_tokens: int = 1000) -> None:
        """Writes a sound ledger of one stage."""
        place = self.root / "training" / "run.ledger"
        place.unlink(missing_ok=True)
        with Ledger.start(place, Opening(stage="sft", budget_tokens=budget_tokens)) as ledger:
            ledger.count(tokens=tokens, trained=tokens // 2, digest="batch")
            mark = ledger.close("weights")
        self.fields["training"] = {
            "ledger": "training/run.ledger", "entries": mark.entries, "head": mark.head, "tokens": tokens,
            "trained": tokens // 2, "budget_tokens": budget_tokens, "stages": ["sft"], "weights": "weights",
        }  # fmt: skip

    def listed(self) -> list[dict[str, object]]:
        """The files that are there, as a manifest lists them."""
        found = (path for path in self.root.rglob("*") if path.is_file() and not path.is_symlink())
        paths = sorted(path.relative_to(self.root).as_posix() for path in found)
        return [
            {
                "path": path,
                "size": (self.root / path).stat().st_size,
                "sha256": hashlib.sha256((self.root / path).read_bytes()).hexdigest(),
                "role": _ROLES.get(path) or _ROLES.get(path.split("/")[0], "report"),
                "executable": bool((self.root / path).stat().st_mode & 0o100),
            }
            for path in paths
            if path != manifests.MANIFEST
        ]

    def sign(self, **changes: object) -> None:
        """Writes a manifest of what is there now."""
        fields = self.fields | {"files": self.listed()} | changes
        self.put(manifests.MANIFEST, manifests.Manifest.model_validate(fields).encoded())

    def sign_anything(self, change: Callable[[dict[str, object]], None]) -> None:
        """Writes a manifest that the program would not write itself."""
        fields = json.loads((self.root / manifests.MANIFEST).read_bytes())
        change(fields)
        self.put(manifests.MANIFEST, manifests.canonical(fields))


def _fill(bundle: Bundle) -> None:
    bundle.put("weights/model.gguf", gguf())
    bundle.put("toy_api.py", BACKEND)
    bundle.put("playpen_agent.py", "class ToyAgent:\n    pass\n")
    entry = {"model_name": "toy", "backend": "toy", "model_config": {}}
    bundle.put("model_registry.json", json.dumps([entry]))
    bundle.put("agent.json", json.dumps({"embedder": "model"}))
    bundle.put("requirements.lock", (ROOT / "requirements" / "play.lock").read_bytes())
    bundle.put("run.sh", "#!/bin/sh\nexec clem run -m toy\n", executable=True)
    bundle.put("licences/code.txt", (ROOT / "LICENSE").read_bytes())
    bundle.put("licences/weights.txt", "These weights may be used by anybody for anything. " * 5)
    for room in ("agent", "planner", "constraints", "memory"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / room, bundle.root / "code" / room, ignore=ignored)
    for place in bundle.root.rglob("*"):
        place.chmod(0o755 if place.is_dir() or place.name == "run.sh" else 0o644)


def _describe(bundle: Bundle) -> None:
    bundle.write_ledger()
    bundle.fields |= {
        "name": "toy", "version": "1", "team": "tests", "ludens": "0.1.0", "profile": "strict",
        "embeddings": "the model's own",
        "model": {
            "kind": "gguf", "name": "toy", "engine": "llama.cpp",
            "source": {"kind": "bundle", "path": "weights/model.gguf"},
        },
        "harness": {
            "model_name": "toy", "backend": "toy", "backend_file": "toy_api.py", "registry": "model_registry.json",
            "playpen_file": "playpen_agent.py", "playpen_class": "ToyAgent", "code": "code",
            "lock": "requirements.lock", "run": "run.sh", "config": "agent.json", "max_tokens": 100, "temperature": 0,
        },
        "licences": [
            {"thing": "code", "licence": "Apache-2.0", "file": "licences/code.txt", "inside": True},
            {"thing": "weights", "licence": "free", "file": "licences/weights.txt", "inside": True},
        ],
    }  # fmt: skip


@pytest.fixture(scope="session")
def _pristine(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    bundle = Bundle(tmp_path_factory.mktemp("pristine") / "bundle")
    _fill(bundle)
    _describe(bundle)
    bundle.sign()
    return bundle


@pytest.fixture
def bundle(_pristine: Bundle, tmp_path: Path) -> Bundle:
    """A sound bundle of the test's own."""
    copy = Bundle(tmp_path / "bundle")
    shutil.copytree(_pristine.root, copy.root)
    copy.fields = dict(_pristine.fields)
    return copy


@pytest.fixture(name="gguf")
def _gguf() -> Callable[..., bytes]:
    """Makes a GGUF."""
    return gguf


@pytest.fixture(name="safetensors")
def _safetensors() -> Callable[..., bytes]:
    """Makes a safetensors file."""
    return safetensors
