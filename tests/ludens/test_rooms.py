"""Every room is ours: no foreign distribution shadows a folder that is also an import name."""

import importlib
import importlib.metadata
from pathlib import Path

import pytest

ROOMS = ["ludens", "agent", "planner", "constraints", "memory", "games", "trainer", "submissions"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("room", ROOMS)
def test_room_is_ours(room: str) -> None:
    owners = set(importlib.metadata.packages_distributions().get(room, ["ludens"]))
    assert owners == {"ludens"}
    file = importlib.import_module(room).__file__
    assert file is not None
    assert Path(file).resolve() == ROOT / room / "__init__.py"
    assert (ROOT / room / "py.typed").exists()
