"""The guard inside the walled-in process: an audit hook that refuses and reports.

A copy of this file is the `sitecustomize` of the environment that a bundle is tried in, so it is there before any line
of the bundle. It refuses connections and writes outside the scratch folder, and reports those, programs that are
started, pickles that import something, and files of weights that are opened. An audit hook cannot be taken away, but
native code is not seen by it: the real walls are namespaces, where the system has them. Standard library only.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

REPORTS, SCRATCH = "LUDENS_GUARD_REPORTS", "LUDENS_GUARD_SCRATCH"
"""Environment: the file descriptor that reports go to, and the folder that may be written."""

_MOST_REPORTS = 400
_LARGE = 1 << 20
_WEIGHTS = (".gguf", ".safetensors", ".onnx", ".pt", ".pth", ".bin", ".ckpt", ".h5", ".tflite")
_NETWORK = frozenset({
    "socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
    "socket.gethostbyaddr", "socket.getnameinfo",
})  # fmt: skip
_PROGRAMS = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn"})
_CHANGES = {
    "os.remove": (0,), "os.rmdir": (0,), "os.mkdir": (0,), "os.rename": (0, 1), "os.link": (1,), "os.symlink": (1,),
    "os.truncate": (0,), "os.utime": (0,), "os.chmod": (0,), "os.chown": (0,), "os.setxattr": (0,),
    "os.removexattr": (0,), "sqlite3.connect": (0,),
}  # fmt: skip
"""Events that change the file system, and which of their arguments are paths."""
_NAMES = frozenset({"os.remove", "os.rmdir", "os.mkdir", "os.rename", "os.link", "os.symlink"})
"""Those that change a folder: a link at the path itself is not followed."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_EVENTS = _NETWORK | _PROGRAMS | frozenset(_CHANGES) | {"open", "pickle.find_class"}


Report = Callable[[str, str], None]


class Guard:
    """What the audit hook knows.

    Attributes:
        home: the folder that may be written.
        report: told the kind of what happened ("network", "write", "program", "pickle", "weights"), and what.
    """

    def __init__(self, scratch: str, report: Report) -> None:
        self.home = os.path.realpath(scratch)
        self.report = report

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """The audit hook itself.

        Raises:
            PermissionError: what is about to happen is not allowed.
        """
        if event not in _EVENTS:
            return
        if event == "open":
            self._opening(*args)
        elif event in _CHANGES:
            for place in _CHANGES[event]:
                self._writing(args[place], follows=event not in _NAMES)
        elif event in _NETWORK:
            self._connecting(event, args)
        elif event in _PROGRAMS:
            self.report("program", f"{event} {str(args[0])[:200]}")
        else:
            self.report("pickle", f"{args[0]}.{args[1]}")

    def _opening(self, path: Any, mode: str | None, flags: int) -> None:
        if isinstance(path, int):
            return
        writing = any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool(flags & _WRITING)
        if writing:
            self._writing(path)
        elif os.fsdecode(path).lower().endswith(_WEIGHTS):
            full = os.path.realpath(os.fsdecode(path))
            if not full.lower().endswith(".bin") or (os.path.isfile(full) and os.path.getsize(full) > _LARGE):
                self.report("weights", full)

    def _writing(self, path: Any, *, follows: bool = True) -> None:
        if isinstance(path, int) or path is None or ":memory:" in os.fsdecode(path):
            return
        text = os.path.abspath(os.fsdecode(path))
        full = os.path.realpath(text)
        if not follows:  # a link at the path itself is what is changed
            full = os.path.join(os.path.realpath(os.path.dirname(text)), os.path.basename(text))
        free = (self.home + os.sep, "/dev/", "/proc/self/", f"/proc/{os.getpid()}/")
        if full != self.home and not full.startswith(free):
            self.report("write", full)
            raise PermissionError(f"only the scratch folder may be written, not {full}")

    def _connecting(self, event: str, args: tuple[Any, ...]) -> None:
        where = f"{event} {args[:2] if event == 'socket.getaddrinfo' else args[1:]}"
        self.report("network", where)
        raise PermissionError(f"no network here: {where}")


def _install(descriptor: int, scratch: str) -> None:
    seen: set[tuple[str, str]] = set()

    def report(kind: str, what: str) -> None:
        if (kind, what) in seen or len(seen) >= _MOST_REPORTS:
            return
        seen.add((kind, what))
        try:
            os.write(descriptor, json.dumps([kind, what[:500]]).encode() + b"\n")
        except OSError:
            return  # a process that was started by the watched one: it is refused, but has nobody to tell

    sys.addaudithook(Guard(scratch, report))


if __name__ == "sitecustomize" and SCRATCH in os.environ:
    _install(int(os.environ.get(REPORTS, "-1")), os.environ[SCRATCH])
