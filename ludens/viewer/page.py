"""The page: one HTML file that needs no network, with every episode packed into it.

Episodes are deflated and decoded by the browser when they are opened, so that a
thousand of them stay light. Texts of a run reach the page as data only: they are
base64 in the file and text nodes on the screen, and a content security policy
refuses any script but the viewer's own.
"""

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from games.arena import EpisodeStore, as_json, summarise
from games.arena.episode import Episode, Outcome
from games.errors import UserError
from ludens.evaluation.configurations import BARE, FULL, place_of
from ludens.evaluation.figures import paired
from ludens.evaluation.pairs import scores
from ludens.viewer.pictures import pictures
from ludens.viewer.record import View, view

FORMAT = 1
_SCRIPTS = ("data.js", "draw.js", "episode.js", "overview.js", "live.js", "app.js")
_RESAMPLES = 1000


def write(run: Path, out: Path, tell: Callable[[int, int], None] = lambda done, all_of_them: None) -> int:
    """Writes the page of a run folder.

    Args:
        run: a folder that `ludens play --out` or a command like it wrote; a run in progress will do.
        out: the HTML file; replaced in one go.
        tell: told after each episode how many are done, of how many.

    Returns:
        How many episodes it holds.

    Raises:
        UserError: there is no run, it is of another version or damaged, or the file cannot be written.
    """
    with EpisodeStore.join(run) as store:
        about = store.configuration()
        outcomes = store.outcomes()
        report = as_json(summarise(outcomes, np.random.default_rng(0), resamples=_RESAMPLES))
        packed: list[str] = []
        summaries: list[dict[str, Any]] = []
        for each in store.episodes():
            body = episode_data(each)
            summaries.append(body["summary"])
            packed.append(pack(body))
            tell(len(packed), len(outcomes))
    index = {
        "format": FORMAT,
        "run": about,
        "name": run.resolve().name,
        "episodes": summaries,
        "report": report,
        **_compared(outcomes),
    }
    partial = out.with_name(f".{out.name}.partial")
    try:
        with partial.open("w", encoding="utf-8") as file:
            file.writelines(html(index, packed))
        partial.replace(out)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise UserError(f"{out} cannot be written ({error.strerror}); choose another place with --out.") from error
    return len(packed)


def _compared(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The players in order, and the bare model against the whole agent on the instances that both have played."""
    labels = sorted({each.key.label for each in outcomes}, key=place_of)
    points = scores(outcomes)
    agent = next((label for label in ("ludens", FULL) if label in points), "")
    pair = paired("games", points, np.random.default_rng(0), first=BARE, second=agent)
    return {"labels": labels, "pairs": [] if pair is None else [pair.model_dump(mode="json")]}


def episode_data(episode: Episode) -> dict[str, Any]:
    """Everything the page shows of one episode, as JSON values."""
    return with_pictures(view(episode))


def with_pictures(shown: View) -> dict[str, Any]:
    """A view with what can be drawn beside its steps, as JSON values."""
    body = shown.model_dump(mode="json")
    places, drawn = pictures(shown.steps)
    for step, picture in zip(body["steps"], drawn, strict=True):
        step["picture"] = picture
    return body | {"places": places}


def pack(value: Any) -> str:
    """A JSON value, deflated (RFC 1951) and in base64: nothing in it can end a script element."""
    packer = zlib.compressobj(level=6, wbits=-15)
    raw = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return base64.b64encode(packer.compress(raw) + packer.flush()).decode("ascii")


def html(index: Mapping[str, Any], packed: Iterable[str], *, live: str = "") -> Iterator[str]:
    """The page, piece by piece.

    Args:
        index: the run, its table and a line per episode.
        packed: the episodes, packed, in the order of the index.
        live: where the page asks for an episode that is still being played; "" for a page that asks nobody.
    """
    style, script = _asset("viewer.css"), "\n".join(_asset(name) for name in _SCRIPTS)
    policy = (
        f"default-src 'none'; script-src '{_fingerprint(script)}'; style-src '{_fingerprint(style)}'; img-src data:"
        + (f"; connect-src {live}" if live else "")
    )
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Ludens</title>\n'
    yield f"<style>{style}</style>\n</head>\n"
    yield _asset("body.html")
    yield f'<script type="text/plain" id="index">{pack(index)}</script>\n'
    for number, episode in enumerate(packed):
        yield f'<script type="text/plain" id="episode-{number}">{episode}</script>\n'
    yield f"<script>{script}</script>\n</body>\n</html>\n"


def _asset(name: str) -> str:
    return (files("ludens.viewer") / "assets" / name).read_text(encoding="utf-8")


def _fingerprint(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
