"""Writes `in/instances.json`, the small validation file that `clem run` plays by default."""

from pathlib import Path

from games.generate import write_default_instances

if __name__ == "__main__":
    write_default_instances(Path(__file__).parent)
