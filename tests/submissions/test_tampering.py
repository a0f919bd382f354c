"""A bundle that was tampered with is refused by name, and nothing of it runs before that."""

import bz2
import gzip
import io
import json
import os
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ludens.verify import read_ledger
from submissions import checks, checks_archives, verify
from submissions.manifest import MANIFEST
from submissions.verify_record import Line


def lines(bundle: Any) -> dict[str, Line]:
    return {line.name: line for line in checks.examine(bundle.root, read_ledger).lines}


def refused(bundle: Any, check: str, *words: str) -> None:
    """Exactly the named check fails, and says what is wrong with what."""
    found = lines(bundle)
    assert {name for name, line in found.items() if line.verdict == "failed"} == {check}, found
    said = " ".join(found[check].findings)
    for word in words:
        assert word in said, said


def test_a_sound_bundle_passes(bundle: Any) -> None:
    found = lines(bundle)
    assert {line.verdict for line in found.values()} == {"passed"}, found
    assert checks.refuse(checks.examine(bundle.root, read_ledger)).name == "toy"


def test_a_missing_file(bundle: Any) -> None:
    (bundle.root / "playpen_agent.py").unlink()
    refused(bundle, "files", "playpen_agent.py is missing")


def test_a_missing_manifest(bundle: Any) -> None:
    (bundle.root / MANIFEST).unlink()
    found = lines(bundle)
    assert found["manifest"].verdict == "failed"
    assert "manifest.json is missing" in found["manifest"].findings[0]
    assert found["files"].verdict == "skipped"


def test_an_altered_file(bundle: Any) -> None:
    path = bundle.root / "agent.json"
    path.write_bytes(path.read_bytes().replace(b"model", b"mode1"))
    found = lines(bundle)["files"]
    assert found.findings == ("agent.json was altered: its SHA-256 is not the one in the manifest",)


def test_altered_weights_of_another_size(bundle: Any) -> None:
    with (bundle.root / "weights" / "model.gguf").open("ab") as file:
        file.write(b"more")
    refused(bundle, "files", "weights/model.gguf was altered", "bytes instead of")


def test_a_file_that_is_not_listed(bundle: Any) -> None:
    bundle.put("code/agent/extra.py", "pass\n")
    refused(bundle, "files", "code/agent/extra.py is not listed")


def test_a_manifest_that_was_edited_by_hand(bundle: Any) -> None:
    path = bundle.root / MANIFEST
    path.write_bytes(path.read_bytes().replace(b'"team": "tests"', b'"team":"other"'))
    refused(bundle, "manifest", "canonical")


def test_a_manifest_of_an_unknown_version(bundle: Any) -> None:
    bundle.sign_anything(lambda fields: fields.update(format=99))
    refused(bundle, "manifest", "format")


def test_a_manifest_that_is_nested_too_deep_to_read(bundle: Any) -> None:
    (bundle.root / MANIFEST).write_bytes(b"[" * 200_000)
    refused(bundle, "manifest", "no JSON")


# --- paths ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/passwd", "code/../../x", "a\\..\\b", "c:/x", "aux", ""])
def test_a_path_in_the_manifest_that_leaves_the_bundle(bundle: Any, path: str) -> None:
    def change(fields: dict[str, Any]) -> None:
        fields["files"][0]["path"] = path

    bundle.sign_anything(change)
    refused(bundle, "manifest", "path")


def test_a_link_out_of_the_bundle(bundle: Any, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    (bundle.root / "notes.txt").symlink_to("../outside.txt")
    refused(bundle, "paths", "notes.txt is a link to ../outside.txt")


def test_a_linked_folder_in_the_place_of_a_real_one(bundle: Any, tmp_path: Path) -> None:
    (bundle.root / "weights").rename(tmp_path / "weights")
    (bundle.root / "weights").symlink_to(tmp_path / "weights")
    found = lines(bundle)
    assert "weights is a link" in found["paths"].findings[0]
    assert "weights/model.gguf is missing" in found["files"].findings


def test_a_pipe(bundle: Any) -> None:
    os.mkfifo(bundle.root / "pipe")
    refused(bundle, "paths", "pipe is no regular file")


def test_names_that_differ_in_case_only(bundle: Any) -> None:
    bundle.put("AGENT.json", "{}")
    found = lines(bundle)
    assert any("differ only in upper and lower case" in finding for finding in found["paths"].findings)


def test_a_name_that_steers_the_terminal(bundle: Any) -> None:
    bundle.put("\x1b[2Jevil.txt", "x")
    found = lines(bundle)["paths"]
    assert found.verdict == "failed"
    assert "\x1b" not in " ".join(found.findings)


# --- pickles ----------------------------------------------------------------------------------------------------------


class Acts:
    """What a malicious pickle does: it calls something."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return os.system, ("touch /tmp/a-pickle-was-loaded",)


def _torch_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(Acts()))
    return buffer.getvalue()


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_weights_as_pickle_under_an_innocent_name(bundle: Any, protocol: int) -> None:
    bundle.put("training/notes.txt", pickle.dumps(Acts(), protocol=protocol))
    bundle.sign()
    refused(bundle, "pickles", "training/notes.txt is a pickle by its content")


def test_weights_as_pickle_by_name(bundle: Any) -> None:
    bundle.put("weights/pytorch_model.pt", b"anything")
    bundle.sign()
    found = lines(bundle)
    assert "weights/pytorch_model.pt is a pickle or may hold one" in found["pickles"].findings[0]


def test_torch_weights_in_a_file_called_bin(bundle: Any) -> None:
    bundle.put("weights/pytorch_model.bin", _torch_zip())
    bundle.sign()
    found = lines(bundle)
    assert "holds 'archive/data.pkl'" in found["archives"].findings[0]
    assert "pytorch_model.bin is neither safetensors nor GGUF" in found["code"].findings[0]


def test_a_compressed_pickle(bundle: Any) -> None:
    bundle.put("training/curve.txt", gzip.compress(pickle.dumps(Acts())))
    bundle.sign()
    refused(bundle, "archives", "training/curve.txt", "is a pickle by its content")


def test_plain_texts_are_no_pickles(bundle: Any) -> None:
    texts = [
        "c",
        "current\nwords\n",
        "I1\n.",
        "(lp0\n.",
        "Vhello\n.",
        "{}",
        "0.5",
        ".",
        "N.",
        "MZ is a code of Mozambique",
    ]
    for number, text in enumerate(texts):
        bundle.put(f"training/{number}.txt", text)
    bundle.sign()
    assert {line.verdict for line in lines(bundle).values()} == {"passed"}


# --- archives ---------------------------------------------------------------------------------------------------------


def _zip(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def _tar(*members: tuple[tarfile.TarInfo, bytes], mode: str = "w:gz") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # pyright: ignore[reportCallIssue, reportArgumentType]
        for info, content in members:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


BOMB = bytes(40 << 20)


@pytest.mark.parametrize(
    "content",
    [
        _zip(("zeros.txt", BOMB)),
        _tar((tarfile.TarInfo("zeros.txt"), BOMB)),
        gzip.compress(BOMB),
        bz2.compress(BOMB),
        _zip(*((f"{number}.txt", b"") for number in range(6000))),
    ],
    ids=["zip", "tar.gz", "gz", "bz2", "count"],
)
def test_an_archive_bomb_within_a_bundle(bundle: Any, content: bytes) -> None:
    bundle.put("training/data.whl", content)
    bundle.sign()
    refused(bundle, "archives", "training/data.whl is an archive bomb")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (_zip(("../evil.txt", b"x")), "outside its own folder"),
        (_zip(("/evil.txt", b"x")), "outside its own folder"),
        (_zip(("deep.zip", _zip(("zeros", BOMB)))), "another archive"),
        (_zip(("module.so", b"\x7fELF")), "compiled"),
        (b"7z\xbc\xaf\x27\x1c and so on", "cannot be looked into"),
        (b"PK\x03\x04 and so on", "damaged"),
    ],
)
def test_an_archive_within_a_bundle_that_hides_something(bundle: Any, content: bytes, word: str) -> None:
    bundle.put("training/data.whl", content)
    bundle.sign()
    refused(bundle, "archives", "training/data.whl", word)


def _link(name: str, target: str) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info


def _long_header() -> bytes:
    info = tarfile.TarInfo("x")
    info.pax_headers = {"comment": "a" * (40 << 20)}
    return _tar((info, b""))


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("b.zip", _zip(("bundle/zeros", bytes(100 << 20))), "is an archive bomb"),
        ("b.tar.gz", _tar((tarfile.TarInfo("zeros"), bytes(100 << 20))), "is an archive bomb"),
        ("b.tar.gz", _long_header(), "is an archive bomb"),
        ("b.tar", _tar((tarfile.TarInfo("../x"), b"x"), mode="w"), "outside its own folder"),
        ("b.tar", _tar((tarfile.TarInfo("/x"), b"x"), mode="w"), "outside its own folder"),
        ("b.tar", _tar((_link("x", "/etc/passwd"), b""), mode="w"), "is a link or a device"),
        ("b.tar", _tar((tarfile.TarInfo("a"), b"1"), (tarfile.TarInfo("A"), b"2"), mode="w"), "twice"),
        ("b.zip", b"nothing of the kind", "is no archive"),
    ],
)
def test_a_bundle_handed_over_as_a_bad_archive(tmp_path: Path, name: str, content: bytes, word: str) -> None:
    (tmp_path / name).write_bytes(content)
    report = verify.verify(verify.Request(bundle=tmp_path / name), read_ledger)
    assert not report.passed
    assert report.lines[0].name == "archive"
    assert name in report.lines[0].findings[0]
    assert word in report.lines[0].findings[0]
    assert {line.verdict for line in report.lines[1:]} == {"skipped"}


@pytest.mark.parametrize("kind", ["zip", "gztar", "tar"])
def test_a_sound_bundle_as_an_archive(bundle: Any, tmp_path: Path, kind: str) -> None:
    suffix = {"zip": ".zip", "gztar": ".tar.gz", "tar": ".tar"}[kind]
    packed = tmp_path / f"packed{suffix}"
    if kind == "zip":
        with zipfile.ZipFile(packed, "w") as archive:
            for path in sorted(bundle.root.rglob("*")):
                archive.write(path, path.relative_to(bundle.root.parent))
    else:
        with tarfile.open(packed, "w:gz" if kind == "gztar" else "w") as tar:
            tar.add(bundle.root, "bundle")
    report = verify.verify(verify.Request(bundle=packed, run=False), read_ledger)
    assert [line.name for line in report.lines if line.stage == "files" and line.verdict != "passed"] == []


def test_unpacking_writes_no_more_than_the_limits(tmp_path: Path) -> None:
    packed = tmp_path / "b.tar.gz"
    packed.write_bytes(_tar((tarfile.TarInfo("zeros"), bytes(30 << 20))))
    limits = checks_archives.Limits(ratio=1, free=1 << 20)
    with pytest.raises(checks_archives.ArchiveRefused, match="bomb"):
        checks_archives.unpack(packed, tmp_path / "out", limits)
    assert sum(path.stat().st_size for path in (tmp_path / "out").rglob("*")) <= 1 << 20


# --- one model --------------------------------------------------------------------------------------------------------


def test_a_second_language_model(bundle: Any, gguf: Callable[..., bytes]) -> None:
    bundle.put("weights/other.gguf", gguf())
    bundle.sign()
    refused(bundle, "one model", "weights/other.gguf holds a second language model")


def test_a_second_language_model_under_another_name(bundle: Any, safetensors: Callable[..., bytes]) -> None:
    bundle.put("code/memory/words.txt", safetensors())
    bundle.sign()
    found = lines(bundle)["one model"]
    assert "code/memory/words.txt holds a second language model" in found.findings


def test_a_sentence_encoder(bundle: Any, gguf: Callable[..., bytes], safetensors: Callable[..., bytes]) -> None:
    bundle.put("weights/encoder.gguf", gguf("bert"))
    bundle.put("training/encoder.safetensors", safetensors(("embeddings.word_embeddings.weight",)))
    bundle.put("weights/modules.json", "[]")
    bundle.sign()
    found = " ".join(lines(bundle)["one model"].findings)
    assert "weights/encoder.gguf holds a sentence encoder" in found
    assert "training/encoder.safetensors holds a sentence encoder" in found
    assert "weights/modules.json describes a sentence encoder" in found


def test_an_encoder_in_the_place_of_the_language_model(bundle: Any, gguf: Callable[..., bytes]) -> None:
    bundle.put("weights/model.gguf", gguf("nomic-bert"))
    bundle.sign()
    refused(bundle, "one model", "weights/model.gguf belongs to a sentence encoder")


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        ("model_registry.json", [{"model_name": "other", "backend": "openai"}], ("names another model: 'other'",)),
        (
            "model_registry.json",
            [{"model_name": "toy", "backend": "toy"}, {"model_name": "gpt", "backend": "toy"}],
            ("names another model: 'gpt'", "2 entries"),
        ),
        (
            "model_registry.json",
            [{"model_name": "toy", "backend": "toy", "model_config": {"model": "http://far/v1#big"}}],
            ("names the server http://far/v1#big",),
        ),
        ("model_registry.json", "toy", ("no list",)),
        ("agent.json", {"embedder": "sentences"}, ("asks for the embedder 'sentences', a second model",)),
        ("agent.json", {}, ("asks for the embedder 'sentences', a second model",)),
    ],
)
def test_a_second_model_that_is_only_named(bundle: Any, path: str, content: Any, words: tuple[str, ...]) -> None:
    bundle.put(path, json.dumps(content))
    bundle.sign()
    refused(bundle, "one model", *words)


def test_transformers_weights_that_bring_code(bundle: Any, safetensors: Callable[..., bytes]) -> None:
    (bundle.root / "weights" / "model.gguf").unlink()
    bundle.put("weights/model.safetensors", safetensors())
    bundle.put("weights/config.json", json.dumps({"architectures": ["LlamaForCausalLM"], "auto_map": {"x": "y"}}))
    model = {
        "kind": "transformers",
        "name": "toy",
        "engine": "transformers",
        "source": {"kind": "bundle", "path": "weights"},
    }
    bundle.sign(model=model)
    refused(bundle, "one model", "auto_map")
    bundle.put("weights/config.json", json.dumps({"architectures": ["LlamaForCausalLM"]}))
    bundle.sign(model=model)
    assert lines(bundle)["one model"].verdict == "passed"
    bundle.put("weights/second.safetensors", safetensors())
    bundle.sign(model=model)
    refused(bundle, "one model", "weights/second.safetensors holds a second language model")


def test_two_models_in_one_index(bundle: Any, safetensors: Callable[..., bytes]) -> None:
    (bundle.root / "weights" / "model.gguf").unlink()
    for name in ("a", "b"):
        bundle.put(f"weights/{name}.safetensors", safetensors())
    index = {"weight_map": {"one": "a.safetensors", "two": "b.safetensors"}}
    bundle.put("weights/model.safetensors.index.json", json.dumps(index))
    model = {
        "kind": "transformers",
        "name": "toy",
        "engine": "transformers",
        "source": {"kind": "bundle", "path": "weights"},
    }
    bundle.sign(model=model)
    refused(bundle, "one model", "both hold the tensor")


# --- weights ----------------------------------------------------------------------------------------------------------


def test_damaged_weights(bundle: Any, gguf: Callable[..., bytes], safetensors: Callable[..., bytes]) -> None:
    sound = gguf()
    shorter = safetensors()[:-4]
    huge = sound[:8] + struct.pack("<Q", 1 << 60) + sound[16:]
    for content, word in (
        (sound[:-8], "outside the file"),
        (huge, "claims"),
        (sound[:60], ""),
        (shorter, "fill the file"),
    ):
        bundle.put("weights/model.gguf", content)
        bundle.sign()
        found = lines(bundle)["weights"]
        assert found.verdict == "failed"
        assert found.findings[0].startswith("weights/model.gguf is damaged")
        assert word in found.findings[0]


def test_a_weights_file_that_is_something_else(bundle: Any) -> None:
    bundle.put("weights/model.gguf", "just words")
    bundle.sign()
    found = lines(bundle)["weights"]
    assert "neither GGUF nor safetensors" in found.findings[0]


# --- papers -----------------------------------------------------------------------------------------------------------


def test_a_ledger_over_budget(bundle: Any) -> None:
    honest = dict(bundle.fields["training"])
    bundle.write_ledger(tokens=150_000_000, budget_tokens=200_000_000)
    bundle.sign(training=honest)
    found = " ".join(lines(bundle)["ledger"].findings)
    assert "training/run.ledger counts 150,000,000 tokens; the challenge allows 100,000,000" in found
    assert "has a budget of 200,000,000" in found


def test_a_manifest_over_budget(bundle: Any) -> None:
    bundle.sign_anything(lambda fields: fields["training"].update(tokens=150_000_000, budget_tokens=150_000_000))
    refused(bundle, "manifest", "training.tokens", "100000000")


def test_a_ledger_that_counts_less_than_it_holds(bundle: Any) -> None:
    bundle.sign(training={**bundle.fields["training"], "tokens": 10})
    refused(bundle, "ledger", "counts 900 tokens, the manifest says 10")


@pytest.mark.parametrize("place", [10, 300, -20])
def test_a_broken_ledger(bundle: Any, place: int) -> None:
    path = bundle.root / "training" / "run.ledger"
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    bundle.sign()
    refused(bundle, "ledger", "training/run.ledger is broken")


def test_a_ledger_whose_end_was_cut_off(bundle: Any) -> None:
    path = bundle.root / "training" / "run.ledger"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    bundle.sign()
    refused(bundle, "ledger", "its last stage is open")


def test_another_runs_ledger(bundle: Any) -> None:
    bundle.sign(training={**bundle.fields["training"], "head": "0" * 64})
    refused(bundle, "ledger", "not the one in the manifest")


def test_a_licence_without_text(bundle: Any) -> None:
    bundle.put("licences/weights.txt", "free")
    bundle.sign()
    refused(bundle, "licences", "licences/weights.txt is too short")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("numpy>=2", "no exact version"),
        ("tool @ https://example.org/tool.whl", "no exact version"),
        ("--index-url https://example.org", "no exact version"),
        ("-e .", "no exact version"),
        ("numpy==1.0", "two versions"),
    ],
)
def test_a_lock_that_leaves_something_open(bundle: Any, line: str, word: str) -> None:
    path = bundle.root / "requirements.lock"
    bundle.put("requirements.lock", path.read_text() + line + "\n")
    bundle.sign()
    refused(bundle, "lock", word)


@pytest.mark.parametrize(
    ("path", "content", "word"),
    [
        ("code/sitecustomize.py", b"import os\n", "sitecustomize"),
        ("code/json.py", b"import os\n", "Python's own 'json'"),
        ("code/agent/fast.so", b"\x7fELF", "compiled"),
        ("code/agent/fast.txt", b"\x7fELF", "native code"),
        ("code/agent/x.pyc", b"x", "compiled"),
        ("code/agent/blob.dat", bytes(range(256)) * 8192, "large binary"),
        ("weights/helper.py", b"pass\n", "neither safetensors nor GGUF"),
    ],
)
def test_code_that_nobody_could_read(bundle: Any, path: str, content: bytes, word: str) -> None:
    bundle.put(path, content)
    bundle.sign()
    refused(bundle, "code", word)


def test_a_harness_file_without_its_class(bundle: Any) -> None:
    bundle.put("playpen_agent.py", "x = 1\n")
    bundle.put("toy_api.py", "def broken(:\n")
    bundle.put("run.sh", "#!/bin/sh\n")
    bundle.sign()
    refused(bundle, "harness", "no class ToyAgent", "toy_api.py is no Python", "run.sh cannot be run")


# --- nothing runs before ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spoil", ["manifest", "file", "pickle"])
def test_nothing_of_a_refused_bundle_is_ever_executed(bundle: Any, tmp_path: Path, spoil: str) -> None:
    marker = tmp_path / "it-ran"
    mark = f"import pathlib\npathlib.Path({str(marker)!r}).write_text('ran')\n"
    for path in ("toy_api.py", "playpen_agent.py", "code/agent/__init__.py", "code/marking/__init__.py"):
        bundle.put(path, mark + "class ToyAgent:\n    pass\n")
    bundle.put("run.sh", f"#!/bin/sh\ntouch {marker}\n", executable=True)
    bundle.sign()
    if spoil == "manifest":
        bundle.put(MANIFEST, "{}")
    elif spoil == "file":
        bundle.put("agent.json", "{}")
    else:
        bundle.put("training/x.pkl", pickle.dumps(Acts()))
        bundle.sign()
    report = verify.verify(verify.Request(bundle=bundle.root), read_ledger)
    assert not report.passed
    assert {line.verdict for line in report.lines if line.stage == "run"} == {"skipped"}
    assert not marker.exists()
    assert not Path("/tmp/a-pickle-was-loaded").exists()
