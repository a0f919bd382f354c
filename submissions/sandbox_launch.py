"""Runs as a script, first thing in the new process: walls it in, then becomes the program that is to be watched.

Uses the standard library only and imports nothing of the bundle. Namespaces are tried first: a network with no way
out, and mounts on which everything but the scratch folder is read-only. Where the system does not allow them, it says
so on the status pipe and the guard (`sandbox_guard`) is all there is.

Called as `python -I -S sandbox_launch.py ORDER`, ORDER being JSON: argv, env, cwd, scratch, status (a file
descriptor), namespaces (whether to try them).
"""

import ctypes
import json
import os
import resource
import signal
import sys
from typing import Any

_NEW_USER, _NEW_MOUNTS, _NEW_NETWORK, _NEW_IPC, _NEW_PROCESSES = 0x10000000, 0x20000, 0x40000000, 0x8000000, 0x20000000
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 0x40000
_MOUNT_SETATTR, _AT_FDCWD, _AT_RECURSIVE, _READ_ONLY = 442, -100, 0x8000, 1
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 24, 38
_INNER_ID = 1000


class _Refused(Exception):
    """The system does not allow it."""


class _Attributes(ctypes.Structure):
    """mount_setattr(2)'s struct mount_attr."""

    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "namespace")]


def main(order: dict[str, Any]) -> None:
    """Builds the walls that can be had, says which, and becomes the program."""
    status: dict[str, Any] = {"network": "", "files": "", "why": "", "process": os.getpid()}
    libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if libc is not None and order["namespaces"]:
        try:
            _isolate(libc)
            status["network"] = "namespace"
            _freeze(libc, order["scratch"].encode())
            status["files"] = "read-only mounts"
        except _Refused as refused:
            status["why"] = str(refused)
    if libc is not None:
        _give_up_rights(libc)
    if status["network"]:  # the first process made from here on is alone in its namespace of processes
        status["process"] = os.fork()
        if status["process"]:
            _say(order["status"], status)
            _, ended = os.waitpid(status["process"], 0)
            sys.exit(os.waitstatus_to_exitcode(ended) & 0xFF)
        assert libc is not None
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    else:
        _say(order["status"], status)
    os.chdir(order["cwd"])
    os.execve(order["argv"][0], order["argv"], order["env"])


def _say(descriptor: int, status: dict[str, Any]) -> None:
    os.write(descriptor, json.dumps(status).encode() + b"\n")
    os.close(descriptor)


def _give_up_rights(libc: ctypes.CDLL) -> None:
    """No program started from here gains rights, and all end with whoever started this one."""
    for right in range(64):
        libc.prctl(_PR_CAPBSET_DROP, right, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _isolate(libc: ctypes.CDLL) -> None:
    """A network, mounts, shared memory and processes of its own; as an ordinary user where that is allowed."""
    user, group = os.getuid(), os.getgid()
    flags = _NEW_MOUNTS | _NEW_NETWORK | _NEW_IPC | _NEW_PROCESSES
    if libc.unshare(_NEW_USER | flags) == 0:
        _write("/proc/self/setgroups", "deny")
        _write("/proc/self/uid_map", f"{user or _INNER_ID} {user} 1")
        _write("/proc/self/gid_map", f"{group or _INNER_ID} {group} 1")
    elif libc.unshare(flags) != 0:
        raise _Refused(f"the system allows no namespaces ({os.strerror(ctypes.get_errno())})")


def _freeze(libc: ctypes.CDLL, scratch: bytes) -> None:
    """Makes all mounts read-only but the scratch folder."""
    _must(libc.mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None), "keep mounts apart")
    _must(libc.mount(scratch, scratch, None, _MS_BIND, None), "mount the scratch folder")
    everything, writable = _Attributes(_READ_ONLY, 0, 0, 0), _Attributes(0, _READ_ONLY, 0, 0)
    size = ctypes.sizeof(_Attributes)
    _must(
        libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, b"/", _AT_RECURSIVE, ctypes.byref(everything), size),
        "make mounts read-only",
    )
    _must(libc.syscall(_MOUNT_SETATTR, _AT_FDCWD, scratch, 0, ctypes.byref(writable), size), "open the scratch folder")
    libc.mount(b"tmpfs", b"/dev/shm", b"tmpfs", 0, None)  # shared memory of its own; can be done without


def _must(code: int, what: str) -> None:
    if code != 0:
        raise _Refused(f"the system does not let us {what} ({os.strerror(ctypes.get_errno())})")


def _write(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
    except OSError as error:
        raise _Refused(f"{path} cannot be written ({error.strerror})") from None


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
