"""Where the agent keeps what it made once: a folder per kind in the user's cache."""

import os
from pathlib import Path


def cache_folder(kind: str) -> Path:
    """The folder of one kind of kept things ("weights", "readings", "meanings")."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ludens" / kind
