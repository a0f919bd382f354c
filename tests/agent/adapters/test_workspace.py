"""`ludens harness init` writes two files and keeps everything else."""

import json
from pathlib import Path

import pytest

from agent.adapters.workspace import BACKEND_FILE, REGISTRY_FILE, init
from agent.errors import UserError


def entries(directory: Path) -> list[dict[str, object]]:
    return json.loads((directory / REGISTRY_FILE).read_text())


def test_an_empty_workspace_gets_backend_and_three_entries(tmp_path: Path) -> None:
    written = init(tmp_path, "embedded")
    assert sorted(path.name for path in written) == sorted([BACKEND_FILE, REGISTRY_FILE])
    assert [(entry["model_name"], entry["backend"]) for entry in entries(tmp_path)] == [
        ("ludens", "ludens"),
        ("ludens-strict", "ludens"),
        ("ludens-bare", "ludens"),
    ]


def test_entries_of_other_models_are_kept_and_ours_replaced(tmp_path: Path) -> None:
    other = {"model_name": "other", "backend": "x"}
    (tmp_path / REGISTRY_FILE).write_text(json.dumps([other, {"model_name": "ludens", "backend": "old"}]))
    init(tmp_path, "some.gguf")
    found = entries(tmp_path)
    assert other in found
    assert [entry["model_config"]["model"] for entry in found if entry["model_name"] == "ludens"] == ["some.gguf"]  # type: ignore[index]


def test_writing_twice_changes_nothing(tmp_path: Path) -> None:
    init(tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    init(tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("content", ["{", '{"model_name": "x"}', "[1]"])
def test_an_unusable_registry_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / REGISTRY_FILE).write_text(content)
    with pytest.raises(UserError, match="repair or remove"):
        init(tmp_path)
    assert (tmp_path / REGISTRY_FILE).read_text() == content
    assert not (tmp_path / BACKEND_FILE).exists()


def test_a_missing_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no directory"):
        init(tmp_path / "nowhere")


def test_clemcore_finds_the_backend_and_the_entries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from clemcore.backends import BackendRegistry, ModelRegistry

    init(tmp_path)
    monkeypatch.chdir(tmp_path)
    spec = ModelRegistry.from_packaged_and_cwd_files().get_first_model_spec_that_unify_with("ludens-bare")
    assert spec.model_config["bare"] is True
    backend = BackendRegistry.from_packaged_and_cwd_files().get_backend_for(spec.backend)
    assert type(backend).__name__ == "Ludens"
