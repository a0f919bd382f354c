"""A manifest has one form, stays inside its bundle and knows no second model."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.errors import UserError
from submissions.manifest import Manifest, canonical, decoded, inner_path

HASH = "0" * 64


def entry(path: str, role: str, size: int = 1) -> dict[str, object]:
    return {"path": path, "size": size, "sha256": HASH, "role": role, "executable": path == "run.sh"}


def fields() -> dict[str, object]:
    return {
        "name": "first", "version": "1", "team": "us", "ludens": "0.1.0", "profile": "strict",
        "embeddings": "the model's own",
        "model": {
            "kind": "gguf", "name": "tiny", "engine": "llama.cpp",
            "source": {"kind": "bundle", "path": "weights/tiny.gguf"},
        },
        "training": None,
        "harness": {
            "model_name": "first", "backend": "own", "backend_file": "own_api.py", "registry": "model_registry.json",
            "playpen_file": "agent.py", "playpen_class": "Own", "code": "code", "lock": "requirements.lock",
            "run": "run.sh", "config": "agent.json", "max_tokens": 100, "temperature": 0.0,
        },
        "licences": [{"thing": "code", "licence": "Apache-2.0", "inside": False}],
        "files": [
            entry("agent.json", "config"), entry("agent.py", "harness"), entry("code/x.py", "code"),
            entry("model_registry.json", "registry"), entry("own_api.py", "harness"),
            entry("requirements.lock", "lock"), entry("run.sh", "run"), entry("weights/tiny.gguf", "weights"),
        ],
    }  # fmt: skip


def test_a_manifest_survives_writing_and_reading():
    manifest = Manifest.model_validate(fields())
    assert decoded(manifest.encoded()) == manifest
    assert decoded(manifest.encoded()).fingerprint() == manifest.fingerprint()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"second_model": {}}, "second_model"),
        ({"profile": "default"}, "profile"),
        ({"embeddings": "a sentence encoder"}, "embeddings"),
        ({"training": {"tokens": 100_000_001}}, "training"),
        ({"files": [entry("../x", "code")]}, "leaves the bundle"),
        ({"files": []}, "files"),
    ],
)
def test_what_the_challenge_forbids_cannot_be_said(change: dict[str, object], told: str):
    with pytest.raises(UserError, match=told):
        decoded(canonical(fields() | change))


def test_a_named_file_must_be_listed():
    given_fields = fields()
    given_fields["files"] = [each for each in given_fields["files"] if each["path"] != "run.sh"]  # type: ignore[index]
    with pytest.raises(UserError, match=r"run\.sh"):
        decoded(canonical(given_fields))


@pytest.mark.parametrize("mess", [b"", b"{", b"[]", b'{"a": 1, "a": 2}', b"\xff\xfe", b"[" * 100_000])
def test_mess_is_refused_in_a_sentence(mess: bytes):
    with pytest.raises(UserError, match="build the bundle again"):
        decoded(mess)


def test_another_way_of_writing_it_is_refused():
    loose = json.dumps(json.loads(Manifest.model_validate(fields()).encoded())).encode()
    with pytest.raises(UserError, match="canonical"):
        decoded(loose)


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../b", "a//b", "./a", "a/", "C:/x", "a\\b", "con", "a/NUL.txt", "x.", "x ", "ä",
     "a\n", "a" * 241],
)  # fmt: skip
def test_paths_that_leave_a_bundle_or_a_system(path: str):
    with pytest.raises(ValueError, match="path"):
        inner_path(path)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_whatever_path_is_accepted_stays_inside(path: str):
    try:
        kept = inner_path(path)
    except ValueError:
        return
    parts = kept.split("/")
    assert ".." not in parts
    assert not kept.startswith(("/", "\\"))
    assert kept.isascii()
