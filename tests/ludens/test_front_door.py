"""The public API: complete, lazy, documented."""

import subprocess
import sys

import pytest

import ludens


@pytest.mark.parametrize("name", ludens.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    assert getattr(ludens, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nothing_here"):
        _ = ludens.nothing_here


def test_importing_ludens_loads_nothing_heavy() -> None:
    code = (
        "import sys, ludens, ludens.cli; "
        "print([name for name in ('torch', 'transformers', 'llama_cpp', 'clemcore', 'outlines', 'wordfreq', 'networkx')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
