"""Trying a bundle out: a walled-in process that plays by the bundle's own backend, and what is learnt about it.

The bundle's code runs in that process only. The process that asks and judges gives it transcripts and takes replies,
watches what it reports (`sandbox_guard`), and ends it.
"""

import contextlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from submissions import sandbox_guard
from submissions.checks_models import WEIGHT_NAMES
from submissions.manifest import Manifest
from submissions.sandbox_venv import Environment, hub_cache

_HERE = Path(__file__).parent
_END_S = 10.0
_MOST_ANSWER = 16 << 20
_KEPT = ("LANG", "LC_ALL", "TZ", "OMP_NUM_THREADS", "OMP_WAIT_POLICY", "CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH")
"""Settings of this machine that a bundle is given; no key, token or proxy is among them."""


class PlayerFailed(Exception):
    """There was no answer. The message is one line.

    Attributes:
        over: whether the process is gone, so that asking again is in vain.
    """

    def __init__(self, message: str, *, over: bool) -> None:
        super().__init__(message)
        self.over = over


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What holds the process in.

    Attributes:
        network: "namespace", or "" where only the guard refuses connections.
        files: "read-only mounts", or "" where only the guard refuses writes.
        why: why not, where the system has no namespaces.
    """

    network: str
    files: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One reply.

    Attributes:
        text: the reply.
        seconds: from asking to having it.
        late: whether the agent says that it hurried.
    """

    text: str
    seconds: float
    late: bool


@dataclass(slots=True)
class Reports:
    """What the guard has reported so far, by kind."""

    found: dict[str, list[str]] = field(default_factory=dict[str, list[str]])

    def of(self, kind: str) -> tuple[str, ...]:
        """The reports of one kind, in order."""
        return tuple(self.found.get(kind, ()))


class Player:
    """A bundle's process. Use it in a `with` block: the process ends with it."""

    def __init__(
        self, root: Path, manifest: Manifest, environment: Environment, work: Path, *, namespaces: bool = True
    ) -> None:
        """Starts the process; nothing of the bundle is loaded before the first `open`.

        Args:
            root: the bundle.
            manifest: what it says of itself, checked.
            environment: the packages it may use.
            work: an empty folder for everything that is written.
            namespaces: whether to try the system's own walls before relying on the guard.
        """
        self.scratch, self.reports = work / "scratch", Reports()
        self._log = work / "player.log"
        script = work / "tools" / "sandbox_player.py"
        for folder in (*(self.scratch / name for name in ("home", "tmp", "cwd")), script.parent):
            folder.mkdir(parents=True)
        shutil.copyfile(_HERE / "sandbox_guard.py", script.with_name("sitecustomize.py"))
        shutil.copyfile(_HERE / script.name, script)
        ends = {name: os.pipe() for name in ("asked", "answered", "reports", "status")}
        passed = (ends["asked"][0], ends["answered"][1], ends["reports"][1], ends["status"][1])
        order = {
            "argv": [str(environment.python), "-P", str(script), _job(root, manifest, passed)],
            "env": _variables(root / manifest.harness.code, self.scratch, script.parent, passed[2]),
            "cwd": str(self.scratch / "cwd"),
            "scratch": str(self.scratch),
            "status": passed[3],
            "namespaces": namespaces,
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_HERE / "sandbox_launch.py"), json.dumps(order)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=passed, start_new_session=True,
            )  # fmt: skip
        for descriptor in passed:
            os.close(descriptor)
        self._asked = os.fdopen(ends["asked"][1], "w", encoding="utf-8")
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._hear, args=(ends["answered"][0],), daemon=True),
            threading.Thread(target=self._note, args=(ends["reports"][0],), daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        with os.fdopen(ends["status"][0], "rb") as status:
            said = status.readline()
        found = json.loads(said) if said else {"network": "", "files": "", "why": self._last_words(), "process": 0}
        self._inner = int(found.pop("process"))  # the process that plays: behind its walls it is another one's child
        self.walls = Walls(**found)

    def open(self, name: str, settings: Mapping[str, object], patience_s: float) -> float:
        """Opens the bundle's model under a name; returns the seconds that took.

        Args:
            name: what to call it in `ask`.
            settings: laid over the `model_config` of the registry's entry.
            patience_s: after so many seconds it is given up.

        Raises:
            PlayerFailed: it could not be opened.
        """
        began = time.monotonic()
        self._exchange({"open": name, "settings": dict(settings)}, patience_s)
        return time.monotonic() - began

    def ask(self, name: str, messages: Sequence[Mapping[str, object]], patience_s: float) -> Answer:
        """The reply to one player's transcript.

        Raises:
            PlayerFailed: there was none.
        """
        began = time.monotonic()
        answer = self._exchange({"ask": name, "messages": list(messages)}, patience_s)
        text = answer.get("reply")
        if not isinstance(text, str):
            raise PlayerFailed("it answered with something that is no reply", over=False)
        return Answer(text=text, seconds=time.monotonic() - began, late=bool(answer.get("late")))

    def weights_in_memory(self) -> tuple[str, ...] | None:
        """The files of weights that the process has mapped; None where the system does not tell."""
        try:
            lines = Path(f"/proc/{self._inner}/maps").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return None
        paths = {match[1] for line in lines if (match := re.search(r"\s(/.*)$", line))}
        return tuple(sorted(path for path in paths if WEIGHT_NAMES.search(path)))

    def close(self) -> None:
        """Ends the process and all it started. May be called twice."""
        if not self._asked.closed:
            with contextlib.suppress(OSError):
                self._asked.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_END_S)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for thread in self._threads:
            thread.join(_END_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _exchange(self, asked: Mapping[str, object], patience_s: float) -> dict[str, Any]:
        try:
            self._asked.write(json.dumps(asked) + "\n")
            self._asked.flush()
            line = self._answers.get(timeout=patience_s)
        except queue.Empty:
            self._process.kill()
            raise PlayerFailed(f"it did not answer within {patience_s:.0f} s", over=True) from None
        except (OSError, ValueError):
            line = ""
        if not line.endswith("\n"):
            self._process.kill()
            raise PlayerFailed(f"its process ended; its last words: {self._last_words()}", over=True)
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise PlayerFailed("it answered with something that is no reply", over=False)
        if "error" in answer:
            raise PlayerFailed(str(answer["error"]), over=False)
        return answer

    def _hear(self, descriptor: int) -> None:
        with os.fdopen(descriptor, "r", encoding="utf-8", errors="replace") as answers:
            line = "\n"
            while line.endswith("\n"):  # neither at the end nor without one: nobody answers with that many characters
                line = answers.readline(_MOST_ANSWER)
                self._answers.put(line)

    def _note(self, descriptor: int) -> None:
        with os.fdopen(descriptor, "r", encoding="utf-8", errors="replace") as reports:
            for line in reports:
                try:
                    kind, what = json.loads(line)
                except (ValueError, TypeError):
                    continue
                self.reports.found.setdefault(str(kind), []).append(str(what))

    def _last_words(self) -> str:
        try:
            lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return lines[-1][:300] if lines else "none"


def _job(root: Path, manifest: Manifest, passed: Sequence[int]) -> str:
    """What `sandbox_player` is told."""
    harness = manifest.harness
    job = {
        "bundle": str(root),
        "registry": harness.registry,
        "model_name": harness.model_name,
        "max_tokens": harness.max_tokens,
        "temperature": harness.temperature,
        "asked_on": passed[0],
        "answered_on": passed[1],
    }
    return json.dumps(job)


def _variables(code: Path, scratch: Path, tools: Path, reports: int) -> dict[str, str]:
    """The environment of the process: this machine's language and threads, and nothing that names another place."""
    home = str(scratch / "home")
    return {
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        "PATH": os.defpath,
        "HOME": home,
        "TMPDIR": str(scratch / "tmp"),
        "XDG_CACHE_HOME": f"{home}/.cache",
        "XDG_CONFIG_HOME": f"{home}/.config",
        "XDG_DATA_HOME": f"{home}/.local/share",
        "HF_HOME": f"{home}/.cache/huggingface",
        "HF_HUB_CACHE": str(hub_cache()),
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "PYTHONPATH": f"{tools}{os.pathsep}{code}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        sandbox_guard.SCRATCH: str(scratch),
        sandbox_guard.REPORTS: str(reports),
    }
