"""What a file is by its bytes, whatever it is called: pickles, compiled code, archives.

A pickle is a program that runs when it is loaded, so bundles hold none: neither by name nor by content. Programs of
pickle are read here, never run.
"""

import io
import pickletools
import re
import zlib
from itertools import islice

HEAD = 1 << 20
"""Bytes of a file that are looked at."""

PICKLE_NAMES = re.compile(r"\.(?:pkl|pickle|p|pt|pt2|pth|ckpt|joblib|dill|npy|npz|h5|keras|mar)\Z", re.IGNORECASE)
"""Endings under which pickles, and what holds pickles, go."""

COMPILED_NAMES = re.compile(r"\.(?:py[cod]|so(?:\.\d+)*|dylib|dll|exe|egg|pth)\Z", re.IGNORECASE)

_ACTS = frozenset({"GLOBAL", "INST", "STACK_GLOBAL", "REDUCE", "BUILD", "OBJ", "NEWOBJ", "NEWOBJ_EX"} | {
    "EXT1", "EXT2", "EXT4", "PERSID", "BINPERSID"
})  # fmt: skip
"""The instructions that import, build or call something; a pickle without them holds plain values only."""

_FEWEST = 6  # of a pickle cut off by HEAD: so many instructions in order are no accident
_COMPILED = {
    b"\x7fELF": "native code (ELF)",
    b"MZ": "native code (Windows)",
    b"\xcf\xfa\xed\xfe": "native code (macOS)",
    b"\xca\xfe\xba\xbe": "native code (macOS) or Java",
    b"\x00asm": "WebAssembly",
}
_ARCHIVES = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstandard",
    b"7z\xbc\xaf\x27\x1c": "7-zip",
    b"Rar!\x1a\x07": "rar",
    b"\x04\x22\x4d\x18": "lz4",
}


def pickle_fault(name: str, head: bytes) -> str:
    """Why a file is taken for a pickle, or for something that holds one; "" when it is not.

    Args:
        name: its name; only the ending counts.
        head: its first bytes, up to `HEAD`.
    """
    if PICKLE_NAMES.search(name):
        return f"is a pickle or may hold one, by its name {name.rpartition('/')[2]!r}"
    if _is_pickle(head):
        return "is a pickle by its content"
    if head.startswith(b"\x93NUMPY") and b"|O" in head[:256]:
        return "is an array of Python objects, which is a pickle"
    if head[:1] == b"\x78" and _is_pickle(_inflated(head)):
        return "is a compressed pickle"
    return ""


def compiled_fault(name: str, head: bytes) -> str:
    """Why a file is taken for compiled code, which nobody can read; "" when it is not."""
    if COMPILED_NAMES.search(name):
        return "is compiled code, or runs by itself, by its name"
    found = next((what for magic, what in _COMPILED.items() if head.startswith(magic)), "")
    if found == "native code (Windows)" and _is_utf8(head):
        return ""  # a text that begins with these two letters
    return f"is {found}" if found else ""


def archive_kind(head: bytes) -> str:
    """What kind of archive or compressed file begins like this; "" for none."""
    if head[257:262] == b"ustar":
        return "tar"
    return next((kind for magic, kind in _ARCHIVES.items() if head.startswith(magic)), "")


def _is_pickle(head: bytes) -> bool:
    """Whether the bytes are a program of pickle that acts, or any that says so by its first two bytes."""
    binary = head[:1] == b"\x80" and head[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05")
    seen = acts = 0
    try:
        for operation, _, _ in islice(pickletools.genops(io.BytesIO(head)), 100_000):
            seen += 1
            acts += operation.name in _ACTS
            if operation.name == "STOP":
                return binary or acts > 0
    except Exception:  # noqa: BLE001 - pickletools raises whatever its decoders raise on bytes that are no pickle
        return binary and seen >= _FEWEST
    return binary and seen >= _FEWEST


def _inflated(head: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(head, HEAD)
    except zlib.error:
        return b""


def _is_utf8(head: bytes) -> bool:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 4
    return True
